package dev.kindling.plan;

import dev.kindling.api.Column;
import dev.kindling.api.Partitioner;
import dev.kindling.api.function.Function2;
import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the user asked for: an immutable tree, one node a set, the same tree on driver and executors.
 *
 * <p>The driver cuts it at every {@link Shuffle}: there the stage below writes map outputs, and in the stage above a
 * {@link ShuffleRead} leaf stands in its place. Input leaves ({@link FileInput}, {@link Slices}) are sent as they are;
 * what one partition reads from them travels with its task as a {@link LeafInput}. User functions sit in the nodes as
 * serializable objects; rows of pair sets are {@code Tuple2}.
 *
 * <p>Partition indexes are those of the node itself: a {@link Union} finds out which child and which of its partitions
 * is meant, a {@link Coalesce} which group, a {@link Cartesian} which pair.
 */
public sealed interface PlanNode extends Serializable {
    /** The set's id, unique in the application; leaves of a stage are named by it in {@link LeafInput}. */
    int id();

    Origin origin();

    List<PlanNode> parents();

    /** How many partitions the node has; input leaves know it once their splits are planned. */
    int partitionCount();

    /** By what the rows are placed, when that is known: keeps later joins and groups from shuffling again. */
    default Optional<Partitioner> partitioner() {
        return Optional.empty();
    }

    /** The same node over other parents; those that read from no other node answer themselves. */
    default PlanNode withParents(List<PlanNode> parents) {
        return this;
    }

    // ---- leaves -------------------------------------------------------------------------------------------------

    /** Rows given by the program, cut into slices; a task receives its own slice only, in the result page format. */
    record Slices(int id, Origin origin, int partitionCount) implements PlanNode {
        @Override
        public List<PlanNode> parents() {
            return List.of();
        }
    }

    /** The numbers from {@code start} (inclusive) to {@code end} (exclusive) by {@code step}, as {@code Long}. */
    record Range(int id, Origin origin, long start, long end, long step, int partitionCount) implements PlanNode {
        @Override
        public List<PlanNode> parents() {
            return List.of();
        }
    }

    /**
     * Files cut into splits.
     *
     * @param recordBytes of each row of {@link Format#RECORDS}; 0 for other formats
     * @param delimiter between rows of {@link Format#TEXT_LINES}; empty for ends of lines, and for other formats
     * @param columns of each line; null for whole lines, and for other formats
     */
    record FileInput(
            int id,
            Origin origin,
            String path,
            Format format,
            int recordBytes,
            String delimiter,
            Columns columns,
            int partitionCount)
            implements PlanNode {
        /** Of lines, or a format that says itself where a row ends. */
        public FileInput(int id, Origin origin, String path, Format format, int partitionCount) {
            this(id, origin, path, format, 0, "", null, partitionCount);
        }

        /**
         * What of each line becomes its row.
         *
         * @param separator between columns, an ASCII character
         * @param columns one, or two that become a pair
         */
        public record Columns(char separator, List<Column<?>> columns) implements Serializable {
            public Columns {
                columns = List.copyOf(columns);
            }
        }

        /** How bytes become rows. */
        public enum Format {
            /** Lines, as {@code String}s or by their columns. */
            TEXT_LINES,
            /** (path, content) of whole files. */
            WHOLE_TEXT,
            /** (path, {@code BinaryFile}) of whole files. */
            BINARY_FILES,
            /** Byte arrays of the same length. */
            RECORDS,
            /** Any rows, in pages of ours. */
            OBJECTS;

            /** Whether files are never cut. */
            public boolean isWhole() {
                return this == WHOLE_TEXT || this == BINARY_FILES;
            }

            /** Whether the end of a file's name may say that its text is compressed. */
            public boolean isText() {
                return this == TEXT_LINES || this == WHOLE_TEXT;
            }
        }

        @Override
        public List<PlanNode> parents() {
            return List.of();
        }
    }

    /**
     * In a stage, the place of a {@link Shuffle} whose map outputs the stage reads. Never made by users; {@code id} is
     * that of the shuffle's node.
     *
     * @param bucketsPerPartition as the map side wrote them
     * @param bucketsRead how many of them are read, from the first; fewer only where a sample of the keys is enough
     */
    record ShuffleRead(
            int id,
            Origin origin,
            int shuffleId,
            ReduceSide reduceSide,
            Partitioner by,
            int bucketsPerPartition,
            int bucketsRead)
            implements PlanNode {
        /** Reads all buckets. */
        public ShuffleRead(
                int id, Origin origin, int shuffleId, ReduceSide reduceSide, Partitioner by, int bucketsPerPartition) {
            this(id, origin, shuffleId, reduceSide, by, bucketsPerPartition, bucketsPerPartition);
        }

        /** The same node, reading the first {@code buckets} of each partition only. */
        public ShuffleRead firstBuckets(int buckets) {
            return new ShuffleRead(id, origin, shuffleId, reduceSide, by, bucketsPerPartition, buckets);
        }

        @Override
        public List<PlanNode> parents() {
            return List.of();
        }

        @Override
        public int partitionCount() {
            return by.numPartitions();
        }

        @Override
        public Optional<Partitioner> partitioner() {
            return Optional.of(by);
        }
    }

