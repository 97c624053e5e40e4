package dev.kindling.driver.core;

/**
 * A size in one byte: the exponent of 1.1, so that a table of 10,000 maps by 1,000 partitions costs 10 MB. Off by at
 * most 5 %; only 0 stands for 0; above 33 GB the largest code.
 */
final class SizeCode {
    private static final double LOG_BASE = Math.log(1.1);
    private static final long[] SIZES = new long[256];

    static {
        for (int code = 1; code < 256; code++) {
            SIZES[code] = Math.max(1, Math.round(Math.pow(1.1, code - 1)));
        }
    }

    private SizeCode() {}

    static byte encode(long bytes) {
        if (bytes <= 0) {
            return 0;
        }
        return (byte) Math.min(255, 1 + Math.round(Math.log(bytes) / LOG_BASE));
    }

    static byte[] encode(long[] bytes) {
        byte[] codes = new byte[bytes.length];
        for (int index = 0; index < bytes.length; index++) {
            codes[index] = encode(bytes[index]);
        }
        return codes;
    }

    static long decode(byte code) {
        return SIZES[code & 0xff];
    }
}
