package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static dev.kindling.driver.core.DriverScript.job;
import static dev.kindling.driver.core.DriverScript.userError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.protocol.TaskResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Copies of tasks that are late. */
class SpeculationTest {
    private static final DriverSettings SETTINGS = DriverSettings.defaults()
            .with(SchedulingSettings.defaults().with(new SpeculationSettings(true, 0.75, 1.5, 1_000)));

    /** Three of four map tasks took half a second, and the fourth goes on. */
    private static DriverScript withLateTask() {
        DriverScript driver = DriverScript.with(SETTINGS, executor("e1", 2), executor("e2", 2))
                .submit(4, 1);
        assertEquals("e2", driver.placeOf("s0p3#0"));
        return driver.passesAlive(500).finishes("s0p0#0").finishes("s0p1#0").finishes("s0p2#0");
    }

    private static DriverScript withCopy() {
        DriverScript driver = withLateTask().passesAlive(1_000);
        assertEquals("e1", driver.placeOf("s0p3#1"));
        return driver;
    }

    @Test
    void lateTaskGetsACopyElsewhereAndTheFirstOfBothCounts() {
        DriverScript driver = withLateTask();
        driver.passesAlive(400).notLaunched("s0p3#1");
        driver.passesAlive(600).launched("s0p3#1");
        assertEquals("e1", driver.placeOf("s0p3#1"), "the copy is beside the attempt that is late");

        driver.finishes("s0p3#1").says("send e2 CancelAttempt s0p3#0: s0p3#1 on e1 was first");
        assertEquals("e1", driver.executorOfOutput(3));
        driver.launched("s1p0#0");
        driver.finishes("s0p3#0").says("send e2 DropMapOutput");
        assertEquals("e1", driver.executorOfOutput(3), "the later output took the place of the first");
        driver.finishes("s1p0#0").delivered(0);
    }

    @Test
    void copyIsEndedWhenTheFirstAttemptIsDone() {
        DriverScript driver =
                withCopy().finishes("s0p3#0").says("send e1 CancelAttempt s0p3#1: s0p3#0 on e2 was first");

        assertEquals("e2", driver.executorOfOutput(3));
        driver.finishes("s0p3#1").says("send e1 DropMapOutput");
        driver.finishes("s1p0#0").delivered(0);
    }

    @Test
    void nothingIsCopiedWhereItIsOff() {
        DriverScript driver =
                DriverScript.with(executor("e1", 2), executor("e2", 2)).submit(4, 1);
        driver.passesAlive(500).finishes("s0p0#0").finishes("s0p1#0").finishes("s0p2#0");
        driver.passesAlive(60_000).notLaunched("s0p3#1");
    }

    @Test
    void nobodyIsLateBeforeMostOfItsStageIsDone() {
        DriverScript driver = DriverScript.with(SETTINGS, executor("e1", 2), executor("e2", 2))
                .submit(4, 1);
        driver.passesAlive(500).finishes("s0p0#0").finishes("s0p1#0");
        driver.passesAlive(60_000).notLaunched("s0p2#1").notLaunched("s0p3#1");
    }

    @Test
    void tasksThatWaitComeBeforeCopies() {
        DriverScript driver = withLateTask();
        driver.submit(job(2).resultStage(7, 4).build());
        driver.passesAlive(60_000).notLaunched("s0p3#1");
        driver.finishes("s7p0#0").passesAlive(200);
        if (driver.launchedCount() == 8) {
            driver.finishes("s7p1#0").passesAlive(200);
        }
        driver.launched("s0p3#1");
    }

    @Test
    void taskThatReadsMoreThanTheOthersGetsNoCopy() {
        DriverScript driver = DriverScript.with(SETTINGS, executor("e1", 2), executor("e2", 2))
                .submit(1, 4);
        // A size is kept as a power of little more than one: about ten times as much.
        driver.finishes("s0p0#0", new TaskResult.MapWritten(0, new long[] {1_000, 1_000, 1_000, 10_000}, 1, 1));
        driver.passesAlive(1_000).finishes("s1p0#0").finishes("s1p1#0").finishes("s1p2#0");

        driver.passesAlive(11_000).notLaunched("s1p3#1");
        driver.passesAlive(8_000).launched("s1p3#1");
    }

