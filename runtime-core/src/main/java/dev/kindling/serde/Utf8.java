package dev.kindling.serde;

import java.nio.charset.StandardCharsets;

/**
 * Strings as UTF-8 straight into an array and back. The platform's own goes through arrays of up to three times the
 * string's length, which is too much beside a string of some megabytes. Static functions, any thread.
 */
final class Utf8 {
    /** Shorter strings are read by the platform, which is faster. */
    private static final int LARGE_BYTES = 16 << 10;

    private Utf8() {}

    /** How many bytes {@code string} takes; -1 when it has half of a surrogate pair, which UTF-8 cannot say. */
    static long lengthOf(String string) {
        long bytes = 0;
        int chars = string.length();
        for (int i = 0; i < chars; i++) {
            char c = string.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < chars
                    && Character.isLowSurrogate(string.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                return -1;
            }
        }
        return bytes;
    }

    /** Writes {@code string}, which has no half of a surrogate pair, from {@code at}. */
    static void write(String string, byte[] target, int at) {
        int chars = string.length();
        int out = at;
        for (int i = 0; i < chars; i++) {
            char c = string.charAt(i);
            if (c < 0x80) {
                target[out++] = (byte) c;
            } else if (c < 0x800) {
                target[out++] = (byte) (0xC0 | c >> 6);
                target[out++] = (byte) (0x80 | c & 0x3F);
            } else if (!Character.isSurrogate(c)) {
                target[out++] = (byte) (0xE0 | c >> 12);
                target[out++] = (byte) (0x80 | c >> 6 & 0x3F);
                target[out++] = (byte) (0x80 | c & 0x3F);
            } else {
                int point = Character.toCodePoint(c, string.charAt(++i));
                target[out++] = (byte) (0xF0 | point >> 18);
                target[out++] = (byte) (0x80 | point >> 12 & 0x3F);
                target[out++] = (byte) (0x80 | point >> 6 & 0x3F);
                target[out++] = (byte) (0x80 | point & 0x3F);
            }
        }
    }

    /** What {@link #write} wrote, in {@code length} bytes from {@code at}. */
    static String read(byte[] source, int at, int length) {
        if (length < LARGE_BYTES) {
            return new String(source, at, length, StandardCharsets.UTF_8);
        }
        char[] chars = new char[charsIn(source, at, length)];
        int out = 0;
        for (int in = at; in < at + length; ) {
            int first = source[in++];
            if (first >= 0) {
                chars[out++] = (char) first;
            } else if (first < (byte) 0xE0) {
                chars[out++] = (char) ((first & 0x1F) << 6 | source[in++] & 0x3F);
            } else if (first < (byte) 0xF0) {
                chars[out++] = (char) ((first & 0xF) << 12 | (source[in++] & 0x3F) << 6 | source[in++] & 0x3F);
            } else {
                int point = (first & 0x7) << 18
                        | (source[in++] & 0x3F) << 12
                        | (source[in++] & 0x3F) << 6
                        | source[in++] & 0x3F;
                chars[out++] = Character.highSurrogate(point);
                chars[out++] = Character.lowSurrogate(point);
            }
        }
        return new String(chars);
    }

    /** One for each first byte of a sequence, and one more for a sequence of four bytes. */
    private static int charsIn(byte[] source, int at, int length) {
        int chars = 0;
        for (int in = at; in < at + length; in++) {
            chars += (source[in] & 0xC0) == 0x80 ? 0 : source[in] >= (byte) 0xF0 && source[in] < 0 ? 2 : 1;
        }
        return chars;
    }
}
