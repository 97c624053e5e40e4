package dev.kindling.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.loop.LoopWatch.Finding;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopWatchTest {
    private final LoopWatch watch = new LoopWatch(10_000, 120_000);
    private long nowMs;

    /** Looks once a second, so many times; returns the last finding that is not {@code WELL}. */
    private Finding look(int times, long turns) {
        Finding found = Finding.WELL;
        for (int i = 0; i < times; i++) {
            nowMs += 1_000;
            Finding now = watch.look(nowMs, turns);
            found = now == Finding.WELL ? found : now;
        }
        return found;
    }

    @Test
    void loopThatDoesTheSameForLongIsSlowThenHungEachOnce() {
        assertEquals(Finding.WELL, look(10, 7));
        assertEquals(Finding.SLOW, look(1, 7));
        assertEquals(Finding.WELL, look(109, 7));
        assertEquals(Finding.HUNG, look(1, 7));
        assertEquals(Finding.WELL, look(1_000, 7));
    }

    @Test
    void loopThatHasNothingToDoIsWellForEver() {
        assertEquals(Finding.WELL, look(1_000, 8));
    }

    @Test
    void busyLoopIsWellAsLongAsItDoesOneThingAfterTheOther() {
        for (long turns = 1; turns < 1_000; turns += 2) {
            assertEquals(Finding.WELL, look(9, turns));
        }
    }

    @Test
    void processThatStoodStillSaysNothingAgainstItsLoop() {
        look(5, 7);
        nowMs += 3_600_000;

        assertEquals(Finding.WELL, look(1, 7));
        assertEquals(4_000 + LoopWatch.LONGEST_AWAKE_GAP_MS, watch.sameForMs());
    }

    @Test
    void turnsOfALoopAreOddExactlyWhileItIsBusy() throws Exception {
        CountDownLatch isIn = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch isOut = new CountDownLatch(1);
        Core<String, String> core = (now, event, effects) -> effects.add(event);
        EventLoop.Shell<String, String> shell = new EventLoop.Shell<>() {
            @Override
            public void perform(String effect) {
                if (effect.equals("stop")) {
                    isIn.countDown();
                    awaitQuietly(goOn);
                } else if (effect.equals("next")) {
                    isOut.countDown();
                }
            }

            @Override
            public String tick() {
                return "tick";
            }

            @Override
            public boolean isUrgent(String event) {
                return false;
            }

            @Override
            public void onDefect(Throwable defect, Story story) {
                throw new AssertionError(defect);
            }
        };
        try (EventLoop<String, String> loop = new EventLoop<>("watched", core, shell)) {
            assertEquals(0, loop.turns());
            loop.start();
            loop.post("stop");
            isIn.await(60, TimeUnit.SECONDS);

            long busy = loop.turns();
            assertEquals(1, busy % 2);
            assertEquals(busy, loop.turns());
            goOn.countDown();
            loop.post("next");
            isOut.await(60, TimeUnit.SECONDS);
            assertEquals(true, loop.turns() > busy);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
