package dev.kindling.executor.shuffle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Partitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.block.BlockParser;
import dev.kindling.config.MemoryMap;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.attempt.TaskFiles;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.BlockStore;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.executor.block.ResultOutput;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.executor.memory.TaskMemory;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskResult;
import dev.kindling.rpc.ServedRange;
import dev.kindling.serde.PackedRows;
import dev.kindling.serde.RowReader;
import dev.kindling.serde.RowWriter;
import dev.kindling.storage.Stores;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShuffleTest {
    private static final int SHUFFLE = 5;
    private static final long PLENTY = 256L << 20;

    @TempDir
    private Path local;

    private BlockStore store;

    @BeforeEach
    void openStore() {
        store = new BlockStore(List.of(local), "test", new MemoryPool(64 << 20, 1));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    /** A memory of so many bytes, all guaranteed. */
    private static final class Counted implements TaskMemory {
        private final long limit;
        private long held;
        private long peak;

        private Counted(long limit) {
            this.limit = limit;
        }

        @Override
        public boolean tryAcquire(long bytes) {
            if (held + bytes > limit) {
                return false;
            }
            held += bytes;
            peak = Math.max(peak, held);
            return true;
        }

        @Override
        public void release(long bytes) {
            held -= bytes;
            assertTrue(held >= 0, "more was given back than was had");
        }

        @Override
        public long held() {
            return held;
        }

        @Override
        public long guaranteed() {
            return limit;
        }

        @Override
        public MemoryMap map() {
            return MemoryMap.ofPages(limit, 1);
        }

        @Override
        public long maxRowBytes() {
            return Math.max(1 << 20, guaranteed());
        }

        @Override
        public long share() {
            return guaranteed();
        }

        @Override
        public long peak() {
            return peak;
        }
    }

    private final class Environment implements TaskEnvironment {
        private final AttemptId attempt;
        private final Counted memory;
        private int spillFiles;

        private Environment(AttemptId attempt, long memoryBytes) {
            this.attempt = attempt;
            this.memory = new Counted(memoryBytes);
        }

        @Override
        public AttemptId attempt() {
            return attempt;
        }

        @Override
        public ClassLoader userClassLoader() {
            return ShuffleTest.class.getClassLoader();
        }

        @Override
        public TaskMemory memory() {
            return memory;
        }

        @Override
        public BlockSource openShuffle(TaskInput.ShuffleInput input, int firstBucket, int endBucket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MapOutputWriter openMapOutput(int shuffleId, int bucketCount) throws IOException {
            return store.openMapOutput(shuffleId, attempt, bucketCount);
        }

        @Override
        public ResultOutput openResult() {
            throw new UnsupportedOperationException("no results here");
        }

        @Override
        public SpillFile openSpill() {
            spillFiles++;
            return store.openSpill();
        }

        @Override
        public TaskFiles files() {
            throw new UnsupportedOperationException("no files here");
        }

        @Override
        public Stores stores() {
            throw new UnsupportedOperationException("no files here");
        }

        @Override
        public BroadcastValues broadcasts() {
            throw new UnsupportedOperationException("nothing is broadcast here");
        }

        @Override
        public TaskSettings settings() {
            return new TaskSettings("test", 1024, 16 << 10, 1 << 20, 1L << 30, 1 << 20);
        }

        @Override
        public void checkCancelled() {}
    }

    /** Blocks of some maps' ranges, in an order of its own, each array whole. */
    private final class Source implements BlockSource {
        private final List<FetchedBlock> blocks = new ArrayList<>();
        private int next;

        private Source(int maps, int firstBucket, int endBucket, long seed) throws IOException {
            List<Integer> order = new ArrayList<>();
            for (int map = 0; map < maps; map++) {
                order.add(map);
            }
            Collections.shuffle(order, new Random(seed));
            for (int map : order) {
                AttemptId attempt = new AttemptId(1, map, 0);
                BlockParser parser = new BlockParser();
                byte[] bytes;
                try (ServedRange range = store.openRange(SHUFFLE, attempt, firstBucket, endBucket)
                        .orElseThrow()) {
                    bytes = new byte[(int) range.byteCount()];
                    range.read(0, ByteBuffer.wrap(bytes));
                }
                parser.feed(bytes, 0, bytes.length);
                while (parser.next()) {
                    blocks.add(new FetchedBlock(
                            map,
                            attempt,
                            parser.header().bucket(),
                            parser.header().rowCount(),
                            parser.bytes(),
                            parser.offset(),
                            parser.header().length()));
                }
                parser.finish();
            }
        }

        @Override
        public FetchedBlock next() {
            return next == blocks.size() ? null : blocks.get(next++);
        }

        @Override
        public long localBytes() {
            return 0;
        }

        @Override
        public long remoteBytes() {
            return 0;
        }

        @Override
        public long waitNanos() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private static StageBody.Sink.MapOutput sink(Partitioner by, int bucketsPerPartition) {
        return new StageBody.Sink.MapOutput(SHUFFLE, by, bucketsPerPartition, new PlanNode.ReduceSide.Groups());
    }

    private static List<Object> rows(int count, IntFunction<Object> row) {
        List<Object> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(row.apply(i));
        }
        return rows;
    }

    private Environment lastWriter;

    private TaskResult.MapWritten write(int map, List<Object> rows, StageBody.Sink.MapOutput sink, long memoryBytes)
            throws IOException {
        Environment environment = new Environment(new AttemptId(1, map, 0), memoryBytes);
        lastWriter = environment;
        try (ShuffleWriter writer = new ShuffleWriter(sink, environment)) {
            Object[] batch = new Object[1024];
            for (int at = 0; at < rows.size(); at += batch.length) {
                int count = Math.min(batch.length, rows.size() - at);
                for (int i = 0; i < count; i++) {
                    batch[i] = rows.get(at + i);
                }
                writer.add(batch, count);
            }
            return writer.finish();
        } finally {
            assertEquals(0, environment.memory.held(), "the writer gave back its memory");
        }
    }

    /** Rows of one partition by bucket, each bucket walked twice, the second time after everything was shed. */
    private List<List<Object>> readBuckets(int maps, int partition, int bucketsPerPartition, long memoryBytes)
            throws IOException {
        int first = partition * bucketsPerPartition;
        int end = first + bucketsPerPartition;
        Environment environment = new Environment(new AttemptId(2, partition, 0), memoryBytes);
        List<List<Object>> buckets = new ArrayList<>();
        try (ShuffleReader reader =
                new ShuffleReader(new Source(maps, first, end, memoryBytes), first, end, environment)) {
            while (reader.nextBucket()) {
                assertTrue(environment.memory.held() <= memoryBytes);
                BucketRows interrupted = reader.openBucket();
                Object[] one = new Object[1];
                interrupted.read(one, 0, 1);
                List<Object> rows = walk(reader.openBucket());
                assertEquals(rows.size(), reader.bucketRows());
                assertEquals(rows.get(0), one[0]);
                reader.shed(Long.MAX_VALUE);
                assertEquals(rows, walk(reader.openBucket()));
                assertEquals(rows.size() - 1, walk(interrupted).size());
                buckets.add(rows);
            }
        }
        assertEquals(0, environment.memory.held(), "the reader gave back its memory");
        return buckets;
    }

    private static List<Object> walk(BucketRows bucket) throws IOException {
        List<Object> rows = new ArrayList<>();
        Object[] batch = new Object[300];
        for (int n = bucket.read(batch, 5, 290); n > 0; n = bucket.read(batch, 5, 290)) {
            rows.addAll(Arrays.asList(batch).subList(5, 5 + n));
        }
        bucket.close();
        return rows;
    }

    private static int partitionOf(Object row, int partitions) {
        return new HashPartitioner(partitions).getPartition(((Tuple2<?, ?>) row)._1());
    }

    /** Writes maps with so much memory, reads all partitions, and compares with what a partitioned list would hold. */
    private void comesThrough(List<List<Object>> maps, int partitions, int f, long writeMemory, long readMemory)
            throws IOException {
        StageBody.Sink.MapOutput sink = sink(new HashPartitioner(partitions), f);
        for (int map = 0; map < maps.size(); map++) {
            TaskResult.MapWritten written = write(map, maps.get(map), sink, writeMemory);
            assertEquals(maps.get(map).size(), written.rowCount());
            assertEquals(partitions, written.partitionBytes().length);
        }
        for (int partition = 0; partition < partitions; partition++) {
            List<Object> expected = new ArrayList<>();
            for (List<Object> rows : maps) {
                for (Object row : rows) {
                    if (partitionOf(row, partitions) == partition) {
                        expected.add(row);
                    }
                }
            }
            List<List<Object>> buckets = readBuckets(maps.size(), partition, f, readMemory);
            checkBuckets(buckets);
            if (f == 1) {
                assertEquals(expected, buckets.isEmpty() ? List.of() : buckets.get(0), "in the order written");
            }
            List<Object> all = new ArrayList<>();
            buckets.forEach(all::addAll);
            assertEquals(countsOf(expected), countsOf(all));
        }
    }

    private static void checkBuckets(List<List<Object>> buckets) {
        Map<Object, Integer> bucketOfKey = new HashMap<>();
        for (int bucket = 0; bucket < buckets.size(); bucket++) {
            for (Object row : buckets.get(bucket)) {
                Integer before = bucketOfKey.put(((Tuple2<?, ?>) row)._1(), bucket);
                assertTrue(before == null || before == bucket, "equal keys lie in one bucket");
            }
        }
    }

    private static Map<Object, Integer> countsOf(List<Object> rows) {
        Map<Object, Integer> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(row, 1, Integer::sum));
        return counts;
    }

    private static List<List<Object>> intPairs(int maps, int rowsEach) {
        Random random = new Random(3);
        List<List<Object>> all = new ArrayList<>();
        for (int map = 0; map < maps; map++) {
            all.add(rows(rowsEach, i -> new Tuple2<>(random.nextInt(rowsEach), random.nextInt())));
        }
        return all;
    }

    @Test
    void allRowsComeThroughWithPlentyOfMemory() throws IOException {
        comesThrough(intPairs(3, 20_000), 7, 1, PLENTY, PLENTY);
    }

    @Test
    void allRowsComeThroughFineBuckets() throws IOException {
        comesThrough(intPairs(3, 20_000), 4, 16, PLENTY, PLENTY);
    }

    @Test
    void theyComeThroughWithHardlyAnyMemory() throws IOException {
        comesThrough(intPairs(3, 30_000), 3, 1, 32 << 10, 32 << 10);
        assertEquals(1, lastWriter.spillFiles);
    }

    @Test
    void spilledFineBucketsComeThrough() throws IOException {
        comesThrough(intPairs(2, 70_000), 5, 8, 400 << 10, 100 << 10);
        assertEquals(1, lastWriter.spillFiles);
    }

    @Test
    void moreBucketsThanFitInMemoryComeThrough() throws IOException {
        comesThrough(intPairs(2, 10_000), 100, 6, 100 << 10, PLENTY);
        assertTrue(lastWriter.memory.peak() <= 100 << 10);
    }

    @Test
    void rowsOfManyClassesComeThrough() throws IOException {
        List<Object> mixed = rows(20_000, i -> switch (i % 7) {
            case 0 -> new Tuple2<>("k" + i % 100, i);
            case 1 -> new Tuple2<>(i % 50, "v" + i);
            case 2 -> new Tuple2<>(null, i);
            case 3 -> new Tuple2<>((long) i % 9, null);
            case 4 -> new Tuple2<>(List.of(i % 3, "x"), i);
            case 5 -> new Tuple2<>(Thread.State.values()[i % 6], i);
            default -> new Tuple2<>(new Tuple2<>(i % 4, i % 5), new ArrayList<>(List.of(i)));
        });
        comesThrough(List.of(mixed, List.of(), mixed), 5, 4, 200 << 10, 50 << 10);
    }

    @Test
    void oneKeyWithManyRowsIsCutIntoBlocks() throws IOException {
        List<Object> rows = rows(400_000, i -> new Tuple2<>(1, i * 31));
        StageBody.Sink.MapOutput sink = sink(new HashPartitioner(4), 2);
        write(0, rows, sink, 1 << 20);
        Source source = new Source(1, 0, 8, 0);

        assertTrue(source.blocks.size() > 2);
        assertTrue(source.blocks.stream().allMatch(block -> block.length() <= 256 << 10));
        assertEquals(List.of(rows), readBuckets(1, 1, 2, 64 << 10));
    }

    @Test
    void rowsAreReadAsTheyArriveWithoutBeingHeld() throws IOException {
        List<List<Object>> maps = intPairs(3, 10_000);
        StageBody.Sink.MapOutput sink = sink(new HashPartitioner(1), 4);
        for (int map = 0; map < 3; map++) {
            write(map, maps.get(map), sink, PLENTY);
        }
        Environment environment = new Environment(new AttemptId(2, 0, 0), 0);
        List<Object> read = new ArrayList<>();
        try (ShuffleReader reader = new ShuffleReader(new Source(3, 0, 4, 9), 0, 4, environment)) {
            Object[] batch = new Object[777];
            for (int n = reader.readRows(batch, 0, 777); n > 0; n = reader.readRows(batch, 0, 777)) {
                read.addAll(Arrays.asList(batch).subList(0, n));
            }
        }
        List<Object> expected = new ArrayList<>();
        maps.forEach(expected::addAll);
        assertEquals(countsOf(expected), countsOf(read));
        assertEquals(0, environment.memory.peak());
    }

    @Test
    void twoAttemptsAgreeOnTheDigestWhateverTheOrderAndMemory() throws IOException {
        List<Object> rows =
                rows(5_000, i -> new Tuple2<>(i % 7 == 0 ? "k" + i : (Object) i, new Tuple2<>(i / 2.0, (long) i)));
        List<Object> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(1));
        List<Object> changed = new ArrayList<>(rows);
        changed.set(100, new Tuple2<>(100, new Tuple2<>(50.0, 101L)));
        StageBody.Sink.MapOutput sink = sink(new HashPartitioner(3), 2);

        long digest = write(0, rows, sink, PLENTY).rowDigest();

        assertEquals(digest, write(1, shuffled, sink, 40 << 10).rowDigest());
        assertNotEquals(digest, write(2, changed, sink, PLENTY).rowDigest());
    }

    @Test
    void pairsThatAreNoObjectsAreWrittenAsThoseThatAre() throws IOException {
        Random random = new Random(4);
        List<IntFunction<Object>> kinds = List.of(
                i -> new Tuple2<>(random.nextInt(50) - 25, i),
                i -> new Tuple2<>(random.nextLong(), i),
                i -> new Tuple2<>(i, random.nextLong()),
                i -> new Tuple2<>(-i, "text"),
                i -> new Tuple2<>(i, (short) i));
        for (Partitioner by : List.of(new HashPartitioner(3), new ByParity())) {
            for (long memoryBytes : new long[] {PLENTY, 40 << 10}) {
                List<Object> rows = new ArrayList<>();
                for (int run = 0; run < 20; run++) {
                    rows.addAll(rows(random.nextInt(700), kinds.get(random.nextInt(kinds.size()))));
                }
                StageBody.Sink.MapOutput sink = sink(by, 2);
                TaskResult.MapWritten asObjects = write(0, rows, sink, memoryBytes);
                List<List<Object>> objects = readBuckets(1, 1, 2, PLENTY);
                store.close();
                openStore();

                TaskResult.MapWritten asNumbers = writeNumbers(rows, sink, memoryBytes);

                assertEquals(asObjects.rowDigest(), asNumbers.rowDigest());
                assertEquals(asObjects.rowCount(), asNumbers.rowCount());
                assertEquals(objects, readBuckets(1, 1, 2, PLENTY));
            }
        }
    }

    private static final class ByParity extends Partitioner {
        private static final long serialVersionUID = 1L;

        @Override
        public int numPartitions() {
            return 2;
        }

        @Override
        public int getPartition(Object key) {
            return ((Number) key).intValue() & 1;
        }
    }

    /** As {@link #write}, pairs of numbers as they come out of pages of their own. */
    private TaskResult.MapWritten writeNumbers(List<Object> rows, StageBody.Sink.MapOutput sink, long memoryBytes)
            throws IOException {
        RowWriter pages = new RowWriter(ShuffleTest.class.getClassLoader(), 2_000);
        rows.forEach(pages::append);
        byte[] bytes = pages.takeBytes();
        RowReader reader = new RowReader(ShuffleTest.class.getClassLoader());
        reader.reset(bytes, 0, bytes.length);
        PackedRows numbers = new PackedRows();
        Object[] batch = new Object[100];
        try (ShuffleWriter writer = new ShuffleWriter(sink, new Environment(new AttemptId(1, 0, 0), memoryBytes))) {
            int count = 1;
            while (count > 0) {
                count = reader.readPacked(numbers, PackedRows.CAPACITY);
                if (count >= 0) {
                    writer.add(numbers, count);
                } else {
                    count = reader.read(batch, 0, batch.length);
                    writer.add(batch, count);
                }
            }
            return writer.finish();
        }
    }

    @Test
    void theDigestDoesNotSeeInWhichOrderDecimalNumbersWereSummed() throws IOException {
        double up = 0;
        for (int i = 0; i < 10; i++) {
            up += 0.1;
        }
        assertNotEquals(1.0, up);
        StageBody.Sink.MapOutput sink = sink(new HashPartitioner(3), 2);

        long digest = write(0, List.of(new Tuple2<>(1, 1.0)), sink, PLENTY).rowDigest();

        assertEquals(
                digest, write(1, List.of(new Tuple2<>(1, up)), sink, PLENTY).rowDigest());
        assertNotEquals(
                digest, write(2, List.of(new Tuple2<>(1, 2.0)), sink, PLENTY).rowDigest());
    }

    @Test
    void thePartitionDoesNotDependOnTheNumberOfBuckets() throws IOException {
        List<Object> rows = rows(10_000, i -> new Tuple2<>("key" + i, i));
        Map<Object, Integer> first = new HashMap<>();
        for (int f : new int[] {1, 3, 32}) {
            write(0, rows, sink(new HashPartitioner(6), f), PLENTY);
            for (int partition = 0; partition < 6; partition++) {
                for (List<Object> bucket : readBuckets(1, partition, f, PLENTY)) {
                    for (Object row : bucket) {
                        int expected = Math.floorMod(((Tuple2<?, ?>) row)._1().hashCode(), 6);
                        assertEquals(expected, partition);
                        first.put(row, partition);
                    }
                }
            }
        }
        assertEquals(10_000, first.size());
    }

    @Test
    void bucketsOfAPartitionAreFilledEvenly() {
        int[] counts = new int[16];
        for (int key = 0; key < 160_000; key++) {
            // Keys that all belong to one partition of 16.
            counts[ShuffleWriter.subBucketOf(key * 16, 16)]++;
        }
        for (int count : counts) {
            assertTrue(count > 9_000 && count < 11_000, Arrays.toString(counts));
        }
    }

    /** Even keys first, odd ones second, and a wrong answer for negative ones. */
    private static final class EvenOdd extends Partitioner {
        private static final long serialVersionUID = 1L;

        @Override
        public int numPartitions() {
            return 2;
        }

        @Override
        public int getPartition(Object key) {
            int number = (Integer) key;
            return number < 0 ? 2 : number % 2;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof EvenOdd;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @Test
    void aUsersPartitionerIsAskedAndCheckedForItsAnswer() throws IOException {
        write(0, rows(1000, i -> new Tuple2<>(i, i)), sink(new EvenOdd(), 4), PLENTY);
        for (int partition = 0; partition < 2; partition++) {
            int parity = partition;
            readBuckets(1, partition, 4, PLENTY)
                    .forEach(bucket ->
                            bucket.forEach(row -> assertEquals(parity, (Integer) ((Tuple2<?, ?>) row)._1() % 2)));
        }

        KindlingException failure = assertThrows(
                KindlingException.class, () -> write(0, List.of(new Tuple2<>(-5, 1)), sink(new EvenOdd(), 1), PLENTY));

        assertEquals(ErrorCode.USER_CODE_FAILED, failure.code());
        assertTrue(failure.getMessage().contains("EvenOdd.getPartition answered 2"), failure.getMessage());
    }

    @Test
    void arraysAreNoKeys() {
        KindlingException failure = assertThrows(
                KindlingException.class,
                () -> write(0, List.of(new Tuple2<>(new int[] {1}, 1)), sink(new HashPartitioner(3), 1), PLENTY));

        assertEquals(ErrorCode.BAD_ARGUMENT, failure.code());
    }

    @Test
    void aRowTooLargeForItsTaskIsRefusedWhereItIsWritten() {
        KindlingException failure = assertThrows(
                KindlingException.class,
                () -> write(
                        0, List.of(new Tuple2<>(1, "x".repeat(3 << 20))), sink(new HashPartitioner(3), 1), 2 << 20));

        assertEquals(ErrorCode.OUT_OF_RESOURCES, failure.code());
        assertTrue(failure.getMessage().startsWith("one row takes more than 2 MiB"), failure.getMessage());
    }

    @Test
    void aMapWithoutRowsLeavesAnOutputWithoutBlocks() throws IOException {
        TaskResult.MapWritten written = write(0, List.of(), sink(new HashPartitioner(3), 2), PLENTY);

        assertArrayEquals(new long[3], written.partitionBytes());
        assertEquals(List.of(), readBuckets(1, 2, 2, PLENTY));
        assertTrue(Objects.requireNonNull(lastWriter).spillFiles == 0);
    }

    @Test
    void twoThousandPartitionsFitATaskOfASmallHeap() throws IOException {
        // What a slot of an executor with 64 MB of heap is sure to get.
        long guaranteed = 2_500_000;
        List<Object> rows = rows(200_000, i -> new Tuple2<>(i * 7919, i));
        TaskResult.MapWritten written = write(0, rows, sink(new HashPartitioner(2000), 1), guaranteed);

        assertTrue(lastWriter.memory.peak() <= guaranteed);
        long stored = Arrays.stream(written.partitionBytes()).sum();
        assertTrue(stored < 200_000 * 12L, stored + " bytes");
        int found = 0;
        for (int partition = 0; partition < 2000; partition += 100) {
            found += readBuckets(1, partition, 1, guaranteed).get(0).size();
        }
        assertEquals(20 * 100, found, 200);
    }
}
