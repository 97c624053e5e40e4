package dev.kindling.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.plan.PlanNode.FileInput.Format;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files cut at any byte: every block and every record is read by exactly one split, in order. */
class ObjectFileTest {
    private static final Stores STORES = new Stores(Config.defaults());

    @TempDir
    Path directory;

    private final Random random = new Random(5);

    private List<byte[]> blocks(int count) {
        List<byte[]> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] block = new byte[1 + random.nextInt(90)];
            random.nextBytes(block);
            blocks.add(block);
        }
        return blocks;
    }

    private Path write(String name, List<byte[]> blocks) throws IOException {
        Path file = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            ObjectFile.Writer writer = new ObjectFile.Writer(out);
            for (byte[] block : blocks) {
                writer.write(block);
            }
            writer.flush();
        }
        return file;
    }

    private static List<byte[]> read(Split split) throws IOException {
        List<byte[]> blocks = new ArrayList<>();
        try (ObjectFile.Reader reader = new ObjectFile.Reader(STORES, split)) {
            for (byte[] block = reader.next(); block.length > 0; block = reader.next()) {
                blocks.add(block);
            }
        }
        return blocks;
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertArrayEquals(expected.toArray(), actual.toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 50, 1000, 100_000})
    void everyBlockIsReadOnceHoweverTheFilesAreCut(int splits) throws Exception {
        List<byte[]> first = blocks(12);
        List<byte[]> second = blocks(3);
        write("a", first);
        write("b", List.of());
        write("c", second);
        List<byte[]> expected = new ArrayList<>(first);
        expected.addAll(second);

        List<byte[]> read = new ArrayList<>();
        for (Split split : SplitPlanner.plan(STORES, directory.toString(), false, splits, Format.OBJECTS)) {
            read.addAll(read(split));
        }

        assertSame(expected, read);
    }

    @Test
    void aBlockThatHoldsAnotherFileIsNotTakenForItsBlocks() throws Exception {
        byte[] inner = Files.readAllBytes(write("inner", blocks(20)));
        Path outer = write("outer", List.of(inner, inner));

        List<byte[]> read = new ArrayList<>();
        for (Split split : SplitPlanner.plan(STORES, outer.toString(), false, 40, Format.OBJECTS)) {
            read.addAll(read(split));
        }

        assertSame(List.of(inner, inner), read);
    }

    @Test
    void damageIsNoticed() throws Exception {
        Path file = write("damaged", blocks(8));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 3] ^= 1;
        Files.write(file, bytes);
        Split split = SplitPlanner.plan(STORES, file.toString(), false, 1, Format.OBJECTS)
                .get(0);

        KindlingException damaged = assertThrows(KindlingException.class, () -> read(split));

        assertEquals(ErrorCode.CORRUPT_DATA, damaged.code());
        assertTrue(damaged.getMessage().contains("damaged"), damaged.getMessage());
    }

    @Test
    void anotherFileIsRefusedByName() throws Exception {
        Path file = Files.writeString(directory.resolve("text"), "these are no objects at all, but a text");
        Split split = SplitPlanner.plan(STORES, file.toString(), false, 1, Format.OBJECTS)
                .get(0);

        KindlingException refused = assertThrows(KindlingException.class, () -> read(split));

        assertTrue(refused.getMessage().contains("text was not written by saveAsObjectFile"), refused.getMessage());
    }

    // ---- records
    // ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 13, 300})
    void everyRecordIsReadOnceHoweverTheFilesAreCut(int splits) throws Exception {
        byte[] bytes = new byte[7 * 20];
        random.nextBytes(bytes);
        Files.write(directory.resolve("a"), bytes);
        Files.write(directory.resolve("b"), new byte[0]);
        Files.write(directory.resolve("c"), new byte[7]);
        List<byte[]> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            expected.add(Arrays.copyOfRange(bytes, 7 * i, 7 * (i + 1)));
        }
        expected.add(new byte[7]);

        List<Split> planned = SplitPlanner.plan(STORES, directory.toString(), false, splits, Format.RECORDS);
        RecordReader.check(planned, 7);
        List<byte[]> read = new ArrayList<>();
        Object[] rows = new Object[3];
        for (Split split : planned) {
            try (RecordReader reader = new RecordReader(STORES, split, 7)) {
                for (int n = reader.read(rows, 0, 3); n > 0; n = reader.read(rows, 0, 3)) {
                    for (int i = 0; i < n; i++) {
                        read.add((byte[]) rows[i]);
                    }
                }
            }
        }

        assertSame(expected, read);
    }

    @Test
    void filesThatAreNoRecordsAreRefusedBeforeTheyAreRead() throws Exception {
        Path odd = Files.write(directory.resolve("odd"), new byte[10]);
        Path packed = Files.write(directory.resolve("packed.gz"), new byte[10]);

        KindlingException oddSize = assertThrows(
                KindlingException.class,
                () -> RecordReader.check(SplitPlanner.plan(STORES, odd.toString(), false, 1, Format.RECORDS), 4));
        KindlingException compressed = assertThrows(
                KindlingException.class,
                () -> RecordReader.check(SplitPlanner.plan(STORES, packed.toString(), false, 1, Format.RECORDS), 5));

        assertTrue(oddSize.getMessage().contains("10 bytes, which is no multiple of the record's 4"));
        assertTrue(compressed.getMessage().contains("is compressed"), compressed.getMessage());
    }
}
