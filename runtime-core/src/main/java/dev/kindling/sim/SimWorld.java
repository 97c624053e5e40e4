package dev.kindling.sim;

import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Virtual time: a queue of what is to happen, in the order of its time, then of its making. Nothing else moves the
 * clock, so an hour costs what happens in it. One thread.
 *
 * <p>Whatever happens is noted. The notes make up a running hash, by which two runs are compared; they are put into
 * words only for a run that somebody listens to, since the same seed tells the same story again.
 */
public final class SimWorld {
    private final long seed;
    private final Optional<Consumer<String>> listener;
    private final SimQueue steps = new SimQueue();
    private BiConsumer<String, String> happenings = (who, what) -> {};
    private long nowMs;
    private long done;
    private long hash = 0xcbf29ce484222325L;

    /** @param listener receives every note as a line as it is made */
    public SimWorld(long seed, Optional<Consumer<String>> listener) {
        this.seed = seed;
        this.listener = listener;
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
        steps.add(nowMs + delayMs, action);
    }

    /** Lets the next thing happen; false when nothing is left. */
    public boolean step() {
        if (steps.isEmpty()) {
            return false;
        }
        nowMs = steps.nextMs();
        done++;
        steps.remove().run();
        return true;
    }

    /** Something worth telling happened to {@code who}. */
    public void note(String who, String what) {
        note(who, what.hashCode(), () -> what);
        happenings.accept(who, what);
    }

    /** Tells {@code listener} what happens to whom, without what they only say to each other; changes no hash. */
    public void tellHappenings(BiConsumer<String, String> listener) {
        happenings = listener;
    }

    /** As {@link #note(String, String)}, where {@code digest} stands for the words unless somebody listens. */
    public void note(String who, long digest, Supplier<String> what) {
        hash = (hash ^ nowMs) * 0x100000001b3L;
        hash = (hash ^ who.hashCode()) * 0x100000001b3L;
        hash = (hash ^ digest) * 0x100000001b3L;
        if (listener.isPresent()) {
            listener.get().accept(String.format(Locale.ROOT, "%8.3f s  %-7s %s", nowMs / 1000.0, who, what.get()));
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
}
