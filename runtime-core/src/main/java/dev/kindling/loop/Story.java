package dev.kindling.loop;

import java.util.ArrayList;
import java.util.List;

/**
 * What a core was told last and what it answered: a ring of the latest (time, event, effects), for people who must
 * find out why. Written by the loop's thread, read by any.
 *
 * <p>The ring holds the records themselves and makes text of them only when it is read; a shell whose events carry
 * large payloads hands in a form without them.
 */
public final class Story {
    private static final int MAX_LINE_CHARS = 600;

    private final long[] times;
    private final Object[] events;
    private final Object[][] effects;
    private long written;

    public Story(int capacity) {
        times = new long[capacity];
        events = new Object[capacity];
        effects = new Object[capacity][];
    }

    /** Remembers one step, in the place of the oldest. */
    public synchronized void add(long nowMs, Object event, Object[] answers) {
        int slot = (int) (written++ % times.length);
        times[slot] = nowMs;
        events[slot] = event;
        effects[slot] = answers;
    }

    /** The remembered steps, oldest first, one line each. */
    public synchronized List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (long step = Math.max(0, written - times.length); step < written; step++) {
            int slot = (int) (step % times.length);
            lines.add(line(times[slot], events[slot], effects[slot]));
        }
        return lines;
    }

    private static String line(long nowMs, Object event, Object[] answers) {
        StringBuilder line = new StringBuilder().append(nowMs).append(" ms  ").append(event);
        for (Object answer : answers) {
            if (line.length() > MAX_LINE_CHARS) {
                break;
            }
            line.append("  -> ").append(answer);
        }
        if (line.length() > MAX_LINE_CHARS) {
            line.setLength(MAX_LINE_CHARS);
            line.append(" ...");
        }
        return line.toString();
    }

    @Override
    public String toString() {
        return String.join("\n", lines());
    }
}
