package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.FutureAction;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.TaskContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are told to end while their tasks run in processes of their own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancellationIT {
    @TempDir
    Path scratch;

    @TempDir
    Path marks;

    private Leftovers leftovers;

    @BeforeEach
    void look() {
        leftovers = new Leftovers();
    }

    @AfterEach
    void nothingIsLeft() {
        leftovers.assertNone(scratch);
    }

    @Test
    void processOfATaskThatIgnoresItsCancellationIsReplacedAndItsNeighbourRunsAgainUncharged() throws Exception {
        KindlingConf conf = new KindlingConf()
                .set("kindling.scratch.dirs", scratch.toString())
                .set("kindling.task.reaper.limitMs", "1s")
                // The neighbour may not fail even once.
                .set("kindling.task.maxFailures", "1");
        String directory = marks.toString();
        try (KindlingContext kindling = new KindlingContext("local-cluster[1,2,64]", "test", conf)) {
            CompletableFuture<Long> stuck = CompletableFuture.supplyAsync(() -> {
                kindling.setJobGroup("stuck", "spins");
                return kindling.parallelize(List.of(1), 1)
                        .map(n -> spins(directory))
                        .count();
            });
            CompletableFuture<List<Integer>> neighbour =
                    CompletableFuture.supplyAsync(() -> kindling.parallelize(List.of(1), 1)
                            .map(n -> waits(directory))
                            .collect());
            awaitMark("spins-0");
            awaitMark("waits-0");

            kindling.cancelJobGroup("stuck");

            KindlingException cancelled = (KindlingException)
                    assertThrows(CompletionException.class, stuck::join).getCause();
            assertEquals(ErrorCode.CANCELLED, cancelled.code());
            assertTrue(cancelled.getMessage().contains("its group 'stuck' was cancelled"), cancelled.getMessage());
            awaitMark("waits-1");
            Files.createFile(marks.resolve("go"));
            assertEquals(List.of(1), neighbour.join(), "attempt that answered");
            assertEquals(3, kindling.parallelize(List.of(1, 2, 3), 3).count());
        }
    }

    @Test
    void actionsPropertiesPoolsAndLimitsReachTheProcesses() throws Exception {
        KindlingConf conf = new KindlingConf()
                .set("kindling.scratch.dirs", scratch.toString())
                .set("kindling.scheduler.mode", "FAIR")
                .set("kindling.result.maxBytes", "256k")
                .set("kindling.result.directBytes", "1k");
        String directory = marks.toString();
        try (KindlingContext kindling = new KindlingContext("local-cluster[2,1,64]", "test", conf)) {
            FutureAction<List<String>> seen;
            FutureAction<Long> endless;
            try (var pool = kindling.withPool("background")) {
                kindling.setLocalProperty("tenant", "a");
                seen = kindling.parallelize(List.of(1, 2), 2)
                        .map(n -> TaskContext.get().getLocalProperty("tenant")
                                + TaskContext.get().getLocalProperty("kindling.scheduler.pool"))
                        .collectAsync();
                assertEquals(List.of("abackground", "abackground"), seen.get());
                endless = kindling.parallelize(List.of(1), 1)
                        .map(n -> waits(directory))
                        .countAsync();
            }
            awaitMark("waits-0");
            KindlingException tooLarge = assertThrows(
                    KindlingException.class,
                    () -> kindling.range(0, 100_000, 1, 64)
                            .map(n -> "row number " + n)
                            .collect());
            endless.cancel(true);

            assertEquals(ErrorCode.RESULT_TOO_LARGE, tooLarge.code());
            assertThrows(CancellationException.class, endless::get);
            assertEquals(1, endless.jobIds().size());
            assertEquals(2, kindling.parallelize(List.of(1, 2), 2).count());
        }
    }

    private void awaitMark(String name) throws InterruptedException {
        while (!Files.exists(marks.resolve(name))) {
            Thread.sleep(5);
        }
    }

    private static void mark(String directory, String name) throws IOException {
        Files.createFile(Path.of(directory, name + "-" + TaskContext.get().attemptNumber()));
    }

    private static int spins(String directory) throws IOException {
        mark(directory, "spins");
        while (!Files.exists(Path.of(directory, "never"))) {
            Thread.onSpinWait();
        }
        return 0;
    }

    private static int waits(String directory) throws IOException, InterruptedException {
        mark(directory, "waits");
        while (!Files.exists(Path.of(directory, "go"))) {
            Thread.sleep(5);
        }
        return TaskContext.get().attemptNumber();
    }
}
