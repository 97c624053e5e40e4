package dev.kindling.executor.attempt;

import dev.kindling.metrics.Recorder;
import dev.kindling.metrics.SpillEvent;
import java.util.Optional;

/** Measures one spill, from {@link #start} to {@link #stop}, and tells the Flight Recorder of it. One thread. */
public final class SpillTimer {
    private final Optional<SpillEvent> event = Recorder.spill();
    private final long startNanos = System.nanoTime();

    private SpillTimer() {}

    public static SpillTimer start() {
        return new SpillTimer();
    }

    /**
     * @param where part of the task, such as {@code sort}
     * @return how long it took
     */
    public long stop(TaskEnvironment environment, String where, long memoryBytes, long diskBytes) {
        if (event.isPresent()) {
            record(event.get(), environment, where, memoryBytes, diskBytes);
        }
        return System.nanoTime() - startNanos;
    }

    private static void record(
            SpillEvent event, TaskEnvironment environment, String where, long memoryBytes, long diskBytes) {
        event.end();
        if (event.shouldCommit()) {
            event.task = environment.attempt().toString();
            event.where = where;
            event.memoryBytes = memoryBytes;
            event.diskBytes = diskBytes;
            event.commit();
        }
    }
}
