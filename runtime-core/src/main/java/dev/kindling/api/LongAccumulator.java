package dev.kindling.api;

import java.io.Serial;

/** Sum and count of whole numbers. Sums wrap like {@code long}. */
public final class LongAccumulator extends Accumulator<Long, Long> {
    @Serial
    private static final long serialVersionUID = 1L;

    private long sum;
    private long count;

    /** Whether nothing was added: zeros that were added count. */
    @Override
    public boolean isZero() {
        return sum == 0 && count == 0;
    }

    @Override
    public LongAccumulator copy() {
        LongAccumulator copy = new LongAccumulator();
        copy.sum = sum;
        copy.count = count;
        return copy;
    }

    @Override
    public void reset() {
        sum = 0;
        count = 0;
    }

    @Override
    public void add(Long v) {
        add(v.longValue());
    }

    /** The same without a box. */
    public void add(long v) {
        sum += v;
        count++;
    }

    public long sum() {
        checkReadable();
        return sum;
    }

    /** How many numbers were added. */
    public long count() {
        checkReadable();
        return count;
    }

    /** NaN when nothing was added. */
    public double avg() {
        checkReadable();
        return (double) sum / count;
    }

    @Override
    public void merge(Accumulator<Long, Long> o) {
        LongAccumulator other = (LongAccumulator) o;
        sum += other.sum;
        count += other.count;
    }

    /** The sum. */
    @Override
    public Long value() {
        return sum();
    }
}
