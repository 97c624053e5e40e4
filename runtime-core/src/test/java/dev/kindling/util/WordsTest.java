package dev.kindling.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void sizesAreReadAsPeopleWriteThem() {
        assertEquals(65_536, ByteSizes.parse("65536"));
        assertEquals(64 << 10, ByteSizes.parse("64k"));
        assertEquals(64 << 20, ByteSizes.parse(" 64 MiB "));
        assertEquals(1L << 30, ByteSizes.parse("1GB"));
        assertEquals(1536, ByteSizes.parse("1.5k"));
        assertEquals(7, ByteSizes.parse("7b"));
        assertEquals(Long.MAX_VALUE, ByteSizes.parse("9223372036854775807"));
        for (String bad : List.of("", "k", "1x", "1kk", "1 2", "9000p0", "99999999999g", "-1", "-1.5k", "nan", "1mm")) {
            assertThrows(NumberFormatException.class, () -> ByteSizes.parse(bad), bad);
        }
    }

    @Test
    void sizesAreWrittenForPeople() {
        assertEquals("0 B", ByteSizes.format(0));
        assertEquals("1023 B", ByteSizes.format(1023));
        assertEquals("1 KiB", ByteSizes.format(1024));
        assertEquals("1.5 MiB", ByteSizes.format(3 << 19));
        assertEquals("12 GiB", ByteSizes.format(12L << 30));
        assertEquals("8192 PiB", ByteSizes.format(Long.MAX_VALUE));
        assertEquals("64m", ByteSizes.formatExactly(64 << 20));
        assertEquals("1000", ByteSizes.formatExactly(1000));
    }

    @Test
    void durationsAreReadAndWritten() {
        assertEquals(4_000, Durations.parseMs("4000"));
        assertEquals(4_000, Durations.parseMs("4s"));
        assertEquals(120_000, Durations.parseMs("2 min"));
        assertThrows(NumberFormatException.class, () -> Durations.parseMs("4 weeks"));
        assertThrows(NumberFormatException.class, () -> Durations.parseMs("9223372036854775807d"));
        assertEquals("7 ms", Durations.format(7));
        assertEquals("1.2 s", Durations.format(1_234));
        assertEquals("2 min 5 s", Durations.format(125_000));
        assertEquals("3 h 20 min", Durations.format(12_000_000));
    }

    @Test
    void nearestNamesComeFirst() {
        assertEquals(List.of("memory", "cores"), NearestNames.of("memroy", List.of("cores", "memory", "heartbeat"), 2));
        assertEquals(1, NearestNames.distance("memroy", "memory"));
        assertEquals(3, NearestNames.distance("kitten", "sitting"));
        assertEquals(4, NearestNames.distance("", "four"));
    }
}
