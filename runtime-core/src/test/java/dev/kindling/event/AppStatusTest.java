package dev.kindling.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.event.AppEvent.ApplicationEnded;
import dev.kindling.event.AppEvent.ApplicationStarted;
import dev.kindling.event.AppEvent.AttemptFailed;
import dev.kindling.event.AppEvent.AttemptStarted;
import dev.kindling.event.AppEvent.AttemptSucceeded;
import dev.kindling.event.AppEvent.ExecutorAdded;
import dev.kindling.event.AppEvent.ExecutorLost;
import dev.kindling.event.AppEvent.JobCompleted;
import dev.kindling.event.AppEvent.JobFailed;
import dev.kindling.event.AppEvent.JobStarted;
import dev.kindling.event.AppEvent.MapOutputsLost;
import dev.kindling.event.AppEvent.StageCompleted;
import dev.kindling.event.AppEvent.StageSkipped;
import dev.kindling.event.AppEvent.StageStarted;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.event.AppStatus.State;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AppStatusTest {
    private final List<TimedEvent> events = new ArrayList<>();
    private long nowMs = 1_000_000;

    private void after(long ms, AppEvent... happened) {
        nowMs += ms;
        for (AppEvent event : happened) {
            events.add(new TimedEvent(nowMs, event));
        }
    }

    private AppStatus status() {
        return StatusFold.of(events);
    }

    private StageStatus stage(int stageId) {
        return status().stages().stream()
                .filter(stage -> stage.stageId() == stageId)
                .findFirst()
                .orElseThrow();
    }

    private static AttemptId id(int stage, int partition, int attempt) {
        return new AttemptId(stage, partition, attempt);
    }

    private static TaskMetrics metrics(long runMs, long shuffleBytes) {
        return new TaskMetrics(runMs * 1_000_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, shuffleBytes, 0, 0, 0, 0, 0);
    }

    private static ExitReason killed() {
        return new ExitReason(
                ExitReason.Kind.KILLED, OptionalInt.of(137), "killed by signal 9", 0, 0, "find out who did it");
    }

    /** Two maps, one of which is lost with its executor after it was written, and one reduce. */
    private void tellOfAJobWithALoss() {
        after(0, new ApplicationStarted("app-1", "zips", "local-cluster[2,1,64]"));
        after(100, new ExecutorAdded("e1", "h1", 1, 64L << 20), new ExecutorAdded("e2", "h1", 1, 64L << 20));
        after(50, new JobStarted(0, "collect at Zips.java:9", List.of(0, 1)));
        after(0, new StageStarted(0, 0, "groupByKey at Zips.java:8", 2, 2));
        after(1, new AttemptStarted(id(0, 0, 0), "e1"), new AttemptStarted(id(0, 1, 0), "e2"));
        after(200, new AttemptSucceeded(id(0, 0, 0), "e1", metrics(190, 1024)));
        after(0, new AttemptSucceeded(id(0, 1, 0), "e2", metrics(180, 2048)));
        after(0, new StageCompleted(0), new StageStarted(0, 1, "collect at Zips.java:9", 2, 2));
        after(5, new AttemptStarted(id(1, 0, 0), "e1"), new AttemptStarted(id(1, 1, 0), "e2"));
        after(300, new ExecutorLost("e2", killed()));
        after(0, new AttemptFailed(id(1, 1, 0), "e2", "its executor was lost", false));
        after(0, new MapOutputsLost(0, List.of(1), "executor e2 was lost"));
        after(0, new StageStarted(0, 0, "groupByKey at Zips.java:8", 2, 1));
        after(5, new AttemptStarted(id(0, 1, 1), "e1"));
    }

    @Test
    void countsFollowAnExecutorLossAndARebuild() {
        tellOfAJobWithALoss();

        StageStatus rebuilt = stage(0);
        assertEquals(State.RUNNING, rebuilt.state());
        assertEquals(1, rebuilt.donePartitions());
        assertEquals(1, rebuilt.runningAttempts());
        StageStatus reduce = stage(1);
        assertEquals(0, reduce.donePartitions());
        assertEquals(1, reduce.runningAttempts());
        assertEquals(1, reduce.failedAttempts());
        assertEquals(3_072, status().metrics().shuffleBytesWritten());
        assertEquals(
                "killed by signal 9; find out who did it",
                status().executors().get(1).lostReason());
        assertEquals(0, status().executors().get(1).runningAttempts());

        after(100, new AttemptSucceeded(id(0, 1, 1), "e1", metrics(90, 2048)), new StageCompleted(0));
        assertEquals(2, stage(0).donePartitions());
        assertEquals(State.COMPLETED, stage(0).state());
        assertEquals(5_120, stage(0).metrics().shuffleBytesWritten());
    }

    @Test
    void doubledEventsChangeNothing() {
        tellOfAJobWithALoss();
        AppStatus once = status();
        AttemptSucceeded again = new AttemptSucceeded(id(0, 0, 0), "e1", metrics(190, 1024));
        after(0, again, again, new AttemptStarted(id(0, 1, 1), "e1"), new ExecutorLost("e2", killed()));

        assertEquals(once.stages(), status().stages());
        assertEquals(once.metrics(), status().metrics());
    }

    @Test
    void failedJobEndsItsStages() {
        tellOfAJobWithALoss();
        after(10, new JobFailed(0, "no executor left"), new ApplicationEnded("app-1"));

        assertEquals(State.FAILED, stage(1).state());
        assertEquals(State.FAILED, status().jobs().get(0).state());
        assertEquals("no executor left", status().jobs().get(0).message());
        assertEquals(nowMs, status().endedMs());
    }

    @Test
    void skippedStageIsToldFromOneThatRan() {
        tellOfAJobWithALoss();
        after(0, new JobCompleted(0), new JobStarted(1, "count", List.of(0, 2)), new StageSkipped(1, 3, "map"));

        assertEquals(State.SKIPPED, stage(3).state());
        assertEquals(
                List.of(0),
                status().stagesOf(status().jobs().get(1)).stream()
                        .map(StageStatus::stageId)
                        .toList());
    }

    @Test
    void onlyTheLatestJobsAndStagesAreKept() {
        for (int job = 0; job < StatusFold.KEPT_JOBS + 10; job++) {
            after(
                    1,
                    new JobStarted(job, "j", List.of(job)),
                    new StageStarted(job, job, "s", 1, 1),
                    new JobCompleted(job));
        }

        assertEquals(StatusFold.KEPT_JOBS, status().jobs().size());
        assertEquals(10, status().jobs().get(0).jobId());
    }

    @Test
    void progressLineShowsTheRunningStageAndFitsItsWidth() {
        tellOfAJobWithALoss();
        after(10, new StageCompleted(0));

        assertEquals(
                "job 0  stage 2/2 collect at Zips.java:9 [-----------...........] 0/2, 1 running, 1 failed  521 ms",
                ProgressLine.of(status(), 120, false));
        for (int width = 60; width < 200; width++) {
            assertTrue(ProgressLine.of(status(), width, true).length() <= width);
        }
        after(0, new JobCompleted(0));
        assertEquals("", ProgressLine.of(status(), 120, true));
    }

    @Test
    void storyTellsWhatWasDecidedWhyAndWhatItCost() {
        tellOfAJobWithALoss();
        after(100, new AttemptSucceeded(id(0, 1, 1), "e1", metrics(90, 2048)), new StageCompleted(0));
        after(1, new AttemptStarted(id(1, 1, 1), "e1"));
        after(
                50,
                new AttemptSucceeded(id(1, 0, 0), "e1", metrics(40, 0)),
                new AttemptSucceeded(id(1, 1, 1), "e1", metrics(45, 0)));
        after(0, new StageCompleted(1), new JobCompleted(0));
        after(
                3,
                new JobStarted(1, "count at Zips.java:10", List.of(0, 2)),
                new StageSkipped(1, 0, "groupByKey at Zips.java:8"));
        after(4, new ApplicationEnded("app-1"));

        assertEquals("""
               0.000 s  application zips (app-1) started on local-cluster[2,1,64]
               0.100 s  executor e1 came: 1 core, 64 MiB on h1
               0.100 s  executor e2 came: 1 core, 64 MiB on h1
               0.150 s  job 0 (collect at Zips.java:9) started: 2 stages
               0.150 s  stage 0 (groupByKey at Zips.java:8) started: 2 tasks
               0.351 s  stage 0 (groupByKey at Zips.java:8) completed after 201 ms: 2 attempts for 2 tasks, 370 ms of task time, 3 KiB of shuffle written
               0.351 s  stage 1 (collect at Zips.java:9) started: 2 tasks
               0.656 s  executor e2 was lost with attempt s1p1#0, 300 ms of work is thrown away: killed by signal 9; find out who did it
               0.656 s  attempt s1p1#0 failed on e2 after 300 ms: its executor was lost (not counted against the task)
               0.656 s  1 map output of shuffle 0 is gone (executor e2 was lost): only partition 1 will be computed again
               0.656 s  stage 0 (groupByKey at Zips.java:8) runs again: 1 task of 2, the results of the others are there
               0.761 s  stage 0 (groupByKey at Zips.java:8) completed after 105 ms: 1 attempt for 1 task, 90 ms of task time, 2 KiB of shuffle written
               0.812 s  stage 1 (collect at Zips.java:9) completed after 461 ms: 3 attempts for 2 tasks, 85 ms of task time
               0.812 s  job 0 completed after 662 ms
               0.815 s  job 1 (count at Zips.java:10) started: 2 stages
               0.815 s  stage 0 (groupByKey at Zips.java:8) was skipped: all its map outputs are there, which saves 90 ms of task time
               0.819 s  the application ended
               0.819 s  what it cost: 1 executor lost, 0 failures counted, 1 task computed again in 90 ms of task time
            """, String.join("\n", AppStory.tell(events)) + "\n");
    }
}
