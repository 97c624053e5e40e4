package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.executor.cache.AttemptCache;
import dev.kindling.executor.cache.CacheWriter;
import dev.kindling.executor.cache.ChunkReader;
import dev.kindling.plan.PlanNode;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.TaskInput;
import dev.kindling.serde.PackedRows;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A partition of a persisted set: read where it is kept, or computed, and kept on the way. Which of these is found out
 * when its first row is wanted: what another attempt has stored here meanwhile is read, though the driver did not know
 * of it. A partition that another attempt of this executor is just computing is computed a second time, and kept once:
 * nobody waits for another task's functions.
 */
final class PersistedRows implements Operator {
    private final PlanNode.Cached node;
    private final TaskInput.CachedPartition input;
    private final Supplier<Operator> below;
    private final TaskScope scope;
    private Operator rows;

    /** @param below opens what the partition is made of; not called when it is read from a cache */
    PersistedRows(PlanNode.Cached node, TaskInput.CachedPartition input, Supplier<Operator> below, TaskScope scope) {
        this.node = node;
        this.input = input;
        this.below = below;
        this.scope = scope;
    }

    @Override
    public int read(Batch batch) throws Exception {
        return rows().read(batch);
    }

    @Override
    public int readPacked(PackedRows target, int limit) throws Exception {
        return rows().readPacked(target, limit);
    }

    @Override
    public long passOver() throws Exception {
        return rows().passOver();
    }

    private Operator rows() throws IOException {
        if (rows == null) {
            rows = open();
        }
        return rows;
    }

    private Operator open() throws IOException {
        AttemptCache cache = scope.environment().cache();
        CachedBlockId block = input.block();
        Optional<ChunkReader> here = cache.openHere(block);
        if (here.isPresent()) {
            return new CachedRows(here.get(), scope);
        }
        if (!input.holders().isEmpty()) {
            return new CachedRows(cache.openAt(block, input.holders()), scope);
        }
        SetCounts.Part part = scope.setCounts().begin(block.setId(), block.partition());
        Operator computed = new CountedRows(below.get(), part);
        Optional<CacheWriter> writer = cache.begin(block, input.level());
        return writer.isPresent() ? new CachingRows(computed, writer.get(), part, node.origin(), scope) : computed;
    }

    @Override
    public Optional<InputPosition> positionOf(int index) {
        return rows == null ? Optional.empty() : rows.positionOf(index);
    }

    @Override
    public void close() throws IOException {
        if (rows != null) {
            rows.close();
        }
    }
}
