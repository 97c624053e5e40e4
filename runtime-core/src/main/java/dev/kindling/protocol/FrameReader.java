package dev.kindling.protocol;

import java.nio.charset.StandardCharsets;

/** Reads what {@link FrameWriter} wrote. Every length is compared with the bytes that are there before anything is allocated. */
final class FrameReader {
    private final byte[] bytes;
    private final int end;
    private final int start;
    private int position;

    FrameReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.start = offset;
        this.position = offset;
        this.end = offset + length;
    }

    int tag(String field) {
        if (position >= end) {
            throw malformed(field, "the frame ends before it");
        }
        return bytes[position++] & 0xFF;
    }

    long number(String field) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = tag(field);
            // The tenth byte holds one bit only.
            if (shift == 63 && next > 1) {
                break;
            }
            value |= (long) (next & 0x7F) << shift;
            if ((next & 0x80) == 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw malformed(field, "a number of more than 64 bits");
    }

    int integer(String field) {
        long value = number(field);
        if (value != (int) value) {
            throw malformed(field, "not an int");
        }
        return (int) value;
    }

    /** A place in a table, or what counts from 0. */
    int index(String field) {
        int value = integer(field);
        if (value < 0) {
            throw malformed(field, "negative");
        }
        return value;
    }

    /** A number of bytes or rows. */
    long size(String field) {
        long value = number(field);
        if (value < 0) {
            throw malformed(field, "negative");
        }
        return value;
    }

    boolean flag(String field) {
        int value = tag(field);
        if (value > 1) {
            throw malformed(field, "neither 0 nor 1");
        }
        return value == 1;
    }

    String text(String field) {
        int length = count(field, 1);
        String text = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
    }

    byte[] bytes(String field) {
        int length = count(field, 1);
        byte[] copy = new byte[length];
        System.arraycopy(bytes, position, copy, 0, length);
        position += length;
        return copy;
    }

    long[] numbers(String field) {
        long[] values = new long[count(field, 1)];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(field);
        }
        return values;
    }

    /** A number of elements that can follow, each of {@code minimumBytes} or more. */
    int count(String field, int minimumBytes) {
        long count = number(field);
        if (count < 0 || count > (end - position) / minimumBytes) {
            throw malformed(field, "says " + count + " elements where " + (end - position) + " bytes are left");
        }
        return (int) count;
    }

    void end() {
        if (position != end) {
            throw malformed("end", (end - position) + " bytes too many");
        }
    }

    ProtocolException malformed(String field, String what) {
        return new ProtocolException("malformed frame of " + (end - start) + " bytes at byte " + (position - start)
                + ", " + field + ": " + what);
    }
}
