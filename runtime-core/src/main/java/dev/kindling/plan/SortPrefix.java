package dev.kindling.plan;

import java.util.Comparator;

/**
 * The first eight bytes of a key as a number whose order is the key's own: most comparisons need no more. Known for
 * numbers, strings and a few others in natural or reversed order; any other order has no prefix. Used by one thread.
 */
public final class SortPrefix {
    private final boolean isNatural;
    private final boolean isReversed;
    private Class<?> keyClass;
    private boolean isMixed;
    private boolean hasNull;

    public SortPrefix(Comparator<Object> order) {
        Comparator<Object> recognised = NaturalOrder.recognised(order);
        isReversed = recognised == NaturalOrder.DESCENDING;
        isNatural = recognised instanceof NaturalOrder;
    }

    /** Whether keys have prefixes at all; false once keys of two classes were seen. */
    public boolean isKnown() {
        return isNatural && !isMixed;
    }

    /** Whether keys with equal prefixes are equal. */
    public boolean isExact() {
        return isKnown() && !hasNull && keyClass != String.class;
    }

    /** The prefix of {@code key}; means something only while {@link #isKnown} afterwards. */
    public long of(Object key) {
        if (!isNatural) {
            return 0;
        }
        if (key == null) {
            hasNull = true;
            return isReversed ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        if (key.getClass() != keyClass) {
            if (keyClass != null || !isSupported(key.getClass())) {
                isMixed = true;
                return 0;
            }
            keyClass = key.getClass();
        }
        // Signed order of longs; all bits turned for the reversed order.
        return isReversed ? ~naturalOf(key) : naturalOf(key);
    }

    private static boolean isSupported(Class<?> keyClass) {
        return keyClass == String.class
                || keyClass == Integer.class
                || keyClass == Long.class
                || keyClass == Double.class
                || keyClass == Float.class
                || keyClass == Short.class
                || keyClass == Byte.class
                || keyClass == Character.class
                || keyClass == Boolean.class;
    }

    private static long naturalOf(Object key) {
        if (key instanceof String text) {
            return textFrom(text, 0);
        }
        if (key instanceof Double number) {
            return ofDouble(number);
        }
        if (key instanceof Float number) {
            return ofDouble(number);
        }
        if (key instanceof Number number) {
            return number.longValue();
        }
        if (key instanceof Character letter) {
            return letter;
        }
        return (Boolean) key ? 1 : 0;
    }

    /** As {@code Double.compare}: -0.0 before 0.0, NaN last. */
    private static long ofDouble(double number) {
        long bits = Double.doubleToLongBits(number);
        return bits ^ ((bits >> 63) & Long.MAX_VALUE);
    }

    /** Whether the keys are strings, so that {@link #ofText} tells more about those with equal prefixes. */
    public boolean isText() {
        return isKnown() && keyClass == String.class;
    }

    /** As {@link #of}, by the characters from {@code offset} on. */
    public long ofText(Object key, int offset) {
        return isReversed ? ~textFrom((String) key, offset) : textFrom((String) key, offset);
    }

    /** Whether all strings with this prefix have eight characters that it stands for, so that the next ones decide. */
    public boolean isWholeText(long prefix) {
        long bytes = (isReversed ? ~prefix : prefix) ^ Long.MIN_VALUE;
        return !hasZeroByte(bytes) && !hasZeroByte(~bytes);
    }

    private static boolean hasZeroByte(long bytes) {
        return (bytes - 0x0101010101010101L & ~bytes & 0x8080808080808080L) != 0;
    }

    /** One byte a character; from the first that has no byte of its own on, the strings themselves are compared. */
    private static long textFrom(String text, int offset) {
        long prefix = 0;
        int length = Math.min(8, text.length() - offset);
        for (int i = 0; i < length; i++) {
            int letter = text.charAt(offset + i);
            if (letter >= 0xff) {
                prefix |= 0xffL << (56 - 8 * i);
                break;
            }
            prefix |= (long) letter << (56 - 8 * i);
        }
        return prefix ^ Long.MIN_VALUE;
    }
}
