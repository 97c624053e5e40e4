package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.FutureAction;
import dev.kindling.api.FutureAction.Progress;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.LongAccumulator;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Actions that run while the program goes on. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncActionsTest {
    private static final Semaphore MAY_END = new Semaphore(0);
    private static final BlockingQueue<String> SEEN = new LinkedBlockingQueue<>();

    private Leftovers leftovers;
    private KindlingContext kindling;

    @BeforeEach
    void start() {
        MAY_END.drainPermits();
        SEEN.clear();
        leftovers = new Leftovers();
        kindling = KindlingContext.local(2);
    }

    @AfterEach
    void end() {
        kindling.close();
        assertEquals(Set.of(), leftovers.threads(), "threads");
    }

    private RDD<Long> held(int tasks) {
        return kindling.range(0, tasks, 1, tasks).map(n -> {
            SEEN.add("started");
            try {
                MAY_END.acquire();
            } catch (InterruptedException e) {
                SEEN.add("interrupted");
                throw e;
            }
            return n;
        });
    }

    // ---- answers ----------------------------------------------------------------------------------------------------

    @Test
    void answersAreThoseOfTheActionsThatWait() throws Exception {
        RDD<Long> numbers = kindling.range(0, 1_000, 1, 7);
        LongAccumulator sum = kindling.longAccumulator("sum");

        assertEquals(1_000, numbers.countAsync().get());
        assertEquals(
                LongStream.range(0, 1_000).boxed().toList(),
                numbers.collectAsync().get());
        numbers.foreachAsync(sum::add).get();
        assertEquals(499_500, sum.value());
        numbers.foreachPartitionAsync(rows -> sum.add(1)).get();
        assertEquals(499_507, sum.value());
    }

    @Test
    void takingReadsAsManyPartitionsAsItNeeds() throws Exception {
        RDD<Long> numbers = kindling.range(0, 100, 1, 50);

        FutureAction<List<Long>> few = numbers.takeAsync(2);
        FutureAction<List<Long>> some = numbers.takeAsync(25);
        FutureAction<List<Long>> all = numbers.takeAsync(1_000);

        assertEquals(List.of(0L, 1L), few.get());
        assertEquals(1, few.jobIds().size());
        assertEquals(LongStream.range(0, 25).boxed().toList(), some.get());
        assertEquals(3, some.jobIds().size());
        assertEquals(100, all.get().size());
        assertEquals(50, all.progress().done());
        assertEquals(List.of(), numbers.takeAsync(0).get());
    }

    @Test
    void emptySetIsDoneAtOnce() throws Exception {
        assertEquals(0, kindling.emptyRDD().countAsync().get());
        assertEquals(List.of(), kindling.emptyRDD().collectAsync().get());
        assertEquals(List.of(), kindling.emptyRDD().collectAsync().jobIds());
    }

    @Test
    void sortIsSampledWithoutHoldingUpTheProgram() throws Exception {
        RDD<Long> sorted = kindling.range(0, 1_000, 1, 4).sortBy(n -> -n, true, 3);

        assertEquals(
                LongStream.range(0, 1_000).map(n -> 999 - n).boxed().toList(),
                sorted.collectAsync().get());
    }

    @Test
    void setThatNobodyElseHoldsStaysUntilItsActionHasEnded() throws Exception {
        FutureAction<Long> action =
                held(2).mapToPair(n -> Tuple2.of(n, n)).groupByKey(2).keys().countAsync();
        SEEN.take();
        System.gc();
        kindling.parallelize(List.of(1)).setName("finds what is unreachable");
        MAY_END.release(10);

        assertEquals(2, action.get());
    }

    // ---- how far it is ----------------------------------------------------------------------------------------------

    @Test
    void progressCountsTasksStagesAndWhatIsSkipped() throws Exception {
        RDD<Long> keys =
                held(4).mapToPair(n -> Tuple2.of(n % 2, n)).groupByKey(3).keys();
        FutureAction<Long> first = keys.countAsync();
        SEEN.take();
        SEEN.take();
        awaitProgress(first, new Progress(2, 0, 0, 7, 2, 0, 0));
        MAY_END.release(4);
        first.get();
        FutureAction<Long> second = keys.countAsync();
        second.get();

        assertEquals(new Progress(2, 2, 0, 7, 0, 7, 0), first.progress());
        assertEquals(new Progress(2, 1, 1, 3, 0, 3, 0), second.progress());
    }

    private static void awaitProgress(FutureAction<?> action, Progress expected) throws InterruptedException {
        while (!action.progress().equals(expected)) {
            Thread.sleep(1);
        }
    }

    @Test
    void watchersSeeItComeFurtherUntilTheEndAndNoneOfThemEndsIt() throws Exception {
        List<Progress> seen = new CopyOnWriteArrayList<>();
        FutureAction<Long> action = held(20).countAsync();
        action.onProgress(progress -> {
                    throw new IllegalStateException("a watcher fails");
                })
                .onProgress(seen::add);
        MAY_END.release(20);

        assertEquals(20, action.get());
        assertEquals(new Progress(1, 1, 0, 20, 0, 20, 0), seen.get(seen.size() - 1));
        assertEquals(
                seen.stream().map(Progress::done).sorted().toList(),
                seen.stream().map(Progress::done).toList());
    }

    @Test
    void manyActionsNeedNoThreadsWhileTheyRun() throws Exception {
        List<FutureAction<Long>> actions = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            actions.add(held(1).countAsync());
        }
        SEEN.take();

        assertEquals(
                List.of(),
                Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("action"))
                        .toList());
        MAY_END.release(30);
        for (FutureAction<Long> action : actions) {
            assertEquals(1, action.get());
        }
    }

    // ---- ends -------------------------------------------------------------------------------------------------------

    @Test
    void cancelledActionStopsItsTasksAndSaysSo() throws Exception {
        FutureAction<Long> action = held(2).countAsync();
        SEEN.take();
        SEEN.take();

        assertTrue(action.cancel(true));
        assertTrue(action.cancel(true));

        assertTrue(action.isCancelled());
        assertThrows(CancellationException.class, action::get);
        assertEquals("interrupted", SEEN.take());
        assertEquals("interrupted", SEEN.take());
        assertEquals(3, kindling.parallelize(List.of(1, 2, 3)).count());
    }

    @Test
    void actionThatIsCancelledWhileItsSortIsSampledBeginsNoJobAfterwards() throws Exception {
        FutureAction<List<Long>> action = held(2).sortBy(n -> n, true, 2).collectAsync();
        SEEN.take();
        SEEN.take();

        action.cancel(true);

        assertEquals("interrupted", SEEN.take());
        assertThrows(CancellationException.class, action::get);
        assertEquals(List.of(), action.jobIds());
        assertEquals(1, kindling.parallelize(List.of(1)).count());
    }

    @Test
    void failureIsTheOneTheWaitingActionWouldHaveThrown() {
        FutureAction<List<Integer>> action =
                kindling.parallelize(List.of("a"), 1).map(Integer::parseInt).collectAsync();

        ExecutionException failure = assertThrows(ExecutionException.class, action::get);
        KindlingException own = assertInstanceOf(KindlingException.class, failure.getCause());
        assertEquals(ErrorCode.USER_CODE_FAILED, own.code());
        assertInstanceOf(NumberFormatException.class, own.getCause());
        assertTrue(own.getMessage().contains("collectAsync at AsyncActionsTest.java:"), own.getMessage());
        assertEquals(4, action.progress().failed());
    }

    @Test
    void jobsHaveThePropertiesOfTheThreadThatStartedThem() throws Exception {
        FutureAction<Long> action;
        try (var scope = kindling.withJobGroup("background", "counts")) {
            action = held(2).countAsync();
        }
        SEEN.take();

        kindling.cancelJobGroup("background");

        ExecutionException failure = assertThrows(ExecutionException.class, action::get);
        assertEquals(ErrorCode.CANCELLED, ((KindlingException) failure.getCause()).code());
    }

    @Test
    void continuationsMayWaitForJobsOfTheirOwn() throws Exception {
        List<CompletionStage<Long>> sums = IntStream.range(0, 10)
                .<CompletionStage<Long>>mapToObj(i -> kindling.range(0, 10, 1, 2)
                        .countAsync()
                        .thenApply(count -> count
                                + kindling.range(0, count, 1, 2)
                                        .map(n -> "x".repeat(2_000_000))
                                        .count()))
                .toList();

        for (CompletionStage<Long> sum : sums) {
            assertEquals(20, sum.toCompletableFuture().get());
        }
    }

    @Test
    void closingTheContextFailsWhatRunsAndAContinuationMayClose() throws Exception {
        FutureAction<Long> running = held(1).countAsync();
        SEEN.take();
        FutureAction<Long> closing = kindling.range(0, 1, 1, 1).countAsync();
        closing.thenRun(kindling::close).toCompletableFuture().get();

        ExecutionException failure = assertThrows(ExecutionException.class, running::get);
        assertEquals(ErrorCode.CLOSED, ((KindlingException) failure.getCause()).code());
        assertEquals(
                ErrorCode.CLOSED,
                assertThrows(KindlingException.class, () -> held(1).countAsync())
                        .code());
    }
}
