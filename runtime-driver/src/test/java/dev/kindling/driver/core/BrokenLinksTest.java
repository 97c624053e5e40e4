package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static dev.kindling.driver.core.DriverScript.fetchFailed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.protocol.AttemptId;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Executors that reach the driver and not each other. */
class BrokenLinksTest {
    private static final int MAPS = 6;
    private static final int REDUCES = 4;

    private int failures;

    private static DriverScript jobOn(DriverScript.Executor... executors) {
        return DriverScript.with(executors).submit(MAPS, REDUCES).forgetEffects();
    }

    /** Whatever runs ends, unless it reads what lies beyond the link between e1 and e2; until nothing runs any more. */
    private void goesOn(DriverScript driver) {
        while (!driver.running().isEmpty()) {
            Map.Entry<AttemptId, String> next =
                    driver.running().entrySet().iterator().next();
            String attempt = next.getKey().toString();
            String holder = next.getKey().stageId() == 0 ? "" : unreachedFrom(next.getValue(), driver);
            if (holder.isEmpty()) {
                driver.finishes(attempt);
            } else {
                failures++;
                driver.fails(attempt, fetchFailed(holder, next.getValue().equals("e1") ? "e2" : "e1"));
            }
            assertTrue(failures < 50, "it goes on for ever");
        }
    }

    /** A map output that is beyond the link, as the number of its attempt; empty when there is none. */
    private static String unreachedFrom(String reader, DriverScript driver) {
        for (int map = 0; map < MAPS; map++) {
            String holder = driver.executorOfOutput(map);
            if (reader.equals("e1") && holder.equals("e2") || reader.equals("e2") && holder.equals("e1")) {
                return driver.attemptOfOutput(map);
            }
        }
        return "";
    }

    @Test
    void aJobEndsWhereBothHoldWhatTheOtherReads() {
        DriverScript driver = jobOn(executor("e1", 1), executor("e2", 1));

        goesOn(driver);

        assertTrue(failures <= MAPS + 2, failures + " failures");
        driver.delivered(0, 1, 2, 3);
    }

    @Test
    void oneOfTwoThatFailAtEachOtherIsSetAsideForAMinute() {
        DriverScript driver = jobOn(executor("e1", 1), executor("e2", 1), executor("e3", 1));
        goesOn(driver);
        driver.says("cannot fetch from each other");
        assertEquals(1, driver.setAside());

        driver.passesAlive(BrokenLinks.REMEMBERED_MS + 1_000);

        assertEquals(0, driver.setAside());
    }

    @Test
    void whoOnlyFailsInOneDirectionIsNotSetAside() {
        DriverScript driver = jobOn(executor("e1", 1), executor("e2", 1));
        while (driver.running().keySet().stream().anyMatch(attempt -> attempt.stageId() == 0)) {
            driver.finishes(driver.running().keySet().iterator().next().toString());
        }
        Map.Entry<AttemptId, String> reader =
                driver.running().entrySet().iterator().next();
        driver.fails(
                reader.getKey().toString(),
                fetchFailed(
                        unreachedFrom(reader.getValue(), driver),
                        reader.getValue().equals("e1") ? "e2" : "e1"));

        assertEquals(0, driver.setAside());
    }
}
