package dev.kindling.api;

import java.io.Serial;
import java.io.Serializable;

/** Count, mean, spread and extremes of numbers, merged in one pass without cancellation. Not safe for two threads. */
public final class StatCounter implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private long count;
    private double mean;
    private double squaredDeviations;
    private double max = Double.NEGATIVE_INFINITY;
    private double min = Double.POSITIVE_INFINITY;

    public StatCounter merge(double value) {
        double delta = value - mean;
        count++;
        mean += delta / count;
        squaredDeviations += delta * (value - mean);
        max = Math.max(max, value);
        min = Math.min(min, value);
        return this;
    }

    public StatCounter merge(StatCounter other) {
        if (other.count == 0) {
            return this;
        }
        long bothCount = count + other.count;
        double delta = other.mean - mean;
        squaredDeviations += other.squaredDeviations + delta * delta * count * other.count / bothCount;
        mean = other.count * 10 < count
                ? mean + delta * other.count / bothCount
                : (mean * count + other.mean * other.count) / bothCount;
        count = bothCount;
        max = Math.max(max, other.max);
        min = Math.min(min, other.min);
        return this;
    }

    public long count() {
        return count;
    }

    public double sum() {
        return count * mean;
    }

    public double mean() {
        return mean;
    }

    /** Positive infinity when nothing was counted. */
    public double min() {
        return min;
    }

    /** Negative infinity when nothing was counted. */
    public double max() {
        return max;
    }

    /** Of the whole population; NaN when nothing was counted. */
    public double variance() {
        return popVariance();
    }

    public double popVariance() {
        return count == 0 ? Double.NaN : squaredDeviations / count;
    }

    /** Of a sample; NaN for fewer than two values. */
    public double sampleVariance() {
        return count <= 1 ? Double.NaN : squaredDeviations / (count - 1);
    }

    public double stdev() {
        return popStdev();
    }

    public double popStdev() {
        return Math.sqrt(popVariance());
    }

    public double sampleStdev() {
        return Math.sqrt(sampleVariance());
    }

    @Override
    public String toString() {
        return "(count: " + count + ", mean: " + mean + ", stdev: " + popStdev() + ", max: " + max + ", min: " + min
                + ")";
    }
}
