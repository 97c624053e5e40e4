package dev.kindling.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Column;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import dev.kindling.config.Config;
import dev.kindling.plan.PlanNode.FileInput.Columns;
import dev.kindling.serde.PackedRows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns beside what a program makes of the lines itself. */
class TextColumnsTest {
    private static final Stores STORES = new Stores(Config.defaults());

    @TempDir
    Path directory;

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("columns.txt"), text);
    }

    private static List<Object> rows(LineReader opened) throws IOException {
        List<Object> rows = new ArrayList<>();
        Object[] batch = new Object[7];
        try (LineReader reader = opened) {
            for (int count = reader.read(batch, 0, 7); count > 0; count = reader.read(batch, 0, 7)) {
                rows.addAll(Arrays.asList(batch).subList(0, count));
            }
        }
        return rows;
    }

    private static List<Object> columns(Path file, int splitBytes, char separator, Column<?>... columns)
            throws IOException {
        List<Object> rows = new ArrayList<>();
        List<Object> fromNumbers = new ArrayList<>();
        for (Split split : LineReaderTest.splitsOf(file, splitBytes)) {
            Columns wanted = new Columns(separator, List.of(columns));
            rows.addAll(rows(new LineReader(STORES, split, "", wanted)));
            fromNumbers.addAll(rowsFromNumbers(new LineReader(STORES, split, "", wanted)));
        }
        assertEquals(rows, fromNumbers);
        return rows;
    }

    /** As {@link #rows}, by way of numbers where there are any. */
    private static List<Object> rowsFromNumbers(LineReader opened) throws IOException {
        PackedRows numbers = new PackedRows();
        List<Object> rows = new ArrayList<>();
        try (LineReader reader = opened) {
            for (int count = reader.readPacked(numbers, 7); count != 0; count = reader.readPacked(numbers, 7)) {
                if (count < 0) {
                    return rows(reader);
                }
                for (int i = 0; i < count; i++) {
                    rows.add(numbers.row(i));
                }
            }
        }
        return rows;
    }

    private void assertAsSplit(Path file, char separator, Function<String[], Object> row, Column<?>... columns)
            throws IOException {
        List<Object> expected = new ArrayList<>();
        for (Split split : LineReaderTest.splitsOf(file, 1 << 20)) {
            for (Object line : rows(new LineReader(STORES, split))) {
                expected.add(row.apply(((String) line).split(Pattern.quote(String.valueOf(separator)), -1)));
            }
        }
        assertFalse(expected.isEmpty());
        for (int splitBytes : new int[] {11, 64, 1 << 20}) {
            assertEquals(expected, columns(file, splitBytes, separator, columns), "splits of " + splitBytes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void columnsAreThoseOfTheLinesWhateverTheSplitsAndLineEnds(String lineEnd) throws IOException {
        Random random = new Random(3);
        StringBuilder text = new StringBuilder("\ufeff");
        for (int i = 0; i < 100; i++) {
            text.append(random.nextInt()).append('\t');
            text.append(random.nextInt(3) == 0 ? "é" + i : random.nextInt(2) == 0 ? "" : "word")
                    .append('\t');
            text.append(random.nextLong()).append('\t');
            text.append(random.nextGaussian() * Math.pow(10, random.nextInt(40)));
            text.append(random.nextBoolean() ? "\tmore\tand more" : "").append(i == 99 ? "" : lineEnd);
        }
        Path file = write(text.toString());

        assertAsSplit(file, '\t', c -> Integer.parseInt(c[0]), Column.ints(0));
        assertAsSplit(
                file,
                '\t',
                c -> Tuple2.of(Integer.parseInt(c[0]), Long.parseLong(c[2])),
                Column.ints(0),
                Column.longs(2));
        assertAsSplit(file, '\t', c -> Tuple2.of(c[1], c[0]), Column.strings(1), Column.strings(0));
        assertAsSplit(file, '\t', c -> Tuple2.of(c[3], c[3]), Column.strings(3), Column.strings(3));
        assertAsSplit(file, '\t', c -> Double.parseDouble(c[3]), Column.doubles(3));
    }

    @ParameterizedTest
    @ValueSource(chars = {'\t', '5', '-', '/'})
    void numbersOfAnyLengthComeOutOfLinesThatAreNothingElse(char separator) throws IOException {
        Random random = new Random(5);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            int first = random.nextInt() >>> random.nextInt(32);
            long second = random.nextLong() >> random.nextInt(64);
            if ((first + " " + second).indexOf(separator) < 0) {
                text.append(first).append(separator).append(second);
                text.append(random.nextBoolean() ? separator + "7\n" : "\n");
            }
        }
        // The last line ends with the file: what is behind it in a buffer is left from before.
        text.setLength(text.length() - 1);
        Path file = write(text.toString());

        assertAsSplit(file, separator, c -> Integer.parseInt(c[0]), Column.ints(0));
        assertAsSplit(
                file,
                separator,
                c -> Tuple2.of(Integer.parseInt(c[0]), Long.parseLong(c[1])),
                Column.ints(0),
                Column.longs(1));
        assertAsSplit(
                file,
                separator,
                c -> Tuple2.of(Long.parseLong(c[1]), Integer.parseInt(c[0])),
                Column.longs(1),
                Column.ints(0));
    }

    @ParameterizedTest
    @CsvSource({
        "0",
        "-0",
        "+7",
        "007",
        "2147483647",
        "-2147483648",
        "2147483648",
        "-2147483649",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "000000000000000000000000012",
        "''",
        "-",
        "+",
        "1.0",
        "' 1'",
        "1x",
        "0x1",
        "٣",
        "--1",
        "99999999999999999999"
    })
    void wholeNumbersAreThoseThatTheJdkReads(String text) throws IOException {
        Path file = write("a," + text + ",b\n");

        assertEquals(
                parsed(() -> Integer.parseInt(text)),
                parsed(() -> columns(file, 100, ',', Column.ints(1)).get(0)));
        assertEquals(
                parsed(() -> Long.parseLong(text)),
                parsed(() -> columns(file, 100, ',', Column.longs(1)).get(0)));
    }

    private interface Parse {
        Object parse() throws IOException;
    }

    private static Object parsed(Parse parse) throws IOException {
        try {
            return parse.parse();
        } catch (NumberFormatException | KindlingException e) {
            return "no number";
        }
    }

    @Test
    void lineThatIsNotAsExpectedIsNamedWithoutItsContent() throws IOException {
        Path file = write("1\t2\n34\tsecret\n5\n");

        KindlingException noNumber =
                assertThrows(KindlingException.class, () -> columns(file, 100, '\t', Column.ints(0), Column.longs(1)));
        KindlingException tooFew =
                assertThrows(KindlingException.class, () -> columns(file, 100, '\t', Column.strings(1)));

        assertEquals(ErrorCode.BAD_INPUT, noNumber.code());
        assertEquals(
                "the line at byte 4 of file:" + file
                        + " has no long in column 1 (the first is 0); read the column as strings,"
                        + " or filter the lines of textFile",
                noNumber.getMessage());
        assertEquals(ErrorCode.BAD_INPUT, tooFew.code());
        assertTrue(
                tooFew.getMessage()
                        .startsWith("the line at byte 14 of file:" + file + " has 1 column, and column 1 is asked for"),
                tooFew.getMessage());
    }

    @Test
    void bytesThatAreNoUtf8AreReplacedAsInLines() throws IOException {
        Path file = directory.resolve("latin");
        Files.write(file, "caf\u00e9;1\n".getBytes(StandardCharsets.ISO_8859_1));

        assertEquals(List.of(Tuple2.of("caf\ufffd", 1)), columns(file, 100, ';', Column.strings(0), Column.ints(1)));
    }

    @Test
    void negativeIndexIsRefused() {
        assertEquals(
                "there is no column -1; the first one of a line is 0",
                assertThrows(KindlingException.class, () -> Column.ints(-1)).getMessage());
    }
}
