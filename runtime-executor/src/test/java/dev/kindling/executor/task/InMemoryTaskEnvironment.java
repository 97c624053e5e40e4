package dev.kindling.executor.task;

import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.config.Config;
import dev.kindling.config.MemoryMap;
import dev.kindling.executor.attempt.CancelledException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.attempt.TaskFiles;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.executor.block.ResultOutput;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.executor.memory.TaskMemory;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskInput;
import dev.kindling.storage.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A task's surroundings without disk or network: map outputs and scratch files are arrays, memory is a number. Blocks
 * arrive in an order that differs from that of the maps.
 */
public final class InMemoryTaskEnvironment implements TaskEnvironment {
    /** The map outputs of one application: what one task wrote and others read. */
    public static final class Shuffles {
        private final Map<Integer, Map<AttemptId, List<StoredBlock>>> outputs = new TreeMap<>();

        private final Map<Integer, IOException> failures = new TreeMap<>();

        /** From here on nobody can read {@code shuffleId}. */
        public void fail(int shuffleId, IOException reason) {
            failures.put(shuffleId, reason);
        }
    }

    private record StoredBlock(int bucket, long rowCount, byte[] bytes) {}

    private static final Stores STORES = new Stores(Config.defaults());

    private final AttemptId attempt;
    private final Shuffles shuffles;
    private final TaskSettings settings;
    private final CountedMemory memory;
    private final List<Scratch> scratch = new ArrayList<>();
    private volatile boolean isCancelled;
    private long spilledBytes;
    private byte[] committedResult = {};

    public InMemoryTaskEnvironment(AttemptId attempt, Shuffles shuffles, long memoryBytes) {
        this(attempt, shuffles, memoryBytes, new TaskSettings("test", 1024, 16 << 10, 1 << 20, 1L << 30, 1 << 20));
    }

    public InMemoryTaskEnvironment(AttemptId attempt, Shuffles shuffles, long memoryBytes, TaskSettings settings) {
        this.attempt = attempt;
        this.shuffles = shuffles;
        this.memory = new CountedMemory(memoryBytes);
        this.settings = settings;
    }

    /** From any thread. */
    public void cancel() {
        isCancelled = true;
    }

    public long spilledBytes() {
        return spilledBytes;
    }

    public long openScratchFiles() {
        return scratch.stream().filter(file -> !file.isClosed).count();
    }

    @Override
    public AttemptId attempt() {
        return attempt;
    }

    @Override
    public ClassLoader userClassLoader() {
        return InMemoryTaskEnvironment.class.getClassLoader();
    }

    @Override
    public TaskMemory memory() {
        return memory;
    }

    @Override
    public TaskFiles files() {
        throw new UnsupportedOperationException("no files here");
    }

    @Override
    public Stores stores() {
        return STORES;
    }

    @Override
    public BroadcastValues broadcasts() {
        throw new UnsupportedOperationException("nothing is broadcast here");
    }

    @Override
    public TaskSettings settings() {
        return settings;
    }

    @Override
    public void checkCancelled() {
        if (isCancelled) {
            throw new CancelledException("test asked for it");
        }
    }

    // ---- shuffle ----------------------------------------------------------------------------------------------------

