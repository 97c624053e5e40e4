package dev.kindling.bench.work;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The files that jobs read, the same bytes for the same number of rows on every machine. Made once and kept. */
public final class Inputs {
    private static final int SEED = 7;
    private static final int ZIPS = 30_000;
    private static final int WORDS = 200_000;
    private static final int WORDS_A_LINE = 10;
    private static final int BUFFER_BYTES = 1 << 20;

    private Inputs() {}

    /** Where the file for a work is. */
    static Path file(Work work, double scale, Path directory) {
        return directory.resolve(work.id() + "-" + work.rows(scale) + ".txt");
    }

    /** Makes the file for a work when it is missing; some read none. */
    public static void make(Work work, double scale, Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = file(work, scale, directory);
        long rows = work.rows(scale);
        if (work.kind().readsFile() && !Files.exists(file)) {
            Path begun = directory.resolve(file.getFileName() + ".begun");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(begun), BUFFER_BYTES)) {
                switch (work.kind()) {
                    case ZIP_COUNT, ZIP_COUNT_COLUMNS -> zips(rows, out);
                    case SORT -> records(rows, out);
                    case WORD_COUNT -> words(rows, out);
                    default -> throw new IllegalStateException(work.id() + " reads no file");
                }
            }
            Files.move(begun, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** {@code zip\tvalue}; how often a zip comes falls as its rank rises. */
    private static void zips(long rows, OutputStream out) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        Zipf zipf = new Zipf(ZIPS);
        byte[] line = new byte[32];
        for (long row = 0; row < rows; row++) {
            // Ranks are scattered over the numbers, as a set of real zips is.
            int at = digits(10_000 + zipf.rank(random) * 7_919L % ZIPS, line, 0);
            line[at++] = '\t';
            at = digits(random.nextInt(1_000_000), line, at);
            line[at++] = '\n';
            out.write(line, 0, at);
        }
    }

    /** 99 printable characters and a line end, of which the first ten are the key. */
    private static void records(long rows, OutputStream out) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] line = new byte[100];
        line[99] = '\n';
        for (long row = 0; row < rows; row++) {
            for (int at = 0; at < 99; at += 9) {
                long bits = random.nextLong();
                for (int i = 0; i < 9; i++) {
                    line[at + i] = (byte) ('!' + ((bits >>> (7 * i)) & 127) * 93 / 128);
                }
            }
            out.write(line);
        }
    }

    private static void words(long rows, OutputStream out) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[][] vocabulary = new byte[WORDS][];
        for (int word = 0; word < WORDS; word++) {
            byte[] text = new byte[3 + random.nextInt(7)];
            for (int at = 0; at < text.length; at++) {
                text[at] = (byte) ('a' + random.nextInt(26));
            }
            vocabulary[word] = text;
        }
        Zipf zipf = new Zipf(WORDS);
        for (long row = 0; row < rows; row++) {
            for (int i = 0; i < WORDS_A_LINE; i++) {
                out.write(vocabulary[zipf.rank(random)]);
                out.write(i == WORDS_A_LINE - 1 ? '\n' : ' ');
            }
        }
    }

    private static int digits(long number, byte[] line, int from) {
        int end = from;
        for (long rest = number; rest >= 10; rest /= 10) {
            end++;
        }
        long rest = number;
        for (int at = end; at >= from; at--) {
            line[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return end + 1;
    }

    /** Ranks from 0, rank r as often as 1/(r+1) says, looked up in the running sum of these. */
    private static final class Zipf {
        private final double[] upTo;

        Zipf(int ranks) {
            upTo = new double[ranks];
            double sum = 0;
            for (int rank = 0; rank < ranks; rank++) {
                sum += 1.0 / (rank + 1);
                upTo[rank] = sum;
            }
        }

        int rank(SplittableRandom random) {
            double wanted = random.nextDouble() * upTo[upTo.length - 1];
            int at = Arrays.binarySearch(upTo, wanted);
            return Math.min(at < 0 ? -at - 1 : at, upTo.length - 1);
        }
    }
}
