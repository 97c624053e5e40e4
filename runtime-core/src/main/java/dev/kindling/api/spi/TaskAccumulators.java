package dev.kindling.api.spi;

import dev.kindling.api.Accumulator;

/** The accumulators of the attempt on this thread: there is one while the attempt's program is read and run. */
public abstract class TaskAccumulators {
    private static final ThreadLocal<TaskAccumulators> CURRENT = new ThreadLocal<>();

    /** Null outside of attempts. */
    public static TaskAccumulators current() {
        return CURRENT.get();
    }

    /** From here on {@link #current} answers {@code attempt} on this thread; null ends that. */
    protected static void setCurrent(TaskAccumulators attempt) {
        if (attempt == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(attempt);
        }
    }

    /** The attempt's one copy of the accumulator with this number; {@code zero} when it has none yet. */
    public abstract Accumulator<?, ?> adopt(Accumulator<?, ?> zero);
}
