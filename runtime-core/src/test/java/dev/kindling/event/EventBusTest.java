package dev.kindling.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Locality;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventBusTest {
    /** Writes down what it hears; holds back until its gate is open. */
    private static final class Recorder implements KindlingListener, AutoCloseable {
        final List<String> heard = new ArrayList<>();
        final CountDownLatch gate = new CountDownLatch(1);
        final CountDownLatch isClosed = new CountDownLatch(1);
        boolean isOpen = true;

        @Override
        public void onEvent(Event e) {
            await(isOpen ? null : gate);
            if (e instanceof Event.Dropped dropped) {
                heard.add("dropped " + dropped.events());
            } else if (e instanceof Event.TaskStart start) {
                heard.add("task " + start.taskId());
            }
        }

        @Override
        public void onJobEnd(Event.JobEnd e) {
            heard.add("job " + e.jobId());
        }

        @Override
        public void close() {
            heard.add("closed");
            isClosed.countDown();
        }

        static void await(CountDownLatch latch) {
            try {
                assertTrue(latch == null || latch.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Event job(int id) {
        return new Event.JobEnd(Instant.ofEpochMilli(id), id, Optional.empty());
    }

    private static Event task(int id) {
        return new Event.TaskStart(Instant.ofEpochMilli(id), 0, 0, id, id, 0, "e1", Locality.NO_PREF, false);
    }

    @Test
    void everyListenerHearsEverythingInOrderAndThenTheEnd() {
        Recorder first = new Recorder();
        Recorder second = new Recorder();
        EventBus bus = new EventBus(List.of(first, second));

        IntStream.range(0, 1_000).forEach(i -> bus.publish(i % 2 == 0 ? job(i) : task(i)));
        bus.close();

        List<String> expected = new ArrayList<>(IntStream.range(0, 1_000)
                .mapToObj(i -> (i % 2 == 0 ? "job " : "task ") + i)
                .toList());
        expected.add("closed");
        assertEquals(expected, first.heard);
        assertEquals(expected, second.heard);
    }

    @Test
    void everyKindWithAMethodOfItsOwnGetsThereOnce() {
        List<String> heard = new ArrayList<>();
        KindlingListener listener = (KindlingListener) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {KindlingListener.class}, (proxy, method, arguments) -> {
                    if (method.getName().startsWith("on")) {
                        heard.add(
                                method.getName() + " " + arguments[0].getClass().getSimpleName());
                    }
                    return null;
                });
        List<String> expected = new ArrayList<>();
        List<String> methods = java.util.Arrays.stream(KindlingListener.class.getMethods())
                .map(java.lang.reflect.Method::getName)
                .toList();

        for (Event event : new EventSamples().oneOfEach()) {
            String kind = event.getClass().getSimpleName();
            if (methods.contains("on" + kind)) {
                expected.add("on" + kind + " " + kind);
            }
            EventKinds.tell(listener, event);
        }

        assertEquals(expected, heard);
        assertEquals(10, heard.size());
    }

    @Test
    void aListenerThatThrowsDisturbsNobodyAndHearsTheNextEvent() {
        Recorder good = new Recorder();
        List<Long> calls = new ArrayList<>();
        EventBus bus = new EventBus(List.of(
                new KindlingListener() {
                    @Override
                    public void onEvent(Event e) {
                        calls.add(e.time().toEpochMilli());
                        throw new IllegalStateException("planted");
                    }
                },
                good));

        bus.publish(job(1));
        bus.publish(job(2));
        bus.close();

        assertEquals(List.of(1L, 2L), calls);
        assertEquals(List.of("job 1", "job 2", "closed"), good.heard);
    }

    @Test
    void aListenerFarBehindMissesTasksButNoJob() {
        Recorder slow = new Recorder();
        slow.isOpen = false;
        Recorder good = new Recorder();
        EventBus bus = new EventBus(List.of(slow, good));

        bus.publish(job(0));
        int tasks = ListenerLane.TASK_EVENTS * 3;
        IntStream.range(0, tasks).forEach(i -> bus.publish(task(i)));
        IntStream.range(1, 101).forEach(i -> bus.publish(job(i)));
        slow.gate.countDown();
        bus.close();

        List<String> jobs =
                slow.heard.stream().filter(line -> line.startsWith("job")).toList();
        assertEquals(IntStream.range(0, 101).mapToObj(i -> "job " + i).toList(), jobs);
        long dropped = slow.heard.stream()
                .filter(line -> line.startsWith("dropped"))
                .mapToLong(line -> Long.parseLong(line.substring(8)))
                .sum();
        long told = slow.heard.stream().filter(line -> line.startsWith("task")).count();
        assertTrue(dropped >= ListenerLane.TASK_EVENTS, () -> "dropped " + dropped);
        assertEquals(tasks, dropped + told);
    }

    @Test
    void aListenerThatIsStuckNeitherStopsThePublisherNorTheOthers() {
        CountDownLatch isInterrupted = new CountDownLatch(1);
        Recorder good = new Recorder();
        EventBus bus = new EventBus(List.of(
                new KindlingListener() {
                    @Override
                    public void onEvent(Event e) {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException interrupt) {
                            isInterrupted.countDown();
                        }
                    }
                },
                good));

        IntStream.range(0, 1_000).forEach(i -> bus.publish(job(i)));
        bus.close();

        assertEquals(1_001, good.heard.size());
        Recorder.await(isInterrupted);
    }

    @Test
    void aListenerIsToldWhatHappensWhileItIsThere() {
        Recorder recorder = new Recorder();
        try (EventBus bus = new EventBus(List.of())) {
            bus.publish(job(1));
            bus.add(recorder);
            bus.publish(job(2));
            bus.remove(recorder);
            bus.publish(job(3));
            Recorder.await(recorder.isClosed);
        }

        assertEquals(List.of("job 2", "closed"), recorder.heard);
    }

    @Test
    void aListenerMayTakeItselfAwayAndCloseTheBus() {
        CountDownLatch isDone = new CountDownLatch(1);
        EventBus bus = new EventBus(List.of());
        bus.add(new KindlingListener() {
            @Override
            public void onEvent(Event e) {
                bus.remove(this);
                bus.close();
                isDone.countDown();
            }
        });

        bus.publish(job(1));

        Recorder.await(isDone);
    }

    @Test
    void statusKnowsAnEventBeforePublishReturns() {
        try (EventBus bus = new EventBus(List.of())) {
            bus.publish(new Event.JobStart(Instant.EPOCH, 4, List.of(), "count", java.util.Map.of()));
            assertEquals(4, bus.status().getActiveJobIds()[0]);
            bus.publish(job(4));
            assertEquals(0, bus.status().getActiveJobIds().length);
        }
    }

    @Test
    void anInstalledListenerHearsApplicationsStartedAfterItOnly() {
        Recorder recorder = new Recorder();
        EventBus before = new EventBus(List.of());
        EventBus.install(recorder);
        try (EventBus after = new EventBus(List.of())) {
            before.publish(job(1));
            after.publish(job(2));
        } finally {
            EventBus.uninstall(recorder);
            before.close();
        }

        assertEquals(List.of("job 2", "closed"), recorder.heard);
        assertFalse(recorder.heard.contains("job 1"));
    }
}
