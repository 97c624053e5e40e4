package dev.kindling.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PortRangeTest {
    @Test
    void anyOneOrSeveralAreReadAsTheyAreWritten() {
        assertEquals(PortRange.ANY, PortRange.parse("0"));
        assertEquals(new PortRange(7337, 7337), PortRange.parse("7337"));
        assertEquals(new PortRange(40_000, 40_100), PortRange.parse("40000-40100"));
        assertEquals("40000-40100", PortRange.parse("40000-40100").toString());
        assertEquals("7337", PortRange.parse("7337").toString());
    }

    @Test
    void whatIsNoPortIsRefused() {
        for (String text : new String[] {"", "-1", "65536", "2-1", "0-5", "80-", "a", "1-2-3", "1 - 2"}) {
            assertThrows(IllegalArgumentException.class, () -> PortRange.parse(text), text);
        }
    }
}
