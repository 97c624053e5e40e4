package dev.kindling.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What notices of a machine say; that they are asked for is seen by ProcessFaultsIT. */
class SpotNoticesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static long at(String time) {
        return SpotNotices.withinMs("{\"action\":\"terminate\",\"time\":\"" + time + "\"}", NOW);
    }

    @Test
    void timeOfTheNoticeIsWhatIsLeft() {
        assertEquals(90_000, at("2026-11-22T10:01:30Z"));
        assertEquals(0, at("2026-11-22T09:59:00Z"));
    }

    @Test
    void clockThatIsWrongOrANoticeThatCannotBeReadLeavesWhatIsPromised() {
        assertEquals(120_000, at("2026-11-22T11:00:00Z"));
        assertEquals(120_000, at("soon"));
        assertEquals(120_000, SpotNotices.withinMs("", NOW));
        assertEquals(120_000, SpotNotices.withinMs("[]", NOW));
    }
}
