package dev.kindling.driver;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/** Threads of the program that wait until the core says that what they asked for is done. Any thread. */
final class Waiters {
    private final Map<Integer, CountDownLatch> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger last = new AtomicInteger();

    /**
     * Asks, and waits for {@link #done} or the end.
     *
     * @param ask gets the waiter's number; false when nobody will answer
     */
    void await(IntPredicate ask) {
        int waiter = last.incrementAndGet();
        CountDownLatch done = new CountDownLatch(1);
        waiting.put(waiter, done);
        try {
            if (ask.test(waiter)) {
                done.await();
            }
        } catch (InterruptedException e) {
            // What was asked is done all the same; whoever interrupts does not want to wait for it.
            Thread.currentThread().interrupt();
        } finally {
            waiting.remove(waiter);
        }
    }

    void done(int waiter) {
        CountDownLatch done = waiting.get(waiter);
        if (done != null) {
            done.countDown();
        }
    }

    void end() {
        waiting.values().forEach(CountDownLatch::countDown);
    }
}
