package dev.kindling.driver.page;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.TaskMetrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes down events as a driver would tell them, at times that the test names, in milliseconds from the start. */
final class RunScript {
    static final long START_MS = 1_700_000_000_000L;

    private static final List<String> MAP_CALLS =
            List.of("textFile at Zips.java:5", "map at Zips.java:6, cached", "groupByKey at Zips.java:7");

    private final List<Event> events = new ArrayList<>();
    private long taskIds;

    static RunScript application(String name) {
        RunScript script = new RunScript();
        script.events.add(new Event.ApplicationStart(script.at(0), "20261122-120000-abcdef", name));
        script.events.add(
                new Event.EnvironmentUpdate(script.at(0), "local-cluster[2,2,256]", Map.of("kindling.master", "x")));
        return script;
    }

    private Instant at(long ms) {
        return Instant.ofEpochMilli(START_MS + ms);
    }

    RunScript executor(long ms, String id, int cores) {
        events.add(new Event.ExecutorAdded(at(ms), id, "host-" + id, cores, 256L << 20));
        return this;
    }

    RunScript job(long ms, int jobId, Integer... stageIds) {
        return job(ms, jobId, Map.of(), stageIds);
    }

    RunScript job(long ms, int jobId, Map<String, String> properties, Integer... stageIds) {
        events.add(new Event.JobStart(at(ms), jobId, List.of(stageIds), "collect at Zips.java:9", properties));
        return this;
    }

    RunScript planned(long ms, int jobId, int stageId, String name, int partitions, Integer... parents) {
        return planned(ms, jobId, stageId, name, partitions, List.of(), parents);
    }

    RunScript planned(
            long ms, int jobId, int stageId, String name, int partitions, List<String> calls, Integer... parents) {
        events.add(new Event.StagePlanned(at(ms), jobId, stageId, name, partitions, List.of(parents), calls));
        return this;
    }

    RunScript grouped(long ms, int stageId, int partitions, int groups) {
        events.add(new Event.PartitionsGrouped(at(ms), stageId, partitions, groups, 970, 16 << 20, 2));
        return this;
    }

    RunScript submitted(long ms, int stageId, String name, int partitions) {
        events.add(new Event.StageSubmitted(at(ms), info(ms, stageId, name, partitions)));
        return this;
    }

    RunScript completed(long ms, int stageId, String name, int partitions) {
        return completed(ms, stageId, name, partitions, Optional.empty());
    }

    RunScript completed(long ms, int stageId, String name, int partitions, Optional<String> failure) {
        events.add(new Event.StageCompleted(at(ms), info(ms, stageId, name, partitions), failure));
        return this;
    }

    RunScript skipped(long ms, int jobId, int stageId, String name) {
        events.add(new Event.StageSkipped(at(ms), jobId, stageId, name, false));
        return this;
    }

    private StageInfo info(long ms, int stageId, String name, int partitions) {
        return new StageInfo(stageId, 0, START_MS + ms, name, partitions, 0, 0, 0);
    }

    /** One that succeeds. */
    RunScript task(long fromMs, long toMs, int stageId, int partition, String executor, TaskMetrics metrics) {
        return ends(toMs, starts(fromMs, stageId, partition, 0, executor), new Outcome.Success(), metrics);
    }

    Event.TaskStart starts(long ms, int stageId, int partition, int attempt, String executor) {
        Event.TaskStart start = new Event.TaskStart(
                at(ms), stageId, 0, taskIds++, partition, attempt, executor, Locality.NO_PREF, false);
        events.add(start);
        return start;
    }

    RunScript ends(long ms, Event.TaskStart start, Outcome outcome, TaskMetrics metrics) {
        events.add(new Event.TaskEnd(
                at(ms),
                start.stageId(),
                0,
                start.taskId(),
                start.partition(),
                start.attempt(),
                start.executor(),
                outcome,
                metrics));
        return this;
    }

    RunScript shuffle(long ms, int shuffleId, int stageId, List<Long> matrix, List<Long> sizes) {
        events.add(new Event.ShuffleWritten(at(ms), shuffleId, stageId, 1, 1, matrix, sizes));
        return this;
    }

    RunScript skew(long ms, int stageId, int partition, long bytes, long median, String... keys) {
        events.add(new Event.SkewFound(at(ms), stageId, partition, bytes, median, List.of(keys)));
        return this;
    }

    RunScript usage(long ms, String executor, long heap, long resident) {
        events.add(new Event.ExecutorUsage(at(ms), executor, heap, resident));
        return this;
    }

    RunScript block(long ms, String block, String executor, long memory, long disk) {
        events.add(new Event.BlockUpdated(
                at(ms),
                block,
                executor,
                memory + disk == 0 ? StorageLevel.NONE : StorageLevel.MEMORY_AND_DISK,
                memory,
                disk,
                ""));
        return this;
    }

    RunScript loses(long ms, String executor, ExitReason reason) {
        events.add(new Event.ExecutorRemoved(at(ms), executor, reason));
        return this;
    }

    static ExitReason killed() {
        return new ExitReason(
                ExitReason.Kind.KILLED,
                OptionalInt.of(137),
                "exit code 137 (SIGKILL)\nlast words",
                0,
                0,
                "look around");
    }

