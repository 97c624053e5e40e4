package dev.kindling.api.spi;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Ranges of keys: range i holds the keys above bound i-1, up to and with bound i; the last one all above the last bound.
 * Immutable; equal when order and bounds are.
 *
 * @param order can travel
 * @param bounds growing, all different
 */
public record KeyRanges(Comparator<Object> order, Object[] bounds) implements Serializable {
    /** The range of {@code key}, from 0 to the number of bounds. */
    public int indexOf(Object key) {
        int found = Arrays.binarySearch(bounds, key, order);
        return found >= 0 ? found : -found - 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyRanges that && order.equals(that.order) && Arrays.equals(bounds, that.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        return (bounds.length + 1) + " ranges";
    }
}
