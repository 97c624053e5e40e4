package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static dev.kindling.driver.core.DriverScript.fetchFailed;
import static dev.kindling.driver.core.DriverScript.id;
import static dev.kindling.driver.core.DriverScript.job;
import static dev.kindling.driver.core.DriverScript.userError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.config.MemoryMap;
import dev.kindling.plan.JobSelection;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import dev.kindling.util.Secret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the driver decides, told as scripts. */
class DriverCoreTest {
    private static TaskResult.PartWritten part(String file) {
        return new TaskResult.PartWritten(file, "part-" + file.charAt(1), 1, 1);
    }

    private static TaskResult.MapWritten mapWritten() {
        return new TaskResult.MapWritten(0, new long[] {100}, 1, 1);
    }

    // ---- jobs and stages ----------------------------------------------------------------------------------------

    @Test
    void jobOfTwoStagesRunsMapsThenReducesAndDeliversEachResultOnce() {
        DriverScript driver =
                DriverScript.with(executor("e1", 2), executor("e2", 2)).submit(3, 2);

        driver.launched("s0p0#0").launched("s0p1#0").launched("s0p2#0").notLaunched("s1p0#0");
        driver.finishAll(0).launched("s1p0#0").launched("s1p1#0");
        driver.finishAll(1);

        driver.delivered(0, 1).says("complete job 1");
        assertTrue(driver.core().isIdle());
    }

