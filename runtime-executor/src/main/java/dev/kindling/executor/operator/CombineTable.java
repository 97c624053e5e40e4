package dev.kindling.executor.operator;

import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import dev.kindling.data.Batch;
import dev.kindling.plan.Combiner;
import dev.kindling.serde.RowWriter;
import java.util.Arrays;

/**
 * One combined value a key, in memory that is counted: the size of an entry is measured by encoding some of them from
 * time to time, since a combined value may grow with every row (a list, a set). Owned by the task's thread.
 */
final class CombineTable implements AutoCloseable {
    private static final int MEASURED_ENTRIES = 32;
    private static final long FIRST_MEASURE_ROWS = 1024;
    // Key, value and slot arrays at their largest, and the objects' headers.
    private static final long ENTRY_OVERHEAD_BYTES = 112;
    private static final long SMALLEST_BUDGET_BYTES = 256 << 10;

    private final Combiner combiner;
    private final Reservation reservation;
    private final TaskScope scope;
    private RowWriter measuring;
    private final KeyTable keys = new KeyTable();
    private Object[] values = new Object[512];
    private long rowsSeen;
    private long nextMeasure = FIRST_MEASURE_ROWS;
    private long entryBytes = 32;

    CombineTable(Combiner combiner, TaskScope scope) {
        this.combiner = combiner;
        this.reservation = new Reservation(scope.memory(), 0.5);
        this.scope = scope;
        this.measuring = scope.newRowWriter();
    }

    /** Adds the first {@code count} pairs of {@code rows}; {@code areCombined}: their values are combined ones. */
    void add(Object[] rows, int count, boolean areCombined, Operator source) {
        int row = 0;
        try {
            for (; row < count; row++) {
                Tuple2<?, ?> pair = (Tuple2<?, ?>) rows[row];
                int known = keys.count();
                int id = keys.idOf(pair._1());
                if (id < known) {
                    values[id] = (areCombined ? combiner.mergeCombined() : combiner.mergeValue())
                            .call(values[id], pair._2());
                } else {
                    if (id == values.length) {
                        values = Arrays.copyOf(values, 2 * id);
                    }
                    values[id] = areCombined ? pair._2() : combiner.create().call(pair._2());
                }
            }
        } catch (Throwable t) {
            throw UserFunctionFailed.of(t, source.positionOf(row));
        }
        rowsSeen += count;
    }

    /** Whether the table may stay as large as it is and take more rows. */
    boolean fits() {
        if (rowsSeen >= nextMeasure) {
            nextMeasure = rowsSeen + Math.max(FIRST_MEASURE_ROWS, rowsSeen / 2);
            measure();
        }
        long bytes = keys.count() * (ENTRY_OVERHEAD_BYTES + 3 * entryBytes);
        return bytes <= SMALLEST_BUDGET_BYTES || reservation.growTo(bytes);
    }

    private void measure() {
        int measured = Math.min(MEASURED_ENTRIES, keys.count());
        try {
            for (int i = 0; i < measured; i++) {
                int id = (int) ((long) i * keys.count() / measured);
                measuring.append(new Tuple2<>(keys.keyOf(id), values[id]));
            }
            entryBytes = Math.max(1, measuring.takeBytes().length / Math.max(1, measured));
        } catch (KindlingException e) {
            // A combined value need not be serializable as long as it never leaves memory; the last measure stands.
            measuring = scope.newRowWriter();
        }
    }

    int count() {
        return keys.count();
    }

    /** Puts (key, combined value) of the entries from {@code first} on into {@code batch}. */
    int copyTo(Batch batch, int first) {
        int count = Math.min(batch.limit(), keys.count() - first);
        for (int i = 0; i < count; i++) {
            batch.rows[i] = new Tuple2<>(keys.keyOf(first + i), values[first + i]);
        }
        batch.count = count;
        return count;
    }

    void clear() {
        Arrays.fill(values, 0, Math.min(values.length, keys.count()), null);
        keys.clear();
        rowsSeen = 0;
        nextMeasure = FIRST_MEASURE_ROWS;
        reservation.close();
    }

    @Override
    public void close() {
        clear();
    }
}
