package dev.kindling.driver.plan;

import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.FileInput;
import dev.kindling.plan.PlanNode.ReduceSide;
import dev.kindling.plan.PlanOrder;
import dev.kindling.plan.RangeBounds;
import dev.kindling.plan.RowFunction;
import dev.kindling.plan.SortPrefix;
import dev.kindling.plan.StageBody;
import dev.kindling.rdd.JobRunner;
import dev.kindling.rdd.LeafInputs;
import dev.kindling.rdd.LeafSource;
import dev.kindling.storage.Split;
import dev.kindling.storage.SplitSample;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Finds the bounds of one sort by a sample of its keys: some 20 keys for each partition to come, and a few for each range
 * that a partition may be cut into, each weighing as many rows as it stands for.
 *
 * <p>What has to be read depends on where the stage's rows come from. Large text is read in pieces spread over each
 * split, a few MiB of it. Where a shuffle has one row for each key, its buckets are a fair sample, since a hash says
 * which key is in which: some of them are read. Everything else is read whole, a reservoir keeping the sample. Where
 * pieces or buckets give too few keys (a filter lets little through), all is read after all; a partition that holds far
 * more rows than others is sampled once more, closer.
 */
final class KeySample {
    private static final int KEYS_PER_PARTITION = 20;
    private static final int KEYS_PER_RANGE = 4;
    private static final int MAX_KEYS = 1_000_000;

    /** Of rows of a hundred bytes a few MiB: found in no order, most still come from a cache. */
    private static final int ROWS_PER_RANGE = 1 << 15;

    /** Parent partitions differ in size: each is asked for more than its even share. */
    private static final int OVERSAMPLING = 3;

    /** Of each split; below twice of it the split is read whole. */
    private static final long SAMPLED_SPLIT_BYTES = 2L << 20;

    /** One of so many buckets is read. */
    private static final int BUCKETS_FOR_ONE_READ = 8;

    /** Runs the stage below the sort, or one that reads less in its place; answers come by partition. */
    interface SampleJob {
        void run(
                PlanNode root,
                StageBody.Sink sink,
                List<Integer> partitions,
                LeafInputs inputs,
                String name,
                JobRunner.PartitionResults answers)
                throws InterruptedException;
    }

    /** Keys of one parent partition and the number of rows they stand for. */
    record PartSample(double rowCount, List<Object> keys) {
        double weight() {
            return rowCount / keys.size();
        }
    }

    private final PlanNode root;
    private final RangeBounds bounds;
    private final LeafInputs inputs;
    private final SampleJob job;
    private final String name;
    private final int maxRanges;
    private final int wantedKeys;
    private final int keysPerPart;

    KeySample(StageCut.MapStage mapStage, RangeBounds bounds, LeafInputs inputs, SampleJob job) {
        this.root = mapStage.stage().root();
        this.bounds = bounds;
        this.inputs = inputs;
        this.job = job;
        this.name = "sample for " + mapStage.shuffle().origin();
        this.maxRanges = mapStage.bucketsPerPartition();
        this.wantedKeys = Math.min(MAX_KEYS, KEYS_PER_PARTITION * bounds.numPartitions());
        int best = Math.max(wantedKeys, KEYS_PER_RANGE * maxRanges * bounds.numPartitions());
        this.keysPerPart = (int) Math.ceil((double) OVERSAMPLING * best / Math.max(1, root.partitionCount()));
    }

    /** Resolves the bounds. */
    void findBounds() throws InterruptedException {
        List<Integer> all = IntStream.range(0, root.partitionCount()).boxed().toList();
        Map<Integer, PartSample> parts = hasPersistedSet(root) ? Map.of() : sampleParts(all);
        if (parts.isEmpty()) {
            parts = sample(root, all, keysPerPart, inputs);
            sampleCloser(parts);
        }
        List<Candidate> candidates = sorted(parts.values(), bounds.order());
        Object[] ofPartitions = boundsOf(candidates, bounds.numPartitions(), bounds.order());
        bounds.resolve(ofPartitions, innerBounds(candidates, ofPartitions, maxRanges, bounds.order()));
    }

    /** What is kept of a set has to be all of it: then everything is read, and kept for the sort itself. */
    private static boolean hasPersistedSet(PlanNode root) {
        return PlanOrder.parentsFirst(root, node -> false).stream().anyMatch(PlanNode.Cached.class::isInstance);
    }

