package dev.kindling.plan;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Partitioner;
import dev.kindling.api.spi.KeyRanges;
import java.io.Serial;
import java.util.Comparator;

/**
 * The partitioner of a sort: known, and equal by its shuffle, before its bounds are; they are set once, from a sample,
 * before the stage that writes the shuffle is sent out. Partition i holds the keys above bound i-1, up to and with
 * bound i. Fewer bounds than partitions minus one leave the last partitions empty.
 *
 * <p>Where much is sorted, a partition is cut into ranges by bounds of its own, in the same way, so that its reader can
 * sort one after the other: see {@link RangeSearch}.
 */
public final class RangeBounds extends Partitioner {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int shuffleId;
    private final int partitions;
    private final Comparator<Object> order;
    private final boolean hasDefaultCount;
    private Object[][] innerBounds = {};
    private volatile KeyRanges ranges;

    /** @param hasDefaultCount whether nobody asked for this number of partitions */
    public RangeBounds(int shuffleId, int partitions, Comparator<Object> order, boolean hasDefaultCount) {
        this.hasDefaultCount = hasDefaultCount;
        this.shuffleId = shuffleId;
        this.partitions = partitions;
        this.order = order;
    }

    /** Sets the sorted bounds; only the first call counts, so all attempts of the application agree. */
    public void resolve(Object[] sortedBounds) {
        resolve(sortedBounds, new Object[0][]);
    }

    /**
     * As {@link #resolve(Object[])}.
     *
     * @param inside sorted bounds inside of each partition but the empty last ones, less than its own bound; none where
     *     partitions are not cut
     */
    public synchronized void resolve(Object[] sortedBounds, Object[][] inside) {
        if (ranges == null) {
            innerBounds = inside;
            ranges = new KeyRanges(order, sortedBounds.clone());
        }
    }

    /** Whether partitions are cut into ranges. */
    public boolean hasInnerBounds() {
        return innerBounds.length > 0;
    }

    Object[][] innerBounds() {
        return innerBounds;
    }

    public boolean isResolved() {
        return ranges != null;
    }

    public Comparator<Object> order() {
        return order;
    }

    @Override
    public boolean hasDefaultCount() {
        return hasDefaultCount;
    }

    @Override
    public int numPartitions() {
        return partitions;
    }

    @Override
    public int getPartition(Object key) {
        return ranges().indexOf(key);
    }

    /** The ranges of the keys; fails while they are not resolved. */
    public KeyRanges ranges() {
        KeyRanges known = ranges;
        if (known == null) {
            throw new KindlingException(
                    ErrorCode.INTERNAL, "the bounds of shuffle " + shuffleId + " were asked for before its sample");
        }
        return known;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RangeBounds that && that.shuffleId == shuffleId;
    }

    @Override
    public int hashCode() {
        return 31 * shuffleId;
    }

    @Override
    public String toString() {
        return "RangeBounds(shuffle " + shuffleId + ", " + partitions + " partitions)";
    }
}
