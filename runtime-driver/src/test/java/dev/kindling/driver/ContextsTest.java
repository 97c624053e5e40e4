package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several contexts in one JVM, several threads in one context, and what is left of a closed one. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContextsTest {
    private static final CountDownLatch NEVER = new CountDownLatch(1);
    private static volatile CountDownLatch running;

    @TempDir
    Path scratch;

    private Leftovers leftovers;
    private ExecutorService program;

    @BeforeEach
    void look() {
        leftovers = new Leftovers();
        program = Executors.newFixedThreadPool(6);
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        program.shutdown();
        assertTrue(program.awaitTermination(30, TimeUnit.SECONDS));
        assertEquals(Set.of(), leftovers.threads(), "threads");
        assertEquals(List.of(), Leftovers.files(scratch), "files");
    }

    private KindlingContext open(String name) {
        return new KindlingContext(
                "local[2]", name, new KindlingConf().set("kindling.scratch.dirs", scratch.toString()));
    }

    @Test
    void contextsAndThreadsDoNotDisturbEachOther() throws Exception {
        List<Future<Long>> sums = new ArrayList<>();
        try (KindlingContext first = open("first");
                KindlingContext second = open("second");
                KindlingContext third = open("third")) {
            for (KindlingContext kindling : List.of(first, second, third)) {
                for (int thread = 0; thread < 2; thread++) {
                    sums.add(program.submit(() -> kindling.range(0, 10_000, 1, 4)
                            .mapToPair(n -> Tuple2.of(n % 10, n))
                            .reduceByKey(Long::sum, 3)
                            .map(Tuple2::_2)
                            .reduce(Long::sum)));
                }
            }
            for (Future<Long> sum : sums) {
                assertEquals(49_995_000, sum.get());
            }
            assertEquals(
                    3,
                    Set.of(first.applicationId(), second.applicationId(), third.applicationId())
                            .size());
        }
    }

    @Test
    void closingFailsTheJobsOfAllThreadsAndThoseOfOtherContextsGoOn() throws Exception {
        try (KindlingContext other = open("other")) {
            KindlingContext closed = open("closed");
            CountDownLatch started = new CountDownLatch(2);
            running = started;
            List<Future<Long>> actions = new ArrayList<>();
            for (int thread = 0; thread < 5; thread++) {
                actions.add(program.submit(() -> closed.parallelize(List.of(1), 1)
                        .map(ContextsTest::waits)
                        .count()));
            }
            started.await();

            closed.close();

            for (Future<Long> action : actions) {
                KindlingException failure = (KindlingException)
                        assertThrows(ExecutionException.class, action::get).getCause();
                assertEquals(ErrorCode.CLOSED, failure.code());
            }
            assertEquals(2, other.parallelize(List.of(1, 2)).count());
        }
    }

    private static int waits(int n) throws InterruptedException {
        running.countDown();
        NEVER.await();
        return n;
    }

    @Test
    void everythingThatNeedsAnOpenContextSaysThatItIsClosed() throws Exception {
        KindlingContext kindling = open("reports");
        Path file = Files.writeString(scratch.resolve("a.txt"), "a");
        RDD<Integer> set = kindling.parallelize(List.of(1, 2), 2);
        Iterator<Integer> rows = set.toLocalIterator();
        kindling.close();

        Map<String, Callable<?>> calls = new LinkedHashMap<>();
        calls.put("parallelize", () -> kindling.parallelize(List.of(1)));
        calls.put("range", () -> kindling.range(0, 1, 1, 1));
        calls.put("emptyRDD", kindling::emptyRDD);
        calls.put("textFile", () -> kindling.textFile(file.toString()));
        calls.put("broadcast", () -> kindling.broadcast(1));
        calls.put("longAccumulator", () -> kindling.longAccumulator("sum"));
        calls.put("addFile", () -> call(() -> kindling.addFile(file.toString())));
        calls.put("map", () -> set.map(n -> n));
        calls.put("persist", () -> set.persist(StorageLevel.MEMORY_ONLY));
        calls.put("collect", set::collect);
        calls.put("count", set::count);
        calls.put("take", () -> set.take(1));
        calls.put("isEmpty", set::isEmpty);
        calls.put("foreach", () -> call(() -> set.foreach(n -> {})));
        calls.put("countAsync", set::countAsync);
        calls.put("iterator", rows::next);
        calls.put(
                "saveAsTextFile",
                () -> call(() -> set.saveAsTextFile(scratch.resolve("out").toString())));
        calls.put("lineage", set::lineage);
        Map<String, String> wrong = new TreeMap<>();
        calls.forEach((name, call) -> answerOf(call, name, wrong));
        Files.delete(file);

        assertEquals(Map.of(), wrong);
    }

    private static Object call(Runnable what) {
        what.run();
        return "done";
    }

    private static void answerOf(Callable<?> call, String name, Map<String, String> wrong) {
        try {
            wrong.put(name, "answers " + call.call());
        } catch (KindlingException e) {
            boolean isRight = e.code() == ErrorCode.CLOSED
                    && e.getMessage().contains("the context reports is closed; make a new one");
            if (!isRight) {
                wrong.put(name, e.code() + " " + e.getMessage());
            }
        } catch (Exception e) {
            wrong.put(name, e.toString());
        }
    }

    @Test
    void whatOnlyLooksOrMarksDoesNoHarmOnAClosedContext() {
        KindlingContext kindling = open("reports");
        RDD<Integer> set = kindling.parallelize(List.of(1, 2), 2);
        kindling.close();

        kindling.cancelAllJobs();
        kindling.cancelJobGroup("g");
        try (var scope = kindling.withJobGroup("g", "nothing")) {
            kindling.setLocalProperty("own", "1");
        }
        kindling.close();
        set.unpersist();

        assertEquals("reports", kindling.appName());
        assertEquals(2, set.getNumPartitions());
        assertEquals(0, kindling.statusTracker().getActiveJobIds().length);
    }
}
