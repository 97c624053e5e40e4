package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.LongAccumulator;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An executor that stands still is not waited for: others do what it was to do. */
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpeculationIT {
    private static final int TASKS = 8;

    @TempDir
    Path directory;

    @Test
    void tasksOfAStoppedExecutorAreDoneByAnotherLongBeforeItIsLost() throws Exception {
        Leftovers leftovers = new Leftovers();
        Path scratch;
        try (FaultyCluster cluster = new FaultyCluster(
                "local-cluster[2,2,64]",
                directory,
                "kindling.speculation",
                "true",
                "kindling.executor.lostAfterMs",
                "600s")) {
            scratch = cluster.scratch();
            String marks = cluster.marks();
            LongAccumulator counted = cluster.kindling.longAccumulator("counted");
            Job<Long> sum = Job.start(() -> cluster.kindling
                    .range(0, TASKS, 1, TASKS)
                    .map(n -> {
                        counted.add(1);
                        if (n == 0) {
                            FaultyCluster.mark(marks, "reached");
                            FaultyCluster.passGate(marks, "gate");
                        }
                        return n;
                    })
                    .reduce(Long::sum));
            ProcessHandle stopped = cluster.awaitMark("reached");
            FaultyCluster.signal(stopped, "STOP");
            cluster.openGate("gate");

            assertEquals(TASKS * (TASKS - 1) / 2, sum.result());
            assertEquals(TASKS, counted.value());
            List<Event.TaskStart> copies = cluster.events(Event.TaskStart.class).stream()
                    .filter(Event.TaskStart::speculative)
                    .toList();
            assertFalse(copies.isEmpty());
            assertEquals(
                    1, copies.stream().map(Event.TaskStart::executor).distinct().count());
            assertEquals(List.of(), cluster.events(Event.ExecutorRemoved.class));
            String story = String.join("\n", cluster.story());
            assertTrue(story.contains("which is long beside the others of its stage"), story);
            assertTrue(story.contains("was first"), story);

            FaultyCluster.signal(stopped, "CONT");
            assertEquals(TASKS, cluster.kindling.range(0, TASKS, 1, TASKS).count());
            assertEquals(TASKS, counted.value(), "what comes second counts as well");
        }
        leftovers.assertNone(scratch);
    }
}
