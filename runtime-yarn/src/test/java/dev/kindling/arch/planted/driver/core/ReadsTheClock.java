package dev.kindling.arch.planted.driver.core;

/** Planted: a core that asks for the time. */
public final class ReadsTheClock {
    public long now() {
        return System.nanoTime();
    }
}
