package dev.kindling.executor.attempt;

import dev.kindling.metrics.SpillEvent;

/** Measures one spill, from {@link #start} to {@link #stop}, and tells the Flight Recorder of it. One thread. */
public final class SpillTimer {
    private final SpillEvent event = new SpillEvent();
    private final long startNanos = System.nanoTime();

    private SpillTimer() {}

    public static SpillTimer start() {
        SpillTimer timer = new SpillTimer();
        timer.event.begin();
        return timer;
    }

    /**
     * @param where part of the task, such as {@code sort}
     * @return how long it took
     */
    public long stop(TaskEnvironment environment, String where, long memoryBytes, long diskBytes) {
        event.end();
        if (event.shouldCommit()) {
            event.task = environment.attempt().toString();
            event.where = where;
            event.memoryBytes = memoryBytes;
            event.diskBytes = diskBytes;
            event.commit();
        }
        return System.nanoTime() - startNanos;
    }
}
