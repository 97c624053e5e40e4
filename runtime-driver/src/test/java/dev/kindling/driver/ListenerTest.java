package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.PairRDD;
import dev.kindling.api.StatusTracker;
import dev.kindling.api.Tuple2;
import dev.kindling.driver.page.PageModel;
import dev.kindling.driver.page.RunFold;
import dev.kindling.event.AppStatus;
import dev.kindling.event.EventLog;
import dev.kindling.event.StatusFold;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a program hears of its jobs, and what it may ask about them. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListenerTest {
    private static class Recorder implements KindlingListener, AutoCloseable {
        final List<Event> events = Collections.synchronizedList(new ArrayList<>());
        final List<String> jobs = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch isClosed = new CountDownLatch(1);

        @Override
        public void onEvent(Event e) {
            events.add(e);
        }

        @Override
        public void onJobStart(Event.JobStart e) {
            jobs.add("start " + e.jobId());
        }

        @Override
        public void onJobEnd(Event.JobEnd e) {
            jobs.add("end " + e.jobId());
        }

        @Override
        public void close() {
            isClosed.countDown();
        }

        <E extends Event> List<E> all(Class<E> type) {
            return List.copyOf(events).stream()
                    .filter(type::isInstance)
                    .map(type::cast)
                    .toList();
        }

        /** Until it has heard an event of this kind. */
        void await(Class<? extends Event> type) throws InterruptedException {
            for (int i = 0; i < 3_000 && all(type).isEmpty(); i++) {
                Thread.sleep(10);
            }
            assertTrue(!all(type).isEmpty(), () -> "heard " + events);
        }

        /** Until it has heard its last event. */
        void awaitEnd() throws InterruptedException {
            assertTrue(isClosed.await(60, TimeUnit.SECONDS));
        }
    }

    private static PairRDD<Integer, Iterable<Integer>> groups(KindlingContext kindling) {
        return kindling.range(0, 100, 1, 4)
                .mapToPair(n -> Tuple2.of((int) (n % 10), n.intValue()))
                .groupByKey(3);
    }

    @Test
    void aJobIsToldFromItsStartToItsEnd() throws InterruptedException {
        Recorder recorder = new Recorder();
        try (KindlingContext kindling = KindlingContext.local(2)) {
            kindling.addListener(recorder);
            PairRDD<Integer, Iterable<Integer>> groups = groups(kindling);
            assertEquals(10, groups.count());
            assertEquals(10, groups.count());
            recorder.await(Event.JobEnd.class);
        }
        recorder.awaitEnd();

        assertEquals(List.of("start 0", "end 0", "start 1", "end 1"), recorder.jobs);
        Event.JobStart job = recorder.all(Event.JobStart.class).get(0);
        assertTrue(job.callSite().startsWith("count at ListenerTest.java:"), job.callSite());
        List<String> told = new ArrayList<>();
        for (Event event : recorder.events) {
            if (event instanceof Event.StageSubmitted e) {
                told.add("stage " + e.stage().stageId() + " of " + e.stage().numTasks());
            } else if (event instanceof Event.StageCompleted e) {
                told.add("stage " + e.stage().stageId() + " done " + e.stage().numCompletedTasks());
            } else if (event instanceof Event.StageSkipped e) {
                told.add("stage " + e.stageId() + " skipped by job " + e.jobId());
            }
        }
        assertEquals(
                List.of(
                        "stage 0 of 4",
                        "stage 0 done 4",
                        "stage 1 of 3",
                        "stage 1 done 3",
                        "stage 2 of 3",
                        "stage 0 skipped by job 1",
                        "stage 2 done 3"),
                told);
        List<Event.TaskEnd> ends = recorder.all(Event.TaskEnd.class);
        assertEquals(10, ends.size());
        assertEquals(10, ends.stream().map(Event.TaskEnd::taskId).distinct().count());
        assertTrue(ends.stream().allMatch(end -> end.outcome() instanceof Outcome.Success));
        assertEquals(
                100,
                ends.stream()
                        .filter(end -> end.stageId() == 0)
                        .mapToLong(end -> end.metrics().shuffleRecordsWritten())
                        .sum());
        assertEquals(1, recorder.all(Event.ApplicationEnd.class).size());
        assertEquals(0, recorder.all(Event.ApplicationEnd.class).get(0).exitCode());
        for (int i = 1; i < recorder.events.size(); i++) {
            assertTrue(!recorder.events
                    .get(i)
                    .time()
                    .isBefore(recorder.events.get(i - 1).time()));
        }
    }

    @Test
    void aFailedJobEndsWithWhatTheProgramCatches() throws InterruptedException {
        Recorder recorder = new Recorder();
        KindlingException caught;
        try (KindlingContext kindling = KindlingContext.local(2)) {
            kindling.addListener(recorder);
            caught = assertThrows(
                    KindlingException.class,
                    () -> kindling.range(0, 10, 1, 1).foreach(n -> {
                        throw new IllegalStateException("boom");
                    }));
        }
        recorder.awaitEnd();

        Throwable told = recorder.all(Event.JobEnd.class).get(0).failure().orElseThrow();
        assertEquals(caught.getMessage(), told.getMessage());
        assertInstanceOf(IllegalStateException.class, told.getCause());
        List<Event.TaskEnd> ends = recorder.all(Event.TaskEnd.class);
        assertEquals(4, ends.size());
        for (Event.TaskEnd end : ends) {
            Outcome.Failed failed = (Outcome.Failed) end.outcome();
            assertEquals("java.lang.IllegalStateException", failed.className());
            assertTrue(failed.countsTowardsLimit());
        }
        assertEquals(
                "job 0 failed",
                recorder.all(Event.StageCompleted.class).get(0).failure().orElseThrow());
    }

    @Test
    void resultThatAProgramShowsIsInItsLogAndOnThePageMadeOfThat(@TempDir Path directory) throws Exception {
        String id;
        try (KindlingContext kindling = new KindlingContext(
                new KindlingConf().setMaster("local[1]").set("kindling.eventlog.dir", directory.toString()))) {
            id = kindling.applicationId();
            Map<String, Long> bars = new LinkedHashMap<>();
            bars.put("odd", kindling.range(0, 99, 1, 1).filter(n -> n % 2 == 1).count());
            bars.put("even", 50L);
            kindling.showResult("Numbers", Map.of("replaced", 1L));
            kindling.showResult("Numbers", bars);
            String tooLong = "x".repeat(101);
            assertThrows(KindlingException.class, () -> kindling.showResult("Numbers", Map.of(tooLong, 1L)));
        }

        List<Event> log = EventLog.read(directory.resolve(id + ".events.jsonl"));

        PageModel.ResultChart chart = PageModel.of(RunFold.of(log)).chart().orElseThrow();
        assertEquals("Numbers", chart.title());
        assertEquals(
                List.of(new PageModel.ResultChart.Bar("odd", 49), new PageModel.ResultChart.Bar("even", 50)),
                chart.bars(),
                "in the order of the program's map");
        for (int i = 1; i < log.size(); i++) {
            assertTrue(!log.get(i).time().isBefore(log.get(i - 1).time()), "time runs backwards at " + log.get(i));
        }
    }

    @Test
    void whatAListenerThrowsOrHowLongItTakesTouchesNoJob() throws InterruptedException {
        Recorder good = new Recorder();
        Recorder bad = new Recorder() {
            @Override
            public void onEvent(Event e) {
                super.onEvent(e);
                throw new IllegalStateException("planted");
            }
        };
        CountDownLatch gate = new CountDownLatch(1);
        try (KindlingContext kindling = KindlingContext.local(1)) {
            kindling.addListener(bad);
            kindling.addListener(new KindlingListener() {
                @Override
                public void onEvent(Event e) {
                    try {
                        gate.await();
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
            kindling.addListener(good);
            assertEquals(10, kindling.range(0, 10, 1, 1).count());
            good.await(Event.JobEnd.class);
            bad.await(Event.JobEnd.class);
            gate.countDown();
        }

        assertEquals(List.of("start 0", "end 0"), good.jobs);
        assertEquals(List.of(), bad.jobs);
        assertEquals(
                4,
                good.all(Event.TaskStart.class).size()
                        + good.all(Event.TaskEnd.class).size()
                        + bad.all(Event.TaskStart.class).size()
                        + bad.all(Event.TaskEnd.class).size());
    }

    @Test
    void aListenerHearsNothingBeforeItCameAndNothingAfterItWent() throws InterruptedException {
        Recorder recorder = new Recorder();
        try (KindlingContext kindling = KindlingContext.local(1)) {
            kindling.range(0, 10, 1, 1).count();
            kindling.addListener(recorder);
            kindling.range(0, 10, 1, 1).count();
            kindling.removeListener(recorder);
            kindling.range(0, 10, 1, 1).count();
            recorder.awaitEnd();
        }

        assertEquals(List.of("start 1", "end 1"), recorder.jobs);
    }

    @Test
    void aListenerMayRunJobsAndCloseTheContext() throws InterruptedException {
        CountDownLatch isDone = new CountDownLatch(1);
        KindlingContext kindling = KindlingContext.local(1);
        kindling.addListener(new KindlingListener() {
            @Override
            public void onJobEnd(Event.JobEnd e) {
                if (e.jobId() == 0) {
                    kindling.range(0, 10, 1, 1).count();
                    kindling.close();
                    isDone.countDown();
                }
            }
        });

        kindling.range(0, 10, 1, 1).count();

        assertTrue(isDone.await(60, TimeUnit.SECONDS));
    }

    @Test
    void statusIsUpToDateWhenAnActionHasReturned() throws InterruptedException {
        try (KindlingContext kindling = KindlingContext.local(2)) {
            StatusTracker status = kindling.statusTracker();
            assertArrayEquals(new int[0], status.getActiveJobIds());
            groups(kindling).count();
            assertArrayEquals(new int[0], status.getActiveJobIds());
            assertEquals(
                    new StatusTracker.JobInfo(0, new int[] {0, 1}, StatusTracker.JobStatus.SUCCEEDED),
                    status.getJobInfo(0));
            StatusTracker.StageInfo maps = status.getStageInfo(0);
            assertEquals(4, maps.numTasks());
            assertEquals(4, maps.numCompletedTasks());
            assertEquals(0, maps.numActiveTasks());
            assertTrue(
                    maps.name().startsWith("groupByKey at ListenerTest.java:")
                            || maps.name().startsWith("mapToPair at ListenerTest.java:"),
                    maps.name());
            assertThrows(
                    KindlingException.class,
                    () -> kindling.range(0, 1, 1, 1).foreach(n -> {
                        throw new IllegalStateException("boom");
                    }));
            assertEquals(StatusTracker.JobStatus.FAILED, status.getJobInfo(1).status());
            assertEquals(4, status.getStageInfo(2).numFailedTasks());
            StatusTracker.ExecutorInfo[] executors = status.getExecutorInfos();
            assertEquals(1, executors.length);
            assertEquals(2, executors[0].cores());
            assertEquals(0, executors[0].runningTasks());
        }
    }

    @Test
    void theLogReadBackGivesTheSameStatus(@TempDir Path directory) throws InterruptedException {
        Recorder recorder = new Recorder();
        String id;
        try (KindlingContext kindling = new KindlingContext(
                new KindlingConf().setMaster("local[2]").set("kindling.eventlog.dir", directory.toString()))) {
            id = kindling.applicationId();
            groups(kindling).count();
            assertThrows(
                    KindlingException.class,
                    () -> groups(kindling).foreach((key, group) -> {
                        throw new IllegalStateException("boom");
                    }));
        }

        List<Event> read = EventLog.read(directory.resolve(id + ".events.jsonl"));
        AppStatus status = StatusFold.of(read);
        assertEquals(2, status.jobs().size());
        assertEquals(AppStatus.State.FAILED, status.jobs().get(1).state());
        assertEquals(0, status.stages().get(0).runningAttempts());
        assertEquals(100, status.stages().get(0).metrics().shuffleRecordsWritten());
    }
}
