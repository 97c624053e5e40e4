package dev.kindling.event;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker;
import dev.kindling.api.StorageLevel;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.event.AppStatus.State;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskMetrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AppStatusTest {
    private static final ExitReason KILLED = new ExitReason(
            ExitReason.Kind.KILLED, OptionalInt.of(137), "killed by signal 9", 0, 0, "find out who did it");

    private final List<Event> events = new ArrayList<>();
    private final Map<AttemptId, Event.TaskStart> started = new TreeMap<>();
    private long nowMs = 1_000_000;

    private Instant after(long ms) {
        nowMs += ms;
        return Instant.ofEpochMilli(nowMs);
    }

    private Instant now() {
        return Instant.ofEpochMilli(nowMs);
    }

    private void happens(Event... happened) {
        events.addAll(List.of(happened));
    }

    private Event added(String executorId) {
        return new Event.ExecutorAdded(now(), executorId, "h1", 1, 64L << 20);
    }

    private Event jobStarts(int jobId, String callSite, Integer... stageIds) {
        return new Event.JobStart(now(), jobId, List.of(stageIds), callSite, Map.of());
    }

    private Event jobEnds(int jobId) {
        return new Event.JobEnd(now(), jobId, Optional.empty());
    }

    private Event stageStarts(int stageId, String name, int tasks, int done) {
        return new Event.StageSubmitted(now(), new StatusTracker.StageInfo(stageId, 0, nowMs, name, tasks, 0, done, 0));
    }

    private Event stageEnds(int stageId) {
        return new Event.StageCompleted(
                now(), new StatusTracker.StageInfo(stageId, 0, 0, "", 2, 0, 2, 0), Optional.empty());
    }

    private Event starts(int stage, int partition, int attempt, String executor) {
        AttemptId id = new AttemptId(stage, partition, attempt);
        Event.TaskStart start = new Event.TaskStart(
                now(), stage, 0, started.size(), partition, attempt, executor, Locality.NO_PREF, false);
        return started.computeIfAbsent(id, key -> start);
    }

    private Event ends(int stage, int partition, int attempt, Outcome outcome, TaskMetrics metrics) {
        Event.TaskStart start = started.get(new AttemptId(stage, partition, attempt));
        return new Event.TaskEnd(
                now(), stage, 0, start.taskId(), partition, attempt, start.executor(), outcome, metrics);
    }

    private Event succeeds(int stage, int partition, int attempt, TaskMetrics metrics) {
        return ends(stage, partition, attempt, new Outcome.Success(), metrics);
    }

    private AppStatus status() {
        return StatusFold.of(events);
    }

    private StatusTracker tracker() {
        StatusFold fold = new StatusFold();
        events.forEach(fold::onEvent);
        return fold;
    }

    private StageStatus stage(int stageId) {
        return status().stages().stream()
                .filter(stage -> stage.stageId() == stageId)
                .findFirst()
                .orElseThrow();
    }

    private static TaskMetrics metrics(long runMs, long shuffleBytes) {
        return new TaskMetrics(runMs * 1_000_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, shuffleBytes, 0, 0, 0, 0, 0);
    }

    /** Two maps, one of which is lost with its executor after it was written, and one reduce. */
    private void tellOfAJobWithALoss() {
        happens(
                new Event.ApplicationStart(after(0), "app-1", "zips"),
                new Event.EnvironmentUpdate(now(), "local-cluster[2,1,64]", Map.of()));
        after(100);
        happens(added("e1"), added("e2"));
        after(50);
        happens(jobStarts(0, "collect at Zips.java:9", 0, 1), stageStarts(0, "groupByKey at Zips.java:8", 2, 0));
        after(1);
        happens(starts(0, 0, 0, "e1"), starts(0, 1, 0, "e2"));
        after(200);
        happens(succeeds(0, 0, 0, metrics(190, 1024)), succeeds(0, 1, 0, metrics(180, 2048)));
        happens(stageEnds(0), stageStarts(1, "collect at Zips.java:9", 2, 0));
        after(5);
        happens(starts(1, 0, 0, "e1"), starts(1, 1, 0, "e2"));
        happens(new Event.ExecutorRemoved(after(300), "e2", KILLED));
        happens(ends(1, 1, 0, new Outcome.ExecutorLost(KILLED), TaskMetrics.NONE));
        happens(new Event.MapOutputsLost(now(), 0, List.of(1), "executor e2 was lost"));
        happens(stageStarts(0, "groupByKey at Zips.java:8", 2, 1));
        after(5);
        happens(starts(0, 1, 1, "e1"));
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

        after(100);
        happens(succeeds(0, 1, 1, metrics(90, 2048)), stageEnds(0));
        assertEquals(2, stage(0).donePartitions());
        assertEquals(State.COMPLETED, stage(0).state());
        assertEquals(5_120, stage(0).metrics().shuffleBytesWritten());
    }

    @Test
    void doubledEventsChangeNothing() {
        tellOfAJobWithALoss();
        AppStatus once = status();
        Event again = succeeds(0, 0, 0, metrics(190, 1024));
        happens(again, again, starts(0, 1, 1, "e1"), new Event.ExecutorRemoved(now(), "e2", KILLED));

        assertEquals(once.stages(), status().stages());
        assertEquals(once.metrics(), status().metrics());
    }

    @Test
    void failedJobSaysWhy() {
        tellOfAJobWithALoss();
        KindlingException failure = new KindlingException(ErrorCode.EXECUTORS_LOST, "no executor left");
        happens(
                new Event.StageCompleted(
                        after(10), new StatusTracker.StageInfo(1, 0, 0, "", 2, 0, 0, 2), Optional.of("job 0 failed")),
                new Event.JobEnd(now(), 0, Optional.of(failure)),
                new Event.ApplicationEnd(now(), 0));

        assertEquals(State.FAILED, stage(1).state());
        assertEquals(State.FAILED, status().jobs().get(0).state());
        assertEquals("no executor left", status().jobs().get(0).message());
        assertEquals(nowMs, status().endedMs());
    }

    @Test
    void skippedStageIsToldFromOneThatRan() {
        tellOfAJobWithALoss();
        happens(jobEnds(0), jobStarts(1, "count", 0, 2, 3), new Event.StageSkipped(now(), 1, 3, "map", false));

        assertEquals(State.SKIPPED, stage(3).state());
        assertEquals(
                List.of(0, 2, 3),
                status().stagesOf(status().jobs().get(1)).stream()
                        .map(StageStatus::stageId)
                        .toList());
        assertEquals(0, stage(0).jobId());
        assertEquals(1, stage(2).jobId());
    }

    @Test
    void trackerAnswersFromTheSameFold() {
        tellOfAJobWithALoss();
        happens(
                new Event.BlocksServed(now(), "e1", "h1", 7337),
                new Event.BlockUpdated(now(), "rdd_0_0", "e1", StorageLevel.MEMORY_ONLY, 500, 0, ""),
                new Event.BlockUpdated(now(), "rdd_0_1", "e1", StorageLevel.MEMORY_ONLY, 300, 0, ""),
                new Event.BlockUpdated(now(), "rdd_0_0", "e1", StorageLevel.DISK_ONLY, 0, 500, ""),
                new Event.JobStart(
                        now(),
                        1,
                        List.of(2),
                        "count",
                        Map.of(JobProperties.GROUP, "night", JobProperties.TAGS, "a,b")));

        StatusTracker tracker = tracker();
        assertArrayEquals(new int[] {0, 1}, tracker.getActiveJobIds());
        assertArrayEquals(new int[] {0, 1}, tracker.getActiveStageIds());
        assertArrayEquals(new int[] {1}, tracker.getJobIdsForGroup("night"));
        assertArrayEquals(new int[] {1}, tracker.getJobIdsForTag("b"));
        assertArrayEquals(new int[0], tracker.getJobIdsForTag("a,b"));
        assertEquals(
                new StatusTracker.JobInfo(0, new int[] {0, 1}, StatusTracker.JobStatus.RUNNING), tracker.getJobInfo(0));
        assertEquals(
                new StatusTracker.StageInfo(1, 0, nowMs - 310, "collect at Zips.java:9", 2, 1, 0, 1),
                tracker.getStageInfo(1));
        assertArrayEquals(
                new StatusTracker.ExecutorInfo[] {new StatusTracker.ExecutorInfo("e1", "h1", 7337, 1, 2, 300, 64L << 20)
                },
                tracker.getExecutorInfos());
        assertNull(tracker.getJobInfo(9));
        assertNull(tracker.getStageInfo(9));

        happens(jobEnds(0), jobEnds(1));
        assertArrayEquals(new int[0], tracker().getActiveJobIds());
        assertEquals(StatusTracker.JobStatus.SUCCEEDED, tracker().getJobInfo(0).status());
    }

    @Test
    void onlyTheLatestJobsAndStagesAreKept() {
        for (int job = 0; job < StatusFold.KEPT_JOBS + 10; job++) {
            after(1);
            happens(jobStarts(job, "j", job), stageStarts(job, "s", 1, 0), jobEnds(job));
        }

        assertEquals(StatusFold.KEPT_JOBS, status().jobs().size());
        assertEquals(10, status().jobs().get(0).jobId());
    }

    @Test
    void onlyTheLatestLostExecutorsAreKept() {
        happens(added("stays"));
        for (int lost = 0; lost < StatusFold.KEPT_EXECUTORS + 10; lost++) {
            after(1);
            happens(added("e" + lost), new Event.ExecutorRemoved(now(), "e" + lost, KILLED));
        }

        assertEquals(StatusFold.KEPT_EXECUTORS + 1, status().executors().size());
        assertEquals("stays", status().executors().get(0).executorId());
        assertEquals("e10", status().executors().get(1).executorId());
    }

    @Test
    void progressLineShowsTheRunningStageAndFitsItsWidth() {
        tellOfAJobWithALoss();
        after(10);
        happens(stageEnds(0));

        assertEquals(
                "job 0  stage 2/2 collect at Zips.java:9 [-----------...........] 0/2, 1 running, 1 failed  521 ms",
                ProgressLine.of(status(), 120, false));
        for (int width = 60; width < 200; width++) {
            assertTrue(ProgressLine.of(status(), width, true).length() <= width);
        }
        happens(jobEnds(0));
        assertEquals("", ProgressLine.of(status(), 120, true));
    }

    @Test
    void storyTellsWhatWasDecidedWhyAndWhatItCost() {
        tellOfAJobWithALoss();
        after(100);
        happens(succeeds(0, 1, 1, metrics(90, 2048)), stageEnds(0));
        after(1);
        happens(starts(1, 1, 1, "e1"), starts(1, 1, 2, "e1"));
        after(50);
        happens(succeeds(1, 0, 0, metrics(40, 0)), succeeds(1, 1, 1, metrics(45, 0)));
        happens(ends(1, 1, 2, new Outcome.Killed("its result is not wanted any more"), TaskMetrics.NONE));
        happens(stageEnds(1), jobEnds(0));
        after(3);
        happens(
                jobStarts(1, "count at Zips.java:10", 0, 2),
                new Event.StageSkipped(now(), 1, 0, "groupByKey at Zips.java:8", false));
        happens(new Event.ApplicationEnd(after(4), 0));

        assertEquals("""
               0.000 s  application zips (app-1) started
               0.000 s  its master is local-cluster[2,1,64]
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
               0.812 s  attempt s1p1#2 was stopped: its result is not wanted any more
               0.812 s  stage 1 (collect at Zips.java:9) completed after 461 ms: 4 attempts for 2 tasks, 85 ms of task time
               0.812 s  job 0 completed after 662 ms
               0.815 s  job 1 (count at Zips.java:10) started: 2 stages
               0.815 s  stage 0 (groupByKey at Zips.java:8) was skipped: all its map outputs are there, which saves 90 ms of task time
               0.819 s  the application ended
               0.819 s  what it cost: 1 executor lost, 0 failures counted, attempts of 300 ms without a result, 1 task computed again in 90 ms of task time
            """, String.join("\n", AppStory.tell(events)) + "\n");
    }
}
