package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.event.StatusFold;
import dev.kindling.protocol.TaskMetrics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class StatusReportTest {
    private static Instant at(long ms) {
        return Instant.ofEpochMilli(ms);
    }

    @Test
    void aReportTellsJobsStagesAndExecutors() {
        ExitReason killed =
                new ExitReason(ExitReason.Kind.KILLED, OptionalInt.of(137), "exit code 137\nits last words", 0, 0, "");
        List<Event> events = List.of(
                new Event.ApplicationStart(at(0), "app-1", "zips"),
                new Event.EnvironmentUpdate(at(0), "local-cluster[1,2,64]", Map.of()),
                new Event.ExecutorAdded(at(100), "e1", "h1", 2, 64 << 20),
                new Event.JobStart(at(200), 0, List.of(0), "count at A.java:1", Map.of()),
                new Event.StageSubmitted(at(200), new StageInfo(0, 0, 200, "count at A.java:1", 2, 0, 0, 0)),
                new Event.TaskStart(at(210), 0, 0, 0, 0, 0, "e1", Locality.ANY, false),
                new Event.TaskStart(at(210), 0, 0, 1, 1, 0, "e1", Locality.ANY, false),
                new Event.TaskEnd(at(300), 0, 0, 0, 0, 0, "e1", new Outcome.Success(), TaskMetrics.NONE),
                new Event.ExecutorRemoved(at(400), "e1", killed),
                new Event.TaskEnd(at(400), 0, 0, 1, 1, 0, "e1", new Outcome.ExecutorLost(killed), TaskMetrics.NONE),
                new Event.StageCompleted(
                        at(700),
                        new StageInfo(0, 0, 200, "count at A.java:1", 2, 0, 1, 1),
                        Optional.of("job 0 failed")),
                new Event.JobEnd(
                        at(700),
                        0,
                        Optional.of(new KindlingException(ErrorCode.EXECUTORS_LOST, "no executor\nstays"))));

        assertEquals(
                List.of(
                        "zips (app-1) on local-cluster[1,2,64]: has not ended, last heard of after 700 ms",
                        "job 0  failed  count at A.java:1  500 ms: no executor",
                        "stage 0  failed  count at A.java:1  1/2 tasks, 1 failed  500 ms",
                        "executor e1  2 cores, 64 MiB on h1  1 attempts succeeded, 1 failed; lost: exit code 137",
                        "memory of an executor  of the heap of 64 MiB, 22 MiB are counted pages for tasks and cached"
                                + " blocks: each of 2 tasks has from 2.7 MiB to 16 MiB of them and blocks keep up to"
                                + " 11 MiB; one row may take 1.1 MiB, functions use the rest"),
                StatusReport.lines(StatusFold.of(events)));
    }
}