    // ---- part by part -------------------------------------------------------------------------------------------

    /** A set whose partition i is made of partition i of its one parent. Chains of them are walked, not recursed. */
    sealed interface Step extends PlanNode {
        PlanNode parent();

        /** Whether each row stays with a key that belongs where it lies. */
        default boolean keepsPartitioning() {
            return true;
        }

        @Override
        default List<PlanNode> parents() {
            return List.of(parent());
        }

        @Override
        default int partitionCount() {
            return PlanOrder.startOfChain(this).partitionCount();
        }

        @Override
        default Optional<Partitioner> partitioner() {
            return PlanOrder.partitionerOfChain(this);
        }
    }

    /** One function over single rows, fused with its neighbours into one pass over a batch. */
    record Rows(int id, Origin origin, PlanNode parent, RowFunction function, boolean keepsPartitioning)
            implements Step {
        @Override
        public Rows withParents(List<PlanNode> parents) {
            return new Rows(id, origin, PlanOrder.only(parents), function, keepsPartitioning);
        }
    }

    /** A function over a whole partition: index and iterator in, iterator out; pulls, so it may stop early. */
    record Partitions(
            int id,
            Origin origin,
            PlanNode parent,
            Function2<Integer, Iterator<Object>, Iterator<Object>> function,
            boolean keepsPartitioning)
            implements Step {
        @Override
        public Partitions withParents(List<PlanNode> parents) {
            return new Partitions(id, origin, PlanOrder.only(parents), function, keepsPartitioning);
        }
    }

    /**
     * In a stage, around a set that the program has persisted; {@code id} is that set's. Never made by users. Whether a
     * partition is read from a cache, kept in one, or simply passed through, its launch says.
     */
    record Cached(int id, Origin origin, PlanNode parent) implements Step {
        @Override
        public Cached withParents(List<PlanNode> parents) {
            return new Cached(id, origin, PlanOrder.only(parents));
        }
    }

    /**
     * In a plan, the place of a set whose lineage is cut: its rows are those of {@code parent}, which reads them from
     * where they were written. No part of a stage.
     *
     * @param by how its rows are placed; null when that is not known
     */
    record Checkpointed(int id, Origin origin, PlanNode parent, Partitioner by) implements PlanNode {
        @Override
        public List<PlanNode> parents() {
            return List.of(parent);
        }

        @Override
        public int partitionCount() {
            return parent.partitionCount();
        }

        @Override
        public Optional<Partitioner> partitioner() {
            return Optional.ofNullable(by);
        }

        @Override
        public Checkpointed withParents(List<PlanNode> parents) {
            return new Checkpointed(id, origin, PlanOrder.only(parents), by);
        }
    }

    /** Below a persisted set that executors keep and nothing can compute any more: a partition wanted of it is lost. */
    record Kept(int id, Origin origin, int partitionCount) implements PlanNode {
        @Override
        public List<PlanNode> parents() {
            return List.of();
        }
    }

    // ---- partitions rearranged without moving rows between executors ------------------------------------------------

    /** All partitions of all parents, one after the other. */
    record Union(int id, Origin origin, List<PlanNode> parents) implements PlanNode {
        public Union {
            parents = List.copyOf(parents);
        }

        @Override
        public int partitionCount() {
            return parents.stream().mapToInt(PlanNode::partitionCount).sum();
        }

        @Override
        public Union withParents(List<PlanNode> others) {
            return new Union(id, origin, others);
        }
    }

    /** Neighbouring partitions of one parent read one after the other by one task, in order. */
    record Coalesce(int id, Origin origin, PlanNode parent, int partitionCount) implements PlanNode {
        @Override
        public List<PlanNode> parents() {
            return List.of(parent);
        }

        @Override
        public Coalesce withParents(List<PlanNode> parents) {
            return new Coalesce(id, origin, PlanOrder.only(parents), partitionCount);
        }

        /** The first parent partition of {@code partition}; it ends where the next one starts. */
        public int firstParentPartition(int partition) {
            return (int) ((long) partition * parent.partitionCount() / partitionCount);
        }
    }

    /**
     * Partition i of every parent, one after the other: a union of sets that are placed alike, which therefore stays
     * placed.
     */
    record AlignedUnion(int id, Origin origin, List<PlanNode> parents, Partitioner by) implements PlanNode {
        public AlignedUnion {
            parents = List.copyOf(parents);
        }

        @Override
        public int partitionCount() {
            return by.numPartitions();
        }

        @Override
        public Optional<Partitioner> partitioner() {
            return Optional.of(by);
        }

