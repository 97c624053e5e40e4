package dev.kindling.executor.shuffle;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Partitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RangeBounds;
import dev.kindling.plan.RangeSearch;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.TaskResult;
import dev.kindling.serde.NumberPairs;
import dev.kindling.serde.PackedRows;
import dev.kindling.serde.RowCodecs;
import dev.kindling.serde.RowCopier;
import dev.kindling.serde.RowReader;
import java.io.Closeable;
import java.io.IOException;

/**
 * The map side of a shuffle: the pairs of one attempt into the buckets of its map output. Owned by the attempt's
 * thread.
 *
 * <p>Bucket = partition x buckets per partition + a part of the key's mixed hash, or of a sort the range that the key lies
 * in; the partition is what the partitioner says, so the number of buckets never moves a key to another partition. Rows are appended to the open page of their
 * bucket in a loop over the batch; there is no sort and no buffer of objects. {@link BucketPages} keeps the pages and
 * spills. In the end the buckets are written in order, each as one or more blocks.
 *
 * <p>Where there are more buckets than open pages fit in memory, rows are first put into ranges of buckets, and each
 * range is cut into its buckets when it is written: the rows are encoded twice, and any number of buckets works in any
 * heap.
 */
public final class ShuffleWriter implements Closeable {
    private static final int STEP_ROWS = PackedRows.CAPACITY;

    private final StageBody.Sink.MapOutput sink;
    private final TaskEnvironment environment;
    private final Partitioner by;
    private final int hashPartitions;
    private final int bucketsPerPartition;
    private final int bucketCount;
    private final int bucketsPerRange;
    /** Says the bucket of a key where rows are to be sorted; null where its hash does. */
    private final RangeSearch search;

    private final RowCodecs codecs;
    private final BucketPages ranges;
    private final int[] bucketOf = new int[STEP_ROWS];
    private final RowDigest digests = new RowDigest();
    private final HeavyKeys heavyKeys = new HeavyKeys();
    private final RowCopier heavyCopies;
    private int samplePhase;
    private Class<?> checkedKeys;
    private long rowDigest;
    private long rowCount;
    private long spilledBytes;
    private long spillNanos;
    private long freedBytes;
    private long writeNanos;

    public ShuffleWriter(StageBody.Sink.MapOutput sink, TaskEnvironment environment) {
        this.sink = sink;
        this.environment = environment;
        this.by = sink.by();
        this.hashPartitions = by.getClass() == HashPartitioner.class ? by.numPartitions() : 0;
        this.bucketsPerPartition = sink.bucketsPerPartition();
        this.bucketCount = Math.multiplyExact(by.numPartitions(), bucketsPerPartition);
        int maxBuckets = BucketPages.maxBuckets(environment.memory());
        // Halves of the square: neither the ranges nor the buckets of one range are many.
        this.bucketsPerRange = bucketCount <= maxBuckets ? 1 : (int) Math.ceil(Math.sqrt(bucketCount));
        this.search = sink.reduceSide() instanceof PlanNode.ReduceSide.Sorted && by instanceof RangeBounds bounds
                ? new RangeSearch(bounds, bucketsPerPartition)
                : null;
        this.codecs = environment.newRowCodecs();
        this.heavyCopies = new RowCopier(environment.newRowCodecs());
        this.ranges = new BucketPages(environment, codecs, (bucketCount + bucketsPerRange - 1) / bucketsPerRange);
    }

    /** Adds the first {@code count} of {@code rows}, each a {@code Tuple2}. */
    public void add(Object[] rows, int count) throws IOException {
        // A few at a time: between the two loops over them, rows, keys and values stay in the first-level cache.
        for (int from = 0; from < count; from += STEP_ROWS) {
            int to = Math.min(count, from + STEP_ROWS);
            rowDigest += findBuckets(rows, from, to);
            sampleKeys(rows, from, to);
            append(rows, from, to);
        }
        rowCount += count;
    }

