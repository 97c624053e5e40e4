package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs of several threads share two cores: a task ends when the test says so, and who gets its core is seen. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoolsTest {
    private static final Semaphore MAY_END = new Semaphore(0);
    private static final BlockingQueue<String> STARTED = new LinkedBlockingQueue<>();

    private KindlingContext kindling;

    @BeforeEach
    void start() {
        MAY_END.drainPermits();
        STARTED.clear();
    }

    @AfterEach
    void end() {
        MAY_END.release(1_000);
        kindling.close();
    }

    private void open(String mode) {
        kindling = new KindlingContext(new KindlingConf()
                .setMaster("local[2]")
                .set("kindling.scheduler.mode", mode)
                .set("kindling.scheduler.pool.reports.weight", "1"));
    }

    private static <T> CompletableFuture<T> onAnotherThread(Supplier<T> action) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        answer.complete(action.get());
                    } catch (RuntimeException e) {
                        answer.completeExceptionally(e);
                    }
                })
                .start();
        return answer;
    }

    private long largeJob() {
        try (var scope = kindling.withPool("reports")) {
            return kindling.range(0, 20, 1, 20)
                    .map(n -> {
                        STARTED.add("large");
                        MAY_END.acquire();
                        return n;
                    })
                    .count();
        }
    }

    private long smallJob() {
        try (var scope = kindling.withPool("questions")) {
            return kindling.parallelize(List.of(1), 1)
                    .map(n -> {
                        STARTED.add("small");
                        return n;
                    })
                    .count();
        }
    }

    @Test
    void smallJobGetsACoreWhileALargeOneHasManyTasksWaiting() throws Exception {
        open("FAIR");
        CompletableFuture<Long> large = onAnotherThread(this::largeJob);
        assertEquals("large", STARTED.take());
        assertEquals("large", STARTED.take());
        CompletableFuture<Long> small = onAnotherThread(this::smallJob);
        awaitJobs(2);

        MAY_END.release();

        assertEquals("small", STARTED.take());
        assertEquals(1, small.get());
        assertTrue(!large.isDone());
        MAY_END.release(100);
        assertEquals(20, large.get());
    }

    @Test
    void firstInFirstOutLetsItWait() throws Exception {
        open("FIFO");
        CompletableFuture<Long> large = onAnotherThread(this::largeJob);
        assertEquals("large", STARTED.take());
        assertEquals("large", STARTED.take());
        CompletableFuture<Long> small = onAnotherThread(this::smallJob);
        awaitJobs(2);

        for (int task = 2; task < 20; task++) {
            MAY_END.release();
            assertEquals("large", STARTED.take(), "task " + task);
        }
        MAY_END.release(2);

        assertEquals("small", STARTED.take());
        assertEquals(20, large.get());
        assertEquals(1, small.get());
    }

    /** Until the driver knows so many. */
    private void awaitJobs(int count) throws InterruptedException {
        while (kindling.statusTracker().getActiveJobIds().length < count) {
            Thread.sleep(2);
        }
    }
}
