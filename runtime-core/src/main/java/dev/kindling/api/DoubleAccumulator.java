package dev.kindling.api;

import java.io.Serial;

/** Sum and count of floating-point numbers. Partitions are added as they end, so the last digits may differ between runs. */
public final class DoubleAccumulator extends Accumulator<Double, Double> {
    @Serial
    private static final long serialVersionUID = 1L;

    private double sum;
    private long count;

    /** Whether nothing was added: zeros that were added count. */
    @Override
    public boolean isZero() {
        return sum == 0 && count == 0;
    }

    @Override
    public DoubleAccumulator copy() {
        DoubleAccumulator copy = new DoubleAccumulator();
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
    public void add(Double v) {
        add(v.doubleValue());
    }

    /** The same without a box. */
    public void add(double v) {
        sum += v;
        count++;
    }

    public double sum() {
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
        return sum / count;
    }

    @Override
    public void merge(Accumulator<Double, Double> o) {
        DoubleAccumulator other = (DoubleAccumulator) o;
        sum += other.sum;
        count += other.count;
    }

    /** The sum. */
    @Override
    public Double value() {
        return sum();
    }
}
