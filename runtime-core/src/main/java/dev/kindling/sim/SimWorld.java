package dev.kindling.sim;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Virtual time: a queue of what is to happen, in the order of its time, then of its making. Nothing else moves the
 * clock, so an hour costs what happens in it. One thread.
 *
 * <p>Whatever happens is noted; the notes make up a running hash, by which two runs are compared, and the last of them
 * are the story of a run that went wrong.
 */
public final class SimWorld {
    private static final int STORY_LINES = 400;

    private record Step(long atMs, long order, Runnable action) implements Comparable<Step> {
        @Override
        public int compareTo(Step other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(order, other.order);
        }
    }

    /** One thing that happened; text only when somebody reads it. */
    private record Note(long atMs, String who, String what) {
        @Override
        public String toString() {
            return String.format("%8.3f s  %-7s %s", atMs / 1000.0, who, what);
        }
    }

    private final long seed;
    private final Optional<Consumer<String>> trace;
    private final PriorityQueue<Step> steps = new PriorityQueue<>();
    private final ArrayDeque<Note> story = new ArrayDeque<>();
    private long nowMs;
    private long made;
    private long done;
    private long hash = 0xcbf29ce484222325L;

    /** @param trace receives every note as a line as it is made */
    public SimWorld(long seed, Optional<Consumer<String>> trace) {
        this.seed = seed;
        this.trace = trace;
    }

    public long seed() {
        return seed;
    }

    public long nowMs() {
        return nowMs;
    }

    /** A random source of its own for each purpose, so that what one draws does not shift the others. */
    public SplittableRandom random(String purpose) {
        return new SplittableRandom(seed * 0x9e3779b97f4a7c15L + purpose.hashCode());
    }

    public void in(long delayMs, Runnable action) {
        steps.add(new Step(nowMs + delayMs, made++, action));
    }

    /** Lets the next thing happen; false when nothing is left. */
    public boolean step() {
        Step next = steps.poll();
        if (next == null) {
            return false;
        }
        nowMs = next.atMs;
        done++;
        next.action.run();
        return true;
    }

    /** Something worth telling happened to {@code who}. */
    public void note(String who, String what) {
        hash = (hash ^ nowMs) * 0x100000001b3L;
        hash = (hash ^ who.hashCode()) * 0x100000001b3L;
        hash = (hash ^ what.hashCode()) * 0x100000001b3L;
        Note note = new Note(nowMs, who, what);
        story.add(note);
        if (story.size() > STORY_LINES) {
            story.remove();
        }
        if (trace.isPresent()) {
            trace.get().accept(note.toString());
        }
    }

    /** Of all notes so far. */
    public long hash() {
        return hash;
    }

    /** Things that have happened. */
    public long stepCount() {
        return done;
    }

    /** The last notes, oldest first. */
    public List<String> story() {
        return story.stream().map(Note::toString).toList();
    }
}
