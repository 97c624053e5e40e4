package dev.kindling.driver.core;

/**
 * When a reduce partition counts as too large for the others.
 *
 * @param factor times the median of its shuffle's partitions, and
 * @param minBytes at least so many bytes
 */
public record SkewSettings(int factor, long minBytes) {
    /** Five times the median is what keeps one core busy while four others have nothing left to do. */
    public static SkewSettings defaults() {
        return new SkewSettings(5, 64L << 20);
    }
}