    RunScript jobEnds(long ms, int jobId) {
        events.add(new Event.JobEnd(at(ms), jobId, Optional.empty()));
        return this;
    }

    RunScript jobFails(long ms, int jobId, String message) {
        events.add(new Event.JobEnd(at(ms), jobId, Optional.of(new KindlingException(ErrorCode.TASK_FAILED, message))));
        return this;
    }

    RunScript shows(long ms, String title, String name, long value) {
        events.add(new Event.ResultShown(at(ms), title, List.of(new Event.ResultShown.Bar(name, value))));
        return this;
    }

    RunScript ends(long ms) {
        events.add(new Event.ApplicationEnd(at(ms), 0));
        return this;
    }

    /** In the order of their times, and those of one time as they were written down. */
    List<Event> events() {
        return events.stream().sorted(Comparator.comparing(Event::time)).toList();
    }

    Run run() {
        return RunFold.of(events());
    }

    /** Metrics in milliseconds and bytes. */
    static TaskMetrics did(long runMs, long gcMs, long waitMs, long spillMs, long shuffleIn, long shuffleOut) {
        return new TaskMetrics(
                runMs * 1_000_000,
                0,
                gcMs * 1_000_000,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                shuffleIn,
                0,
                waitMs * 1_000_000,
                0,
                shuffleOut,
                0,
                spillMs > 0 ? 1_000 : 0,
                spillMs > 0 ? 500 : 0,
                spillMs * 1_000_000,
                1 << 20);
    }

    /**
     * Two jobs on two executors: a map stage of four tasks, one of which is lost with its executor, a reduce stage of two
     * tasks with a skewed partition, and a second job that skips the map stage.
     */
    static RunScript twoJobs() {
        RunScript script = application("zips");
        script.executor(400, "e1", 2).executor(400, "e2", 2);
        script.job(500, 0, 0, 1)
                .planned(500, 0, 0, "groupByKey at Zips.java:7", 4, MAP_CALLS)
                .planned(500, 0, 1, "collect at Zips.java:9", 2, List.of("sortByKey at Zips.java:8"), 0)
                .submitted(500, 0, "groupByKey at Zips.java:7", 4);
        script.task(500, 700, 0, 0, "e1", did(180, 20, 0, 0, 0, 4_000))
                .task(500, 720, 0, 1, "e1", did(200, 20, 0, 0, 0, 4_000));
        script.task(500, 690, 0, 2, "e2", did(170, 0, 0, 0, 0, 4_000));
        Event.TaskStart lost = script.starts(500, 0, 3, 0, "e2");
        script.usage(600, "e1", 30L << 20, 120L << 20).usage(800, "e1", 60L << 20, 130L << 20);
        script.ends(750, lost, new Outcome.ExecutorLost(killed()), TaskMetrics.NONE)
                .loses(750, "e2", killed());
        script.executor(900, "e3", 2);
        script.task(900, 1_000, 0, 3, "e3", did(90, 0, 0, 0, 0, 4_000))
                .task(900, 1_010, 0, 2, "e3", did(90, 0, 0, 0, 0, 4_000));
        script.completed(1_010, 0, "groupByKey at Zips.java:7", 4)
                .shuffle(
                        1_010,
                        0,
                        0,
                        List.of(500L, 3_500L, 500L, 3_500L, 500L, 3_500L, 500L, 3_500L),
                        List.of(2_000L, 14_000L))
                .skew(1_010, 0, 1, 14_000, 2_000, "k7");
        script.submitted(1_010, 1, "collect at Zips.java:9", 2)
                .block(1_050, "rdd_3_0", "e1", 5_000, 0)
                .block(1_060, "rdd_3_1", "e3", 3_000, 700)
                .task(1_010, 1_110, 1, 0, "e1", did(90, 0, 30, 0, 2_000, 0))
                .task(1_010, 1_810, 1, 1, "e3", did(780, 40, 100, 200, 14_000, 0))
                .completed(1_810, 1, "collect at Zips.java:9", 2)
                .jobEnds(1_820, 0);
        script.job(1_850, 1, 0, 2)
                .planned(1_850, 1, 0, "groupByKey at Zips.java:7", 4, MAP_CALLS)
                .planned(1_850, 1, 2, "count at Zips.java:11", 2, 0)
                .submitted(1_850, 2, "count at Zips.java:11", 2)
                .skipped(1_850, 1, 0, "groupByKey at Zips.java:7");
        Event.TaskStart failed = script.starts(1_850, 2, 0, 0, "e1");
        script.ends(
                1_870,
                failed,
                new Outcome.Failed("java.lang.IllegalStateException", "no <such> zip", "  at Zips.f", true),
                TaskMetrics.NONE);
        return script.task(1_870, 1_900, 2, 0, "e1", did(25, 0, 0, 0, 2_000, 0))
                .task(1_850, 1_900, 2, 1, "e3", did(40, 0, 0, 0, 14_000, 0))
                .completed(1_900, 2, "count at Zips.java:11", 2)
                .jobEnds(1_905, 1)
                .shows(1_950, "Rows", "1xxxx", 17)
                .ends(2_000);
    }
}