        @Override
        public AlignedUnion withParents(List<PlanNode> others) {
            return new AlignedUnion(id, origin, others, by);
        }
    }

    /** The parent's partitions, of which those that {@code kept} does not name are empty and not even computed. */
    record Pruned(int id, Origin origin, PlanNode parent, PartitionTest kept) implements Step {
        @Override
        public Pruned withParents(List<PlanNode> parents) {
            return new Pruned(id, origin, PlanOrder.only(parents), kept);
        }
    }

    /** Says of a partition whether anybody wants its rows; asked when its task is planned and when it runs. */
    @FunctionalInterface
    interface PartitionTest extends Serializable {
        boolean test(int partition);
    }

    // ---- two sets side by side ------------------------------------------------------------------------------------

    /** Partition i of both parents, given to a function as two iterators that it pulls; both have as many partitions. */
    record Zipped(
            int id,
            Origin origin,
            PlanNode left,
            PlanNode right,
            Function2<Iterator<Object>, Iterator<Object>, Iterator<Object>> function)
            implements PlanNode {
        @Override
        public List<PlanNode> parents() {
            return List.of(left, right);
        }

        @Override
        public int partitionCount() {
            return left.partitionCount();
        }

        @Override
        public Zipped withParents(List<PlanNode> parents) {
            return new Zipped(id, origin, PlanOrder.first(parents), PlanOrder.second(parents), function);
        }
    }

    /**
     * Every row of the left set with every row of the right one. Partition {@code l * rights + r} is partition l of the
     * left set with partition r of the right one.
     */
    record Cartesian(int id, Origin origin, PlanNode left, PlanNode right) implements PlanNode {
        @Override
        public List<PlanNode> parents() {
            return List.of(left, right);
        }

        @Override
        public int partitionCount() {
            return left.partitionCount() * right.partitionCount();
        }

        @Override
        public Cartesian withParents(List<PlanNode> parents) {
            return new Cartesian(id, origin, PlanOrder.first(parents), PlanOrder.second(parents));
        }

        /** Which partition of the left set {@code partition} reads. */
        public int leftPartition(int partition) {
            return partition / right.partitionCount();
        }

        /** Which partition of the right set {@code partition} reads. */
        public int rightPartition(int partition) {
            return partition % right.partitionCount();
        }
    }

    /** The pairs of each partition in the order of their keys, for a set that is placed as wanted already. */
    record SortedInPlace(int id, Origin origin, PlanNode parent, Comparator<Object> order) implements Step {
        @Override
        public SortedInPlace withParents(List<PlanNode> parents) {
            return new SortedInPlace(id, origin, PlanOrder.only(parents), order);
        }
    }

    // ---- shuffled -------------------------------------------------------------------------------------------------

    /** Pair rows placed by key: the stage border. What the reading side makes of them is {@code reduceSide}. */
    record Shuffle(int id, Origin origin, PlanNode parent, int shuffleId, Partitioner by, ReduceSide reduceSide)
            implements PlanNode {
        @Override
        public List<PlanNode> parents() {
            return List.of(parent);
        }

        @Override
        public int partitionCount() {
            return by.numPartitions();
        }

        @Override
        public Optional<Partitioner> partitioner() {
            return Optional.of(by);
        }

        @Override
        public Shuffle withParents(List<PlanNode> parents) {
            return new Shuffle(id, origin, PlanOrder.only(parents), shuffleId, by, reduceSide);
        }
    }

    /**
     * Rows of several pair sets with one key side by side: (key, {@code Iterable<?>[]}) with one group a parent. Every
     * parent is placed by {@code by}: a {@link Shuffle} with {@link ReduceSide.PairRows}, or a set that already was.
     */
    record CoGroup(int id, Origin origin, List<PlanNode> parents, Partitioner by) implements PlanNode {
        public CoGroup {
            parents = List.copyOf(parents);
        }

        @Override
        public int partitionCount() {
            return by.numPartitions();
        }

        @Override
        public Optional<Partitioner> partitioner() {
            return Optional.of(by);
        }

        @Override
        public CoGroup withParents(List<PlanNode> others) {
            return new CoGroup(id, origin, others, by);
        }
    }

    /** What the reading side of a shuffle makes of the pairs of its partition. */
    sealed interface ReduceSide extends Serializable {
        /** The pairs as they come, in no order. */
        record PairRows() implements ReduceSide {}

        /** (key, {@code Iterable} of its values): re-iterable until the task ends, of any size. */
        record Groups() implements ReduceSide {}

        /** (key, combined value); combined on the map side too where {@code mapSide}. */
        record Combined(Combiner combiner, boolean mapSide) implements ReduceSide {}

        /** The pairs in the order of their keys; equal keys keep the order (map partition, row). */
        record Sorted(Comparator<Object> order) implements ReduceSide {}
    }
}
