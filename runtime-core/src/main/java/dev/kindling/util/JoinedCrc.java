package dev.kindling.util;

/**
 * CRC32C of two pieces of bytes behind each other, from those of the pieces: for who learns what stands first after
 * what follows it. As in zlib: appending n zero bits is a linear map of the register, one matrix for each
 * power of two.
 */
public final class JoinedCrc {
    /** Castagnoli's polynomial, lowest bit first. */
    private static final int POLYNOMIAL = 0x82F63B78;

    /** What 2^n zero bytes make of each bit of the register. */
    private static final int[][] ZERO_BYTES = zeroBytes();

    private JoinedCrc() {}

    /** @param secondBytes length of the second piece */
    public static int of(int first, int second, long secondBytes) {
        int crc = first;
        for (int power = 0; secondBytes >>> power != 0; power++) {
            if ((secondBytes >>> power & 1) != 0) {
                crc = times(ZERO_BYTES[power], crc);
            }
        }
        return crc ^ second;
    }

    private static int[][] zeroBytes() {
        int[] oneBit = new int[32];
        oneBit[0] = POLYNOMIAL;
        for (int bit = 1; bit < 32; bit++) {
            oneBit[bit] = 1 << bit - 1;
        }
        int[][] zeros = new int[Long.SIZE - 1][];
        zeros[0] = squared(squared(squared(oneBit))); // eight bits: one byte
        for (int power = 1; power < zeros.length; power++) {
            zeros[power] = squared(zeros[power - 1]);
        }
        return zeros;
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
