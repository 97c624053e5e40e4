package dev.kindling.plan;

import java.util.Comparator;

/** The order of keys that are {@code Comparable}, null before all others; operators know it and sort by bytes. */
public enum NaturalOrder implements Comparator<Object> {
    ASCENDING {
        @Override
        public int compare(Object left, Object right) {
            return natural(left, right);
        }
    },
    DESCENDING {
        @Override
        public int compare(Object left, Object right) {
            return natural(right, left);
        }
    };

    /** The same order where {@code order} is the JDK's natural or reverse one; else {@code order}. */
    public static Comparator<Object> recognised(Comparator<Object> order) {
        if (order.equals(Comparator.naturalOrder())) {
            return ASCENDING;
        }
        return order.equals(Comparator.reverseOrder()) ? DESCENDING : order;
    }

    @Override
    public Comparator<Object> reversed() {
        return this == ASCENDING ? DESCENDING : ASCENDING;
    }

    @SuppressWarnings("unchecked")
    private static int natural(Object left, Object right) {
        if (left == null || right == null) {
            return left == right ? 0 : left == null ? -1 : 1;
        }
        return ((Comparable<Object>) left).compareTo(right);
    }
}