    @Test
    void reduceIsToldWhereEachMapOutputLiesAndHowLargeItIs() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1), executor("e2", 1)).submit(2, 1);
        String first = driver.placeOf("s0p0#0");
        driver.finishes("s0p0#0", new TaskResult.MapWritten(0, new long[] {0}, 0, 0));
        driver.finishes("s0p1#0", new TaskResult.MapWritten(0, new long[] {1_000_000}, 1, 1));

        TaskInput.ShuffleInput input =
                (TaskInput.ShuffleInput) driver.launch("s1p0#0").inputs().get(0);

        assertEquals(id("s0p0#0"), input.sources().get(0).mapAttempt());
        assertEquals(
                first, input.executors().get(input.sources().get(0).executor()).executorId());
        assertEquals(0, input.sources().get(0).bytes());
        assertEquals(1_000_000, input.sources().get(1).bytes(), 100_000);
    }

    @Test
    void stageWhoseOutputsAreThereIsSkippedInTheNextJob() {
        DriverScript driver = DriverScript.with(executor("e1", 4)).submit(3, 2);
        driver.finishAll(0).finishAll(1).forgetEffects();

        driver.submit(job(2).mapStage(0, 3, 2).resultStage(2, 2, 0).build());

        driver.says("say stage 0 is skipped")
                .launched("s2p0#0")
                .launched("s2p1#0")
                .notLaunched("s0p0#1");
    }

    @Test
    void twoJobsThatNeedOneShuffleComputeItOnce() {
        DriverScript driver = DriverScript.with(executor("e1", 8)).submit(3, 1);
        driver.submit(job(2).mapStage(0, 3, 1).resultStage(2, 1, 0).build());

        driver.finishAll(0);

        assertEquals(5, driver.launchedCount());
        driver.finishAll(1).finishAll(2).says("complete job 1").says("complete job 2");
    }

    @Test
    void stageSharedByTwoJobsGoesOnWhenTheFirstIsCancelled() {
        DriverScript driver = DriverScript.with(executor("e1", 8)).submit(3, 1);
        driver.submit(job(2).mapStage(0, 3, 1).resultStage(2, 1, 0).build());

        driver.on(new DriverEvent.CancelJob(1, "asked"))
                .says("fail job 1 CANCELLED")
                .neverSays("CancelAttempt s0");

        driver.finishAll(0).notLaunched("s1p0#0").finishAll(2).says("complete job 2");
    }

    @Test
    void earlierJobIsServedFirst() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.submit(job(1).resultStage(10, 2).build());
        driver.submit(job(2).resultStage(3, 2).build());

        driver.finishes("s10p0#0").launched("s10p1#0").notLaunched("s3p0#0");
        driver.finishes("s10p1#0").launched("s3p0#0");
    }

    @Test
    void onlyTheWantedPartitionsAreComputed() {
        DriverScript driver = DriverScript.with(executor("e1", 8));
        driver.submit(job(1).resultStage(0, 5).only(3, 1).build());

        driver.launched("s0p1#0").launched("s0p3#0");
        assertEquals(2, driver.launchedCount());
        driver.finishAll(0).delivered(1, 3).says("complete job 1");
    }

    @Test
    void jobWithoutPartitionsIsCompleteAtOnce() {
        DriverScript.with().submit(job(1).resultStage(0, 0).build()).says("complete job 1");
    }

    @Test
    void cancelledJobStopsItsAttemptsAndLateResultsAreNotDelivered() {
        DriverScript driver = DriverScript.with(executor("e1", 2)).submit(3, 1);

        driver.on(new DriverEvent.CancelJob(1, "asked"));

        driver.says("CancelAttempt s0p0#0").says("CancelAttempt s0p1#0").says("fail job 1 CANCELLED");
        driver.finishes("s0p0#0").says("DropMapOutput s0p0#0").nothingElseLaunched();
    }

    @Test
    void cancellationThatOvertakesItsJobKeepsItFromRunning() {
        DriverScript driver = DriverScript.with(executor("e1", 2));

        driver.on(new DriverEvent.CancelJob(1, "asked")).submit(1, 1);

        driver.says("refuse job 1 CANCELLED").notLaunched("s0p0#0");
    }

    @Test
    void slotOfACancelledAttemptIsTakenUntilItsEndIsReported() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);
        driver.on(new DriverEvent.CancelJob(1, "asked"));
        driver.submit(job(2).resultStage(5, 1).build()).notLaunched("s5p0#0");

        driver.fails("s0p0#0", new TaskFailure.Cancelled("asked"));

        driver.launched("s5p0#0");
    }

    // ---- sizes of results -------------------------------------------------------------------------------------------

    private static DriverScript holding(long maxResultBytes) {
        return DriverScript.with(
                DriverSettings.defaults().with(SchedulingSettings.defaults().withMaxResultBytes(maxResultBytes)),
                executor("e1", 8));
    }

    @Test
    void jobIsEndedByItsFirstTasksWhenTheWholeWillBeTooLarge() {
        DriverScript driver = holding(1_000).submit(job(1).resultStage(0, 80).build());
        for (int part = 0; part < 7; part++) {
            driver.finishes("s0p" + (5 + 10 * part) + "#0", new TaskResult.Stored(60, 0));
        }
        driver.forgetEffects();

        driver.finishes("s0p75#0", new TaskResult.Stored(60, 0))
                .says("fail job 1 RESULT_TOO_LARGE: the results of job 1 (lesson) will take 3.6 KiB or more, by 8 of 80"
                        + " tasks; the driver holds at most 1000 B");
        assertEquals(8, driver.count(Frame.DropResult.class));
    }

    @Test
    void fewLargeResultsDoNotSpeakForTheOthers() {
        DriverScript driver = holding(1_000).submit(job(1).resultStage(0, 80).build());

        driver.finishes("s0p5#0", new TaskResult.Direct(new byte[400]));
        driver.finishes("s0p15#0", new TaskResult.Direct(new byte[400]));
        while (driver.finishesAny(0, new TaskResult.Direct(new byte[2]))) {
            driver.neverSays("fail");
        }

        driver.says("complete job 1");
    }

    @Test
    void announcedSizesWhoseSumIsMoreThanALongEndTheJob() {
        DriverScript driver = holding(1_000).submit(job(1).resultStage(0, 8).build());
        driver.finishes("s0p0#0", new TaskResult.Direct(new byte[500])).neverSays("fail");

        driver.finishes("s0p1#0", new TaskResult.Stored(Long.MAX_VALUE, 0)).says("fail job 1 RESULT_TOO_LARGE");
    }

    @Test
    void announcedSizesWhoseEstimateIsMoreThanALongEndTheJob() {
        DriverScript driver = holding(1L << 61).submit(job(1).resultStage(0, 80).build());
        for (int part = 0; part < 7; part++) {
            driver.finishes("s0p" + (5 + 10 * part) + "#0", new TaskResult.Stored(1L << 57, 0));
            driver.neverSays("fail");
        }

        driver.finishes("s0p75#0", new TaskResult.Stored(1L << 57, 0)).says("fail job 1 RESULT_TOO_LARGE");
    }

    @Test
    void smallJobsAreEndedByWhatTheyTakeAndPublishedOnesNever() {
        DriverScript driver = holding(1_000).submit(job(1).resultStage(0, 8).build());
        driver.finishes("s0p0#0", new TaskResult.Direct(new byte[500]));
        driver.finishes("s0p1#0", new TaskResult.Direct(new byte[500])).neverSays("fail");
        driver.finishes("s0p2#0", new TaskResult.Direct(new byte[1]))
                .says("fail job 1 RESULT_TOO_LARGE: the results of job 1 (lesson) take 1001 B and more, by 3 of 8"
                        + " tasks");

        driver.submit(job(2).resultStage(1, 1).savingTo("out").build())
                .finishes("s1p0#0", new TaskResult.PartWritten("a", "part-0", 1, 1L << 40))
                .says("publish");
    }

    @Test
    void resultThatIsLostAndComputedAgainCountsOnce() {
        DriverScript driver = holding(1_000).submit(job(1).resultStage(0, 1).build());
        driver.finishes("s0p0#0", new TaskResult.Stored(900, 0))
                .on(new DriverEvent.ResultLost(1, 0, DriverScript.id("s0p0#0"), "gone"));

        driver.finishes("s0p0#1", new TaskResult.Stored(900, 0))
                .on(new DriverEvent.ResultFetched(1, 0, DriverScript.id("s0p0#1")))
                .says("complete job 1");
    }

    @Test
    void withoutALimitEverythingComes() {
        DriverScript driver = holding(0).submit(job(1).resultStage(0, 1).build());

        driver.finishes("s0p0#0", new TaskResult.Stored(Long.MAX_VALUE / 2, 0)).neverSays("fail");
    }

    // ---- pools ------------------------------------------------------------------------------------------------------

    private static DriverScript fair(Map<String, PoolSettings> pools, DriverScript.Executor... executors) {
        return DriverScript.with(
                DriverSettings.defaults().with(SchedulingSettings.fair(new TreeMap<>(pools))), executors);
    }

    private static JobGraph jobIn(String pool, int jobId, int tasks) {
        return job(jobId)
                .with("kindling.scheduler.pool", pool)
                .resultStage(jobId, tasks)
                .build();
    }

    @Test
    void smallJobIsNotStarvedBehindALargeOneInAnotherPool() {
        DriverScript driver = fair(Map.of(), executor("e1", 4))
                .submit(jobIn("large", 1, 20))
                .submit(jobIn("small", 2, 2))
                .notLaunched("s2p0#0");

        driver.finishes("s1p0#0").launched("s2p0#0");
        driver.finishes("s1p1#0").launched("s2p1#0");
        driver.finishes("s1p2#0").launched("s1p4#0");
        driver.finishes("s2p0#0").launched("s1p5#0");
        driver.finishes("s2p1#0").says("complete job 2");
    }

    @Test
    void withoutFairSharingTheEarlierJobGetsAllItCanUse() {
        DriverScript driver = DriverScript.with(executor("e1", 2))
                .submit(jobIn("large", 0, 4))
                .submit(jobIn("small", 1, 1));

        driver.finishes("s0p0#0").finishes("s0p1#0").launched("s0p3#0").notLaunched("s1p0#0");
        driver.finishes("s0p2#0").launched("s1p0#0");
    }

    @Test
    void slotsAreSharedByWeight() {
        DriverScript driver = fair(Map.of("heavy", new PoolSettings(3, 0, false)), executor("e1", 8))
                .submit(jobIn("first", 0, 8))
                .submit(jobIn("heavy", 1, 20))
                .submit(jobIn("light", 2, 20));

        driver.finishAll(0);

        assertEquals(
                Map.of("heavy", 6, "light", 2), driver.core().placement.pools().slotsHeld());
    }

    @Test
    void poolBelowItsMinimumShareComesFirst() {
        Map<String, PoolSettings> pools = Map.of(
                "a", new PoolSettings(1, 2, false),
                "b", new PoolSettings(1, 4, false),
                "heavy", new PoolSettings(100, 0, false));
        DriverScript driver = fair(pools, executor("e1", 8))
                .submit(jobIn("first", 0, 8))
                .submit(jobIn("heavy", 1, 20))
                .submit(jobIn("a", 2, 20))
                .submit(jobIn("b", 3, 20));

        for (int slot = 0; slot < 3; slot++) {
            driver.finishes("s0p" + slot + "#0");
        }
        assertEquals(
                Map.of("a", 1, "b", 2, "first", 5),
                driver.core().placement.pools().slotsHeld());
        driver.finishAll(0);

        assertEquals(
                Map.of("a", 2, "b", 4, "heavy", 2),
                driver.core().placement.pools().slotsHeld());
    }

    @Test
    void jobsOfAFairPoolShareItAndThoseOfAnotherStandInLine() {
        DriverScript driver = fair(Map.of("even", new PoolSettings(1, 0, true)), executor("e1", 4))
                .submit(jobIn("first", 0, 4))
                .submit(jobIn("even", 1, 9))
                .submit(jobIn("even", 2, 9))
                .submit(jobIn("line", 3, 9))
                .submit(jobIn("line", 4, 9));

        driver.finishAll(0);

        driver.launched("s1p0#0")
                .launched("s2p0#0")
                .launched("s3p0#0")
                .launched("s3p1#0")
                .notLaunched("s4p0#0");
    }

    @Test
    void cancelledAttemptTakesFromItsPoolsShareUntilItsEndIsReported() {
        DriverScript driver = fair(Map.of(), executor("e1", 2))
                .submit(jobIn("a", 1, 1))
                .submit(jobIn("b", 2, 1))
                .submit(jobIn("a", 3, 2))
                .submit(jobIn("b", 4, 2))
                .on(new DriverEvent.CancelJob(1, "asked"));
        assertEquals(Map.of("a", 1, "b", 1), driver.core().placement.pools().slotsHeld());

        driver.fails("s1p0#0", new TaskFailure.Cancelled("asked")).launched("s3p0#0");
        driver.loses("e1");

        assertEquals(Map.of(), driver.core().placement.pools().slotsHeld());
    }

    @Test
    void stageSharedByTwoJobsIsServedInTheNameOfTheFirstThenOfTheOther() {
        DriverScript driver = fair(Map.of(), executor("e1", 2))
                .submit(job(1).with("kindling.scheduler.pool", "a")
                        .mapStage(0, 6, 1)
                        .resultStage(11, 1, 0)
                        .build())
                .submit(job(2).with("kindling.scheduler.pool", "b")
                        .mapStage(0, 6, 1)
                        .resultStage(12, 1, 0)
                        .build());
        assertEquals(Map.of("a", 2), driver.core().placement.pools().slotsHeld());

        driver.on(new DriverEvent.CancelJob(1, "asked")).finishes("s0p0#0");

        assertEquals(Map.of("a", 1, "b", 1), driver.core().placement.pools().slotsHeld());
        driver.finishAll(0).finishAll(0).finishAll(0).finishAll(12).says("complete job 2");
        assertEquals(Map.of(), driver.core().placement.pools().slotsHeld());
    }

    // ---- one attempt a task -----------------------------------------------------------------------------------------

    @Test
    void attemptThatRanWhenAnInputWasLostGoesOnAndItsResultCounts() {
        DriverScript driver =
                DriverScript.with(executor("e1", 2), executor("e2", 2)).submit(2, 2);
        driver.finishAll(0);
        driver.fails("s1p0#0", fetchFailed("s0p0#0", driver.executorOfOutput(0)));
        driver.launched("s0p0#1").notLaunched("s1p0#1").notLaunched("s1p1#1");

        driver.finishes("s1p1#0").delivered(1);

        driver.finishes("s0p0#1").launched("s1p0#1").notLaunched("s1p1#1");
        driver.finishes("s1p0#1").delivered(1, 0).says("complete job 1");
    }

    @Test
    void cancelledAttemptOfASharedStageIsNotTriedAgain() {
        DriverScript driver = DriverScript.with(executor("e1", 2))
                .submit(job(1).mapStage(0, 2, 1).resultStage(11, 1, 0).build())
                .on(new DriverEvent.CancelJob(1, "asked"));

        driver.fails("s0p0#0", new TaskFailure.Cancelled("asked")).notLaunched("s0p0#1");
        driver.finishes("s0p1#0").notLaunched("s0p1#1");

        driver.submit(job(2).mapStage(0, 2, 1).resultStage(12, 1, 0).build())
                .launched("s0p0#1")
                .launched("s0p1#1");
    }

    // ---- groups and tags --------------------------------------------------------------------------------------------

    @Test
    void jobsAreCancelledByGroupTagAndNumberAndTheErrorSaysByWhom() {
        DriverScript driver = DriverScript.with(executor("e1", 8));
        for (int job = 1; job <= 6; job++) {
            driver.submit(job(job).with("kindling.jobGroup.id", job < 3 ? "nightly" : "other")
                    .with("kindling.job.tags", job == 3 ? "a,b" : "a" + job)
                    .resultStage(job, 1)
                    .build());
        }
        driver.forgetEffects();

        driver.on(new DriverEvent.CancelJobs(new JobSelection.ByGroup("nightly"), "cancelJobGroup at Main.java:7"))
                .says("fail job 1 CANCELLED: job 1 (lesson) was cancelled: its group 'nightly' was cancelled by"
                        + " cancelJobGroup at Main.java:7")
                .says("fail job 2 CANCELLED")
                .neverSays("fail job");
        driver.on(new DriverEvent.CancelJobs(new JobSelection.ByTag("b"), "cancelJobsWithTag at Main.java:8"))
                .says("fail job 3 CANCELLED: job 3 (lesson) was cancelled: jobs with tag 'b' were cancelled by")
                .neverSays("fail job");
        driver.on(new DriverEvent.CancelJobs(new JobSelection.ById(4), "cancelJob at Main.java:9"))
                .says("fail job 4 CANCELLED")
                .neverSays("fail job");
        driver.on(new DriverEvent.CancelJobs(new JobSelection.All(), "cancelAllJobs at Main.java:10"))
                .says("fail job 5 CANCELLED")
                .says("fail job 6 CANCELLED");
        driver.on(new DriverEvent.CancelJobs(new JobSelection.ById(9), "cancelJob at Main.java:11"))
                .submit(job(9).resultStage(9, 1).build())
                .launched("s9p0#0");
    }

    @Test
    void jobThatIsNotToBeInterruptedIsOnlyAskedToStop() {
        DriverScript driver = DriverScript.with(executor("e1", 2))
                .submit(job(1).with("kindling.job.interruptOnCancel", "false")
                        .resultStage(0, 1)
                        .build())
                .submit(job(2).resultStage(1, 1).build())
                .on(new DriverEvent.CancelJobs(new JobSelection.All(), "cancelAllJobs at Main.java:7"));

        assertEquals(
                List.of(false, true),
                driver.sent(Frame.CancelAttempt.class)
                        .map(Frame.CancelAttempt::isInterrupting)
                        .toList());
    }

    @Test
    void propertiesOfAJobTravelWithItsTasks() {
        DriverScript driver = DriverScript.with(executor("e1", 2))
                .submit(job(1).with("tenant", "a").resultStage(0, 1).build());

        assertEquals(Map.of("tenant", "a"), driver.launch("s0p0#0").properties());
    }

    // ---- attempts that ignore their cancellation ------------------------------------------------------------------

    @Test
    void executorOfAnAttemptThatIgnoresItsCancellationIsReplacedAndItsNeighboursRunAgainUncharged() {
        DriverScript driver = DriverScript.with(executor("e1", 2))
                .submit(job(1).resultStage(0, 1).build())
                .submit(job(2).resultStage(1, 1).build())
                .on(new DriverEvent.CancelJob(1, "asked"));

        driver.stuck("e1", "s0p0#0", 9_000).neverSays("ignores");
        driver.stuck("e1", "s0p0#0", 10_000)
                .says("s0p0#0 on e1 ignores its cancellation for 10000 ms")
                .says("release e1: attempt s0p0#0 was cancelled 10000 ms ago and ignores interrupts")
                .says("replace e1");

        assertTrue(driver.effects().stream()
                .noneMatch(effect -> Sentences.of(effect).contains("charged: ")
                        && !Sentences.of(effect).contains("not charged: ")));
        driver.registers(executor("e2", 2), 1).launched("s1p0#1").notLaunched("s0p0#1");
        driver.finishes("s1p0#1").says("complete job 2");
    }

    @Test
    void stuckAttemptInTheDriversOwnProcessIsSaidOnceAndKeepsItsSlot() {
        DriverSettings local =
                DriverSettings.defaults().with(SchedulingSettings.defaults().stuckAfter(10_000, false));
        DriverScript driver = DriverScript.with(local, executor("e1", 2))
                .submit(job(1).resultStage(0, 1).build())
                .on(new DriverEvent.CancelJob(1, "asked"))
                .forgetEffects();

        driver.stuck("e1", "s0p0#0", 10_000).says("s0p0#0 on e1 ignores its cancellation for 10000 ms and keeps its");
        driver.stuck("e1", "s0p0#0", 11_000).neverSays("ignores").neverSays("release");

        driver.submit(job(2).resultStage(1, 2).build()).launched("s1p0#0").notLaunched("s1p1#0");
        driver.fails("s0p0#0", new TaskFailure.Cancelled("asked")).launched("s1p1#0");
    }

    @Test
    void reaperThatIsSwitchedOffLetsThemGoOn() {
        DriverSettings never =
                DriverSettings.defaults().with(SchedulingSettings.defaults().stuckAfter(0, true));
        DriverScript driver = DriverScript.with(never, executor("e1", 1))
                .submit(job(1).resultStage(0, 1).build())
                .on(new DriverEvent.CancelJob(1, "asked"))
                .forgetEffects();

        driver.stuck("e1", "s0p0#0", 3_600_000);

        assertEquals("", driver.sentences());
    }

    @Test
    void forgottenShuffleIsDroppedEverywhereOnceNoJobNeedsIt() {
        DriverScript driver = DriverScript.with(executor("e1", 2)).submit(1, 1);
        driver.finishAll(0).on(new DriverEvent.ForgetShuffle(0)).neverSays("DropShuffle");

        driver.finishAll(1);

        driver.says("complete job 1");
        assertEquals(1, driver.count(Frame.DropShuffle.class));
    }

    // ---- placement ----------------------------------------------------------------------------------------------

    @Test
    void workIsSpreadOverTheExecutorsWithTheMostFreeSlots() {
        DriverScript driver = DriverScript.with(executor("e1", 4), executor("e2", 4));
        driver.submit(job(1).resultStage(0, 2).build());

        assertNotEquals(driver.placeOf("s0p0#0"), driver.placeOf("s0p1#0"));
    }

    @Test
    void launchesOfOneEventTravelInOneFrameAnExecutor() {
        DriverScript driver = DriverScript.with(executor("e1", 4), executor("e2", 4));

        driver.submit(job(1).resultStage(0, 20).build());

        assertEquals(8, driver.launchedCount());
        assertEquals(2, driver.count(Frame.LaunchTasks.class));
        assertEquals(2, driver.count(Frame.StageProgram.class));
    }

    @Test
    void programOfAStageTravelsOnceToAnExecutorHoweverManyTasksRunThere() {
        DriverScript driver = DriverScript.with(executor("e1", 4), executor("e2", 4))
                .submit(job(1).resultStage(0, 20).build());

        driver.finishAll(0).finishAll(0).finishAll(0).says("complete job 1");

        assertEquals(20, driver.launchedCount());
        assertEquals(2, driver.count(Frame.StageProgram.class));
    }

    @Test
    void tasksRunWhereTheirInputLiesByTheNameThatTheLauncherGivesTheNode() {
        DriverScript driver = DriverScript.with(executor("e1", 1, "10.0.0.1"));
        driver.asksFor("e2", new ExecutorPlace("a", false)).registers(executor("e2", 1, "10.0.0.2"), 1);

        driver.submit(job(1).preferring("a").resultStage(0, 1).build());

        assertEquals("e2", driver.placeOf("s0p0#0"));
    }

    @Test
    void taskGoesWhereItsInputLies() {
        DriverScript driver = DriverScript.with(executor("e1", 2, "a"), executor("e2", 2, "b"));
        driver.submit(job(1).preferring("b", "a").resultStage(0, 4).build());

        assertEquals(
                List.of("e2", "e1", "e2", "e1"),
                List.of(
                        driver.placeOf("s0p0#0"),
                        driver.placeOf("s0p1#0"),
                        driver.placeOf("s0p2#0"),
                        driver.placeOf("s0p3#0")));
    }

    @Test
    void hostsOfTheInputAreToldForAsLongAsAStageReadsIt() {
        DriverScript driver = DriverScript.with(executor("e1", 2, "a"));

        driver.submit(job(1).preferring("b", "a", "b").resultStage(0, 3).build())
                .says("input lies on {a=1, b=2}")
                .submit(job(2).preferring("a").resultStage(1, 2).build())
                .says("input lies on {a=3, b=2}")
                .on(new DriverEvent.CancelJob(1, "enough"))
                .says("input lies on {a=2}")
                .on(new DriverEvent.CancelJob(2, "enough"))
                .says("input lies on {}");
    }

    @Test
    void hostsOfTheInputAreNotToldOfAStageThatWaitsForAShuffle() {
        DriverScript.with(executor("e1", 2, "a")).submit(2, 2).neverSays("input lies");
    }

    @Test
    void taskWaitsABoundedTimeForTheHostOfItsInput() {
        DriverScript driver = DriverScript.with(executor("e1", 1, "a"), executor("e2", 1, "b"));
        driver.submit(job(1).preferring("a").resultStage(0, 2).build());
        driver.launched("s0p0#0").notLaunched("s0p1#0");

        driver.passes(200);

        assertEquals("e2", driver.placeOf("s0p1#0"));
    }

    @Test
    void coreWaitsNoLongerThanTheStagesOwnTasksTakeHoweverManyOfThemFindTheirPlaces() {
        DriverScript driver = DriverScript.with(executor("e1", 4, "a"), executor("e2", 1, "b"))
                .submit(job(1).resultStage(0, 1).build())
                .submit(job(2).preferring("a").resultStage(1, 40).build());
        driver.finishes("s0p0#0").passes(400);
        int local = 0;
        while (driver.placesOf(1).stream().noneMatch("e2"::equals) && local < 12) {
            driver.finishesOneAt("e1").passes(100);
            local++;
        }

        assertTrue(local < 6, local + " tasks ended where their input lies before the idle core got one");
    }

    @Test
    void shortTasksWaitForNoPlace() {
        DriverScript driver = DriverScript.with(executor("e1", 1, "a"), executor("e2", 1, "b"));
        driver.submit(job(1).preferring("a").resultStage(0, 20).build()).passes(200);
        assertEquals("e2", driver.placeOf("s0p1#0"));
        for (int task = 0; task < 6; task++) {
            driver.jumps(5).finishesOneAt("e1");
        }

        driver.finishes("s0p1#0");

        assertEquals(2, driver.placesOf(0).size());
    }

    @Test
    void waitForAPlaceHasACap() {
        DriverScript driver = DriverScript.with(executor("e1", 1, "a"), executor("e2", 1, "b"));
        driver.submit(job(1).preferring("a").resultStage(0, 9).build()).passesAlive(60_000);
        assertEquals(2, driver.placesOf(0).size(), "after the first wait");
        driver.finishAll(0).launched("s0p2#0");

        driver.passes(400);
        assertEquals(1, driver.placesOf(0).size(), "within the cap of 500 ms");
        driver.passes(200);
        assertEquals(2, driver.placesOf(0).size(), "beyond it");
    }

    @Test
    void coreWaitsForHalfOfWhatATaskTakes() {
        DriverScript driver = DriverScript.with(executor("e1", 1, "a"), executor("e2", 1, "b"));
        driver.submit(job(1).preferring("a").resultStage(0, 9).build()).passes(900);
        assertEquals(2, driver.placesOf(0).size(), "after the first wait");
        driver.finishAll(0).launched("s0p2#0");

        driver.passes(200);
        assertEquals(1, driver.placesOf(0).size(), "half of 512 ms, which the median is not below");
        driver.passes(200);
        assertEquals(2, driver.placesOf(0).size(), "beyond it");
    }

    @Test
    void taskDoesNotWaitForAHostWithoutExecutor() {
        DriverScript driver = DriverScript.with(executor("e1", 2, "a"));

        driver.submit(job(1).preferring("elsewhere").resultStage(0, 2).build());

        driver.launched("s0p0#0").launched("s0p1#0");
    }

    // ---- failures -----------------------------------------------------------------------------------------------

    @Test
    void failedTaskIsTriedAgainOnAnotherExecutor() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1), executor("e2", 1)).submit(1, 1);
        String first = driver.placeOf("s0p0#0");

        driver.fails("s0p0#0", userError("boom"));

        driver.launched("s0p0#1");
        assertNotEquals(first, driver.placeOf("s0p0#1"));
    }

    @Test
    void fourthFailureEndsTheJobWithTheUsersWordsFirstAndSaysWhereItHappened() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1), executor("e2", 1)).submit(1, 1);
        for (int attempt = 0; attempt < 4; attempt++) {
            driver.neverSays("fail job")
                    .fails("s0p0#" + attempt, userError("boom"))
                    .passesAlive(4_000);
        }

        driver.says("fail job 1 USER_CODE_FAILED: java.lang.IllegalStateException: boom [task s0p0#3: partition 0 of 1"
                + " of stage 0 (groupByKey at Lesson.java:10), on executor e");
        assertTrue(driver.effects().stream()
                .map(Sentences::of)
                .anyMatch(line -> line.contains("failure 4 of 4 allowed; the same failure on executors e1, e2]")));
    }

    @Test
    void failureSaysOnWhichLineOfTheUsersCodeItWasThrown() {
        String stack = """
            java.lang.NumberFormatException: For input string: "x"
            \tat java.base/java.lang.Integer.parseInt(Integer.java:652)
            \tat app//org.example.App.lambda$main$0(App.java:12)
            \tat app//dev.kindling.executor.operator.RowSteps.map(RowSteps.java:70)
            """;
        DriverScript driver = DriverScript.with(executor("e1", 1))
                .submit(job(1).maxTaskFailures(1).resultStage(0, 1).build());

        driver.fails("s0p0#0", new TaskFailure.UserError("java.lang.NumberFormatException", "x", stack, new byte[0]))
                .says("java.lang.NumberFormatException: x, thrown at App.java:12 [task s0p0#0: partition 0 of 1");
    }

    @Test
    void whatAnotherTryCannotCureIsNotTriedAgain() {
        for (TaskFailure failure : List.of(
                new TaskFailure.NotSerializable("field conn of class Foo"),
                new TaskFailure.ResultTooLarge("2 GiB", 1L << 31),
                new TaskFailure.InputOutput(ErrorCode.INPUT_NOT_FOUND, "no such file", true, ""))) {
            DriverScript driver = DriverScript.with(executor("e1", 2)).submit(1, 1);

            driver.fails("s0p0#0", failure);

            driver.says("fail job 1").notLaunched("s0p0#1");
        }
    }

    @Test
    void lossOfExecutorsIsNotChargedToTheTasksThatRanThere() {
        DriverScript driver = DriverScript.with(executor("e0", 2))
                .submit(job(1).resultStage(0, 2).maxTaskFailures(1).build());

        driver.registers(executor("e1", 2), 1).loses("e0");

        driver.says("has failed, not charged").neverSays("fail job");
        assertEquals("e1", driver.placeOf("s0p0#1"));
        assertEquals("e1", driver.placeOf("s0p1#1"));
    }

    @Test
    void taskUnderWhichExecutorsAreKilledRunsAloneAndThenAnswersForIt() {
        DriverScript driver = DriverScript.with(executor("e0", 2));
        driver.submit(job(1).resultStage(0, 2).maxTaskFailures(2).build());
        for (int death = 0; death < 2; death++) {
            driver.registers(executor("e" + (death + 1), 2), 1).exits("e" + death, 137);
        }

        assertEquals("e2", driver.placeOf("s0p0#2"));
        driver.notLaunched("s0p1#2").exits("e2", 137);
        driver.registers(executor("e3", 2), 1);
        driver.neverSays("fail job").launched("s0p0#3").exits("e3", 137);

        driver.says("fail job 1 EXECUTORS_LOST: executor e3 was lost: exit code 137 (SIGKILL)");
    }

    @Test
    void deathThatIsNotExplainedYetIsToldWithTheReasonOfTheOneBefore() {
        DriverScript driver = DriverScript.with(executor("e0", 2));
        driver.submit(job(1).resultStage(0, 1).maxTaskFailures(2).build());
        for (int death = 0; death < 3; death++) {
            driver.registers(executor("e" + (death + 1), 2), 1)
                    .loses("e" + death)
                    .exits("e" + death, 137);
        }

        driver.neverSays("fail job").loses("e3");

        driver.says("; executor e2 before it: exit code 137 (SIGKILL)");
    }

    @Test
    void taskThatFillsTheHeapIsFoundByRunningTheSuspectsAloneAndFailsWithTheFourthDeath() {
        DriverScript driver = DriverScript.with(executor("e0", 2));
        driver.submit(job(1).resultStage(0, 1).build())
                .submit(job(2).resultStage(1, 1).build());

        driver.registers(executor("e1", 2), 1).registers(executor("e2", 2), 1).exits("e0", 3);

        driver.says("s0p0#0 has failed, not charged").says("s1p0#0 has failed, not charged");
        assertNotEquals(driver.placeOf("s0p0#1"), driver.placeOf("s1p0#1"));
        driver.finishes("s1p0#1").says("complete job 2");
        for (int death = 1; death < 4; death++) {
            driver.neverSays("fail job 1").registers(executor("r" + death, 2), 1);
            driver.exits(driver.placeOf("s0p0#" + death), 3).says("s0p0#" + death + " has failed, charged: executor");
        }
        driver.says("failure 4 of 4 allowed").notLaunched("s0p0#4");
    }

    @Test
    void neighboursOfATaskThatCallsExitAreNeverCharged() {
        DriverScript driver = DriverScript.with(executor("e0", 4));
        driver.submit(job(1).resultStage(0, 4).maxTaskFailures(1).build());

        driver.registers(executor("e1", 4), 1).exits("e0", 42);

        for (int partition = 0; partition < 4; partition++) {
            driver.says("s0p" + partition + "#0 has failed, not charged");
        }
        driver.finishes("s0p0#1").finishes("s0p1#1").finishes("s0p2#1");
        driver.exits("e1", 42).says("fail job 1 EXECUTORS_LOST: executor e1 was lost: exit code 42: a task called");
    }

    /** It runs alone now; but what is killed from outside proves nothing, unless it is killed under it time and again. */
    @Test
    void taskThatEndedAnExecutorIsNotChargedWithOneThatIsKilled() {
        DriverScript driver = DriverScript.with(executor("e0", 2));
        driver.submit(job(1).resultStage(0, 1).maxTaskFailures(2).build());
        driver.registers(executor("e1", 2), 1).exits("e0", 3).says("s0p0#0 has failed, charged: executor e0");

        driver.registers(executor("e2", 2), 1).exits("e1", 137).says("s0p0#1 has failed, not charged");

        driver.registers(executor("e3", 2), 1).exits("e2", 137).says("s0p0#2 has failed, not charged");
        driver.neverSays("fail job").exits("e3", 137).says("fail job 1 EXECUTORS_LOST");
    }

    /** Three deaths of which a neighbour was the cause are not charged because of a fourth that was a kill. */
    @Test
    void killedTaskIsChargedWithTheKillsOnly() {
        DriverScript driver = DriverScript.with(executor("e0", 2));
        driver.submit(job(1).resultStage(0, 2).maxTaskFailures(2).build());
        driver.registers(executor("e1", 2), 1).exits("e0", 42).says("s0p0#0 has failed, not charged");
        driver.registers(executor("e2", 2), 1).finishes("s0p1#1");

        driver.exits("e1", 137).says("s0p0#1 has failed, not charged");
        driver.registers(executor("e3", 2), 1).exits("e2", 137).says("s0p0#2 has failed, not charged");

        driver.registers(executor("e4", 2), 1).exits("e3", 137);
        driver.says("s0p0#3 has failed, charged: executor e3").neverSays("fail job");
    }

    /** Slots that others fill as soon as they are free would never leave an executor empty. */
    @Test
    void suspectThatOthersKeepWaitingGetsAnExecutorThatTakesNothingElse() {
        DriverScript driver = DriverScript.with(executor("e0", 2), executor("e1", 2));
        driver.submit(job(1).resultStage(0, 1).build())
                .submit(job(2).resultStage(1, 100).build());
        driver.registers(executor("e2", 2), 1).exits(driver.placeOf("s0p0#0"), 42);

        for (int second = 0; second < 6; second++) {
            driver.finishesOneAt("e1").finishesOneAt("e2").passesAlive(1_000);
        }
        driver.notLaunched("s0p0#1").finishesOneAt("e2").finishesOneAt("e1");

        assertEquals("e1", driver.placeOf("s0p0#1"));
        driver.finishes("s0p0#1").says("complete job 1");
    }

    @Test
    void executorThatEndsOnPurposeMakesNoTaskASuspect() {
        DriverScript driver = DriverScript.with(executor("e0", 1));
        driver.submit(job(1).resultStage(0, 1).maxTaskFailures(1).build());
        ExitReason ended = ExitReasons.ofProcess(
                5, MemoryMap.ofProcess(64 << 20, 1), "executor ends with exit code 5: attempt s9p9#0 hangs");

        for (int end = 0; end < 5; end++) {
            driver.registers(executor("e" + (end + 1), 1), 1);
            driver.on(new DriverEvent.ExecutorExited("e" + end, ended)).says("has failed, not charged");
        }

        driver.neverSays("fail job");
    }

    @Test
    void lossSaysHowMuchMemoryWasInUseAtTheLastHeartbeat() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);
        driver.heartbeatsOf("e1", 50L << 20, 180L << 20, "s0p0#0");

        driver.exits("e1", 3);

        driver.says("executor e1 is lost: exit code 3: its heap of 64 MiB was full (at its last heartbeat 50 MiB of its"
                + " heap were in use and 180 MiB of memory altogether); raise the memory");
    }

    @Test
    void memoryInUseIsToldWhenItHasChangedAndNowAndThen() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);

        driver.heartbeatsOf("e1", 10L << 20, 90L << 20).says("executor e1 uses 10485760 bytes of heap");
        driver.heartbeatsOf("e1", 11L << 20, 91L << 20).neverSays("bytes of heap");
        driver.heartbeatsOf("e1", 15L << 20, 91L << 20).says("executor e1 uses 15728640 bytes of heap");
        for (int second = 0; second < 15; second++) {
            driver.passes(2_000).heartbeatsOf("e1", 15L << 20, 91L << 20);
        }
        driver.says("executor e1 uses 15728640 bytes of heap");
    }

    @Test
    void silenceOfAnExecutorWhoseHeapIsFullPointsToGarbageCollection() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.heartbeatsOf("e1", 63L << 20, 0).heartbeatsOf("e2", 1L << 20, 0);

        driver.passes(12_000);

        driver.says("e1 is lost: no sign of life for 10.0 s").says("e2 is lost: no sign of life for 10.0 s");
        List<String> told = driver.effects().stream().map(Sentences::of).toList();
        assertTrue(told.stream().anyMatch(line -> line.contains("e1 is lost") && line.contains("collecting garbage")));
        assertTrue(told.stream().anyMatch(line -> line.contains("e2 is lost") && line.contains("lostAfterMs")));
    }

    @Test
    void exitThatIsSeenAfterTheConnectionEndedIsTold() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.loses("e1").says("e1 is lost: its connection ended: end of stream");

        driver.exits("e1", 137).says("executor e1 was lost because: exit code 137 (SIGKILL)");
        driver.exits("e1", 137).neverSays("was lost because");
    }

    @Test
    void endByTheDriversOwnHandDoesNotHideWhyItWasGivenUp() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        for (int second = 0; second < 12; second++) {
            driver.heartbeats("e2").passes(1_000);
        }
        driver.says("executor e1 is lost: no sign of life");

        driver.exits("e1", 137).neverSays("was lost because");
    }

    @Test
    void jobThatDiesOfFetchFailuresSaysWhyTheExecutorsWent() {
        DriverScript driver = DriverScript.with(executor("e0", 1), executor("r", 1));
        driver.submit(1, 1);
        for (int round = 0; round < 4; round++) {
            driver.finishes("s0p0#" + round);
            String holder = driver.executorOfOutput(0);
            driver.registers(executor("e" + (round + 1), 1), 1).neverSays("fail job");
            // The reader notices first; its process is reaped a little later.
            driver.fails("s1p0#" + round, fetchFailed("s0p0#" + round, holder)).forgetEffects();
            if (round < 3) {
                driver.exits(holder, 3);
            }
        }

        DriverEffect.FailJob failure = (DriverEffect.FailJob) driver.effects().stream()
                .filter(DriverEffect.FailJob.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertTrue(failure.message().contains("was lost: exit code 3: its heap of 64 MiB was full"), failure.message());
        assertEquals(
                ExitReason.Kind.HEAP_EXHAUSTED, failure.exit().orElseThrow().kind());
    }

    private static TaskFailure full(String executorId) {
        return new TaskFailure.ScratchFull("no local directory takes scratch file x of 100 bytes: /" + executorId);
    }

    @Test
    void attemptThatFindsTheDiskFullRunsElsewhereAndIsNotCharged() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.submit(job(1).resultStage(0, 1).maxTaskFailures(1).build());
        String first = driver.placeOf("s0p0#0");

        driver.fails("s0p0#0", full(first)).says("has failed, not charged: no local directory takes");

        assertNotEquals(first, driver.placeOf("s0p0#1"));
    }

    @Test
    void executorWhoseDisksAreFullGetsNoTaskForAMinute() {
        DriverScript driver = DriverScript.with(executor("e1", 2), executor("e2", 2));
        driver.submit(job(1).resultStage(0, 4).build());
        driver.fails("s0p0#0", full("e1")).neverSays("gets no task");
        driver.fails("s0p2#0", full("e1"));

        driver.says("executor e1 gets no task for 60000 ms");
        driver.finishes("s0p1#0").finishes("s0p3#0");
        assertEquals("e2", driver.placeOf("s0p0#1"));
        assertEquals("e2", driver.placeOf("s0p2#1"));
        driver.finishes("s0p0#1").finishes("s0p2#1").says("complete job 1");

        driver.submit(job(2).resultStage(1, 2).build());
        assertEquals("e2", driver.placeOf("s1p0#0"));
        assertEquals("e2", driver.placeOf("s1p1#0"));
        driver.passesAlive(60_500).submit(job(3).resultStage(2, 1).build());
        assertEquals("e1", driver.placeOf("s2p0#0"));
    }

    @Test
    void jobFailsAsSoonAsAllDisksAreFull() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.submit(job(1).resultStage(0, 2).build());
        driver.fails("s0p0#0", full(driver.placeOf("s0p0#0")));
        driver.on(new DriverEvent.GarbageCollected());
        driver.fails("s0p1#0", full(driver.placeOf("s0p1#0")));
        driver.fails("s0p0#1", full(driver.placeOf("s0p0#1"))).neverSays("fail job");

        driver.fails("s0p1#1", full(driver.placeOf("s0p1#1")));

        driver.says("fail job 1 SCRATCH_FULL: no local directory takes scratch file x of 100 bytes");
    }

    @Test
    void firstFullDiskHasGarbageCollectedAndNoJobFailsBeforeThatIsOver() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);
        driver.finishes("s0p0#0")
                .finishes("s1p0#0")
                .submit(job(2).resultStage(5, 1).build());

        driver.fails("s5p0#0", full("e1")).says("find out what the program has let go of");
        driver.passesAlive(600).fails("s5p0#1", full("e1")).passesAlive(600).fails("s5p0#2", full("e1"));
        driver.neverSays("fail job");

        driver.on(new DriverEvent.ForgetShuffle(0)).on(new DriverEvent.GarbageCollected());
        driver.passesAlive(600).finishes("s5p0#3").says("complete job 2");
    }

    @Test
    void fullDiskThatAnAttemptMetBeforeFilesWereDeletedSaysNothingOfThePresent() {
        DriverScript driver = DriverScript.with(executor("e1", 3)).submit(1, 1);
        driver.finishes("s0p0#0")
                .finishes("s1p0#0")
                .submit(job(2).resultStage(5, 3).build());
        driver.fails("s5p0#0", full("e1"));
        driver.on(new DriverEvent.ForgetShuffle(0)).on(new DriverEvent.GarbageCollected());

        driver.fails("s5p1#0", full("e1")).fails("s5p2#0", full("e1")).neverSays("gets no task");

        driver.passesAlive(600).finishes("s5p0#1").finishes("s5p1#1").finishes("s5p2#1");
        driver.says("complete job 2");
    }

    @Test
    void garbageThatIsFoundIsLookedForAgainWhenDisksAreFullAgain() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);
        driver.finishes("s0p0#0")
                .finishes("s1p0#0")
                .submit(job(2).resultStage(5, 1).build());
        driver.fails("s5p0#0", full("e1")).says("find out what the program has let go of");
        driver.on(new DriverEvent.ForgetShuffle(0)).on(new DriverEvent.GarbageCollected());

        driver.passesAlive(600).fails("s5p0#1", full("e1")).says("find out what the program has let go of");
        driver.on(new DriverEvent.GarbageCollected());
        driver.passesAlive(600)
                .fails("s5p0#2", full("e1"))
                .neverSays("find out")
                .says("fail job 2 SCRATCH_FULL");
    }

    @Test
    void garbageIsCollectedOnceAMinuteWhenNoneIsFound() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.submit(job(1).resultStage(0, 1).build());
        driver.fails("s0p0#0", full("e1"));
        driver.on(new DriverEvent.GarbageCollected());

        driver.says("find out what the program has let go of").passesAlive(600);
        driver.fails("s0p0#1", full("e1")).neverSays("find out").says("fail job 1 SCRATCH_FULL");

        driver.passesAlive(60_000).submit(job(2).resultStage(1, 1).build());
        driver.fails("s1p0#0", full("e1")).says("find out what the program has let go of");
    }

    @Test
    void filesThatAreDeletedMakeRoomForTasksAgain() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1), executor("e2", 1)).submit(2, 1);
        driver.finishAll(0).finishAll(1).submit(job(2).resultStage(5, 4).build());
        String full = driver.placeOf("s5p0#0");
        driver.fails("s5p0#0", full(full));
        driver.fails(full.equals(driver.placeOf("s5p1#0")) ? "s5p1#0" : "s5p2#0", full(full))
                .says("gets no task");

        driver.passes(100);
        assertEquals(1, driver.core().believedAttempts().size());

        driver.on(new DriverEvent.ForgetShuffle(0)).says("DropShuffle 0").passes(100);

        assertEquals(2, driver.core().believedAttempts().size());
    }

    @Test
    void notAcceptedAttemptIsOfferedAgainAfterAPause() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);

        driver.fails("s0p0#0", new TaskFailure.NotAccepted("draining")).notLaunched("s0p0#1");

        driver.passes(500).launched("s0p0#1");
    }

    // ---- map outputs --------------------------------------------------------------------------------------------

    @Test
    void fetchFailureRebuildsOnlyTheMissingMapOutput() {
        DriverScript driver =
                DriverScript.with(executor("e1", 4), executor("e2", 4)).submit(3, 2);
        String holder = driver.placeOf("s0p2#0");
        driver.finishAll(0).forgetEffects();

        driver.fails("s1p0#0", fetchFailed("s0p2#0", holder));

        driver.says("DropMapOutput s0p2#0").says("map outputs [2] of shuffle 0 are lost");
        driver.launched("s0p2#1").nothingElseLaunched().notLaunched("s1p0#1");
        assertNotEquals(holder, driver.placeOf("s0p2#1"));
        driver.finishes("s0p2#1").launched("s1p0#1");
    }

    /** Two executors that do not reach each other: whichever of them reads, the other has some of it. */
    @Test
    void taskThatCouldNotReadItsInputOnTwoExecutorsIsTriedOnTheThird() {
        DriverScript driver = DriverScript.with(executor("e1", 4), executor("e2", 4), executor("e3", 4))
                .submit(3, 1);
        driver.finishAll(0);
        String reader = driver.placeOf("s1p0#0");
        List<String> readers = new ArrayList<>(List.of(reader));
        for (int attempt = 0; attempt < 2; attempt++) {
            int map = attempt;
            driver.fails("s1p0#" + attempt, fetchFailed("s0p" + map + "#0", driver.executorOfOutput(map)));
            driver.finishes("s0p" + map + "#1");
            readers.add(driver.placeOf("s1p0#" + (attempt + 1)));
        }

        assertEquals(3, new TreeSet<>(readers).size(), readers + " read, although others had not");
    }

    /** Its readers name one output at a time; one death must not cost a rebuild for each, let alone the job. */
    @Test
    void secondUnreadableOutputOfAnExecutorTakesAllOfThatShuffleWithIt() {
        DriverScript driver =
                DriverScript.with(executor("e1", 4), executor("e2", 4)).submit(8, 2);
        driver.finishAll(0);
        List<Integer> held = new ArrayList<>();
        for (int map = 0; map < 8; map++) {
            if (driver.executorOfOutput(map).equals("e1")) {
                held.add(map);
            }
        }

        driver.fails("s1p0#0", fetchFailed("s0p" + held.get(0) + "#0", "e1"))
                .finishes("s0p" + held.get(0) + "#1")
                .forgetEffects()
                .fails("s1p0#1", fetchFailed("s0p" + held.get(1) + "#0", "e1"));

        driver.says("map outputs " + held.subList(1, held.size()) + " of shuffle 0 are lost");
    }

    @Test
    void fetchFailureOfAnEarlierAttemptsOutputDropsNothing() {
        DriverScript driver =
                DriverScript.with(executor("e1", 4), executor("e2", 4)).submit(1, 2);
        driver.finishAll(0)
                .fails("s1p0#0", fetchFailed("s0p0#0", "e1"))
                .finishes("s0p0#1")
                .forgetEffects();

        driver.fails("s1p1#0", fetchFailed("s0p0#0", "e1"));

        driver.neverSays("are lost").launched("s1p1#1").notLaunched("s0p0#2");
    }

    @Test
    void fetchFailureIsNotChargedToTheTask() {
        DriverScript driver = DriverScript.with(executor("e1", 4), executor("e2", 4));
        driver.submit(
                job(1).mapStage(0, 1, 1).resultStage(1, 1, 0).maxTaskFailures(1).build());

        driver.finishAll(0).fails("s1p0#0", fetchFailed("s0p0#0", "e1"));

        driver.says("s1p0#0 has failed, not charged").neverSays("fail job").launched("s0p0#1");
    }

    @Test
    void inputThatCannotBeReadFourTimesInARowEndsTheJob() {
        DriverScript driver =
                DriverScript.with(executor("e1", 4), executor("e2", 4)).submit(1, 1);
        for (int round = 0; round < 4; round++) {
            driver.neverSays("fail job").finishes("s0p0#" + round);
            driver.fails("s1p0#" + round, fetchFailed("s0p0#" + round, driver.executorOfOutput(0)));
        }

        driver.says("fail job 1 TASK_FAILED: the output of map partition 0 of shuffle 0 could not be read 4 times in a"
                + " row");
    }

    /** Several executors may die one after the other: only what was written anew and could not be read again counts. */
    @Test
    void differentOutputsThatCannotBeReadDoNotEndTheJob() {
        DriverScript driver =
                DriverScript.with(executor("e1", 8), executor("e2", 8)).submit(6, 1);
        driver.finishAll(0);

        for (int map = 0; map < 6; map++) {
            driver.fails("s1p0#" + map, fetchFailed("s0p" + map + "#0", driver.executorOfOutput(map)))
                    .passesAlive(61_000)
                    .finishes("s0p" + map + "#1");
        }

        driver.neverSays("fail job");
    }

    @Test
    void lostExecutorTakesItsMapOutputsWithIt() {
        DriverScript driver =
                DriverScript.with(executor("e1", 2), executor("e2", 2)).submit(4, 2);
        driver.finishes("s0p0#0")
                .finishes("s0p1#0")
                .finishes("s0p2#0")
                .finishes("s0p3#0")
                .forgetEffects();

        driver.loses("e1");

        driver.says("map outputs [0, 2] of shuffle 0 are lost").launched("s0p0#1");
        assertEquals("e2", driver.placeOf("s1p1#0"));
        driver.finishes("s1p1#0")
                .finishes("s0p0#1")
                .finishes("s0p2#1")
                .finishes("s1p0#1")
                .says("complete job 1");
    }

    @Test
    void lostOutputsThatNobodyReadsAreNotRebuilt() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1), executor("e2", 1)).submit(2, 1);
        driver.finishAll(0).finishAll(1).forgetEffects();

        driver.loses("e1").nothingElseLaunched();

        driver.submit(job(2).mapStage(0, 2, 1).resultStage(2, 1, 0).build()).launched("s0p0#1");
    }

    @Test
    void lossReachesBackThroughSeveralShuffles() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.submit(job(1).mapStage(0, 2, 2)
                .mapStage(1, 2, 1, 0)
                .resultStage(2, 1, 1)
                .build());
        driver.finishAll(0).finishAll(1).forgetEffects();
        String survivor = driver.placeOf("s2p0#0");

        driver.loses(survivor.equals("e1") ? "e2" : "e1");

        driver.notLaunched("s1p0#1").notLaunched("s1p1#1");
        driver.finishes("s2p0#0").says("complete job 1");
    }

    // ---- map outputs that come back with other rows -------------------------------------------------------------

    private static TaskResult.MapWritten mapWritten(int shuffleId, int reduces, long rowCount, long rowDigest) {
        long[] bytes = new long[reduces];
        Arrays.fill(bytes, 100);
        return new TaskResult.MapWritten(shuffleId, bytes, rowCount, rowDigest);
    }

    /** Two map tasks, two results; the first result, or none, is there when output 1 is lost and computed again. */
    private static DriverScript withLostOutput(JobGraph job, boolean isOneDelivered) {
        DriverScript driver = DriverScript.with(executor("e1", 4), executor("e2", 4));
        driver.submit(job).finishAll(0);
        if (isOneDelivered) {
            driver.finishes("s1p0#0");
        }
        driver.fails("s1p1#0", fetchFailed("s0p1#0", driver.executorOfOutput(1)));
        return driver.launched("s0p1#1").forgetEffects();
    }

    private static JobGraph readOnce() {
        return job(1).mapStage(0, 2, 2).resultStage(1, 2, 0).build();
    }

    @Test
    void otherRowsAfterAResultFromTheEarlierOnesFailTheJobWithWordsThatHelp() {
        DriverScript driver = withLostOutput(readOnce(), true);

        driver.finishes("s0p1#1", mapWritten(0, 2, 1, 2))
                .says("fail job 1 NON_DETERMINISTIC: map partition 1 of stage 0 (groupByKey at Lesson.java:10) is not"
                        + " deterministic: its output by attempt s0p1#0 was lost, and attempt s0p1#1 has written other"
                        + " rows. Result partition 0 of job 1")
                .notLaunched("s1p1#1");
        assertTrue(driver.core().isIdle());
    }

    @Test
    void otherNumberOfRowsIsEnoughToBeOtherRows() {
        withLostOutput(readOnce(), true)
                .finishes("s0p1#1", mapWritten(0, 2, 2, 1))
                .says("fail job 1 NON_DETERMINISTIC");
    }

    @Test
    void equalRowsOfARebuiltOutputDisturbNobody() {
        DriverScript driver = withLostOutput(readOnce(), true);

        driver.finishes("s0p1#1").launched("s1p1#1").finishes("s1p1#1").says("complete job 1");

        driver.delivered(0, 1);
    }

    @Test
    void otherRowsThatNoFinishedTaskHasReadTheEarlierOnesOfAreAccepted() {
        DriverScript driver = withLostOutput(readOnce(), false);

        driver.finishes("s0p1#1", mapWritten(0, 2, 1, 2)).launched("s1p1#1");

        driver.finishes("s1p0#1").finishes("s1p1#1").says("complete job 1");
        driver.delivered(0, 1);
    }

    @Test
    void attemptThatRunsWithTheEarlierRowsIsBegunAnewAndItsOutcomeDoesNotCount() {
        DriverScript driver = withLostOutput(readOnce(), false);

        driver.finishes("s0p1#1", mapWritten(0, 2, 1, 2))
                .says("CancelAttempt s1p0#0")
                .says("s1p0#0 is stopped: s0p1#0 was rebuilt as s0p1#1 with other rows")
                .launched("s1p0#1");

        driver.finishes("s1p0#0").delivered();
    }

    @Test
    void outcomeThatComesBetweenTheLossAndTheOtherRowsIsOneFromTheEarlierRows() {
        withLostOutput(readOnce(), false)
                .finishes("s1p0#0")
                .neverSays("fail job")
                .finishes("s0p1#1", mapWritten(0, 2, 1, 2))
                .says("fail job 1 NON_DETERMINISTIC");
    }

    @Test
    void partFromTheEarlierRowsFailsTheSavingJobAndNothingOfItIsLeft() {
        DriverScript driver = DriverScript.with(executor("e1", 4), executor("e2", 4));
        driver.submit(
                job(1).mapStage(0, 2, 2).resultStage(1, 2, 0).savingTo("/out").build());
        driver.finishAll(0).finishes("s1p0#0", part("a0"));
        driver.fails("s1p1#0", fetchFailed("s0p1#0", driver.executorOfOutput(1)));

        driver.finishes("s0p1#1", mapWritten(0, 2, 1, 2)).says("/out").says("fail job 1 NON_DETERMINISTIC");
    }

    @Test
    void jobThatIsPublishingReadsNothingAnyMoreAndGoesOn() {
        DriverScript driver = DriverScript.with(executor("e1", 4), executor("e2", 4));
        driver.submit(
                job(1).mapStage(0, 1, 1).resultStage(1, 1, 0).savingTo("/out").build());
        driver.submit(job(2).mapStage(0, 1, 1).resultStage(2, 1, 0).build());
        driver.finishAll(0).finishes("s1p0#0", part("a0"));
        driver.fails("s2p0#0", fetchFailed("s0p0#0", driver.executorOfOutput(0)))
                .forgetEffects();

        driver.finishes("s0p0#1", mapWritten(0, 1, 1, 2)).neverSays("fail job");

        driver.on(new DriverEvent.OutputPublished(1)).says("complete job 1");
        driver.finishes("s2p0#1").says("complete job 2");
    }

    @Test
    void mapOutputsMadeFromTheEarlierRowsAreComputedAgain() {
        DriverScript driver = DriverScript.with(executor("e1", 8), executor("e2", 8));
        driver.submit(job(1).mapStage(0, 2, 2)
                .mapStage(1, 2, 1, 0)
                .resultStage(2, 1, 1)
                .build());
        driver.finishAll(0).finishes("s1p0#0");
        driver.fails("s1p1#0", fetchFailed("s0p1#0", driver.executorOfOutput(1)))
                .forgetEffects();

        driver.finishes("s0p1#1", mapWritten(0, 2, 1, 2))
                .says("DropMapOutput s1p0#0")
                .says("map outputs [0] of shuffle 1 are lost: s0p1#0 was rebuilt as s0p1#1 with other rows");

        driver.launched("s1p0#1").launched("s1p1#1").notLaunched("s2p0#0");
        driver.finishes("s1p0#1", mapWritten(1, 1, 1, 3)).finishes("s1p1#1").launched("s2p0#0");
        driver.finishes("s2p0#0").says("complete job 1");
    }

    @Test
    void otherRowsReachThroughMapOutputsToTheResultsMadeFromThem() {
        DriverScript driver = DriverScript.with(executor("e1", 8), executor("e2", 8));
        driver.submit(job(1).mapStage(0, 1, 1)
                .mapStage(1, 1, 2, 0)
                .resultStage(2, 2, 1)
                .build());
        driver.submit(job(2).mapStage(0, 1, 1).resultStage(3, 1, 0).build());
        driver.finishAll(0).finishAll(1).finishes("s2p0#0");
        driver.fails("s3p0#0", fetchFailed("s0p0#0", driver.executorOfOutput(0)));

        driver.finishes("s0p0#1", mapWritten(0, 1, 1, 2)).launched("s1p0#1").neverSays("fail job");
        driver.forgetEffects().finishes("s1p0#1", mapWritten(1, 2, 1, 2));

        driver.says("fail job 1 NON_DETERMINISTIC: map partition 0 of stage 1").neverSays("fail job 2");
        driver.finishes("s3p0#1").says("complete job 2");
    }

    @Test
    void sameOutputsMadeFromOtherRowsLetTheJobGoOn() {
        DriverScript driver = DriverScript.with(executor("e1", 8), executor("e2", 8));
        driver.submit(job(1).mapStage(0, 1, 1)
                .mapStage(1, 1, 2, 0)
                .resultStage(2, 2, 1)
                .build());
        driver.submit(job(2).mapStage(0, 1, 1).resultStage(3, 1, 0).build());
        driver.finishAll(0).finishAll(1).finishes("s2p0#0");
        driver.fails("s3p0#0", fetchFailed("s0p0#0", driver.executorOfOutput(0)));

        driver.finishes("s0p0#1", mapWritten(0, 1, 1, 2)).finishes("s1p0#1").finishes("s2p1#0");

        driver.says("complete job 1");
    }

    @Test
    void outputsOfAnIdleStageMadeFromTheEarlierRowsAreDroppedAndNotComputedUntilNeeded() {
        DriverScript driver = DriverScript.with(executor("e1", 8), executor("e2", 8));
        driver.submit(job(1).mapStage(0, 1, 1)
                .mapStage(1, 1, 1, 0)
                .resultStage(2, 1, 1)
                .build());
        driver.finishAll(0).finishAll(1).finishAll(2);
        driver.submit(job(2).mapStage(0, 1, 1).resultStage(3, 1, 0).build());
        driver.fails("s3p0#0", fetchFailed("s0p0#0", driver.executorOfOutput(0)))
                .forgetEffects();

        driver.finishes("s0p0#1", mapWritten(0, 1, 1, 2))
                .says("DropMapOutput s1p0#0")
                .launched("s3p0#1")
                .notLaunched("s1p0#1");

        driver.finishes("s3p0#1").says("complete job 2");
        driver.submit(job(3).mapStage(0, 1, 1)
                        .mapStage(1, 1, 1, 0)
                        .resultStage(4, 1, 1)
                        .build())
                .launched("s1p0#1");
    }

    // ---- executors ----------------------------------------------------------------------------------------------

    @Test
    void silentExecutorIsReportedThenLostThenRefused() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1), executor("e2", 1)).submit(1, 1);
        String busy = driver.placeOf("s0p0#0");
        String other = busy.equals("e1") ? "e2" : "e1";
        for (int second = 0; second < 12; second++) {
            driver.heartbeats(other).passes(1_000);
        }

        driver.says("executor " + busy + " is silent for 5000 ms");
        driver.says("executor " + busy + " is lost: no sign of life for 10.0 s");
        driver.says("release " + busy).says("replace " + busy);
        assertEquals(other, driver.placeOf("s0p0#1"));
        driver.heartbeats(busy).says("send " + busy + " Refused: it was declared lost");
    }

    @Test
    void pauseOfTheDriverItselfMakesNoExecutorSilent() {
        DriverScript driver = DriverScript.with(executor("e1", 1));

        driver.jumps(60_000).on(new DriverEvent.Tick());

        driver.neverSays("lost").neverSays("silent");
    }

    @Test
    void processThatWasLostCannotRegisterAgain() {
        DriverScript driver = DriverScript.with(executor("e1", 1));

        driver.loses("e1").registers(executor("e1", 1), 1).says("Refused");

        driver.registers(executor("e1", 1), 2).says("Registered");
    }

    @Test
    void registrationThatComesAfterTheEndOfItsProcessIsRefused() {
        DriverScript driver = DriverScript.with();
        driver.asksFor("e1").exits("e1", 1).says("replace e1");

        driver.registers(executor("e1", 1), 1).says("Refused").neverSays("has come");

        driver.asksFor("e1").registers(executor("e1", 1), 2).says("Registered");
    }

    @Test
    void registrationUnderTheAddressOfAnotherIsRefusedAndTakesNobodysPlace() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).asksFor("e2");
        ExecutorAddress ofAnother = new ExecutorAddress("e1", 2, "host-e1", 7000, "host-e1", "/scratch");

        driver.sends(new Frame.Register("e2", 2, driver.awaitedNonce("e2"), ofAnother, 1, 1 << 26, 1))
                .says("send e2 Refused: its registration contradicts itself")
                .neverSays("has come");

        driver.submit(job(1).resultStage(0, 1).build()).finishes("s0p0#0").says("complete job 1");
    }

    @Test
    void registrationWithoutASlotIsRefused() {
        DriverScript driver = DriverScript.with();

        driver.registers(executor("e1", 0), 1).says("Refused").neverSays("has come");
    }

    @Test
    void earlierProcessOfALostNameIsRefusedToo() {
        DriverScript driver = DriverScript.with();

        driver.registers(executor("e1", 1), 5).loses("e1").forgetEffects();

        driver.registers(executor("e1", 1), 4).says("Refused").neverSays("has come");
    }

    @Test
    void doubledRegistrationIsAnsweredAndChangesNothing() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.submit(job(1).resultStage(0, 2).build()).forgetEffects();

        driver.registers(executor("e1", 1), 1);

        driver.says("send e1 Registered").nothingElseLaunched().neverSays("has come");
    }

    @Test
    void restartedProcessTakesThePlaceOfTheOldOne() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.submit(job(1).resultStage(0, 1).build()).forgetEffects();

        driver.registers(executor("e1", 1), 5);

        driver.says("s0p0#0 has failed, not charged").neverSays("replace").launched("s0p0#1");
    }

    @Test
    void outcomeOfAnEarlierProcessIsRefused() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.submit(job(1).resultStage(0, 1).build());
        driver.registers(executor("e1", 1), 2).forgetEffects();

        driver.sends(new Frame.AttemptFinished(
                "e1",
                1,
                id("s0p0#0"),
                List.of(new TaskDone(id("s0p0#0"), new TaskResult.Direct(new byte[1]), TaskMetrics.NONE, List.of()))));

        driver.says("Refused").delivered();
    }

    @Test
    void executorsThatDieWithoutAnyProgressAreGivenUpWithTheirReasons() {
        DriverScript driver = DriverScript.with(executor("e0", 1));
        driver.submit(job(1).resultStage(0, 1).maxTaskFailures(100).build());
        for (int death = 0; death < 9; death++) {
            driver.neverSays("fail job").exits("e" + death, 3);
            if (death < 8) {
                driver.asksFor("e" + (death + 1));
            }
        }

        driver.says("fail job 1 EXECUTORS_LOST: no executor stays alive").neverSays("replace");
        assertTrue(driver.effects().stream()
                .anyMatch(effect -> Sentences.of(effect).contains("e8: exit code 3: its heap of 64 MiB was full")));
        driver.submit(job(2).resultStage(5, 1).build()).says("replace e8");
    }

    @Test
    void whoGivesExecutorsUpNamesTheTasksUnderWhichTheyEnded() {
        DriverScript driver = DriverScript.with(executor("e0", 2));
        driver.submit(job(1).resultStage(0, 2).maxTaskFailures(100).build());
        driver.exits("e0", 3).asksFor("e1");
        for (int launch = 1; launch < 9; launch++) {
            driver.neverSays("fail job").exits("e" + launch, 1).asksFor("e" + (launch + 1));
        }

        driver.says("executors ended while they ran [task s0p0#0: partition 0 of 2 of stage 0");
    }

    @Test
    void executorsAreGivenUpWhenTheLastOneLeaves() {
        DriverScript driver = DriverScript.with(executor("leaving", 1));
        driver.submit(job(1).resultStage(0, 1).maxTaskFailures(100).build());
        driver.on(new DriverEvent.DrainRequested("leaving", DrainReason.SPOT_NOTICE, 5_000));
        for (int launch = 0; launch < 9; launch++) {
            driver.asksFor("e" + launch).exits("e" + launch, 1);
        }

        driver.neverSays("fail job").exits("leaving", 0).says("fail job 1 EXECUTORS_LOST: no executor stays alive");
    }

    @Test
    void requestedExecutorThatNeverRegistersIsReplaced() {
        DriverScript driver = DriverScript.with();
        driver.asksFor("e1");

        driver.passes(61_000).says("executor e1 is lost: it did not register").says("replace e1");
    }

    @Test
    void closingFailsTheJobsAndEndsTheExecutors() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);

        driver.on(new DriverEvent.CloseRequested());

        driver.says("fail job 1 CLOSED").says("send e1 Shutdown");
        driver.loses("e1").neverSays("replace");
        driver.submit(job(2).resultStage(9, 1).build()).says("refuse job 2 CLOSED");
    }

    /** Discarding it while it is being published could leave half an output, or a whole one of a failed job. */
    @Test
    void outputThatIsBeingPublishedIsNotDiscardedByClosing() {
        DriverScript driver = DriverScript.with(executor("e1", 1))
                .submit(job(1).resultStage(0, 1).savingTo("file:/out").build())
                .finishes("s0p0#0", part("a0"))
                .says("publish file:/out");

        driver.on(new DriverEvent.CloseRequested()).neverSays("discard").neverSays("fail job 1");

        driver.on(new DriverEvent.OutputPublished(1)).says("complete job 1");
    }

    // ---- who may register ---------------------------------------------------------------------------------------

    @Test
    void lateRegistrationOfADeadProcessIsRefusedWhenItsNameWasGivenToAnotherLaunch() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.asksFor("e2").exits("e2", 1).says("replace e2").asksFor("e2");

        driver.registersWith(Secret.of("nonce 2"), executor("e2", 1), 1)
                .says("send e2 Refused: the driver does not wait for it");

        driver.registersWith(Secret.of("nonce 3"), executor("e2", 1), 2).says("send e2 Registered");
    }

    @Test
    void launchIsGoodForOneProcessWhichMayRegisterAgain() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.asksFor("e2")
                .registersWith(Secret.of("nonce 2"), executor("e2", 1), 1)
                .says("send e2 Registered");

        driver.registersWith(Secret.of("nonce 2"), executor("e2", 1), 1).says("send e2 Registered");
        driver.registersWith(Secret.of("nonce 2"), executor("e2", 1), 2)
                .says("send e2 Refused")
                .neverSays("e2 is lost");
    }

    @Test
    void processThatNobodyAskedForIsRefused() {
        DriverScript driver = DriverScript.with(executor("e1", 1));

        driver.registersWith(Secret.of("guessed"), executor("e7", 1), 1)
                .says("send e7 Refused: the driver does not wait for it");
        driver.registersWith(Secret.of("guessed"), executor("e1", 1), 2)
                .says("send e1 Refused")
                .neverSays("lost");
    }

    /** Two jobs over one shuffle: the first has all its parts, for the second a lost map output is written again. */
    private static DriverScript publishingWhileAnotherRebuilds() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.submit(job(1).mapStage(0, 1, 1)
                .resultStage(1, 1, 0)
                .savingTo("file:/out")
                .maxTaskFailures(1)
                .build());
        driver.finishes("s0p0#0").finishes("s1p0#0", part("a0")).says("publish file:/out");
        driver.submit(
                job(2).mapStage(0, 1, 1).resultStage(2, 1, 0).maxTaskFailures(1).build());
        return driver.loses(driver.executorOfOutput(0)).launched("s0p0#1").forgetEffects();
    }

    @Test
    void jobThatIsPublishingDoesNotFailWithATaskThatAnotherNeeds() {
        DriverScript driver = publishingWhileAnotherRebuilds();

        driver.fails("s0p0#1", userError("boom")).neverSays("job 1").says("fail job 2 USER_CODE_FAILED");

        driver.on(new DriverEvent.OutputPublished(1)).says("complete job 1");
    }

    /** The stage belongs to the job that is publishing, too, and nobody waits for its tasks any more. */
    @Test
    void closingStopsTasksOfStagesThatAPublishingJobSharesWithOneThatIsCutShort() {
        DriverScript driver = publishingWhileAnotherRebuilds();

        driver.on(new DriverEvent.CloseRequested()).says("fail job 2 CLOSED").says("CancelAttempt s0p0#1");
    }

    // ---- messages get lost, doubled, late -------------------------------------------------------------------------

    @Test
    void doubledOutcomeIsAcknowledgedAndCountsOnce() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.submit(job(1).resultStage(0, 2).build());
        driver.finishes("s0p0#0").forgetEffects();

        driver.finishesAt("e1", "s0p0#0", new TaskResult.Direct(new byte[1]));

        driver.says("OutcomeReceived s0p0#0").nothingElseLaunched().delivered(0);
    }

    @Test
    void doubledOutcomeOfTheRegisteredMapOutputDoesNotDropIt() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(2, 1);
        driver.finishes("s0p0#0").forgetEffects();

        driver.finishesAt("e1", "s0p0#0", mapWritten());

        driver.says("OutcomeReceived s0p0#0").neverSays("DropMapOutput");
    }

    @Test
    void attemptThatNoHeartbeatNamesIsLaunchedAgainThenGivenUp() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);
        driver.forgetEffects();

        for (int second = 0; second < 5; second++) {
            driver.heartbeats("e1").passes(1_000);
        }
        driver.says("LaunchTasks s0p0#0");
        for (int second = 0; second < 20; second++) {
            driver.heartbeats("e1").passes(1_000);
        }

        driver.says("CancelAttempt s0p0#0")
                .says("s0p0#0 has failed, not charged")
                .launched("s0p0#1");
    }

    @Test
    void lateOutcomeOfAGivenUpAttemptIsDroppedNotCounted() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);
        for (int second = 0; second < 25; second++) {
            driver.heartbeats("e1").passes(1_000);
        }
        driver.launched("s0p0#1").forgetEffects();

        driver.finishesAt("e1", "s0p0#0", mapWritten());

        driver.says("DropMapOutput s0p0#0").notLaunched("s1p0#0");
    }

    @Test
    void attemptTheDriverDoesNotBelieveInIsCancelled() {
        DriverScript driver = DriverScript.with(executor("e1", 1));

        driver.heartbeats("e1", "s7p7#0");

        driver.says("CancelAttempt s7p7#0");
    }

    @Test
    void lostProgramIsSentAgainWhenAskedForAndForgottenWhenTheJobIsOver() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);
        driver.forgetEffects();

        driver.sends(new Frame.NeedStageProgram("e1", 1, 0)).says("StageProgram 0");
        driver.finishAll(0).finishAll(1).says("ForgetStage 0");

        driver.sends(new Frame.NeedStageProgram("e1", 1, 0)).says("ForgetStage 0");
    }

    // ---- results and commit ---------------------------------------------------------------------------------------

    @Test
    void storedResultCompletesTheJobOnlyOnceItWasFetched() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.submit(job(1).resultStage(0, 1).build());
        driver.finishes("s0p0#0", new TaskResult.Stored(5_000_000, 0))
                .says("deliver result 0")
                .neverSays("complete job");

        driver.on(new DriverEvent.ResultFetched(1, 0, id("s0p0#0")));

        driver.says("DropResult s0p0#0").says("complete job 1");
    }

    @Test
    void storedResultThatIsLostIsComputedAgain() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.submit(job(1).resultStage(0, 1).build());
        driver.finishes("s0p0#0", new TaskResult.Stored(5_000_000, 0)).loses("e1");

        driver.on(new DriverEvent.ResultLost(1, 0, id("s0p0#0"), "connection refused"));

        driver.launched("s0p0#1").finishes("s0p0#1").delivered(0, 0).says("complete job 1");
    }

    @Test
    void savingJobPublishesEachPartitionOnceAndIsCompleteOnlyAfterThat() {
        DriverScript driver = DriverScript.with(executor("e1", 2));
        driver.submit(job(1).resultStage(0, 2).savingTo("file:/out").build());

        driver.finishes("s0p1#0", part("a1")).finishes("s0p0#0", part("a0"));
        driver.says("publish file:/out of job 1: a0 as part-0, a1 as part-1").neverSays("complete job");
        driver.on(new DriverEvent.CancelJob(1, "too late")).neverSays("fail job");

        driver.on(new DriverEvent.OutputPublished(1)).says("complete job 1");
    }

    @Test
    void partOnALostExecutorStaysValidAndItsSecondIsDiscarded() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.submit(job(1).resultStage(0, 3).savingTo("file:/out").build());
        driver.finishes("s0p0#0", part("a0")).loses("e1").notLaunched("s0p0#1").forgetEffects();

        driver.finishesAt("e2", "s0p0#7", part("b0"));

        driver.says("discard part b0 of file:/out");
    }

    @Test
    void failedSavingJobLeavesNothing() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.submit(job(1).resultStage(0, 1)
                .savingTo("file:/out")
                .maxTaskFailures(1)
                .build());

        driver.fails("s0p0#0", userError("boom"));

        driver.says("discard output file:/out").says("fail job 1 USER_CODE_FAILED");
    }

    @Test
    void outputThatCannotBePublishedFailsTheJob() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.submit(job(1).resultStage(0, 1).savingTo("file:/out").build());
        driver.finishes("s0p0#0", part("a0"));

        driver.on(new DriverEvent.OutputFailed(1, "disk full"));

        driver.says("discard output file:/out").says("fail job 1 COMMIT_FAILED");
    }

    // ---- scale --------------------------------------------------------------------------------------------------

    @Test
    void millionTasksAreWaitingBitsNotObjects() {
        DriverCore core = new DriverCore(DriverSettings.defaults());
        core.on(0, new DriverEvent.ExecutorRequested("e1", Secret.of("nonce")), effect -> {});
        dev.kindling.protocol.ExecutorAddress address =
                new dev.kindling.protocol.ExecutorAddress("e1", 1, "a", 1, "a", "/s");
        core.on(
                0,
                new DriverEvent.FrameReceived(new Frame.Register("e1", 1, Secret.of("nonce"), address, 100, 1, 1)),
                effect -> {});
        System.gc();
        long before = usedBytes();

        core.on(1, new DriverEvent.JobSubmitted(job(1).resultStage(0, 1_000_000).build()), effect -> {});
        System.gc();

        long perTask = (usedBytes() - before) / 1_000_000;
        assertTrue(perTask < 64, perTask + " bytes a task, the job graph's list included");
        assertEquals(100, core.believedAttempts().size());
        assertFalse(core.isIdle());
    }

    private static long usedBytes() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void unknownExecutorsExitIsNobodysLoss() {
        DriverScript.with(executor("e1", 1)).exits("e9", 1).neverSays("replace");
    }

    @Test
    void whatAnAttemptSpilledIsToldBeforeItsEnd() {
        DriverScript driver = DriverScript.with(executor("e1", 1))
                .submit(job(1).resultStage(0, 1).build());
        TaskMetrics metrics = new TaskMetrics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 700, 300, 0, 0);

        driver.sends(new Frame.AttemptFinished(
                "e1",
                1,
                id("s0p0#0"),
                List.of(new TaskDone(id("s0p0#0"), new TaskResult.Direct(new byte[1]), metrics, List.of()))));

        driver.says("partition 0 of stage 0 has spilled 300 bytes").says("s0p0#0 has succeeded");
    }
}