    private Map<Integer, PartSample> sampleParts(List<Integer> all) throws InterruptedException {
        return hasOneRowForEachKey(root) ? sampleBuckets(all) : samplePieces(all);
    }

    private Map<Integer, PartSample> sample(PlanNode from, List<Integer> partitions, int keys, LeafInputs read)
            throws InterruptedException {
        Map<Integer, PartSample> parts = new TreeMap<>();
        if (!partitions.isEmpty()) {
            StageBody.Sink sink = new StageBody.Sink.Result(new SampleKeys(keys));
            job.run(from, sink, partitions, read, name, (partition, answer) -> {
                List<?> rows = (List<?>) answer;
                if (rows.size() > 1) {
                    List<Object> sampled = new ArrayList<>(rows.subList(1, rows.size()));
                    parts.put(partition, new PartSample((Long) rows.get(0), sampled));
                }
            });
        }
        return parts;
    }

    private int keysIn(Map<Integer, PartSample> parts) {
        return parts.values().stream().mapToInt(part -> part.keys().size()).sum();
    }

    // ---- groups: some of their buckets
    // --------------------------------------------------------------------------------

    /** Steps over single rows that never make more of one, over groups, combined values or co-groups. */
    private static boolean hasOneRowForEachKey(PlanNode root) {
        PlanNode node = root;
        while (node instanceof PlanNode.Rows rows
                && !(rows.function() instanceof RowFunction.FlatMap)
                && !(rows.function() instanceof RowFunction.FlatMapValues)) {
            node = rows.parent();
        }
        return node instanceof PlanNode.CoGroup
                || node instanceof PlanNode.ShuffleRead read
                        && (read.reduceSide() instanceof ReduceSide.Groups
                                || read.reduceSide() instanceof ReduceSide.Combined);
    }

    /** Empty when the sides are not cut into buckets alike, or the buckets read hold too few keys. */
    private Map<Integer, PartSample> sampleBuckets(List<Integer> all) throws InterruptedException {
        Set<Integer> bucketCounts = new HashSet<>();
        for (PlanNode leaf : StageInputs.leavesOf(root)) {
            bucketCounts.add(leaf instanceof PlanNode.ShuffleRead read ? read.bucketsPerPartition() : 1);
        }
        int buckets = bucketCounts.iterator().next();
        if (bucketCounts.size() > 1 || buckets == 1) {
            return Map.of();
        }
        int readBuckets = Math.max(1, buckets / BUCKETS_FOR_ONE_READ);
        Map<Integer, PartSample> parts = sample(readingFirst(readBuckets), all, keysPerPart, inputs);
        return keysIn(parts) < wantedKeys ? Map.of() : parts;
    }

    private PlanNode readingFirst(int buckets) {
        Map<PlanNode, PlanNode> made = new IdentityHashMap<>();
        for (PlanNode node : PlanOrder.parentsFirst(root, n -> false)) {
            made.put(
                    node,
                    node instanceof PlanNode.ShuffleRead read
                            ? read.firstBuckets(buckets)
                            : node.withParents(
                                    node.parents().stream().map(made::get).toList()));
        }
        return made.get(root);
    }

    // ---- text: pieces of it
    // -------------------------------------------------------------------------------------------

    /** Empty when the input is small, is not text alone, or its pieces hold too few keys. */
    private Map<Integer, PartSample> samplePieces(List<Integer> all) throws InterruptedException {
        if (PlanOrder.parentsFirst(root, n -> false).stream().anyMatch(PlanNode.Zipped.class::isInstance)) {
            // Pieces of two sets have no longer row k of one beside row k of the other.
            return Map.of();
        }
        Map<Integer, LeafSource> pieces = new HashMap<>();
        boolean isSmaller = false;
        for (PlanNode leaf : StageInputs.leavesOf(root)) {
            if (!(leaf instanceof FileInput file) || file.format() != FileInput.Format.TEXT_LINES) {
                return Map.of();
            }
            List<Split> splits = ((LeafSource.Splits) inputs.of(leaf)).splits();
            List<Split> sampled = splits.stream()
                    .map(split -> SplitSample.of(split, SAMPLED_SPLIT_BYTES))
                    .toList();
            isSmaller |= !sampled.equals(splits);
            pieces.put(leaf.id(), new LeafSource.Splits(sampled));
        }
        if (!isSmaller) {
            return Map.of();
        }
        Map<Integer, PartSample> parts = sample(root, all, keysPerPart, leaf -> pieces.get(leaf.id()));
        if (keysIn(parts) < wantedKeys) {
            return Map.of();
        }
        parts.replaceAll((p, part) -> new PartSample(
                part.rowCount() * bytesOf(p, inputs) / Math.max(1, bytesOf(p, leaf -> pieces.get(leaf.id()))),
                part.keys()));
        return parts;
    }

