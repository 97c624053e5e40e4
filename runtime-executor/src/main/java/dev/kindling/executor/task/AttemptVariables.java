package dev.kindling.executor.task;

import dev.kindling.api.Accumulator;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.api.spi.TaskVariables;
import dev.kindling.executor.cache.CacheWriter;
import dev.kindling.executor.operator.SetCounts;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.AttemptId;
import dev.kindling.serde.ClosureCodec;
import dev.kindling.util.ByteSizes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What an attempt's program shares with the driver. Of accumulators its own copies: made while the program is read,
 * added to while it runs, sent when it has succeeded. Of broadcast values those of its executor. On the attempt's
 * thread, from {@link #open} to {@link #close}.
 *
 * <p>Functions know one copy of each accumulator. What partitions of persisted sets add is told apart by emptying the
 * copies whenever rows begin or cease to be computed for another one: into a sum of the part that ran until then.
 */
final class AttemptVariables extends TaskVariables implements SetCounts, AutoCloseable {
    private final BroadcastValues broadcasts;
    private final TreeMap<Long, Accumulator<?, ?>> copies = new TreeMap<>();

    private final List<Added> parts = new ArrayList<>();

    /** Of the attempt itself. */
    private final Added own = new Added(AccumulatorUpdate.NO_SET, 0);

    private Added running = own;

    private AttemptVariables(BroadcastValues broadcasts) {
        this.broadcasts = broadcasts;
    }

    static AttemptVariables open(BroadcastValues broadcasts) {
        AttemptVariables attempt = new AttemptVariables(broadcasts);
        setCurrent(attempt);
        return attempt;
    }

    @Override
    public BroadcastValues broadcasts() {
        return broadcasts;
    }

    @Override
    public Accumulator<?, ?> adopt(Accumulator<?, ?> zero) {
        Accumulator<?, ?> present = copies.putIfAbsent(zero.id(), zero);
        return present == null ? zero : present;
    }

    // ---- parts ----------------------------------------------------------------------------------------------------

    @Override
    public Part begin(int setId, int partition) {
        Added part = new Added(setId, partition);
        parts.add(part);
        return part;
    }

    /** What was added for one partition of a persisted set, or by the attempt otherwise. */
    private final class Added implements Part {
        private final int setId;
        private final int partition;
        private final TreeMap<Long, Accumulator<?, ?>> sums = new TreeMap<>();
        private final List<CacheWriter> blocks = new ArrayList<>();
        private Added above;
        private boolean isComplete;

        private Added(int setId, int partition) {
            this.setId = setId;
            this.partition = partition;
        }

        @Override
        public void enter() {
            above = running;
            switchTo(this);
        }

        @Override
        public void leave() {
            switchTo(above);
        }

        @Override
        public void end() {
            isComplete = true;
        }

        @Override
        public void keep(CacheWriter block) throws IOException {
            if (sums.isEmpty()) {
                block.commit();
            } else {
                blocks.add(block);
            }
        }
    }

    private void switchTo(Added next) {
        for (Accumulator<?, ?> copy : copies.values()) {
            if (!isZero(copy)) {
                Accumulator<?, ?> sum = running.sums.get(copy.id());
                if (sum == null) {
                    running.sums.put(copy.id(), copyOf(copy));
                } else {
                    add(sum, copy);
                }
                reset(copy);
            }
        }
        running = next;
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    /**
     * What was added, encoded. Runs code of the user's classes.
     *
     * @param areOwnLeftOut what the attempt itself added does not count, only what it added for persisted sets
     */
    List<AccumulatorUpdate> updates(AttemptId attempt, boolean areOwnLeftOut, long maxBytes) {
        List<AccumulatorUpdate> updates = new ArrayList<>();
        if (copies.isEmpty()) {
            return updates;
        }
        takeBack(own);
        parts.stream().filter(part -> !part.isComplete).forEach(this::takeBack);
        if (!areOwnLeftOut) {
            encodeCopies(own, attempt, maxBytes, updates);
        }
        Set<List<Integer>> encoded = new HashSet<>();
        for (Added part : parts.stream().filter(part -> part.isComplete).toList()) {
            // A partition that was computed twice, for two readers in one task, counts once.
            boolean isFirst = encoded.add(List.of(part.setId, part.partition));
            if (isFirst && !part.sums.isEmpty()) {
                copies.values().forEach(AttemptVariables::reset);
                takeBack(part);
                encodeCopies(part, attempt, maxBytes, updates);
            }
        }
        return updates;
    }

    /** The copies are what is encoded: they alone have the numbers of the originals. */
    private void takeBack(Added part) {
        part.sums.forEach((id, sum) -> add(copies.get(id), sum));
    }

    private void encodeCopies(Added part, AttemptId attempt, long maxBytes, List<AccumulatorUpdate> updates) {
        for (Accumulator<?, ?> copy : copies.values()) {
            if (!isZero(copy)) {
                long left = maxBytes;
                for (AccumulatorUpdate update : updates) {
                    left -= update.partial().length;
                }
                byte[] partial = encode(copy, left).orElseThrow(() -> tooLarge(attempt, copy, maxBytes));
                updates.add(new AccumulatorUpdate(copy.id(), part.setId, part.partition, partial));
            }
        }
    }

    /** What persisted sets gave to accumulators is on its way: tasks of this executor may read their blocks. */
    void commitBlocks() {
        for (Added part : parts) {
            for (CacheWriter block : part.blocks) {
                try {
                    block.commitWithUpdates();
                } catch (IOException e) {
                    block.close(); // the disk has said why; the partition is computed again, and not counted again
                }
            }
        }
    }

    // ---- code of the user's classes ---------------------------------------------------------------------------------

    private static boolean isZero(Accumulator<?, ?> copy) {
        return called(copy, "isZero", copy::isZero);
    }

    private static Accumulator<?, ?> copyOf(Accumulator<?, ?> copy) {
        return called(copy, "copy", copy::copy);
    }

    @SuppressWarnings("unchecked")
    private static void add(Accumulator<?, ?> to, Accumulator<?, ?> other) {
        called(to, "merge", () -> {
            ((Accumulator<Object, Object>) to).merge((Accumulator<Object, Object>) other);
            return true;
        });
    }

    private static void reset(Accumulator<?, ?> copy) {
        called(copy, "reset", () -> {
            copy.reset();
            return true;
        });
    }

    private static <T> T called(Accumulator<?, ?> accumulator, String method, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw new KindlingException(
                    ErrorCode.USER_CODE_FAILED, accumulator + " cannot be sent: " + method + "() threw " + e, e);
        }
    }

    private static Optional<byte[]> encode(Accumulator<?, ?> copy, long maxBytes) {
        try {
            return ClosureCodec.encode(copy, maxBytes);
        } catch (KindlingException e) {
            throw new KindlingException(
                    ErrorCode.NOT_SERIALIZABLE,
                    copy + " cannot be sent, for what was added to it cannot be written: "
                            + (e.getCause() == null ? e.getMessage() : e.getCause()),
                    e);
        }
    }

    private static KindlingException tooLarge(AttemptId attempt, Accumulator<?, ?> last, long maxBytes) {
        return new KindlingException(
                ErrorCode.RESULT_TOO_LARGE,
                "the accumulators of task " + attempt + " hold more with " + last + " than the "
                        + ByteSizes.format(maxBytes)
                        + " that one task sends; make rows of what is added and write them with saveAsTextFile, use more partitions, or raise"
                        + " kindling.accumulator.maxBytes");
    }

    /** Blocks whose attempt has not succeeded leave nothing. */
    @Override
    public void close() {
        for (Added part : parts) {
            part.blocks.forEach(CacheWriter::close);
        }
        setCurrent(null);
    }
}
