package dev.kindling.util;

/**
 * CRC32C of two pieces of bytes behind each other, from those of the pieces: for who learns what stands first after
 * what follows it. As in zlib: appending n zero bits is a linear map of the register, squared log n times.
 */
public final class JoinedCrc {
    /** Castagnoli's polynomial, lowest bit first. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private JoinedCrc() {}

    /** @param secondBytes length of the second piece */
    public static int of(int first, int second, long secondBytes) {
        int[] oneBit = new int[32];
        oneBit[0] = POLYNOMIAL;
        for (int bit = 1; bit < 32; bit++) {
            oneBit[bit] = 1 << bit - 1;
        }
        int[] zeros = squared(squared(squared(oneBit))); // eight bits: one byte
        int crc = first;
        for (long left = secondBytes; left > 0; left >>>= 1) {
            if ((left & 1) != 0) {
                crc = times(zeros, crc);
            }
            zeros = squared(zeros);
        }
        return crc ^ second;
    }

    private static int times(int[] matrix, int vector) {
        int sum = 0;
        for (int bit = 0, left = vector; left != 0; bit++, left >>>= 1) {
            sum ^= (left & 1) != 0 ? matrix[bit] : 0;
        }
        return sum;
    }

    private static int[] squared(int[] matrix) {
        int[] square = new int[32];
        for (int bit = 0; bit < 32; bit++) {
            square[bit] = times(matrix, matrix[bit]);
        }
        return square;
    }
}
