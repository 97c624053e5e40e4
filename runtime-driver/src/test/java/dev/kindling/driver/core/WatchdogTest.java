package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static dev.kindling.driver.core.DriverScript.job;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.event.JobProperties;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs of which nothing moves any more, told as scripts. */
class WatchdogTest {
    private static DriverScript waiting() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        return driver.submit(3, 1).finishes("s0p0#0").finishes("s0p1#0").forgetEffects();
    }

    /** The executors live, and what runs on them uses no processor. */
    private static DriverScript stands(DriverScript driver, long ms, String... attempts) {
        for (long left = ms; left > 0; left -= 2_000) {
            for (String executorId : List.of("e1", "e2")) {
                driver.heartbeatsIdle(executorId, running(driver, executorId, attempts));
            }
            driver.passes(2_000);
        }
        return driver;
    }

    private static String[] running(DriverScript driver, String executorId, String... attempts) {
        return List.of(attempts).stream()
                .filter(attempt -> driver.placeOf(attempt).equals(executorId))
                .toArray(String[]::new);
    }

    @Test
    void standstillIsReportedAfterHalfTheTimeAndThenGivenUp() {
        DriverScript driver = waiting();
        String place = driver.placeOf("s0p2#0");

        stands(driver, 296_000, "s0p2#0").neverSays("moved");
        stands(driver, 8_000, "s0p2#0")
                .says("nothing has moved for 300")
                .says("send " + place + " ShowStacks")
                .neverSays("fail job");
        stands(driver, 290_000, "s0p2#0").neverSays("moved");
        stands(driver, 10_000, "s0p2#0").says("given up").says("fail job 1 NO_PROGRESS");

        String told = Sentences.of(driver.effects().stream()
                .filter(DriverEffect.FailJob.class::isInstance)
                .findFirst()
                .orElseThrow());
        assertTrue(told.contains("nothing has moved for 10 min"), told);
        assertTrue(told.contains("job 1 (lesson) has 0 of 1 results"), told);
        assertTrue(
                told.contains("stage 0 (groupByKey at Lesson.java:10): 0 tasks wait, 1 run: s0p2#0 on " + place), told);
        assertTrue(told.contains("stage 1 (collect at Lesson.java:11) waits for the map outputs of stages [0]"), told);
        assertTrue(told.contains("raise kindling.job.noProgressTimeoutMs (now 600000)"), told);
    }

    @Test
    void stacksThatExecutorsShowAreTold() {
        DriverScript driver = waiting();
        String place = driver.placeOf("s0p2#0");

        driver.sends(new Frame.AttemptStack(place, 1, DriverScript.id("s0p2#0"), "    at Wait.here(Wait.java:7)"));

        assertTrue(driver.effects().stream()
                .anyMatch(effect -> effect instanceof DriverEffect.Emit emit
                        && emit.event() instanceof Event.TaskStack seen
                        && seen.stack().contains("Wait.java:7")));
    }

    @Test
    void taskThatUsesItsCoreIsNeverGivenUp() {
        DriverScript driver = waiting();

        driver.passesAlive(1_300_000);

        driver.neverSays("moved").neverSays("fail job");
    }

    @Test
    void pauseOfTheDriverIsNoStandstill() {
        DriverScript driver = waiting();

        driver.jumps(3_600_000).on(new DriverEvent.Tick());

        driver.neverSays("moved");
    }

    @Test
    void withoutExecutorsItIsOnlyReported() {
        DriverScript driver = DriverScript.with();
        driver.submit(job(1).resultStage(0, 1).build()).forgetEffects();

        driver.passes(1_300_000);

        driver.says("nothing has moved for 300000 ms: job 1 (lesson) has 0 of 1 results; stage 0 (collect at"
                        + " Lesson.java:10): 1 tasks wait, 0 run; no executor is registered")
                .neverSays("moved")
                .neverSays("fail job");
    }

    @Test
    void outputThatIsBeingPublishedMayTakeItsTime() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.submit(job(1).resultStage(0, 1).savingTo("file:/out").build());
        driver.finishes("s0p0#0", new TaskResult.PartWritten("a", "part-0", 1, 1));

        stands(driver, 1_300_000).neverSays("moved");

        driver.on(new DriverEvent.OutputPublished(1)).says("complete job 1");
    }

    @Test
    void cancelledAttemptThatWasOnlyAskedIsInterruptedAfterTheSameTime() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.submit(
                job(1).resultStage(0, 1).with(JobProperties.INTERRUPT, "false").build());
        driver.on(new DriverEvent.CancelJob(1, "asked"));

        stands(driver, 590_000, "s0p0#0");
        assertEquals(0, interruptions(driver));
        stands(driver, 20_000, "s0p0#0");

        assertTrue(interruptions(driver) > 0);
    }

    private static long interruptions(DriverScript driver) {
        return driver.effects().stream()
                .filter(effect -> effect instanceof DriverEffect.Send send
                        && send.frame() instanceof Frame.CancelAttempt cancel
                        && cancel.isInterrupting())
                .count();
    }

    @Test
    void zeroMeansNever() {
        DriverSettings never =
                DriverSettings.defaults().with(SchedulingSettings.defaults().givingUpAfter(0));
        DriverScript driver = DriverScript.with(never, executor("e1", 1), executor("e2", 1));
        driver.submit(1, 1).forgetEffects();

        stands(driver, 1_300_000, "s0p0#0").neverSays("moved");

        assertEquals(1, driver.core().believedAttempts().size());
    }
}
