package dev.kindling.serde;

import java.nio.charset.StandardCharsets;

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
        if (chars > (Integer.MAX_VALUE >>> 2)) {
            return false;
        }
        startValue(Varint.MAX_BYTES + (long) chars);
        int start = length;
        if (isLatin1(string, chars)) {
            length = Varint.write(chars << 2 | LATIN_1, bytes, start);
            copyLatin1(string, chars);
        } else {
            addWide(string);
        }
        count++;
        return true;
    }

    @Override
    int valueBytes(int prefix) {
        return prefix >>> 2;
    }

    private static boolean isLatin1(String string, int chars) {
        int all = 0;
        for (int i = 0; i < chars; i++) {
            all |= string.charAt(i);
        }
        return all <= 0xFF;
    }

    @SuppressWarnings("deprecation") // the one copy of low bytes that needs no array in between
    private void copyLatin1(String string, int chars) {
        string.getBytes(0, chars, bytes, length);
        length += chars;
    }

    private void addWide(String string) {
        boolean isWhole = !hasHalfSurrogate(string);
        int encoding = isWhole ? UTF_8 : UTF_16;
        byte[] encoded = isWhole ? string.getBytes(StandardCharsets.UTF_8) : charsOf(string);
        startValue(Varint.MAX_BYTES + (long) encoded.length);
        length = Varint.write(Math.multiplyExact(encoded.length, 4) | encoding, bytes, length);
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length += encoded.length;
    }

    private static byte[] charsOf(String string) {
        byte[] chars = new byte[Math.multiplyExact(string.length(), 2)];
        for (int i = 0; i < string.length(); i++) {
            chars[2 * i] = (byte) string.charAt(i);
            chars[2 * i + 1] = (byte) (string.charAt(i) >>> 8);
        }
        return chars;
    }

    private static boolean hasHalfSurrogate(String string) {
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < string.length()
                    && Character.isLowSurrogate(string.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }
}
