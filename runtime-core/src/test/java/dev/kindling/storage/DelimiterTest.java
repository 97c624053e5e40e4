package dev.kindling.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import dev.kindling.config.Config;
import dev.kindling.plan.PlanNode.FileInput.Format;
import dev.kindling.storage.Split.FileRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records with delimiters of the program's own: of each split those that a scan of the whole file finds. */
class DelimiterTest {
    private static final Stores STORES = new Stores(Config.defaults());

    /** Of one byte and of many, of one character of several bytes, and those that overlap themselves. */
    private static final List<String> DELIMITERS =
            List.of("|", "||", "\r\n", "\u0001", "ab", "aa", "aaa", "aba", "abaab", "\u00e9", "\u00e9\u00e9", "\n--\n");

    /** Hadoop also errs where the first byte of a delimiter comes in it again. */
    private static final List<String> RIGHT_IN_HADOOP = List.of("|", "\r\n", "ab", "\u00e9", "<end of record>\n");

    @TempDir
    Path directory;

    private void assertSplitsEqualScan(Path file, byte[] bytes, String delimiter, int splitBytes, int bufferBytes)
            throws IOException {
        byte[] between = delimiter.getBytes(StandardCharsets.UTF_8);
        List<UnsplitScan.Line> all = UnsplitScan.recordsOf(bytes, between);
        for (Split split : LineReaderTest.splitsOf(file, splitBytes)) {
            FileRange range = split.ranges().get(0);
            List<UnsplitScan.Line> expected = all.stream()
                    .filter(record -> record.begin() == 0
                            ? range.offset() == 0
                            : beginsIn(range, record.begin() - between.length))
                    .map(record -> new UnsplitScan.Line(record.textBegin(), record.textBegin(), record.text()))
                    .toList();
            assertEquals(
                    expected,
                    LineReaderTest.read(split, delimiter, 1 + splitBytes % 3, bufferBytes),
                    () -> range + " with a buffer of " + bufferBytes + " and " + delimiter + " between records of "
                            + new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private static boolean beginsIn(FileRange range, long offset) {
        return range.offset() <= offset && offset < range.offset() + range.length();
    }

    @Test
    void splitsOfEverySizeHoldTheRecordsOfAnUnsplitScanAlsoWhereDelimitersOverlap() throws IOException {
        Random random = new Random(5);
        List<String> contents = new ArrayList<>(List.of(
                "",
                "no delimiter",
                "\ufeff",
                "\ufeff|after a mark|",
                "a".repeat(37),
                "ab".repeat(20) + "a",
                "x" + "aba".repeat(9),
                "ends in a part of it \n--"));
        String[] letters = {"a", "b", "|", "\n", "\r", "-", "\u00e9", "\u0001"};
        for (int i = 0; i < 60; i++) {
            StringBuilder text = new StringBuilder();
            int kinds = 1 + random.nextInt(letters.length);
            for (int length = random.nextInt(45); length > 0; length--) {
                text.append(letters[random.nextInt(kinds)]);
            }
            contents.add(text.toString());
        }

        for (String content : contents) {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            Path file = Files.write(directory.resolve("input.txt"), bytes);
            for (String delimiter : DELIMITERS) {
                for (int splitBytes = 1; splitBytes <= bytes.length + 1; splitBytes += 1 + splitBytes / 6) {
                    assertSplitsEqualScan(file, bytes, delimiter, splitBytes, 3 + splitBytes % 7);
                }
            }
        }
    }

    @Test
    void markOfByteOrderThatIsAlsoADelimiterIsOneOnlyBehindTheFirstBytes() throws IOException {
        byte[] bytes = "\ufeff\ufeff\ufeffa\ufeff\ufeff\ufeffb".getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(directory.resolve("input.txt"), bytes);

        for (int splitBytes = 3; splitBytes <= bytes.length; splitBytes++) {
            assertSplitsEqualScan(file, bytes, "\ufeff", splitBytes, 16);
            assertSplitsEqualScan(file, bytes, "\ufeff\ufeff", splitBytes, 16);
        }
    }

    /** The text before a split is read in pieces, each larger than the one before. */
    @Test
    void runOfOverlappingDelimitersIsFollowedBackToItsBeginning() throws IOException {
        byte[] bytes = ("xyz" + "a".repeat(100_000) + "b" + "a".repeat(33_333)).getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(directory.resolve("input.txt"), bytes);

        for (String delimiter : List.of("aa", "aaaaaaa", "a".repeat(9_999))) {
            assertSplitsEqualScan(file, bytes, delimiter, 20_011, 8_192);
        }
    }

    @Test
    void longRecordsAndDelimitersAreReadThroughBuffersOfAllSizes() throws IOException {
        Random random = new Random(9);
        String delimiter = "<end of a record with a long name>".repeat(3);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            text.append((i % 3 == 0 ? "\u00e4" : "<end of a ").repeat(random.nextInt(400)))
                    .append(delimiter);
        }
        byte[] bytes = text.append("rest").toString().getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(directory.resolve("input.txt"), bytes);

        assertSplitsEqualScan(file, bytes, delimiter, 140, 64);
        assertSplitsEqualScan(file, bytes, delimiter, 10_007, 128 * 1024);
    }

    @Test
    void everySplitHoldsTheRecordsThatHadoopFindsInItWhereItIsRight() throws IOException {
        Random random = new Random(11);
        for (String delimiter : RIGHT_IN_HADOOP) {
            for (int round = 0; round < 12; round++) {
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < 8; i++) {
                    text.append("ab\r\n", 0, random.nextInt(5))
                            .append("xa".repeat(random.nextInt(4)))
                            .append(delimiter);
                }
                byte[] bytes = text.append("end").toString().getBytes(StandardCharsets.UTF_8);
                Path file = Files.write(directory.resolve("input.txt"), bytes);
                for (int size = 1; size <= bytes.length; size += 1 + size / 5) {
                    for (int from = 0; from < bytes.length; from += size) {
                        int start = from;
                        int length = Math.min(size, bytes.length - from);
                        assertEquals(
                                HadoopLinesTest.hadoops(file, from, length, delimiter),
                                HadoopLinesTest.ours(file, from, length, delimiter),
                                () -> "bytes " + start + " to " + (start + length) + " of " + text);
                    }
                }
            }
        }
    }

    @Test
    void packedTextHasTheSameRecordsHoweverItIsCut() throws IOException {
        Random random = new Random(13);
        for (String delimiter : List.of("|", "<>", "aba", "<end of record>\n")) {
            List<String> records = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            while (text.length() < 230_000) {
                String record = text.length() + " x y z\n".repeat(random.nextInt(15));
                records.add(record);
                text.append(record).append(delimiter);
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            byte[] bzip2 = HadoopLinesTest.bzip2(text.toString());
            Path file = Files.write(directory.resolve("text.bz2"), bzip2);

            boolean isCut = !delimiter.equals("aba");
            List<Split> splits = SplitPlanner.plan(STORES, file.toString(), false, 7, Format.TEXT_LINES, delimiter);
            assertEquals(isCut ? 7 : 1, splits.size());
            assertEquals(records, allOf(splits, delimiter));
            if (isCut) {
                List<Integer> cuts = new ArrayList<>(List.of(1, 4, bzip2.length - 1));
                HadoopLinesTest.blocksOf(bzip2).forEach(block -> cuts.addAll(List.of(block, block + 1, block + 6)));
                for (int cut : cuts) {
                    List<String> both = new ArrayList<>(HadoopLinesTest.ours(file, 0, cut, delimiter));
                    both.addAll(HadoopLinesTest.ours(file, cut, bzip2.length - cut, delimiter));
                    assertEquals(records, both, "cut at " + cut);
                }
            }
            assertEquals(records, allOf(plan("text.gz", gzip(bytes), delimiter), delimiter));
            assertEquals(records, allOf(plan("text.zst", zstd(bytes), delimiter), delimiter));
        }
    }

    /** Blocks end in all parts of a delimiter, for the text before them is one byte longer each time. */
    @Test
    void delimiterThatTheEdgeOfABlockCutsIsFoundOnce() throws IOException {
        String delimiter = "<--------------------- end ---------------------";
        int inside = 0;
        for (int shift = 0; shift < 2 * delimiter.length(); shift += 5) {
            StringBuilder text = new StringBuilder("s".repeat(shift));
            List<String> records = new ArrayList<>();
            for (int i = 0; text.length() < 210_000; i++) {
                String record = "record " + i;
                records.add(text.length() == shift ? text + record : record);
                text.append(record).append(delimiter);
            }
            Path file = Files.write(directory.resolve("text.bz2"), HadoopLinesTest.bzip2(text.toString()));
            List<Split> splits = SplitPlanner.plan(STORES, file.toString(), false, 5, Format.TEXT_LINES, delimiter);

            assertEquals(records, allOf(splits, delimiter), "shifted by " + shift);
            inside += splits.size();
        }
        assertTrue(inside > 50, inside + " splits only");
    }

    private List<Split> plan(String name, byte[] packed, String delimiter) throws IOException {
        Path file = Files.write(directory.resolve(name), packed);
        return SplitPlanner.plan(STORES, file.toString(), false, 3, Format.TEXT_LINES, delimiter);
    }

    private static List<String> allOf(List<Split> splits, String delimiter) throws IOException {
        List<String> records = new ArrayList<>();
        for (Split split : splits) {
            LineReaderTest.read(split, delimiter, 100, 1 << 16).forEach(record -> records.add(record.text()));
        }
        return records;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static byte[] zstd(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }
}
