package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimScaleTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void slotsAreBusyUntilTheEnd(boolean hasPreferences) {
        SimScale.Report report = SimScale.run(7, 20, 4, 4_000, hasPreferences);

        assertTrue(report.overIdeal() > 0, () -> "sooner than all slots can be done: " + report);
        assertTrue(report.overIdeal() < 0.05, () -> "slots were idle: " + report);
    }

    /** A launch, its outcome and the acknowledgement of that for each task; heartbeats and answers; few others. */
    @Test
    void aTaskCostsThreeFrames() {
        SimScale.Report report = SimScale.run(7, 20, 4, 4_000, false);

        long heartbeats = 2 * 20 * (report.makespanMs() / 2_000 + 1);
        long once = 20 * 3;
        assertTrue(report.frameCount() <= 3 * 4_000 + heartbeats + once, report::toString);
    }

    @Test
    void theSameSeedIsTheSameRun() {
        SimScale.Report once = SimScale.run(7, 20, 4, 1_000, true);
        SimScale.Report again = SimScale.run(7, 20, 4, 1_000, true);

        assertEquals(once.makespanMs(), again.makespanMs());
        assertEquals(once.taskMs(), again.taskMs());
        assertEquals(once.frameCount(), again.frameCount());
    }
}
