package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.ExitReason;

/** Whether a task that ran in a lost executor can be what ended it. */
enum Suspicion {
    /** The executor was told to end, or is only out of reach. */
    NONE,
    /** Killed from outside, or nobody knows: perhaps for the memory that a task took. */
    POSSIBLE,
    /** The process ended by what ran in it: one of the tasks did it. */
    CERTAIN;

    static Suspicion of(ExitReason reason) {
        return switch (reason.kind()) {
            case HEAP_EXHAUSTED, KILLED_OVER_MEMORY_LIMIT, CRASHED -> CERTAIN;
            case KILLED, UNKNOWN -> POSSIBLE;
            case FINISHED, HEARTBEAT_LOST, DECOMMISSIONED, PREEMPTED -> NONE;
        };
    }
}
