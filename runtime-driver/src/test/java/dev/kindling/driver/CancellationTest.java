package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.TaskContext;
import dev.kindling.event.EventBus;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that are told to end, in the threads of this JVM: who they are, what their actions throw, what goes on. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancellationTest {
    private static final BlockingQueue<String> STARTED = new LinkedBlockingQueue<>();
    private static final BlockingQueue<String> ENDED = new LinkedBlockingQueue<>();
    private static volatile boolean goesOn;

    private final BlockingQueue<Event.TaskStuck> stuck = new LinkedBlockingQueue<>();
    private final KindlingListener listener = new KindlingListener() {
        @Override
        public void onEvent(Event event) {
            if (event instanceof Event.TaskStuck e) {
                stuck.add(e);
            }
        }
    };
    private KindlingContext kindling;

    @BeforeEach
    void start() {
        STARTED.clear();
        ENDED.clear();
        goesOn = true;
        EventBus.install(listener);
        kindling =
                new KindlingContext(new KindlingConf().setMaster("local[2]").set("kindling.task.reaper.limitMs", "1s"));
        EventBus.uninstall(listener);
    }

    @AfterEach
    void end() {
        goesOn = false;
        kindling.close();
    }

    /** Runs it on a thread of its own; completes with the code of its failure. */
    private static CompletableFuture<KindlingException> failureOf(Callable<?> action) {
        CompletableFuture<KindlingException> failure = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        failure.completeExceptionally(new AssertionError("answered " + action.call()));
                    } catch (KindlingException e) {
                        failure.complete(e);
                    } catch (Exception e) {
                        failure.completeExceptionally(e);
                    }
                })
                .start();
        return failure;
    }

    /** Tasks that sleep until they are interrupted, and say so. */
    private long sleepers(String name) {
        return kindling.parallelize(List.of(1), 1)
                .map(n -> {
                    STARTED.add(name);
                    try {
                        Thread.sleep(60_000);
                    } finally {
                        ENDED.add(name);
                    }
                    return n;
                })
                .count();
    }

    @Test
    void groupIsCancelledAndOthersGoOn() throws Exception {
        CompletableFuture<KindlingException> nightly = failureOf(() -> {
            try (var scope = kindling.withJobGroup("nightly", "yesterday's orders")) {
                return sleepers("nightly");
            }
        });
        CompletableFuture<KindlingException> other = failureOf(() -> {
            try (var scope = kindling.withJobTag("other")) {
                return sleepers("other");
            }
        });
        STARTED.take();
        STARTED.take();

        kindling.cancelJobGroup("nightly");

        KindlingException cancelled = nightly.get();
        assertEquals(ErrorCode.CANCELLED, cancelled.code());
        assertTrue(
                cancelled.getMessage().contains("its group 'nightly' was cancelled by cancelJobGroup at Cancellation"),
                cancelled.getMessage());
        assertTrue(cancelled.getMessage().contains("(count at CancellationTest.java:"), cancelled.getMessage());
        assertEquals("nightly", ENDED.take());
        assertTrue(!other.isDone());

        kindling.cancelJobsWithTag("other");
        assertTrue(other.get().getMessage().contains("jobs with tag 'other'"));
        assertEquals("other", ENDED.take());
    }

    @Test
    void allJobsAreCancelledAndTheContextStaysUsable() throws Exception {
        CompletableFuture<KindlingException> first = failureOf(() -> sleepers("first"));
        CompletableFuture<KindlingException> second = failureOf(() -> sleepers("second"));
        STARTED.take();
        STARTED.take();

        kindling.cancelAllJobs();

        assertEquals(ErrorCode.CANCELLED, first.get().code());
        assertEquals(ErrorCode.CANCELLED, second.get().code());
        assertEquals(3, kindling.parallelize(List.of(1, 2, 3)).count());
    }

    @Test
    void endlessRowsStopAtABatchOfRowsWithoutAnInterrupt() throws Exception {
        CompletableFuture<KindlingException> endless = failureOf(() -> {
            kindling.setJobGroup("gentle", "counts for ever", false);
            return kindling.parallelize(List.of(1), 1)
                    .flatMap(n -> {
                        STARTED.add("endless");
                        return IntStream.generate(() -> {
                                    if (Thread.currentThread().isInterrupted()) {
                                        ENDED.add("interrupted");
                                    }
                                    return 1;
                                })
                                .iterator();
                    })
                    .count();
        });
        STARTED.take();

        kindling.cancelJobGroup("gentle");

        assertEquals(ErrorCode.CANCELLED, endless.get().code());
        // Both slots are free again: two tasks meet.
        assertEquals(
                2,
                kindling.parallelize(List.of(1, 2), 2)
                        .map(CancellationTest::meets)
                        .count());
        assertEquals(List.of(), List.copyOf(ENDED));
    }

    private static int meets(int n) throws InterruptedException {
        STARTED.add("meets");
        while (STARTED.stream().filter("meets"::equals).count() < 2) {
            Thread.sleep(1);
        }
        return n;
    }

    @Test
    void tasksOfAFailedJobStop() throws Exception {
        CompletableFuture<KindlingException> failed = failureOf(() -> kindling.parallelize(List.of(1, 2), 2)
                .map(n -> {
                    STARTED.add("task");
                    if (n == 2) {
                        throw new IllegalStateException("two");
                    }
                    try {
                        Thread.sleep(60_000);
                    } finally {
                        ENDED.add("task");
                    }
                    return n;
                })
                .collect());

        assertEquals(ErrorCode.USER_CODE_FAILED, failed.get().code());
        assertEquals("task", ENDED.take());
    }

    @Test
    void taskThatIgnoresItsInterruptIsToldWithItsStackAndKeepsItsCore() throws Exception {
        CompletableFuture<KindlingException> cancelled = failureOf(() ->
                kindling.parallelize(List.of(1), 1).map(CancellationTest::spins).count());
        STARTED.take();

        kindling.cancelAllJobs();

        assertEquals(ErrorCode.CANCELLED, cancelled.get().code());
        Event.TaskStuck told = stuck.take();
        assertTrue(told.stack().contains("CancellationTest.spins(CancellationTest.java:"), told.stack());
        assertTrue(!told.isReplaced());
        assertEquals(3, kindling.parallelize(List.of(1, 2, 3), 3).count());
    }

    private static int spins(int n) {
        STARTED.add("spins");
        while (goesOn) {
            Thread.onSpinWait();
        }
        return n;
    }

    @Test
    void tasksSeeThePropertiesOfTheThreadThatStartedTheJob() {
        kindling.setLocalProperty("tenant", "a");
        try (var scope = kindling.withPool("fast")) {
            List<String> seen = kindling.parallelize(List.of(1, 2), 2)
                    .mapToPair(n -> dev.kindling.api.Tuple2.of(n, n))
                    .groupByKey(2)
                    .map(group -> TaskContext.get().getLocalProperty("tenant") + " "
                            + TaskContext.get().getLocalProperty("spark.scheduler.pool") + " "
                            + TaskContext.get().getLocalProperty("absent"))
                    .collect();

            assertEquals(List.of("a fast null", "a fast null"), seen);
        }
    }
}
