package dev.kindling.api.spi;

import dev.kindling.api.Accumulator;

/**
 * What functions of the attempt on this thread find there: its copies of accumulators, and the values that were
 * broadcast to its executor. There is one while the attempt's program is read and run.
 */
public abstract class TaskVariables {
    private static final ThreadLocal<TaskVariables> CURRENT = new ThreadLocal<>();

    /** Null outside of attempts. */
    public static TaskVariables current() {
        return CURRENT.get();
    }

    /** From here on {@link #current} answers {@code attempt} on this thread; null ends that. */
    protected static void setCurrent(TaskVariables attempt) {
        if (attempt == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(attempt);
        }
    }

    /** The attempt's one copy of the accumulator with this number; {@code zero} when it has none yet. */
    public abstract Accumulator<?, ?> adopt(Accumulator<?, ?> zero);

    public abstract BroadcastValues broadcasts();
}
