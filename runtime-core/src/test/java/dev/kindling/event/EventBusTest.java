package dev.kindling.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.event.AppEvent.JobCompleted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventBusTest {
    private static final class Recorder implements AppEventListener {
        final List<String> heard = new ArrayList<>();

        @Override
        public void onEvent(long timeMs, AppEvent event) {
            heard.add(timeMs + " " + ((JobCompleted) event).jobId());
        }

        @Override
        public void close() {
            heard.add("closed");
        }
    }

    @Test
    void everyListenerHearsEverythingInOrderAndThenTheEnd() {
        Recorder first = new Recorder();
        Recorder second = new Recorder();
        EventBus bus = new EventBus(List.of(first, second));

        IntStream.range(0, 1_000).forEach(i -> bus.publish(i, new JobCompleted(i)));
        bus.close();

        List<String> expected = new ArrayList<>(
                IntStream.range(0, 1_000).mapToObj(i -> i + " " + i).toList());
        expected.add("closed");
        assertEquals(expected, first.heard);
        assertEquals(expected, second.heard);
    }

    @Test
    void aListenerThatThrowsDisturbsNobodyAndHearsTheNextEvent() {
        Recorder good = new Recorder();
        List<Long> calls = new ArrayList<>();
        EventBus bus = new EventBus(List.of(
                (timeMs, event) -> {
                    calls.add(timeMs);
                    throw new IllegalStateException("planted");
                },
                good));

        bus.publish(1, new JobCompleted(1));
        bus.publish(2, new JobCompleted(2));
        bus.close();

        assertEquals(List.of(1L, 2L), calls);
        assertEquals(List.of("1 1", "2 2", "closed"), good.heard);
    }

    @Test
    void aListenerThatIsStuckNeitherStopsThePublisherNorTheOthers() {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch isInterrupted = new CountDownLatch(1);
        Recorder good = new Recorder();
        EventBus bus = new EventBus(List.of(
                (timeMs, event) -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        isInterrupted.countDown();
                    }
                },
                good));

        IntStream.range(0, EventBus.QUEUED_EVENTS * 2).forEach(i -> bus.publish(i, new JobCompleted(i)));
        bus.close();

        assertEquals("0 0", good.heard.get(0));
        assertTrue(isInterruptedSoon(isInterrupted));
    }

    @Test
    void anInstalledListenerHearsApplicationsStartedAfterItOnly() {
        Recorder recorder = new Recorder();
        EventBus before = new EventBus(List.of());
        EventBus.install(recorder);
        try (EventBus after = new EventBus(List.of())) {
            before.publish(1, new JobCompleted(1));
            after.publish(2, new JobCompleted(2));
        } finally {
            EventBus.uninstall(recorder);
            before.close();
        }

        assertEquals(List.of("2 2", "closed"), recorder.heard);
        assertFalse(recorder.heard.contains("1 1"));
    }

    private static boolean isInterruptedSoon(CountDownLatch latch) {
        try {
            return latch.await(10, java.util.concurrent.TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