    @Override
    public BlockSource openShuffle(TaskInput.ShuffleInput input, int firstBucket, int endBucket) throws IOException {
        if (shuffles.failures.containsKey(input.shuffleId())) {
            throw shuffles.failures.get(input.shuffleId());
        }
        List<BlockSource.FetchedBlock> blocks = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int map = 0; map < input.sources().size(); map++) {
            order.add(map);
        }
        Collections.shuffle(order, new Random(attempt.partition()));
        for (int map : order) {
            AttemptId writer = input.sources().get(map).mapAttempt();
            for (StoredBlock block : shuffles.outputs.get(input.shuffleId()).get(writer)) {
                if (block.bucket() >= firstBucket && block.bucket() < endBucket) {
                    blocks.add(new BlockSource.FetchedBlock(
                            map, writer, block.bucket(), block.rowCount(), block.bytes(), 0, block.bytes().length));
                }
            }
        }
        return new Blocks(blocks);
    }

    private static final class Blocks implements BlockSource {
        private final List<FetchedBlock> blocks;
        private int next;
        private long bytes;

        Blocks(List<FetchedBlock> blocks) {
            this.blocks = blocks;
        }

        @Override
        public FetchedBlock next() {
            if (next == blocks.size()) {
                return null;
            }
            bytes += blocks.get(next).length();
            return blocks.get(next++);
        }

        @Override
        public long localBytes() {
            return bytes;
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

    @Override
    public MapOutputWriter openMapOutput(int shuffleId, int bucketCount) {
        return new MapOutputWriter() {
            private final List<StoredBlock> blocks = new ArrayList<>();
            private final ByteArrayOutputStream open = new ByteArrayOutputStream();
            private int bucket = -1;
            private long rows;

            @Override
            public void startBlock(int nextBucket, long rowCount) {
                endBlock();
                bucket = nextBucket;
                rows = rowCount;
            }

            private void endBlock() {
                if (bucket >= 0) {
                    blocks.add(new StoredBlock(bucket, rows, open.toByteArray()));
                    open.reset();
                }
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                open.write(bytes, offset, length);
            }

            @Override
            public long[] commit() {
                endBlock();
                long[] bucketBytes = new long[bucketCount];
                for (StoredBlock block : blocks) {
                    bucketBytes[block.bucket()] += block.bytes().length;
                }
                shuffles.outputs
                        .computeIfAbsent(shuffleId, id -> new TreeMap<>())
                        .put(attempt, blocks);
                return bucketBytes;
            }

            @Override
            public void close() {}
        };
    }

    // ---- scratch ----------------------------------------------------------------------------------------------------

    @Override
    public ResultOutput openResult() {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        return new ResultOutput() {
            @Override
            public void append(byte[] bytes, int offset, int length) {
                written.write(bytes, offset, length);
            }

            @Override
            public void commit(byte[] header) {
                byte[] bytes = written.toByteArray();
                System.arraycopy(header, 0, bytes, 0, header.length);
                committedResult = bytes;
            }

            @Override
            public void close() {}
        };
    }

    /** What the attempt wrote as its result, or empty. */
    public byte[] committedResult() {
        return committedResult;
    }

    @Override
    public SpillFile openSpill() {
        Scratch file = new Scratch();
        scratch.add(file);
        return file;
    }

    private final class Scratch implements SpillFile {
        private byte[] bytes = new byte[1 << 16];
        private int end;
        private boolean isClosed;

        @Override
        public long append(byte[] source, int offset, int length) {
            int position = end;
            if (end + length + 4 > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, end + length + 4));
            }
            for (int shift = 0; shift < 32; shift += 8) {
                bytes[end++] = (byte) (length >>> shift);
            }
            System.arraycopy(source, offset, bytes, end, length);
            end += length;
            spilledBytes += length;
            return position;
        }

        @Override
        public int read(long position, byte[] target) throws IOException {
            if (isClosed) {
                throw new IOException("closed");
            }
            int at = (int) position;
            int length = 0;
            for (int shift = 0; shift < 32; shift += 8) {
                length |= (bytes[at++] & 0xff) << shift;
            }
            System.arraycopy(bytes, at, target, 0, length);
            return length;
        }

        @Override
        public long byteCount() {
            return end;
        }

        @Override
        public void close() {
            isClosed = true;
            bytes = new byte[0];
        }
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    private static final class CountedMemory implements TaskMemory {
        private final long limit;
        private long held;
        private long peak;

        CountedMemory(long limit) {
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
            if (bytes > held) {
                throw new IllegalStateException("released " + bytes + " of " + held + " bytes");
            }
            held -= bytes;
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
}
