package dev.kindling.yarn;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for something that is about to be so. */
final class Await {
    private static final long LIMIT_S = 180;

    private Await() {}

    static void until(Callable<Boolean> condition, String what) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("after " + LIMIT_S + " s it is still not so that " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
