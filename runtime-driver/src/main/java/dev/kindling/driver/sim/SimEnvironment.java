package dev.kindling.driver.sim;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.executor.attempt.CancelledException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.attempt.TaskFiles;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.executor.block.ResultOutput;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.executor.cache.AttemptCache;
import dev.kindling.executor.memory.TaskMemory;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskInput;
import dev.kindling.sim.FaultKind;
import dev.kindling.storage.Stores;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.List;

/** What surrounds a simulated attempt: blocks that have come already, a disk in memory, counted memory of a real pool. */
final class SimEnvironment implements TaskEnvironment {
    private final AttemptId attempt;
    private final TaskMemory memory;
    private final SimDisk disk;
    private final List<SimFetch> fetches;
    private final TaskSettings settings;
    private final SimCache cached;
    private boolean hasMetRot;

    SimEnvironment(
            SimExecutor executor, AttemptId attempt, TaskMemory memory, List<SimFetch> fetches, SimCache cached) {
        this.attempt = attempt;
        this.memory = executor.cluster.faults.strikes(FaultKind.SCARCE_MEMORY)
                ? new ScarceMemory(memory, executor.cluster.faults.random(FaultKind.SCARCE_MEMORY))
                : memory;
        this.disk = executor.disk;
        this.fetches = fetches;
        this.cached = cached;
        this.settings = executor.settings;
    }

    /** Whether what it had spilled came back otherwise. */
    boolean hasMetRot() {
        return hasMetRot;
    }

    @Override
    public AttemptId attempt() {
        return attempt;
    }

    @Override
    public ClassLoader userClassLoader() {
        return SimEnvironment.class.getClassLoader();
    }

    @Override
    public TaskFiles files() {
        throw new KindlingException(ErrorCode.BAD_ARGUMENT, "simulated jobs are given no files");
    }

    @Override
    public Stores stores() {
        throw new KindlingException(ErrorCode.BAD_ARGUMENT, "simulated tasks read and write no files");
    }

    @Override
    public BroadcastValues broadcasts() {
        return key -> new BroadcastValues.Value(disk.broadcast(key.id()).bytes());
    }

    @Override
    public TaskMemory memory() {
        return memory;
    }

    @Override
    public BlockSource openShuffle(TaskInput.ShuffleInput input, int firstBucket, int endBucket) {
        for (SimFetch fetch : fetches) {
            if (fetch.input().leafId() == input.leafId() && fetch.input().leafPartition() == input.leafPartition()) {
                return new Blocks(fetch.blocks(), firstBucket, endBucket);
            }
        }
        throw new SimViolation(attempt + " reads leaf " + input.leafId() + ", which is not among its inputs");
    }

    @Override
    public MapOutputWriter openMapOutput(int shuffleId, int bucketCount) {
        return disk.openMapOutput(shuffleId, attempt, bucketCount);
    }

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
                disk.keepResult(attempt, bytes);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public AttemptCache cache() {
        return cached;
    }

    @Override
    public SpillFile openSpill() {
        return disk.openSpill(() -> hasMetRot = true);
    }

    @Override
    public TaskSettings settings() {
        return settings;
    }

    /** A simulated body runs at one instant: whoever cancels comes before or after it. */
    @Override
    public void checkCancelled() throws CancelledException {}

    /** Fetched blocks, one after the other. */
    private static final class Blocks implements BlockSource {
        private final ArrayDeque<FetchedBlock> left = new ArrayDeque<>();
        private long bytes;

        Blocks(List<FetchedBlock> blocks, int firstBucket, int endBucket) {
            for (FetchedBlock block : blocks) {
                if (block.rowCount() > 0 && block.bucket() >= firstBucket && block.bucket() < endBucket) {
                    left.add(block);
                }
            }
        }

        @Override
        public FetchedBlock next() {
            FetchedBlock block = left.poll();
            if (block == null) {
                return null;
            }
            bytes += block.length();
            byte[] own = new byte[block.length()];
            System.arraycopy(block.bytes(), block.offset(), own, 0, own.length);
            return new FetchedBlock(
                    block.mapIndex(), block.mapAttempt(), block.bucket(), block.rowCount(), own, 0, own.length);
        }

        @Override
        public long localBytes() {
            return 0;
        }

        @Override
        public long remoteBytes() {
            return bytes;
        }

        @Override
        public long waitNanos() {
            return 0;
        }

        @Override
        public void close() {
            left.clear();
        }
    }
}
