package dev.kindling.driver.core;

/**
 * How many tasks of one stage a slot is given at once because those before were over in a moment: what launching a task
 * costs is more than such a task itself. From one on, twice as many as long as they stay quick. There always remain some
 * launches for each slot, and the last tasks go one by one: should some turn out slow, all slots share them.
 */
final class QuickTasks {
    /** One at a time. */
    static final QuickTasks NONE = new QuickTasks(1, 1, 0);

    /** Launches that each slot still has before it when it is given one. */
    private static final int LAUNCHES_A_SLOT = 4;

    /** What is launched together lies in one frame. */
    private static final int MAX_INPUT_BYTES = 64 << 10;

    private final int most;
    private final int slots;
    private final long quickMs;
    private int count = 1;

    /**
     * @param most the most that are launched together
     * @param slots of all executors
     * @param quickMs what is over in so long was quick
     */
    QuickTasks(int most, int slots, long quickMs) {
        this.most = most;
        this.slots = slots;
        this.quickMs = quickMs;
    }

    /** For a planted bug: taken for quick before any was seen to be. */
    QuickTasks assumed() {
        count = most;
        return this;
    }

    /** How many to launch now; {@code waiting} of them wait. */
    int next(int waiting) {
        return Math.max(1, Math.min(count, waiting / (LAUNCHES_A_SLOT * slots)));
    }

    /** Whether tasks that read {@code inputBytes} of their launch may be in one. */
    boolean fit(long inputBytes) {
        return inputBytes <= MAX_INPUT_BYTES;
    }

    /** A launch has ended, with {@code done} tasks that were computed, which took {@code ms} together. */
    void ended(int done, boolean isWhole, long ms) {
        if (!isWhole || ms > 4 * quickMs) {
            count = Math.max(1, count / 2);
        } else if (ms <= quickMs && done >= count) {
            count = Math.min(most, 2 * count);
        }
    }
}
