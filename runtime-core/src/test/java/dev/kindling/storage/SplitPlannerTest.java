package dev.kindling.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import dev.kindling.config.Config;
import dev.kindling.plan.PlanNode.FileInput.Format;
import dev.kindling.storage.Split.FileRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitPlannerTest {
    private static final Stores STORES = new Stores(Config.defaults());

    @TempDir
    Path root;

    private Path write(String name, int byteCount) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "x".repeat(byteCount));
    }

    private static List<Split> plan(Object path, int n) throws IOException {
        return SplitPlanner.plan(STORES, path.toString(), false, n, Format.TEXT_LINES);
    }

    private List<String> names(String path) throws IOException {
        List<String> names = new ArrayList<>();
        for (Split split : plan(path, 1)) {
            for (FileRange range : split.ranges()) {
                names.add(range.path().substring(("file:" + root).length() + 1));
            }
        }
        return names;
    }

    /** Every byte of every file exactly once, in order. */
    private static void assertCovers(List<Split> splits, Map<String, Long> sizes) {
        Map<String, Long> read = new LinkedHashMap<>();
        for (Split split : splits) {
            assertTrue(!split.ranges().isEmpty());
            for (FileRange range : split.ranges()) {
                assertEquals(read.getOrDefault(range.path(), 0L), range.offset(), range.path());
                read.put(range.path(), range.offset() + range.length());
            }
        }
        assertEquals(sizes, read);
    }

    private Map<String, Long> sizesOf(List<Path> files) throws IOException {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (Path file : files) {
            sizes.put("file:" + file, Files.size(file));
        }
        return sizes;
    }

    @Test
    void namedNumberIsExactForAFileThatHasSoManyBytes() throws IOException {
        Path file = write("f", 1_000);

        for (int n = 1; n <= 64; n++) {
            List<Split> splits = plan(file, n);
            assertEquals(n, splits.size());
            assertCovers(splits, sizesOf(List.of(file)));
        }
        assertEquals(1_000, plan(file, 5_000).size());
    }

    @Test
    void namedNumberIsExactForAnyMixOfFiles() throws IOException {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            Path directory = root.resolve("mix" + round);
            List<Path> files = new ArrayList<>();
            long textBytes = 0;
            int groups = 0;
            boolean isInText = false;
            for (int i = 0; i < 1 + random.nextInt(12); i++) {
                int size = random.nextInt(3) == 0 ? random.nextInt(5) : random.nextInt(2_000);
                boolean isGzip = random.nextInt(5) == 0;
                files.add(write("mix" + round + "/" + (char) ('a' + i) + (isGzip ? ".gz" : ""), size));
                textBytes += isGzip ? 0 : size;
                groups += isGzip || !isInText ? 1 : 0;
                isInText = !isGzip;
            }
            int n = 1 + random.nextInt(20);

            List<Split> splits = plan(directory, n);

            assertCovers(splits, sizesOf(files));
            if (n <= groups || textBytes >= 1_000) {
                assertEquals(n, splits.size(), files + " into " + n);
            }
        }
    }

    @Test
    void splitsOfAFileAreOfEqualSize() throws IOException {
        List<Split> splits = plan(write("f", 1_003), 7);

        for (Split split : splits) {
            assertTrue(Math.abs(split.byteCount() - 143) <= 1, split.toString());
        }
    }

    @Test
    void fileLargerThanTheLargestSplitIsCutFurtherThanAsked() throws IOException {
        Path file = root.resolve("sparse");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), SplitPlanner.MAX_SPLIT_BYTES * 5 / 2);
        }

        assertEquals(3, plan(file, 1).size());
        assertEquals(
                3,
                SplitPlanner.planDefault(STORES, file.toString(), false, 2, Format.TEXT_LINES, "")
                        .size());
        assertEquals(
                8,
                SplitPlanner.planDefault(STORES, file.toString(), false, 8, Format.TEXT_LINES, "")
                        .size());
    }

    @Test
    void manySmallFilesShareSplitsByDefault() throws IOException {
        for (int i = 0; i < 100; i++) {
            write("small/f" + (100 + i), 50);
        }

        List<Split> splits = SplitPlanner.planDefault(STORES, root + "/small", false, 4, Format.TEXT_LINES, "");

        assertEquals(4, splits.size());
        assertEquals(25, splits.get(1).ranges().size());
    }

    @Test
    void emptyFileIsOneSplitAndEmptyDirectoryNone() throws IOException {
        Files.createDirectories(root.resolve("none"));

        assertEquals(1, plan(write("empty", 0), 3).size());
        assertEquals(0, plan(root.resolve("none"), 3).size());
        assertEquals(
                0,
                SplitPlanner.planDefault(STORES, root + "/none", false, 3, Format.TEXT_LINES, "")
                        .size());
    }

    @Test
    void wholeFilesAreNeverCut() throws IOException {
        write("w/a", 10_000);
        write("w/b", 10);
        write("w/c", 0);

        List<Split> two = SplitPlanner.plan(STORES, root + "/w", false, 2, Format.WHOLE_TEXT);
        List<Split> many = SplitPlanner.plan(STORES, root + "/w", false, 9, Format.WHOLE_TEXT);

        assertEquals(2, two.size());
        assertEquals(3, many.size());
        assertTrue(many.stream().allMatch(split -> split.ranges().size() == 1));
    }

    @Test
    void wholeTextIsPathAndContent() throws IOException {
        Files.writeString(root.resolve("note.txt"), "grün\nzwei\n");
        Files.writeString(root.resolve("void.txt"), "");
        Object[] rows = new Object[4];
        List<Object> seen = new ArrayList<>();

        try (WholeTextReader reader = new WholeTextReader(
                STORES,
                SplitPlanner.plan(STORES, root.toString(), false, 1, Format.WHOLE_TEXT)
                        .get(0))) {
            while (reader.read(rows, 1, 4) == 1) {
                seen.add(rows[1]);
            }
        }

        assertEquals(
                List.of(
                        new Tuple2<>("file:" + root + "/note.txt", "grün\nzwei\n"),
                        new Tuple2<>("file:" + root + "/void.txt", "")),
                seen);
    }

    @Test
    void fileLargerThanOneRowMayBeIsRefusedBeforeItIsRead() throws IOException {
        Files.writeString(root.resolve("fits.txt"), "0123456789");
        Files.writeString(root.resolve("large.txt"), "0123456789+");
        Split split = SplitPlanner.plan(STORES, root.toString(), false, 1, Format.WHOLE_TEXT)
                .get(0);
        Object[] rows = new Object[1];

        try (WholeTextReader reader = new WholeTextReader(STORES, split, 10)) {
            assertEquals(1, reader.read(rows, 0, 1));
            KindlingException refusal = assertThrows(KindlingException.class, () -> reader.read(rows, 0, 1));

            assertEquals(ErrorCode.OUT_OF_RESOURCES, refusal.code());
            assertTrue(refusal.getMessage().contains("/large.txt holds more than 10 B"), refusal.getMessage());
        }
    }

    @Test
    void splitComesBackFromItsBytes() throws IOException {
        Split split = new Split(
                List.of(new FileRange("file:/a ä", 1, 2, 3, "v"), new FileRange("s3://b/c", 4, 5, 6, "")),
                List.of("h1", "h2"));

        assertEquals(split, SplitCodec.decode(SplitCodec.encode(split)));
    }

    @Test
    void globsListsAndHiddenNamesAreUnderstood() throws IOException {
        for (String name :
                List.of("d/a1.txt", "d/a2.txt", "d/b1.csv", "d/_hidden", "d/.dot", "e/a1.txt", "e/x[1].txt")) {
            write(name, 1);
        }

        assertEquals(List.of("d/a1.txt", "d/a2.txt", "d/b1.csv"), names(root + "/d"));
        assertEquals(List.of("d/a1.txt", "d/a2.txt"), names(root + "/d/*.txt"));
        assertEquals(List.of("d/a1.txt", "e/a1.txt"), names(root + "/*/a1.txt"));
        assertEquals(List.of("d/a1.txt", "d/b1.csv"), names(root + "/d/[ab]1*"));
        assertEquals(List.of("d/a2.txt"), names(root + "/d/a[^1].txt"));
        assertEquals(List.of("d/a1.txt", "d/a2.txt"), names(root + "/d/a?.txt"));
        assertEquals(List.of("d/a1.txt", "d/b1.csv"), names(root + "/d/{b1.csv,a1.txt}"));
        assertEquals(List.of("d/b1.csv", "e/x[1].txt"), names(root + "/{d/b*,e/x*}"));
        assertEquals(List.of("d/a1.txt", "d/a2.txt", "d/b1.csv"), names(root + "/d*"));
        assertEquals(List.of("d/_hidden"), names(root + "/d/_hidden"));
        assertEquals(List.of("d/_hidden"), names(root + "/d/_*"));
        assertEquals(List.of("e/x[1].txt"), names(root + "/e/x[1].txt"));
        assertEquals(List.of("e/x[1].txt"), names(root + "/e/x\\[*"));
        assertEquals(List.of("d/b1.csv", "d/a1.txt"), names(root + "/d/b1.csv,file:" + root + "/d/a1.txt"));
        assertEquals(List.of("d/a1.txt"), names("file://" + root + "/d/./a1.txt"));
    }

    @Test
    void commaMayBePartOfAName() throws IOException {
        write("a,b", 1);

        assertEquals(List.of("a,b"), names(root + "/a\\,b"));
    }

    @Test
    void missingInputNamesWhatIsThere() throws IOException {
        write("zipcodes.csv", 1);

        KindlingException missing = assertThrows(KindlingException.class, () -> plan(root + "/zipcode.csv", 1));
        KindlingException noMatch = assertThrows(KindlingException.class, () -> plan(root + "/*.tsv", 1));
        KindlingException noDirectory = assertThrows(KindlingException.class, () -> plan(root + "/nowhere/f", 1));

        assertEquals(ErrorCode.INPUT_NOT_FOUND, missing.code());
        assertTrue(missing.getMessage().endsWith("there is zipcodes.csv"), missing.getMessage());
        assertTrue(noMatch.getMessage().contains("matches no file"), noMatch.getMessage());
        assertTrue(
                noDirectory.getMessage().contains("there is no directory " + root + "/nowhere"),
                noDirectory.getMessage());
    }

    @Test
    void unreadableSchemesAndFormatsAreSaidAtPlanning() throws IOException {
        write("a.lz4", 1);

        KindlingException webhdfs = assertThrows(KindlingException.class, () -> plan("webhdfs://nn/data", 1));
        KindlingException lz4 = assertThrows(KindlingException.class, () -> plan(root + "/a.lz4", 1));
        KindlingException below = assertThrows(KindlingException.class, () -> {
            write("up/down/f", 1);
            plan(root + "/up", 1);
        });

        assertTrue(
                webhdfs.getMessage().startsWith("no store serves scheme 'webhdfs' of webhdfs://nn/data"),
                webhdfs.getMessage());
        assertTrue(lz4.getMessage().contains("not .lz4"), lz4.getMessage());
        assertTrue(below.getMessage().contains("holds the directory down"), below.getMessage());
    }

    @Test
    void linksAreFollowedAndALinkToNothingIsNamed() throws IOException {
        write("real/deep/f.txt", 3);
        write("real/g.txt", 3);
        Files.createSymbolicLink(root.resolve("file-link"), root.resolve("real/g.txt"));
        Files.createSymbolicLink(root.resolve("link"), root.resolve("real/deep"));

        assertEquals(List.of("file-link"), names(root + "/file-link"));
        assertEquals(List.of("link/f.txt"), names(root + "/link"));
        assertEquals(List.of("link/f.txt"), names(root + "/l*"));
        assertEquals(List.of("real/g.txt"), names(root + "/link/../g.txt"));
        assertEquals(List.of("real/g.txt"), names(root + "/link/../g*"));
        Files.createSymbolicLink(root.resolve("real/deep/broken"), root.resolve("nothing"));
        KindlingException e = assertThrows(KindlingException.class, () -> plan(root + "/link", 1));
        assertTrue(e.getMessage().endsWith("link/broken is a link to a file that does not exist"), e.getMessage());
    }

    @Test
    void directoryStandsForWhatIsBelowItsDirectoriesOnlyWhenAsked() throws IOException {
        write("deep/a", 10);
        write("deep/b/c/d", 10);
        write("deep/b/_hidden/e", 10);

        assertEquals(
                List.of("a", "d"),
                SplitPlanner.plan(STORES, root + "/deep", true, 1, Format.TEXT_LINES).get(0).ranges().stream()
                        .map(range -> range.path().substring(range.path().lastIndexOf('/') + 1))
                        .toList());
        KindlingException refused = assertThrows(
                KindlingException.class, () -> SplitPlanner.plan(STORES, root + "/deep", false, 1, Format.TEXT_LINES));
        assertTrue(refused.getMessage().contains("kindling.input.recursive"), refused.getMessage());
    }
}
