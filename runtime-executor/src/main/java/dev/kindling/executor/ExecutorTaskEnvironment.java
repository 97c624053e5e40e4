package dev.kindling.executor;

import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.executor.attempt.CancelledException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.attempt.TaskFiles;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.BlockStore;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.executor.block.ResultOutput;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.executor.cache.AttemptCache;
import dev.kindling.executor.memory.AttemptMemory;
import dev.kindling.executor.memory.TaskMemory;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskInput;
import dev.kindling.storage.Stores;
import java.io.IOException;

/** What a real attempt may ask of its executor. Owned by the attempt's thread; any thread may cancel. */
final class ExecutorTaskEnvironment implements TaskEnvironment, AutoCloseable {
    private final AttemptId attempt;
    private final ClassLoader userClassLoader;
    private final AttemptMemory memory;
    private final BlockStore blocks;
    private final AttemptCache cache;
    private final ShuffleInputs shuffles;
    private final TaskFiles files;
    private final BroadcastValues broadcasts;
    private final Stores stores;
    private final TaskSettings settings;
    private volatile String cancelReason;

    /** Opens what a reduce task reads. */
    @FunctionalInterface
    interface ShuffleInputs {
        BlockSource open(TaskInput.ShuffleInput input, int firstBucket, int endBucket, TaskMemory memory)
                throws IOException;
    }

    ExecutorTaskEnvironment(
            AttemptId attempt,
            ClassLoader userClassLoader,
            AttemptMemory memory,
            BlockStore blocks,
            AttemptCache cache,
            ShuffleInputs shuffles,
            TaskFiles files,
            BroadcastValues broadcasts,
            Stores stores,
            TaskSettings settings) {
        this.attempt = attempt;
        this.userClassLoader = userClassLoader;
        this.memory = memory;
        this.blocks = blocks;
        this.cache = cache;
        this.shuffles = shuffles;
        this.files = files;
        this.broadcasts = broadcasts;
        this.stores = stores;
        this.settings = settings;
    }

    void cancel(String reason) {
        cancelReason = reason;
    }

    @Override
    public AttemptId attempt() {
        return attempt;
    }

    @Override
    public ClassLoader userClassLoader() {
        return userClassLoader;
    }

    @Override
    public TaskMemory memory() {
        return memory;
    }

    @Override
    public BlockSource openShuffle(TaskInput.ShuffleInput input, int firstBucket, int endBucket) throws IOException {
        return shuffles.open(input, firstBucket, endBucket, memory);
    }

    @Override
    public MapOutputWriter openMapOutput(int shuffleId, int bucketCount) throws IOException {
        return blocks.openMapOutput(shuffleId, attempt, bucketCount);
    }

    @Override
    public ResultOutput openResult() {
        return blocks.openResult(attempt);
    }

    @Override
    public SpillFile openSpill() throws IOException {
        return blocks.openSpill();
    }

    @Override
    public AttemptCache cache() {
        return cache;
    }

    @Override
    public TaskFiles files() {
        return files;
    }

    @Override
    public Stores stores() {
        return stores;
    }

    @Override
    public BroadcastValues broadcasts() {
        return broadcasts;
    }

    @Override
    public TaskSettings settings() {
        return settings;
    }

    @Override
    public void checkCancelled() {
        String reason = cancelReason;
        if (reason != null) {
            throw new CancelledException(reason);
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