    /** Adds the first {@code count} of {@code rows}, each a pair. */
    public void add(PackedRows rows, int count) throws IOException {
        if (hashPartitions > 0 && rows.arePairs()) {
            add(rows.numbers, count);
            return;
        }
        // A partitioner of the user's wants objects.
        Object[] objects = new Object[count];
        for (int i = 0; i < count; i++) {
            objects[i] = rows.row(i);
        }
        add(objects, count);
    }

    private void add(NumberPairs pairs, int count) throws IOException {
        rowDigest += findBuckets(pairs, count);
        for (int i = nextSample(); i < count; i += HeavyKeys.ROWS_PER_SAMPLE) {
            heavyKeys.add(pairs.key(i), hashOf(pairs, i), bucketOf[i] / bucketsPerPartition);
        }
        if (bucketsPerRange == 1) {
            for (int i = 0; i < count; i++) {
                ranges.append(bucketOf[i], pairs, i);
            }
        } else {
            for (int i = 0; i < count; i++) {
                ranges.append(bucketOf[i] / bucketsPerRange, pairs, i);
            }
        }
        rowCount += count;
    }

    /** One row in {@link HeavyKeys#ROWS_PER_SAMPLE}, at places that no regular input keeps step with. */
    private void sampleKeys(Object[] rows, int from, int to) {
        for (int i = from + nextSample(); i < to; i += HeavyKeys.ROWS_PER_SAMPLE) {
            Object key = ((Tuple2<?, ?>) rows[i])._1();
            heavyKeys.add(
                    heavyCopies.keep(key), key == null ? 0 : hashOf(key), bucketOf[i - from] / bucketsPerPartition);
        }
    }

    private int nextSample() {
        // All residues come in turn, in a scattered order: a linear congruential generator of full period.
        samplePhase = samplePhase * 5 + 13 & HeavyKeys.ROWS_PER_SAMPLE - 1;
        return samplePhase;
    }

    private void append(Object[] rows, int from, int to) throws IOException {
        if (bucketsPerRange == 1) {
            for (int i = from; i < to; i++) {
                ranges.append(bucketOf[i - from], rows[i]);
            }
        } else {
            for (int i = from; i < to; i++) {
                ranges.append(bucketOf[i - from] / bucketsPerRange, rows[i]);
            }
        }
    }

    /** Sets {@link #bucketOf} for the rows; returns their digest. */
    private long findBuckets(Object[] rows, int from, int to) {
        long digest = 0;
        for (int i = from; i < to; i++) {
            Tuple2<?, ?> row = (Tuple2<?, ?>) rows[i];
            bucketOf[i - from] = search == null ? bucketByHash(row._1()) : search.bucketOf(row._1());
            digest += digests.ofPair(row);
        }
        return digest;
    }

    private long findBuckets(NumberPairs pairs, int count) {
        long digest = 0;
        for (int i = 0; i < count; i++) {
            int hash = hashOf(pairs, i);
            bucketOf[i] = bucketOf(Math.floorMod(hash, hashPartitions), hash);
            digest += digests.ofPair(pairs, i);
        }
        return digest;
    }

    private int bucketByHash(Object key) {
        int hash = key == null ? 0 : hashOf(key);
        int partition = hashPartitions > 0 ? Math.floorMod(hash, hashPartitions) : partitionOf(key);
        return bucketOf(partition, hash);
    }

    private int bucketOf(int partition, int hash) {
        return bucketsPerPartition == 1
                ? partition
                : partition * bucketsPerPartition + subBucketOf(hash, bucketsPerPartition);
    }

    /** That of the key's object. */
    private static int hashOf(NumberPairs pairs, int index) {
        long key = pairs.keys[index];
        return pairs.keysAreInts ? (int) key : Long.hashCode(key);
    }

    private int hashOf(Object key) {
        if (key instanceof Integer number) {
            return number;
        }
        if (key.getClass() != checkedKeys) {
            checkKeys(key.getClass());
        }
        return HashPartitioner.hashOf(key);
    }

