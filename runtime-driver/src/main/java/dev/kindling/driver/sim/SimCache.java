package dev.kindling.driver.sim;

import dev.kindling.api.StorageLevel;
import dev.kindling.executor.cache.AttemptCache;
import dev.kindling.executor.cache.CacheCopy;
import dev.kindling.executor.cache.CacheMissedException;
import dev.kindling.executor.cache.CacheStore;
import dev.kindling.executor.cache.CacheWriter;
import dev.kindling.executor.cache.ChunkReader;
import dev.kindling.executor.cache.RangeChunks;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.rpc.ServedRange;
import dev.kindling.sim.FaultKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The cached blocks as one simulated attempt uses them: those of its executor's real store, and copies of others that
 * came over the network before its body runs.
 */
final class SimCache implements AttemptCache {
    private static final int TIMEOUT_MS = 4_000;

    private final SimExecutor reader;
    private final CacheStore store;
    private final TreeMap<CachedBlockId, byte[]> fetched = new TreeMap<>();
    private boolean isStopped;

    SimCache(SimExecutor reader, CacheStore store) {
        this.reader = reader;
        this.store = store;
    }

    /** Nothing that still comes is of use. */
    void stop() {
        isStopped = true;
    }

    // ---- before the body runs -------------------------------------------------------------------------------------

    boolean hasToFetch(TaskInput.CachedPartition input) {
        return !input.holders().isEmpty()
                && !reader.isAt(input.holders().get(0))
                && store.statuses().stream().noneMatch(status -> status.block().equals(input.block()));
    }

    void fetch(TaskInput.CachedPartition input, Runnable whenDone, Consumer<TaskFailure> whenMissed) {
        ask(input, 0, whenDone, whenMissed);
    }

    private void ask(TaskInput.CachedPartition input, int index, Runnable whenDone, Consumer<TaskFailure> whenMissed) {
        ExecutorAddress holder = input.holders().get(index);
        Runnable next = () -> {
            if (index + 1 < input.holders().size()) {
                ask(input, index + 1, whenDone, whenMissed);
            } else {
                whenMissed.accept(new TaskFailure.CacheMissed(
                        input.block(), holder.executorId(), holder.incarnation(), "it did not come"));
            }
        };
        SimExecutor at = reader.cluster.process(holder.executorId(), holder.incarnation());
        if (at == null) {
            reader.in(2, () -> unlessStopped(next));
            return;
        }
        boolean[] isOver = {false};
        Runnable giveUp = () -> {
            if (!isOver[0]) {
                isOver[0] = true;
                unlessStopped(next);
            }
        };
        reader.links.to(
                at.node(),
                () -> ask(input, at, isOver, answer -> arrived(input, answer, whenDone, next)),
                why -> giveUp.run());
        reader.in(TIMEOUT_MS, giveUp);
    }

    private void ask(
            TaskInput.CachedPartition input,
            SimExecutor at,
            boolean[] isOver,
            Consumer<Optional<byte[]>> whenAnswered) {
        reader.cluster.network.send(
                reader.node(),
                at.node(),
                new byte[0],
                nothing -> at.run(() -> {
                    Optional<byte[]> answer = read(at.cache, input.block());
                    reader.cluster.network.send(
                            at.node(),
                            reader.node(),
                            new byte[0],
                            again -> reader.run(() -> {
                                if (!isOver[0]) {
                                    isOver[0] = true;
                                    unlessStopped(() -> whenAnswered.accept(answer));
                                }
                            }));
                }));
    }

    private void unlessStopped(Runnable action) {
        if (!isStopped) {
            action.run();
        }
    }

    private void arrived(
            TaskInput.CachedPartition input, Optional<byte[]> answer, Runnable whenDone, Runnable whenAbsent) {
        if (answer.isEmpty()) {
            whenAbsent.run();
            return;
        }
        byte[] bytes = answer.get().clone();
        if (reader.cluster.faults.strikes(FaultKind.CORRUPT)) {
            SimDisk.flip(bytes, reader.cluster.faults.random(FaultKind.CORRUPT));
        }
        fetched.put(input.block(), bytes);
        whenDone.run();
    }

    private static Optional<byte[]> read(CacheStore from, CachedBlockId block) {
        try (ServedRange range = from.serve(block).orElse(null)) {
            if (range == null) {
                return Optional.empty();
            }
            byte[] bytes = new byte[Math.toIntExact(range.byteCount())];
            range.read(0, ByteBuffer.wrap(bytes));
            return Optional.of(bytes);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Fetches the block and keeps it; when it does not come, the driver is told that it is not here. */
    void copy(CachedBlockId block, StorageLevel level, ExecutorAddress from) {
        TaskInput.CachedPartition input =
                new TaskInput.CachedPartition(block.setId(), block.partition(), block.epoch(), level, List.of(from));
        Runnable keep = () -> CacheCopy.copy(store, block, level, () -> openAt(block, List.of(from)));
        fetch(input, keep, failure -> keep.run());
    }

    // ---- while the body runs --------------------------------------------------------------------------------------

    @Override
    public Optional<ChunkReader> openHere(CachedBlockId block) throws IOException {
        return reader.executorCache().openHere(block);
    }

    @Override
    public ChunkReader openAt(CachedBlockId block, List<ExecutorAddress> holders) throws IOException {
        byte[] bytes = fetched.get(block);
        if (bytes == null) {
            ExecutorAddress holder = holders.get(0);
            throw new CacheMissedException(block, holder.executorId(), holder.incarnation(), "it is no longer here");
        }
        return reader.executorCache()
                .watched(new RangeChunks(block, ServedRange.of(bytes, 0, bytes.length)), block, holders.get(0));
    }

    @Override
    public Optional<CacheWriter> begin(CachedBlockId block, StorageLevel level) {
        return store.begin(block, level);
    }
}
