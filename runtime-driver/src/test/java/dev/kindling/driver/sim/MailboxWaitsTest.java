package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.loop.EventLoop;
import org.junit.jupiter.api.Test;

class MailboxWaitsTest {
    private static final long MS = 1_000_000;

    private final MailboxWaits waits = new MailboxWaits();

    @Test
    void whatFindsAFreeLoopDoesNotWait() {
        waits.came(5, true, 3 * MS);
        waits.came(8, true, MS);

        assertEquals(0, waits.waitMs(1_000));
    }

    @Test
    void signsOfLifeWaitForEachOther() {
        waits.came(5, true, 3 * MS);
        waits.came(5, true, 3 * MS);
        waits.came(6, true, MS);

        assertEquals(5, waits.waitMs(1_000), "6 ms of work came at 5 ms");
        assertEquals(3, waits.waitMs(500));
    }

    @Test
    void signOfLifeWaitsForOneBatchOfResultsHoweverManyThereAre() {
        for (int result = 0; result < 10 * EventLoop.BATCH_EVENTS; result++) {
            waits.came(5, false, MS);
        }
        waits.came(5, true, MS);

        assertEquals(EventLoop.BATCH_EVENTS, waits.waitMs(1_000));
    }

    @Test
    void resultsThatWaitAreSeenToBetweenSignsOfLife() {
        for (int result = 0; result < 2 * EventLoop.BATCH_EVENTS; result++) {
            waits.came(0, false, MS);
        }
        waits.came(1, true, MS);

        assertEquals(EventLoop.BATCH_EVENTS - 1, waits.waitMs(1_000), "for the batch that had begun");
        waits.came(10_000, true, MS);
        assertEquals(0, waits.waitMs(500));
    }
}
