package dev.kindling.executor.task;

import dev.kindling.api.Accumulator;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.api.spi.TaskVariables;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.AttemptId;
import dev.kindling.serde.ClosureCodec;
import dev.kindling.util.ByteSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What an attempt's program shares with the driver. Of accumulators its own copies: made while the program is read,
 * added to while it runs, sent when it has succeeded. Of broadcast values those of its executor. On the attempt's
 * thread, from {@link #open} to {@link #close}.
 */
final class AttemptVariables extends TaskVariables implements AutoCloseable {
    private final BroadcastValues broadcasts;
    private final TreeMap<Long, Accumulator<?, ?>> copies = new TreeMap<>();

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

    /** What was added, encoded. Runs code of the user's classes. */
    List<AccumulatorUpdate> updates(AttemptId attempt, long maxBytes) {
        List<AccumulatorUpdate> updates = new ArrayList<>();
        long bytes = 0;
        for (Accumulator<?, ?> copy : copies.values()) {
            if (!isZero(copy)) {
                AccumulatorUpdate update = new AccumulatorUpdate(copy.id(), encode(copy));
                updates.add(update);
                bytes += update.partial().length;
                if (bytes > maxBytes) {
                    throw tooLarge(attempt, copy, bytes, maxBytes);
                }
            }
        }
        return updates;
    }

    private static boolean isZero(Accumulator<?, ?> copy) {
        try {
            return copy.isZero();
        } catch (RuntimeException e) {
            throw new KindlingException(ErrorCode.USER_CODE_FAILED, copy + " cannot be sent: isZero() threw " + e, e);
        }
    }

    private static byte[] encode(Accumulator<?, ?> copy) {
        try {
            return ClosureCodec.encode(copy);
        } catch (KindlingException e) {
            throw new KindlingException(
                    ErrorCode.NOT_SERIALIZABLE,
                    copy + " cannot be sent, for what was added to it cannot be written: "
                            + (e.getCause() == null ? e.getMessage() : e.getCause()),
                    e);
        }
    }

    private static KindlingException tooLarge(AttemptId attempt, Accumulator<?, ?> last, long bytes, long maxBytes) {
        return new KindlingException(
                ErrorCode.RESULT_TOO_LARGE,
                "the accumulators of task " + attempt + " hold " + ByteSizes.format(bytes) + " and more with " + last
                        + ", one task sends at most " + ByteSizes.format(maxBytes)
                        + "; make rows of what is added and write them with saveAsTextFile, use more partitions, or raise"
                        + " kindling.accumulator.maxBytes");
    }

    @Override
    public void close() {
        setCurrent(null);
    }
}
