package dev.kindling.driver.sim;

import dev.kindling.executor.cache.CacheWriter;
import dev.kindling.executor.operator.SetCounts;
import dev.kindling.protocol.AccumulatorUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Accumulators of a simulated program: each persisted set has one, to which every partition adds when it is computed. As
 * with a real attempt, blocks are committed once it has succeeded.
 */
final class SimSetCounts implements SetCounts, AutoCloseable {
    private static final long FIRST_ACCUMULATOR = 1L << 32;

    private final List<AccumulatorUpdate> updates = new ArrayList<>();
    private final List<CacheWriter> blocks = new ArrayList<>();

    static long accumulatorOf(int setId) {
        return FIRST_ACCUMULATOR + setId;
    }

    @Override
    public Part begin(int setId, int partition) {
        return new Part() {
            @Override
            public void enter() {}

            @Override
            public void leave() {}

            @Override
            public void end() {
                boolean isFirst = updates.stream()
                        .noneMatch(update -> update.setId() == setId && update.setPartition() == partition);
                if (isFirst) {
                    updates.add(new AccumulatorUpdate(accumulatorOf(setId), setId, partition, new byte[] {1}));
                }
            }

            @Override
            public void keep(CacheWriter block) {
                blocks.add(block);
            }
        };
    }

    /** The attempt has succeeded. */
    List<AccumulatorUpdate> succeed() {
        for (CacheWriter block : blocks) {
            try {
                block.commitWithUpdates();
            } catch (IOException e) {
                block.close();
            }
        }
        return List.copyOf(updates);
    }

    @Override
    public void close() {
        blocks.forEach(CacheWriter::close);
    }
}