    private double bytesOf(int partition, LeafInputs from) {
        long[] bytes = {0};
        StageInputs.walkToLeaves(
                root,
                partition,
                (leaf, leafPartition) -> bytes[0] += ((LeafSource.Splits) from.of(leaf))
                        .splits()
                        .get(leafPartition)
                        .byteCount());
        return bytes[0];
    }

    // ---- everything else
    // ----------------------------------------------------------------------------------------------

    /** Parts whose keys each stand for far more rows than those of others get a sample of their fair size. */
    private void sampleCloser(Map<Integer, PartSample> parts) throws InterruptedException {
        double rowCount =
                parts.values().stream().mapToDouble(PartSample::rowCount).sum();
        Map<Integer, Integer> tooFew = new HashMap<>();
        parts.forEach((partition, part) -> {
            double fair = wantedKeys * part.rowCount() / rowCount;
            if (fair > keysPerPart && part.keys().size() < part.rowCount()) {
                tooFew.put(partition, (int) Math.ceil(fair));
            }
        });
        int most = tooFew.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        parts.putAll(sample(root, tooFew.keySet().stream().sorted().toList(), most, inputs));
    }

    // ---- bounds
    // -------------------------------------------------------------------------------------------------------

    /** @param weight rows that it stands for */
    record Candidate(Object key, double weight) {}

    static List<Candidate> sorted(Collection<PartSample> parts, Comparator<Object> order) {
        List<Candidate> candidates = new ArrayList<>();
        for (PartSample part : parts) {
            double weight = part.weight();
            part.keys().forEach(key -> candidates.add(new Candidate(key, weight)));
        }
        candidates.sort((left, right) -> order.compare(left.key(), right.key()));
        return candidates;
    }

    /** At most one bound less than {@code shares}, growing, all distinct. */
    static Object[] boundsOf(List<Candidate> candidates, int shares, Comparator<Object> order) {
        double share = rows(candidates) / shares;
        List<Object> bounds = new ArrayList<>();
        double before = 0;
        double target = share;
        // Cuts where the weights of those before make up the next share; equal keys are never cut.
        for (Candidate candidate : candidates) {
            before += candidate.weight();
            boolean isNew = bounds.isEmpty() || order.compare(bounds.get(bounds.size() - 1), candidate.key()) < 0;
            if (before >= target && isNew && bounds.size() < shares - 1) {
                bounds.add(candidate.key());
                target += share;
            }
        }
        return bounds.toArray();
    }

    private static double rows(List<Candidate> candidates) {
        return candidates.stream().mapToDouble(Candidate::weight).sum();
    }

    /**
     * Cuts partitions into ranges of some {@link #ROWS_PER_RANGE} or more; none where no partition has so many, or where
     * keys have no prefixes: to find the range of such a key takes more than it saves.
     */
    static Object[][] innerBounds(
            List<Candidate> candidates, Object[] ofPartitions, int maxRanges, Comparator<Object> order) {
        SortPrefix prefixes = new SortPrefix(order);
        candidates.forEach(candidate -> prefixes.of(candidate.key()));
        Object[][] inside = new Object[ofPartitions.length + 1][];
        int first = 0;
        int found = 0;
        for (int partition = 0; partition < inside.length; partition++) {
            int end = first;
            while (end < candidates.size()
                    && (partition == ofPartitions.length
                            || order.compare(candidates.get(end).key(), ofPartitions[partition]) < 0)) {
                end++;
            }
            List<Candidate> below = candidates.subList(first, end);
            int ranges = (int) Math.min(maxRanges, rows(below) / ROWS_PER_RANGE);
            inside[partition] = boundsOf(below, Math.max(1, ranges), order);
            found += inside[partition].length;
            first = end;
            while (first < candidates.size()
                    && partition < ofPartitions.length
                    && order.compare(candidates.get(first).key(), ofPartitions[partition]) == 0) {
                first++;
            }
        }
        return found > 0 && prefixes.isKnown() ? inside : new Object[0][];
    }
}
