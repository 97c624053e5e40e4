package dev.kindling.serde;

import dev.kindling.util.Latin1;

/**
 * {@code String}s, each behind {@code length in bytes x 4 + encoding}: Latin-1 where it can be, which copies bytes both
 * ways; else UTF-8; and plain UTF-16 for strings with half of a surrogate pair, which UTF-8 would not bring back.
 */
final class StringColumn extends BytesColumn {
    static final int LATIN_1 = 0;
    static final int UTF_8 = 1;
    static final int UTF_16 = 2;

    StringColumn(OpenPage page) {
        super(STRING, page);
    }

    @Override
    boolean add(Object value) {
        if (!(value instanceof String string)) {
            return false;
        }
        int chars = string.length();
        boolean isLatin1 = Latin1.fits(string);
        long utf8Bytes = isLatin1 ? 0 : Utf8.lengthOf(string);
        long valueBytes = isLatin1 ? chars : utf8Bytes >= 0 ? utf8Bytes : 2L * chars;
        if (valueBytes > (Integer.MAX_VALUE >>> 2)) {
            return false;
        }
        startValue(Varint.MAX_BYTES + valueBytes);
        int encoding = isLatin1 ? LATIN_1 : utf8Bytes >= 0 ? UTF_8 : UTF_16;
        length = Varint.write((int) valueBytes << 2 | encoding, bytes, length);
        switch (encoding) {
            case LATIN_1 -> Latin1.write(string, bytes, length);
            case UTF_8 -> Utf8.write(string, bytes, length);
            default -> copyChars(string, chars);
        }
        length += (int) valueBytes;
        count++;
        return true;
    }

    @Override
    int valueBytes(int prefix) {
        return bytesOf(prefix);
    }

    /** Bytes of the string that stands behind {@code prefix}. */
    static int bytesOf(int prefix) {
        return prefix >>> 2;
    }

    /** The string that stands behind {@code prefix}, from {@code at} on. */
    static String read(byte[] page, int at, int prefix) {
        int length = bytesOf(prefix);
        return switch (prefix & 3) {
            case LATIN_1 -> Latin1.read(page, at, length);
            case UTF_8 -> Utf8.read(page, at, length);
            default -> fromChars(page, at, length);
        };
    }

    private static String fromChars(byte[] page, int at, int length) {
        char[] chars = new char[length / 2];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) (page[at + 2 * i] & 0xFF | page[at + 2 * i + 1] << 8);
        }
        return new String(chars);
    }

    private void copyChars(String string, int chars) {
        for (int i = 0; i < chars; i++) {
            bytes[length + 2 * i] = (byte) string.charAt(i);
            bytes[length + 2 * i + 1] = (byte) (string.charAt(i) >>> 8);
        }
    }
}
