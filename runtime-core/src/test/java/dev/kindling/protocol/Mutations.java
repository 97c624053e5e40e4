package dev.kindling.protocol;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Bytes with some mistakes in them, from a seed: what a disk, a wire or a stranger makes of something that was right. */
public final class Mutations {
    private final SplittableRandom random;

    public Mutations(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** One to three mistakes; the original stays as it is. */
    public byte[] of(byte[] original) {
        byte[] bytes = original.clone();
        for (int mistakes = 1 + random.nextInt(3); mistakes > 0; mistakes--) {
            bytes = once(bytes);
        }
        return bytes;
    }

    private byte[] once(byte[] bytes) {
        if (bytes.length == 0) {
            return noise(8);
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(8)) {
            case 0, 1:
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                return bytes;
            case 2:
                bytes[at] = (byte) random.nextInt();
                return bytes;
            case 3:
                // In a varint this is "there is more", in a number of fixed size it is large or negative.
                Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(9)), (byte) 0xFF);
                return bytes;
            case 4:
                bytes[at] = 0;
                return bytes;
            case 5:
                return Arrays.copyOf(bytes, at);
            case 6:
                return spliced(bytes, at, noise(1 + random.nextInt(8)), 0);
            default:
                return spliced(bytes, at, bytes, random.nextInt(bytes.length));
        }
    }

    private static byte[] spliced(byte[] head, int headLength, byte[] tail, int tailStart) {
        byte[] both = Arrays.copyOf(head, headLength + tail.length - tailStart);
        System.arraycopy(tail, tailStart, both, headLength, tail.length - tailStart);
        return both;
    }

    /** Random bytes; every other time small ones, which reach deeper, since most bytes of a varint stop it. */
    public byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            for (int i = 0; i < length; i++) {
                bytes[i] &= 0x07;
            }
        }
        return bytes;
    }
}
