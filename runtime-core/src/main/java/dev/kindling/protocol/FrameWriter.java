package dev.kindling.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array with the few forms frames are made of; never longer than a control frame may be. */
final class FrameWriter {
    /** Most frames are signs of life and acknowledgements. */
    private byte[] bytes = new byte[64];

    private int length;

    void tag(int tag) {
        reserve(1);
        bytes[length++] = (byte) tag;
    }

    /** Zig-zag, then seven bits a byte, low ones first: 1 byte from -64 to 63, at most 10. */
    void number(long value) {
        reserve(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    void flag(boolean value) {
        tag(value ? 1 : 0);
    }

    void text(String value) {
        bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] value) {
        number(value.length);
        reserve(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    /** Rising or not, sizes of neighbours are alike in length only: plain numbers. */
    void numbers(long[] values) {
        number(values.length);
        for (long value : values) {
            number(value);
        }
    }

    byte[] toByteArray() {
        requireFrameSize(length);
        return Arrays.copyOf(bytes, length);
    }

    private void reserve(int count) {
        long needed = (long) length + count;
        if (needed > bytes.length) {
            // The room asked for is a little more than what a number takes.
            requireFrameSize(needed - 10);
            bytes = Arrays.copyOf(
                    bytes, (int) Math.max(needed, Math.min(2L * bytes.length, FrameCodec.MAX_FRAME_BYTES)));
        }
    }

    private static void requireFrameSize(long length) {
        if (length > FrameCodec.MAX_FRAME_BYTES) {
            throw new ProtocolException("a frame would be larger than " + FrameCodec.MAX_FRAME_BYTES
                    + " bytes; large values have to travel as blocks");
        }
    }
}
