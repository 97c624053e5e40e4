package dev.kindling.util;

/**
 * Strings whose characters are bytes, from an array and into one, each by one copy. Deprecated methods of {@link String}
 * are meant for just this, bytes that are the low halves of chars; those that take a charset are too large to be compiled
 * into a loop. Static functions, any thread.
 */
public final class Latin1 {
    private Latin1() {}

    /** The string of {@code length} bytes from {@code at} on. */
    @SuppressWarnings("deprecation")
    public static String read(byte[] bytes, int at, int length) {
        return new String(bytes, 0, at, length);
    }

    /** Whether each character is a byte. */
    public static boolean fits(String string) {
        int chars = string.length();
        int all = 0;
        for (int i = 0; i < chars; i++) {
            all |= string.charAt(i);
        }
        return all <= 0xFF;
    }

    /** Writes the characters of a {@code string} that {@link #fits} from {@code at} on. */
    @SuppressWarnings("deprecation")
    public static void write(String string, byte[] target, int at) {
        string.getBytes(0, string.length(), target, at);
    }
}
