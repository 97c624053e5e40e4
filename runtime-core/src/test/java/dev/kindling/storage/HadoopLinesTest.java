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
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.bzip2.CBZip2OutputStream;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.input.LineRecordReader;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of a split beside those that Hadoop's own reader finds in the same bytes. */
class HadoopLinesTest {
    private static final Stores STORES = new Stores(Config.defaults());

    private static final long BLOCK_MARKER = 0x314159265359L;

    @TempDir
    Path directory;

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    private static List<String> ours(Path file, long from, long length) throws IOException {
        return ours(file, from, length, "");
    }

    static List<String> ours(Path file, long from, long length, String delimiter) throws IOException {
        FileRange range = new FileRange("file:" + file, from, length, Files.size(file), "");
        List<String> lines = new ArrayList<>();
        Object[] batch = new Object[100];
        try (LineReader reader = new LineReader(STORES, new Split(List.of(range), List.of()), delimiter)) {
            for (int count = reader.read(batch, 0, 100); count > 0; count = reader.read(batch, 0, 100)) {
                for (int i = 0; i < count; i++) {
                    lines.add((String) batch[i]);
                }
            }
        }
        return lines;
    }

    /** @param delimiter empty for ends of lines */
    static List<String> hadoops(Path file, long from, long length, String delimiter) throws IOException {
        Configuration settings = new Configuration(false);
        settings.set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem");
        byte[] between = delimiter.isEmpty() ? null : delimiter.getBytes(StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>();
        try (LineRecordReader reader = new LineRecordReader(between)) {
            reader.initialize(
                    new FileSplit(new org.apache.hadoop.fs.Path(file.toUri()), from, length, new String[0]),
                    new TaskAttemptContextImpl(settings, new TaskAttemptID()));
            while (reader.nextKeyValue()) {
                lines.add(reader.getCurrentValue().toString());
            }
        }
        return lines;
    }

    @Test
    void everySplitOfAwkwardFilesHoldsTheLinesThatHadoopFindsInIt() throws IOException {
        List<String> contents = new ArrayList<>(List.of(
                "",
                "\n",
                "\r",
                "\r\n",
                "\n\r\n\r\r\n\n",
                "one\ntwo\r\nthree\rfour",
                "mixed\nends\r\nof\rall\n\r\nkinds\r\r\n\n\rx\r",
                "\ufeffafter a mark\nsecond\r\n",
                "x\ufefflater mark\n",
                "gr\u00fc\u00dfe\n\u20ac\r\ud83d\ude00\r\n",
                "a long line " + "0123456789".repeat(30) + "\r\nend"));
        Random random = new Random(7);
        for (int i = 0; i < 20; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) {
                text.append("ab\r\n\n\u00e9".charAt(random.nextInt(6)));
            }
            contents.add(text.toString());
        }

        int splits = 0;
        for (String content : contents) {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            Path file = write("input.txt", bytes);
            // A mark that a split cuts is read twice by Hadoop; there the unsplit scan is right.
            int least = content.startsWith("\ufeff") ? 3 : 1;
            for (int size = least; size <= Math.min(bytes.length, 40); size++) {
                for (int from = 0; from < bytes.length; from += size) {
                    int start = from;
                    int length = Math.min(size, bytes.length - from);
                    assertEquals(
                            hadoops(file, from, length, ""),
                            ours(file, from, length),
                            () -> "bytes " + start + " to " + (start + length) + " of " + content);
                    splits++;
                }
            }
        }
        assertTrue(splits > 2_000, splits + " splits only");
    }

    /** Blocks are as small as bzip2 makes them, of lines that are cut by their edges, or end there. */
    static byte[] bzip2(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("BZ".getBytes(StandardCharsets.US_ASCII));
        try (OutputStream out = new CBZip2OutputStream(bytes, 1)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    /** The bytes in which blocks begin; they may begin at any bit. */
    static List<Integer> blocksOf(byte[] packed) {
        List<Integer> blocks = new ArrayList<>();
        long window = 0;
        for (int bit = 0; bit < 8 * packed.length; bit++) {
            window = window << 1 | packed[bit / 8] >> 7 - bit % 8 & 1;
            if ((window & 0xffff_ffff_ffffL) == BLOCK_MARKER) {
                blocks.add((bit - 47) / 8);
            }
        }
        return blocks;
    }

    @Test
    void bzip2CutAnywhereLosesAndDoublesNoLine() throws IOException {
        Random random = new Random(3);
        StringBuilder text = new StringBuilder();
        while (text.length() < 380_000) {
            text.append(text.length())
                    .append(" x y z".repeat(random.nextInt(15)))
                    .append(random.nextInt(5) == 0 ? "\r\n" : "\n");
        }
        List<String> lines = text.toString().lines().toList();
        byte[] packed = bzip2(text.toString());
        Path file = write("text.bz2", packed);
        List<Integer> blocks = blocksOf(packed);
        assertTrue(blocks.size() > 3, blocks.toString());

        assertEquals(lines, ours(file, 0, packed.length));
        List<Integer> cuts = new ArrayList<>(List.of(1, 2, 3, 5, packed.length - 1));
        blocks.subList(1, 3).forEach(block -> {
            for (int distance = -3; distance <= 8; distance++) {
                cuts.add(block + distance);
            }
        });
        for (int cut : cuts) {
            List<String> both = new ArrayList<>(ours(file, 0, cut));
            both.addAll(ours(file, cut, packed.length - cut));
            assertEquals(lines, both, "cut at " + cut + "; blocks begin at " + blocks);
        }
        List<String> all = new ArrayList<>();
        List<Split> splits = SplitPlanner.plan(STORES, file.toString(), false, 9, Format.TEXT_LINES);
        for (Split split : splits) {
            FileRange range = split.ranges().get(0);
            all.addAll(ours(file, range.offset(), range.length()));
        }
        assertEquals(9, splits.size());
        assertEquals(lines, all);
    }

    @Test
    void zstdIsReadAsOneSplitAlsoOfSeveralFrames() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (String frame : List.of("one\ntw", "o\nthree")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (OutputStream out = new ZstdOutputStream(bytes)) {
                out.write(frame.getBytes(StandardCharsets.UTF_8));
            }
            packed.writeBytes(bytes.toByteArray());
        }
        Path file = write("text.zst", packed.toByteArray());

        List<Split> splits = SplitPlanner.plan(STORES, file.toString(), false, 4, Format.TEXT_LINES);

        assertEquals(1, splits.size());
        assertEquals(List.of("one", "two", "three"), ours(file, 0, packed.size()));
    }
}
