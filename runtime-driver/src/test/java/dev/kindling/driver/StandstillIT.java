package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A function that waits for what never comes, in a process of its own. */
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StandstillIT {
    @TempDir
    Path directory;

    @Test
    void jobWhoseTaskWaitsForEverIsGivenUpAndTheErrorSaysWhereItStands() throws Exception {
        try (FaultyCluster cluster = new FaultyCluster(
                "local-cluster[1,1,64]",
                directory,
                "kindling.job.noProgressTimeoutMs",
                "6000",
                "kindling.heartbeat.intervalMs",
                "500")) {
            assertEquals(2, cluster.kindling.range(0, 2, 1, 2).count());
            long nanos = System.nanoTime();
            Job<Long> waiting = Job.start(() -> cluster.kindling
                    .range(0, 3, 1, 1)
                    .map(n -> {
                        Object nothing = new Object();
                        synchronized (nothing) {
                            nothing.wait(n == 2 ? 0 : 1);
                        }
                        return n;
                    })
                    .reduce(Long::sum));

            KindlingException failure = waiting.failure();

            assertEquals(ErrorCode.NO_PROGRESS, failure.code());
            assertTrue(failure.getMessage().contains("nothing has moved for 6"), failure.getMessage());
            FaultTable.add(
                    "function that waits for ever, 6 s allowed",
                    FaultTable.msSince(nanos),
                    "one error says where everything stands",
                    "1 attempt");
            Event.TaskStack stack = cluster.awaitEvent(Event.TaskStack.class, any -> true);
            assertTrue(stack.stack().contains("Object.wait"), stack.stack());
            List<Event.NothingMoved> told = cluster.events(Event.NothingMoved.class);
            assertEquals(1, told.stream().filter(Event.NothingMoved::isGivenUp).count(), told.toString());
            assertTrue(told.stream().anyMatch(report -> !report.isGivenUp()), told.toString());
            assertEquals(2, cluster.kindling.range(0, 2, 1, 2).count());
        }
        FaultTable.print();
    }
}
