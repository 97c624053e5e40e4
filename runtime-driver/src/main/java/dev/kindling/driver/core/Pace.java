package dev.kindling.driver.core;

/**
 * How long the tasks of a stage took that are done: a histogram whose steps grow with the time, so that a median is never
 * more than a sixteenth too long. Takes memory from the first time on.
 */
final class Pace {
    /** A power of two: how many steps there are from one power of two to the next. */
    private static final int STEPS = 16;

    private static final int STEP_BITS = 4;

    private int[] counts = {};
    private int taskCount;

    /** So many tasks, one after the other in one slot, took {@code ms} together. */
    void add(int tasks, long ms) {
        if (counts.length == 0) {
            counts = new int[STEPS * (Long.SIZE - STEP_BITS)];
        }
        counts[stepOf(ms / tasks)] += tasks;
        taskCount += tasks;
    }

    int taskCount() {
        return taskCount;
    }

    /** The longest time in the step in which the median lies; only when something was added. */
    long medianMs() {
        int below = 0;
        int step = -1;
        while (2 * below < taskCount) {
            below += counts[++step];
        }
        return endOf(step);
    }

    private static int stepOf(long ms) {
        long time = Math.max(0, ms);
        int octave = Long.SIZE - Long.numberOfLeadingZeros(time >>> STEP_BITS);
        return octave == 0 ? (int) time : octave * STEPS + (int) (time >>> octave - 1 & STEPS - 1);
    }

    private static long endOf(int step) {
        int octave = step / STEPS;
        return octave == 0 ? step : (step % STEPS + STEPS + 1L << octave - 1) - 1;
    }
}