    /** Keys whose hash is that of the object, not of its contents, would meet no equal key in another process. */
    private void checkKeys(Class<?> keys) {
        if ((hashPartitions > 0 || bucketsPerPartition > 1) && keys.isArray()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "keys of class " + keys.getTypeName() + " cannot be grouped or placed by hash: two arrays with"
                            + " the same contents are not equal. Use a list, a string or a record as the key.");
        }
        checkedKeys = keys;
    }

    private int partitionOf(Object key) {
        int partition = by.getPartition(key);
        if (partition < 0 || partition >= by.numPartitions()) {
            throw new KindlingException(
                    ErrorCode.USER_CODE_FAILED,
                    by.getClass().getName() + ".getPartition answered " + partition + "; it has " + by.numPartitions()
                            + " partitions, from 0 to " + (by.numPartitions() - 1));
        }
        return partition;
    }

    /** Independent of {@code hash} modulo the partitions: all bits are mixed before the highest are taken. */
    static int subBucketOf(int hash, int bucketsPerPartition) {
        int mixed = hash;
        mixed = (mixed ^ mixed >>> 16) * 0x85EBCA6B;
        mixed = (mixed ^ mixed >>> 13) * 0xC2B2AE35;
        mixed ^= mixed >>> 16;
        return (int) ((mixed & 0xFFFF_FFFFL) * bucketsPerPartition >>> 32);
    }

    /** Writes and publishes the map output. */
    public TaskResult.MapWritten finish() throws IOException {
        long startNanos = System.nanoTime();
        try (MapOutputWriter output = environment.openMapOutput(sink.shuffleId(), bucketCount)) {
            if (bucketsPerRange == 1) {
                ranges.writeTo(output, 0);
            } else {
                for (int first = 0; first < bucketCount; first += bucketsPerRange) {
                    writeRange(output, first, Math.min(bucketsPerRange, bucketCount - first));
                }
            }
            writeNanos += ranges.spillNanos();
            spillNanos += ranges.spillNanos();
            spilledBytes += ranges.spilledBytes();
            freedBytes += ranges.freedBytes();
            long[] bytes = partitionBytes(output.commit());
            writeNanos += System.nanoTime() - startNanos;
            return new TaskResult.MapWritten(sink.shuffleId(), bytes, rowCount, rowDigest, heavyKeys.found());
        }
    }

    private void writeRange(MapOutputWriter output, int first, int count) throws IOException {
        environment.checkCancelled();
        RowReader reader = codecs.newReader();
        Object[] rows = new Object[STEP_ROWS];
        try (BucketPages buckets = new BucketPages(environment, environment.newRowCodecs(), count)) {
            ranges.take(first / bucketsPerRange, (bytes, offset, length, pageRows) -> {
                reader.reset(bytes, offset, length);
                for (int n = reader.read(rows, 0, rows.length); n > 0; n = reader.read(rows, 0, rows.length)) {
                    findBuckets(rows, 0, n);
                    for (int i = 0; i < n; i++) {
                        buckets.append(bucketOf[i] - first, rows[i]);
                    }
                }
            });
            buckets.writeTo(output, first);
            spillNanos += buckets.spillNanos();
            spilledBytes += buckets.spilledBytes();
            freedBytes += buckets.freedBytes();
        }
    }

    private long[] partitionBytes(long[] bucketBytes) {
        long[] bytes = new long[by.numPartitions()];
        for (int bucket = 0; bucket < bucketBytes.length; bucket++) {
            bytes[bucket / bucketsPerPartition] += bucketBytes[bucket];
        }
        return bytes;
    }

    /** Bytes of pages that went through scratch files; known after {@link #finish}. */
    public long spilledBytes() {
        return spilledBytes;
    }

    /** Memory that writing them has made free; known after {@link #finish}. */
    public long freedBytes() {
        return freedBytes;
    }

    /** Time taken by spills alone; known after {@link #finish}. */
    public long spillNanos() {
        return spillNanos;
    }

    /** Time taken by spills and by writing the output; known after {@link #finish}. */
    public long writeNanos() {
        return writeNanos;
    }

    /** Gives back memory and scratch files; after {@link #finish} too. */
    @Override
    public void close() throws IOException {
        ranges.close();
    }
}
