package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life of an application inside one JVM, and that nothing outlives it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ApplicationTest {
    private static final AtomicReference<CountDownLatch> RUNNING = new AtomicReference<>(new CountDownLatch(1));

    @TempDir
    Path scratch;

    private Leftovers leftovers;

    @BeforeEach
    void look() {
        leftovers = new Leftovers();
        RUNNING.set(new CountDownLatch(1));
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(Set.of(), leftovers.threads(), "threads");
        assertEquals(List.of(), Leftovers.files(scratch), "files");
    }

    private KindlingConf conf() {
        return new KindlingConf().setMaster("local[2]").set("kindling.scratch.dirs", scratch.toString());
    }

    @Test
    void addressOfTheRunIsKnownWhereItIsShownAndEndsWithIt() throws Exception {
        URI address;
        try (KindlingContext kindling =
                new KindlingContext(conf().set("kindling.ui.enabled", "true").set("kindling.ui.port", "0"))) {
            address = kindling.uiUri().orElseThrow();
            new Socket(address.getHost(), address.getPort()).close();
        }
        assertThrows(ConnectException.class, () -> new Socket(address.getHost(), address.getPort()).close());
        try (KindlingContext kindling = new KindlingContext(conf())) {
            assertEquals(Optional.empty(), kindling.uiUri());
        }
    }

    @Test
    void twoContextsInOneJvmDoNotKnowOfEachOther() {
        KindlingContext first = new KindlingContext(conf());
        try (KindlingContext second = new KindlingContext(conf())) {
            assertNotEquals(first.applicationId(), second.applicationId());
            first.close();

            assertEquals(6, second.parallelize(List.of(1, 2, 3)).reduce(Integer::sum));
        }
    }

    @Test
    void failedJobThrowsTheUsersExceptionWithTheProgramsOwnCallOnItsStack() {
        try (KindlingContext kindling = new KindlingContext(conf())) {
            KindlingException failure = assertThrows(
                    KindlingException.class,
                    () -> kindling.parallelize(List.of("a"))
                            .map(Integer::parseInt)
                            .collect());

            assertInstanceOf(NumberFormatException.class, failure.getCause());
            assertTrue(List.of(failure.getStackTrace()).stream()
                    .anyMatch(frame -> frame.getClassName().equals(ApplicationTest.class.getName())));
        }
    }

    @Test
    void closedContextRefusesJobsAndASecondCloseDoesNothing() {
        KindlingContext kindling = new KindlingContext(conf());
        kindling.parallelize(List.of(1)).collect();
        kindling.close();
        kindling.close();

        KindlingException refused = assertThrows(
                KindlingException.class, () -> kindling.parallelize(List.of(1)).collect());
        assertEquals(ErrorCode.CLOSED, refused.code());
    }

    @Test
    void rowsAndFunctionsTooLargeForAFrameAreRefusedBeforeAnyTaskRuns() {
        try (KindlingContext kindling = new KindlingContext(conf())) {
            byte[] large = new byte[17 << 20];

            KindlingException rows = assertThrows(
                    KindlingException.class,
                    () -> kindling.parallelize(List.of(large), 1).count());
            KindlingException function = assertThrows(
                    KindlingException.class,
                    () -> kindling.range(0, 4, 1, 2)
                            .map(n -> large[n.intValue()])
                            .collect());

            assertEquals(ErrorCode.BAD_ARGUMENT, rows.code());
            assertTrue(rows.getMessage().contains("more partitions"), rows.getMessage());
            assertEquals(ErrorCode.BAD_ARGUMENT, function.code());
            assertTrue(function.getMessage().contains("capture take"), function.getMessage());
            assertEquals(2, kindling.parallelize(List.of(1, 2), 2).count());
        }
    }

    @Test
    void closeEndsARunningJob() throws InterruptedException {
        KindlingContext kindling = new KindlingContext(conf());
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread program = new Thread(() -> {
            try {
                kindling.parallelize(List.of(1), 1)
                        .map(ApplicationTest::sleepLong)
                        .collect();
            } catch (KindlingException e) {
                thrown.set(e);
            }
        });
        program.start();
        RUNNING.get().await();

        kindling.close();
        program.join(30_000); // half of what the task would sleep

        assertFalse(program.isAlive());
        assertEquals(
                ErrorCode.CLOSED,
                assertInstanceOf(KindlingException.class, thrown.get()).code());
    }

    @Test
    void interruptedProgramCancelsItsJobAndTheNextOneRuns() throws InterruptedException {
        try (KindlingContext kindling = new KindlingContext(conf())) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread program = new Thread(() -> {
                try {
                    kindling.parallelize(List.of(1, 2), 2)
                            .map(ApplicationTest::sleepLong)
                            .collect();
                } catch (KindlingException e) {
                    thrown.set(e);
                }
            });
            program.start();
            RUNNING.get().await();
            program.interrupt();
            program.join();

            assertEquals(
                    ErrorCode.CANCELLED,
                    assertInstanceOf(KindlingException.class, thrown.get()).code());
            assertEquals(
                    List.of(2, 3),
                    kindling.parallelize(List.of(1, 2), 2).map(n -> n + 1).collect());
        }
    }

    private static int sleepLong(int n) throws InterruptedException {
        RUNNING.get().countDown();
        Thread.sleep(60_000);
        return n;
    }

    @Test
    void resultTooLargeForAFrameComesWhole() {
        try (KindlingContext kindling = new KindlingContext(conf().set("kindling.result.directBytes", "1k"))) {
            List<String> rows =
                    kindling.range(0, 100_000, 1, 2).map(n -> "row " + n).collect();

            assertEquals(100_000, rows.size());
            assertEquals("row 99999", rows.get(99_999));
        }
    }

    @Test
    void resultsBeyondTheLimitFailTheJobAndSayWhatToDo() {
        try (KindlingContext kindling = new KindlingContext(conf().set("kindling.result.maxBytes", "64k"))) {
            KindlingException failure = assertThrows(
                    KindlingException.class,
                    () -> kindling.range(0, 100_000, 1, 16).map(n -> "row " + n).collect());

            assertEquals(ErrorCode.RESULT_TOO_LARGE, failure.code());
            assertTrue(failure.getMessage().contains("(collect at ApplicationTest.java:"), failure.getMessage());
            assertTrue(failure.getMessage().contains("at most 64 KiB. Read the set"), failure.getMessage());
            assertTrue(failure.getMessage().contains("with toLocalIterator, write it with saveAsTextFile"));
        }
    }

    @Test
    void firstTasksOfAJobThatWillBringTooMuchEndItBeforeTheOthersRun() {
        try (KindlingContext kindling = new KindlingContext(
                conf().set("kindling.result.maxBytes", "1m").set("kindling.result.directBytes", "4k"))) {
            KindlingException failure = assertThrows(
                    KindlingException.class,
                    () -> kindling.range(0, 400_000, 1, 200)
                            .map(n -> "this is row number " + n)
                            .collect());

            assertEquals(ErrorCode.RESULT_TOO_LARGE, failure.code());
            // The first of each eighth, and what ran beside the last of them: some, but by far not all.
            assertTrue(
                    failure.getMessage().matches("(?s).* or more, by [1-4]?[0-9] of 200 tasks.*"),
                    failure.getMessage());
        }
    }

    @Test
    void outputIsPublishedOnceAndRefusedASecondTime() throws Exception {
        Path target = Files.createTempDirectory("kindling-output").resolve("out");
        try (KindlingContext kindling = new KindlingContext(conf())) {
            kindling.parallelize(List.of("a", "b"), 2).saveAsTextFile(target.toString());
            KindlingException refused = assertThrows(
                    KindlingException.class,
                    () -> kindling.parallelize(List.of("c")).saveAsTextFile(target.toString()));

            assertEquals(ErrorCode.OUTPUT_EXISTS, refused.code());
            assertEquals(2, kindling.textFile(target.toString()).count());
            assertTrue(Files.exists(target.resolve("_SUCCESS")));
        } finally {
            dev.kindling.util.FileTrees.delete(target.getParent());
        }
    }

    /** White space at the ends of the setting is part of it. */
    @Test
    void hadoopsNameForTheDelimiterOfRecordsIsUnderstood() throws Exception {
        Path file = Files.writeString(scratch.resolve("paragraphs"), "one\n1\n\ntwo\n\n\n\nthree");
        KindlingConf paragraphs = conf().set("spark.hadoop.textinputformat.record.delimiter", "\n\n");
        try (KindlingContext kindling = new KindlingContext(paragraphs)) {
            assertEquals(
                    List.of("one\n1", "two", "", "three"),
                    kindling.textFile(file.toString(), 3).collect());
            assertEquals(
                    8, kindling.textFile(file.toString(), "\n", 3).collect().size());
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void directoriesOfADriverThatWasKilledAreDeletedAtTheNextStart() throws Exception {
        Path left = Files.createDirectory(scratch.resolve("kindling-app-20200101-000000-abcdef"));
        Path lock = Files.createFile(left.resolve("driver.lock"));
        Files.setLastModifiedTime(lock, java.nio.file.attribute.FileTime.fromMillis(0));

        try (KindlingContext first = new KindlingContext(conf());
                KindlingContext second = new KindlingContext(conf())) {
            assertTrue(Files.notExists(left));
            assertEquals(1, first.parallelize(List.of(1)).count());
            assertEquals(1, second.parallelize(List.of(1)).count());
        }
    }

    @Test
    void contextIsKnownToTheSetsItMakes() {
        try (KindlingContext kindling = new KindlingContext(conf())) {
            assertSame(
                    kindling,
                    kindling.parallelizePairs(List.of(Tuple2.of(1, 2))).context());
        }
    }
}