    @Test
    void copyGoesOnWhenTheExecutorOfTheFirstAttemptIsLost() {
        DriverScript driver = withCopy().loses("e2");

        driver.passesAlive(5_000).notLaunched("s0p3#2");
        assertTrue(driver.core().believedAttempts().stream()
                .anyMatch(attempt -> attempt.attempt().toString().equals("s0p3#1")));
        driver.finishes("s0p3#1");
        assertEquals("e1", driver.executorOfOutput(3));
    }

    /** Three of four tasks of the only stage are done, and the fourth has a copy. */
    private static DriverScript withCopyOfResult() {
        DriverScript driver = DriverScript.with(SETTINGS, executor("e1", 2), executor("e2", 2))
                .submit(job(1).resultStage(0, 4).build());
        driver.passesAlive(500).finishes("s0p0#0").finishes("s0p1#0").finishes("s0p2#0");
        return driver.passesAlive(1_000).launched("s0p3#1");
    }

    @Test
    void copyThatIsLostIsMadeAgain() {
        DriverScript driver = withCopyOfResult();
        driver.registers(executor("e3", 2), 1).loses(driver.placeOf("s0p3#1"));

        driver.passesAlive(200).launched("s0p3#2");
        driver.finishes("s0p3#2").delivered(0, 1, 2, 3);
    }

    @Test
    void thereIsNoThirdCopy() {
        DriverScript driver = withCopyOfResult().fails("s0p3#1", userError("no network"));
        driver.passesAlive(200).launched("s0p3#2").fails("s0p3#2", userError("no network"));

        driver.passesAlive(60_000).notLaunched("s0p3#3");
        driver.finishes("s0p3#0").delivered(0, 1, 2, 3);
    }

    @Test
    void taskUnderWhichTwoExecutorsWentIsRunAloneAndHasNoCopy() {
        DriverScript driver = withCopyOfResult();
        driver.registers(executor("e3", 2), 1).loses(driver.placeOf("s0p3#1"));
        driver.passesAlive(200).registers(executor("e4", 2), 1);
        String first = driver.placeOf("s0p3#0");

        driver.loses(driver.placeOf("s0p3#2")).says("send " + first + " CancelAttempt s0p3#0: its task is run alone");
        driver.launched("s0p3#3").passesAlive(60_000).notLaunched("s0p3#4");
    }

    @Test
    void oneThatFailsLeavesTheOtherAloneAndIsChargedAllTheSame() {
        DriverScript driver = withCopy().fails("s0p3#0", userError("bad row")).notLaunched("s0p3#2");

        driver.fails("s0p3#1", userError("bad row")).launched("s0p3#2");
        driver.fails("s0p3#2", userError("bad row")).launched("s0p3#3");
        driver.fails("s0p3#3", userError("bad row")).says("fail job 1");
    }

    @Test
    void whatBothCountCountsOnce() {
        DriverScript driver = withCopy();
        TaskResult.MapWritten written = new TaskResult.MapWritten(0, new long[] {100}, 1, 1);
        driver.finishesAdding("s0p3#1", written).finishesAdding("s0p3#0", written);

        assertEquals(List.of("s0p3#1"), driver.merged());
    }

    @Test
    void ofTwoPartsOfAnOutputTheFirstStandsAndTheOtherIsDiscarded() {
        DriverScript driver = DriverScript.with(SETTINGS, executor("e1", 2), executor("e2", 2))
                .submit(job(1).resultStage(1, 4).savingTo("file:/out").build());
        driver.passesAlive(500);
        for (int partition = 0; partition < 3; partition++) {
            driver.finishes("s1p" + partition + "#0", part("s1p" + partition + "#0"));
        }
        driver.passesAlive(1_000).finishes("s1p3#1", part("s1p3#1")).says("publish");
        driver.finishes("s1p3#0", part("s1p3#0")).says("discard part s1p3#0");
    }

    private static TaskResult part(String attempt) {
        return new TaskResult.PartWritten(attempt, "part-" + attempt.charAt(3), 1, 10);
    }
}
