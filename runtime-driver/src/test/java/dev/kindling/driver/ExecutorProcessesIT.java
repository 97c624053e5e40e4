package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real executor processes, and what happens to them. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExecutorProcessesIT {
    @TempDir
    Path scratch;

    private Leftovers leftovers;

    @BeforeEach
    void look() {
        leftovers = new Leftovers();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(List.of(), Leftovers.processes(), "processes");
        assertEquals(Set.of(), leftovers.threads(), "threads");
        assertEquals(List.of(), Leftovers.files(scratch), "files");
    }

    private KindlingContext cluster(String master) {
        return new KindlingContext(master, "test", new KindlingConf().set("kindling.scratch.dirs", scratch.toString()));
    }

    @Test
    void zipCodesAreCountedForAnyNumberOfPartitions() {
        List<Tuple2<Integer, Long>> expected = ZipCount.expected();

        try (KindlingContext kindling = cluster("local-cluster[2,1,64]")) {
            for (int partitions : new int[] {1, 2, 7, 32}) {
                assertEquals(expected, ZipCount.run(kindling, partitions), partitions + " partitions");
            }
        }
    }

    @Test
    void executorKilledInMidJobCostsTimeAndNothingElse() throws IOException {
        List<Long> killed = new ArrayList<>();

        try (KindlingContext kindling = cluster("local-cluster[2,1,64]")) {
            Path marks = Files.createDirectory(scratch.resolve("marks"));
            String markDirectory = marks.toString();
            Thread killer = new Thread(() -> killed.add(killTheFirstToMark(marks)));
            killer.start();
            long sum = kindling.range(0, 200_000, 1, 8)
                    .mapToPair(n -> Tuple2.of(n % 100, n))
                    .mapValues(n -> {
                        if (n == 120_000) {
                            mark(markDirectory);
                            Thread.sleep(700);
                        }
                        return n;
                    })
                    .reduceByKey(Long::sum, 4)
                    .map(Tuple2::_2)
                    .reduce(Long::sum);
            deleteAll(marks);

            assertEquals(LongStream.range(0, 200_000).sum(), sum);
            assertEquals(1, killed.size());
        }
    }

    /** Leaves a file that is named after this process. */
    private static void mark(String directory) throws IOException {
        Path file = Path.of(directory, Long.toString(ProcessHandle.current().pid()));
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
    }

    private static long killTheFirstToMark(Path marks) {
        while (true) {
            for (Path mark : Leftovers.files(marks)) {
                long pid = Long.parseLong(mark.getFileName().toString());
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                return pid;
            }
            Thread.onSpinWait();
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        for (Path file : Leftovers.files(directory)) {
            Files.delete(file);
        }
        Files.delete(directory);
    }

    @Test
    void exceptionOfAUserFunctionIsTheCauseAndItsMessageComesFirst() {
        try (KindlingContext kindling = cluster("local-cluster[1,2,64]")) {
            KindlingException failure = assertThrows(
                    KindlingException.class,
                    () -> kindling.parallelize(List.of(1, 2, 0))
                            .map(n -> 10 / n)
                            .collect());

            assertEquals(ErrorCode.USER_CODE_FAILED, failure.code());
            ArithmeticException cause = assertInstanceOf(ArithmeticException.class, failure.getCause());
            assertEquals("/ by zero", cause.getMessage());
            assertTrue(
                    failure.getMessage().startsWith("java.lang.ArithmeticException: / by zero"), failure.getMessage());
            assertEquals(
                    List.of(2), kindling.parallelize(List.of(1)).map(n -> n + 1).collect());
        }
    }

    @Test
    void exitCalledByATaskIsSeenAndTold() {
        try (KindlingContext kindling = cluster("local-cluster[1,1,64]")) {
            KindlingException failure = assertThrows(
                    KindlingException.class,
                    () -> kindling.parallelize(List.of(1), 1)
                            .map(n -> {
                                System.exit(42);
                                return n;
                            })
                            .collect());

            assertTrue(failure.getMessage().contains("exit code 42"), failure.getMessage());
            assertEquals(
                    List.of(2), kindling.parallelize(List.of(1)).map(n -> n + 1).collect());
        }
    }

    @Test
    void fullHeapEndsTheProcessAndTheMessageSaysWhatToDo() {
        try (KindlingContext kindling = cluster("local-cluster[1,1,64]")) {
            KindlingException failure = assertThrows(
                    KindlingException.class,
                    () -> kindling.parallelize(List.of(1), 1)
                            .map(n -> {
                                List<long[]> held = new ArrayList<>();
                                while (held.size() < 1_000) {
                                    held.add(new long[1 << 20]);
                                }
                                return held.size();
                            })
                            .collect());

            assertTrue(failure.getMessage().contains("heap of 64 MiB was full"), failure.getMessage());
            assertEquals(
                    List.of(2), kindling.parallelize(List.of(1)).map(n -> n + 1).collect());
        }
    }

    @Test
    void cancelledJobLeavesTheExecutorsUsable() throws InterruptedException {
        try (KindlingContext kindling = cluster("local-cluster[1,1,64]")) {
            List<Throwable> thrown = new ArrayList<>();
            Thread program = new Thread(() -> {
                try {
                    kindling.parallelize(List.of(1), 1)
                            .map(n -> {
                                Thread.sleep(60_000);
                                return n;
                            })
                            .collect();
                } catch (KindlingException e) {
                    thrown.add(e);
                }
            });
            program.start();
            Thread.sleep(1_500);
            program.interrupt();
            program.join(10_000);

            assertEquals(
                    ErrorCode.CANCELLED,
                    assertInstanceOf(KindlingException.class, thrown.get(0)).code());
            assertEquals(
                    List.of(2), kindling.parallelize(List.of(1)).map(n -> n + 1).collect());
        }
    }

    @Test
    void contextThatIsClosedWhileAJobRunsEndsTheJobAndLeavesNothing() throws InterruptedException {
        List<Throwable> thrown = new ArrayList<>();
        KindlingContext kindling = cluster("local-cluster[2,1,64]");
        Thread program = new Thread(() -> {
            try {
                kindling.range(0, 10, 1, 10)
                        .map(n -> {
                            Thread.sleep(10_000);
                            return n;
                        })
                        .collect();
            } catch (KindlingException e) {
                thrown.add(e);
            }
        });
        program.start();
        Thread.sleep(1_500);
        kindling.close();
        program.join(5_000);

        assertEquals(
                ErrorCode.CLOSED,
                assertInstanceOf(KindlingException.class, thrown.get(0)).code());
    }
}
