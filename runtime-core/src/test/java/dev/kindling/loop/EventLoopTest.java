package dev.kindling.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventLoopTest {
    /** Answers every event with two effects; "tick" with none. */
    private static final Core<String, String> DOUBLING = (nowMs, event, out) -> {
        if (event.equals("bad")) {
            throw new IllegalStateException("planted");
        }
        if (!event.equals("tick")) {
            out.add(event + "-1");
            out.add(event + "-2");
        }
    };

    private final BlockingQueue<String> performed = new LinkedBlockingQueue<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicReference<Throwable> defect = new AtomicReference<>();
    private final AtomicReference<Thread> thread = new AtomicReference<>();

    private EventLoop<String, String> loop(Core<String, String> core) {
        return new EventLoop<>("loop-under-test", core, new EventLoop.Shell<>() {
            @Override
            public void perform(String effect) {
                thread.set(Thread.currentThread());
                performed.add(effect);
                if (effect.equals("wait-2")) {
                    awaitGate();
                }
            }

            @Override
            public String tick() {
                return "tick";
            }

            @Override
            public boolean isUrgent(String event) {
                return event.startsWith("urgent");
            }

            @Override
            public void onDefect(Throwable thrown, Story story) {
                defect.set(new IllegalStateException(story.toString(), thrown));
                gate.countDown();
            }
        });
    }

    private void awaitGate() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> take(int count) throws InterruptedException {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(performed.take());
        }
        return taken;
    }

    @Test
    void effectsOfAnEventAreDoneInOrderBeforeTheNextEvent() throws InterruptedException {
        try (EventLoop<String, String> loop = loop(DOUBLING)) {
            loop.start();
            loop.post("a");
            loop.post("b");

            assertEquals(List.of("a-1", "a-2", "b-1", "b-2"), take(4));
        }
    }

    @Test
    void urgentEventOvertakesThoseThatWait() throws InterruptedException {
        try (EventLoop<String, String> loop = loop(DOUBLING)) {
            loop.start();
            loop.post("wait");
            take(2);
            for (int i = 0; i < 1_000; i++) {
                loop.post("result");
            }
            loop.post("urgent");
            gate.countDown();

            assertEquals("urgent-1", performed.take());
        }
    }

    @Test
    void timePassesAlsoWithoutEvents() throws InterruptedException {
        BlockingQueue<Long> ticks = new LinkedBlockingQueue<>();
        try (EventLoop<String, String> loop = loop((nowMs, event, out) -> ticks.add(nowMs))) {
            loop.start();
            long first = ticks.take();
            long second = ticks.take();

            assertTrue(second - first >= EventLoop.TICK_MS, first + " " + second);
        }
    }

    @Test
    void fullMailboxRefusesWhoMayNotWaitAndHoldsUpWhoMay() throws InterruptedException {
        try (EventLoop<String, String> loop = loop(DOUBLING)) {
            loop.start();
            loop.post("wait");
            take(2);
            while (loop.offer("result")) {
                // until it is full
            }
            Thread sender = new Thread(() -> loop.post("last"));
            sender.start();
            while (sender.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            assertTrue(loop.offer("urgent"), "urgent events have room of their own");

            gate.countDown();
            sender.join();

            String last = performed.take();
            while (!last.equals("last-2")) {
                last = performed.take();
            }
        }
    }

    @Test
    void closedLoopHasDoneWhatWasInItsMailboxAndItsThreadIsGone() throws InterruptedException {
        EventLoop<String, String> loop = loop(DOUBLING);
        loop.start();
        loop.post("a");
        loop.close();

        assertEquals(List.of("a-1", "a-2"), List.copyOf(performed));
        assertFalse(thread.get().isAlive());
        assertFalse(loop.post("b"));
        loop.close();
    }

    @Test
    void defectEndsTheLoopAndItsStoryTellsTheStepsBefore() throws InterruptedException {
        EventLoop<String, String> loop = loop(DOUBLING);
        loop.start();
        loop.post("a");
        loop.post("bad");
        gate.await();

        assertEquals("planted", defect.get().getCause().getMessage());
        assertTrue(
                defect.get().getMessage().contains("a  -> a-1  -> a-2"),
                defect.get().getMessage());
        assertFalse(loop.post("b"));
        loop.close();
    }

    @Test
    void storyKeepsTheLatestStepsAndCutsLongOnes() {
        Story story = new Story(2);
        for (int step = 0; step < 5; step++) {
            story.add(step, "event" + step, new Object[] {"x".repeat(5_000)});
        }

        assertEquals(2, story.lines().size());
        assertTrue(story.lines().get(0).startsWith("3 ms  event3  -> xxx"));
        assertTrue(story.lines().get(1).length() < 700);
    }
}
