package dev.kindling.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.plan.PlanNode.FileInput.Format;
import dev.kindling.storage.Split.FileRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineReaderTest {
    private static final Stores STORES = new Stores(Config.defaults());

    private static final String MARK = "\u00ef\u00bb\u00bf";

    /** Each character is one byte, so that malformed UTF-8 can be written down. */
    private static final List<String> AWKWARD = List.of(
            "",
            "\n",
            "\r",
            "\r\n",
            "\n\n\n",
            "\r\r\r",
            "\r\n\r\n\r\n",
            "\n\r\n\r\r\n\n",
            "a",
            "a\n",
            "one\ntwo\nthree",
            "one\r\ntwo\r\nthree\r\n",
            "one\rtwo\rthree\r",
            "mixed\nends\r\nof\rall\n\r\nkinds\r\r\n\n\rx",
            "ends with return\r",
            "exactly8\nbytes123\n1234567\n",
            MARK,
            MARK + "\n",
            MARK + "after a mark\nsecond\n",
            MARK + MARK + "two marks\n",
            "x" + MARK + "later mark\n",
            "\u00ef\u00bb",
            "gr\u00c3\u00bc\u00c3\u0178e\neuro \u00e2\u0082\u00ac\nemoji \u00f0\u009f\u0098\u0080\n"
                    .replace('\u0178', '\u009f'),
            "cut \u00e2\u0082\n"
                    + "bad \u00ff\u00fe\u0080\r\n"
                    + "lone \u00c3\r"
                    + "\u00ed\u00a0\u0080 surrogate\n"
                    + "\u00f0\u009f\u0098\n"
                    + "\u00c0\u0080",
            "tab\tnul\0\nform\ffeed\u0085next\n",
            "\u008a\u008d high bit of LF and CR\n\u0089\n",
            "\u000b\u000c\u000e\u0009\n around LF and CR \u000b\r\u000c\n");

    @TempDir
    Path directory;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("input.txt"), bytes);
    }

    static List<Split> splitsOf(Path file, long splitBytes) throws IOException {
        Split whole = SplitPlanner.plan(STORES, file.toString(), false, 1, Format.TEXT_LINES)
                .get(0);
        FileRange range = whole.ranges().get(0);
        List<Split> splits = new ArrayList<>();
        for (long from = 0; from < Math.max(1, range.fileBytes()); from += splitBytes) {
            long length = Math.min(splitBytes, range.fileBytes() - from);
            splits.add(new Split(
                    List.of(new FileRange(range.path(), from, length, range.fileBytes(), range.version())), List.of()));
        }
        return splits;
    }

    static List<UnsplitScan.Line> read(Split split, String delimiter, int batchRows, int bufferBytes)
            throws IOException {
        List<UnsplitScan.Line> lines = new ArrayList<>();
        Object[] batch = new Object[batchRows + 2];
        try (LineReader reader = new LineReader(STORES, split, delimiter, bufferBytes, LineReader.maxLineBytes())) {
            for (int count = reader.read(batch, 1, batchRows + 1); count > 0; ) {
                for (int row = 0; row < count; row++) {
                    long offset = reader.offsetOf(row);
                    lines.add(new UnsplitScan.Line(offset, offset, (String) batch[1 + row]));
                    assertEquals(split.ranges().get(0).path(), reader.pathOf(row));
                }
                Arrays.fill(batch, null);
                count = reader.read(batch, 1, batchRows + 1);
            }
        }
        return lines;
    }

    private static void assertSplitsEqualScan(Path file, byte[] bytes, long splitBytes, int batchRows, int bufferBytes)
            throws IOException {
        for (Split split : splitsOf(file, splitBytes)) {
            FileRange range = split.ranges().get(0);
            List<UnsplitScan.Line> expected =
                    UnsplitScan.linesOf(bytes, range.offset(), range.offset() + range.length()).stream()
                            .map(line -> new UnsplitScan.Line(line.textBegin(), line.textBegin(), line.text()))
                            .toList();
            assertEquals(
                    expected,
                    read(split, "", batchRows, bufferBytes),
                    () -> range + " in batches of " + batchRows + " with a buffer of " + bufferBytes + " of "
                            + Arrays.toString(bytes));
        }
    }

    @Test
    void splitsOfEverySizeHoldExactlyTheLinesOfAnUnsplitScan() throws IOException {
        for (String content : AWKWARD) {
            byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
            Path file = write(bytes);
            for (int splitBytes = 1; splitBytes <= bytes.length + 1; splitBytes++) {
                assertSplitsEqualScan(file, bytes, splitBytes, 1 + splitBytes % 3, 8 + splitBytes % 5);
                assertSplitsEqualScan(file, bytes, splitBytes, 1_000, 256 * 1024);
            }
        }
    }

    @Test
    void randomFilesOfFewDifferentBytesAreReadAsTheScanDoes() throws IOException {
        Random random = new Random(7);
        byte[] alphabet = {'\n', '\r', 'a', 'b', (byte) 0xC3, (byte) 0xA4, (byte) 0xE2, (byte) 0x8A, (byte) 0x8D, '\n'};
        for (int round = 0; round < 400; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            int letters = 1 + random.nextInt(alphabet.length);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(letters)];
            }
            Path file = write(bytes);
            assertSplitsEqualScan(file, bytes, 1 + random.nextInt(20), 1 + random.nextInt(4), 3 + random.nextInt(20));
        }
    }

    @Test
    void manyBlocksOfLinesOfAllLengthsAreReadAsTheScanDoes() throws IOException {
        Random random = new Random(11);
        for (String end : List.of("\n", "\r\n", "\r")) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int line = 0; line < 3_000; line++) {
                String text = line % 500 == 499 ? "ä".repeat(random.nextInt(9_000)) : "x".repeat(random.nextInt(300));
                out.write((text + end).getBytes(StandardCharsets.UTF_8));
            }
            byte[] bytes = out.toByteArray();
            Path file = write(bytes);
            assertSplitsEqualScan(file, bytes, 100_003, 1_024, 256 * 1024);
            assertSplitsEqualScan(file, bytes, 300_000, 100, 1_000);
        }
    }

    @Test
    void compressedFileIsReadToItsEndAcrossItsMembers() throws IOException {
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        for (String member : List.of("first\nsec", "ond\r\nthird")) {
            try (OutputStream gzip = new GZIPOutputStream(two)) {
                gzip.write(member.getBytes(StandardCharsets.UTF_8));
            }
        }
        Path file = Files.write(directory.resolve("two.txt.gz"), two.toByteArray());
        List<Split> splits = SplitPlanner.plan(STORES, file.toString(), false, 4, Format.TEXT_LINES);
        Object[] lines = new Object[10];

        try (LineReader reader = new LineReader(STORES, splits.get(0))) {
            assertEquals(1, splits.size());
            assertEquals(2, reader.read(lines, 0, 10));
            assertEquals(1, reader.read(lines, 2, 10));
            assertEquals(
                    List.of("first", "second", "third"), Arrays.asList(lines).subList(0, 3));
            assertEquals(14, reader.offsetOf(0));
            assertEquals(0, reader.read(lines, 0, 10));
        }
        assertEquals(3, LineNumbers.lineOf(STORES, file.toString(), 14));
    }

    @Test
    void truncatedCompressedFileFailsWithItsName() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("some text that is long enough\n".repeat(50).getBytes(StandardCharsets.UTF_8));
        }
        Path file = Files.write(directory.resolve("cut.gz"), Arrays.copyOf(bytes.toByteArray(), bytes.size() - 12));
        Split split = SplitPlanner.plan(STORES, file.toString(), false, 1, Format.TEXT_LINES)
                .get(0);

        try (LineReader reader = new LineReader(STORES, split)) {
            IOException e = assertThrows(IOException.class, () -> reader.read(new Object[100], 0, 100));
            assertTrue(e.getMessage().contains("cut.gz at byte "), e.getMessage());
        }
    }

    @Test
    void fileThatChangedSincePlanningIsRefused() throws IOException {
        Path file = write("a\nb\n".getBytes(StandardCharsets.UTF_8));
        Split split = SplitPlanner.plan(STORES, file.toString(), false, 1, Format.TEXT_LINES)
                .get(0);
        Files.writeString(file, "a\nb\nc\n");

        try (LineReader reader = new LineReader(STORES, split)) {
            KindlingException e = assertThrows(KindlingException.class, () -> reader.read(new Object[4], 0, 4));
            assertEquals(ErrorCode.INPUT_CHANGED, e.code());
            assertTrue(e.getMessage().contains("input.txt changed"), e.getMessage());
        }
    }

    @Test
    void fileThatShrinksWhileItIsReadIsRefused() throws IOException {
        Path file = write("0123456789\n".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        Split split = SplitPlanner.plan(STORES, file.toString(), false, 1, Format.TEXT_LINES)
                .get(0);
        Object[] lines = new Object[1_000];

        try (LineReader reader = new LineReader(STORES, split)) {
            reader.read(lines, 0, 1_000);
            Files.writeString(file, "short now\n");
            KindlingException e = assertThrows(KindlingException.class, () -> {
                while (reader.read(lines, 0, 1_000) > 0) {
                    // to the end
                }
            });
            assertEquals(ErrorCode.INPUT_CHANGED, e.code());
        }
    }

    @Test
    void fileRewrittenInPlaceWhileItIsReadIsRefusedEvenAtTheSameSize() throws IOException {
        Path file = write("0123456789\n".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        Split split = SplitPlanner.plan(STORES, file.toString(), false, 1, Format.TEXT_LINES)
                .get(0);
        Object[] lines = new Object[1_000];

        try (LineReader reader = new LineReader(STORES, split)) {
            reader.read(lines, 0, 1_000);
            Files.writeString(file, "abcdefghij\n".repeat(100_000));
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
            KindlingException e = assertThrows(KindlingException.class, () -> {
                while (reader.read(lines, 0, 1_000) > 0) {
                    assertEquals("0123456789", lines[0]);
                }
            });
            assertEquals(ErrorCode.INPUT_CHANGED, e.code());
        }
    }

    @Test
    void lineLongerThanAStringMayBeFailsWithFileAndOffset() throws IOException {
        Path file = write(("short\n" + "x".repeat(5_000) + "\n").getBytes(StandardCharsets.UTF_8));
        Split split = SplitPlanner.plan(STORES, file.toString(), false, 1, Format.TEXT_LINES)
                .get(0);

        try (LineReader reader = new LineReader(STORES, split, "", 16, 1_000)) {
            assertEquals(1, reader.read(new Object[1], 0, 1));
            KindlingException e = assertThrows(KindlingException.class, () -> reader.read(new Object[1], 0, 1));
            assertEquals(ErrorCode.OUT_OF_RESOURCES, e.code());
            assertTrue(e.getMessage().startsWith("the line at byte 6 of file:"), e.getMessage());
        }
    }

    @Test
    void rowsOfSeveralSmallFilesKnowTheirOwnFile() throws IOException {
        Files.writeString(directory.resolve("a"), "1\n2");
        Files.writeString(directory.resolve("b"), "");
        Files.writeString(directory.resolve("c"), "3\n");
        Split split = SplitPlanner.plan(STORES, directory.toString(), false, 1, Format.TEXT_LINES)
                .get(0);
        List<String> seen = new ArrayList<>();
        Object[] lines = new Object[10];

        try (LineReader reader = new LineReader(STORES, split)) {
            for (int count = reader.read(lines, 0, 10); count > 0; count = reader.read(lines, 0, 10)) {
                for (int row = 0; row < count; row++) {
                    String path = reader.pathOf(row);
                    seen.add(lines[row] + " of " + path.substring(path.length() - 1) + " at " + reader.offsetOf(row));
                }
            }
        }

        assertEquals(List.of("1 of a at 0", "2 of a at 2", "3 of c at 0"), seen);
    }

    @Test
    void lineNumberCountsEveryKindOfEndOnce() throws IOException {
        byte[] bytes = "a\nb\r\nc\rd\r\r\n\ne".getBytes(StandardCharsets.UTF_8);
        Path file = write(bytes);
        List<UnsplitScan.Line> lines = UnsplitScan.linesOf(bytes);

        for (int i = 0; i < lines.size(); i++) {
            assertEquals(
                    i + 1,
                    LineNumbers.lineOf(STORES, file.toString(), lines.get(i).begin()));
        }
    }
}
