package dev.kindling.sim;

import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Carries bytes between the numbered nodes of a {@link SimWorld}: every message takes its own time, so messages
 * overtake each other; some are lost, doubled, or delayed, a few of them beyond every timer; a link can be clogged in
 * one direction, and two nodes can be cut off from each other for good.
 */
public final class SimNetwork {
    private static final int MAX_USUAL_DELAY_MS = 20;
    /** Longer than any timer of the protocol, the registration's minute included. */
    private static final int MAX_DELAY_MS = 70_000;

    /** When the second of two has come. */
    private static final int MAX_LATE_MS = 20_000;

    private static final int DUPLICATES_TO_A_LATE_ONE = 3;

    private final SimWorld world;
    private final Faults faults;
    private final SplittableRandom random;
    /** By sender and receiver. */
    private final TreeMap<Long, Long> cloggedUntilMs = new TreeMap<>();

    private final TreeSet<Long> stalled = new TreeSet<>();

    private long lastClogMs;
    private long lastDisturbanceMs;
    private long sentCount;
    private long lostCount;

    public SimNetwork(SimWorld world, Faults faults) {
        this.world = world;
        this.faults = faults;
        this.random = world.random("network");
    }

    /**
     * The bytes are the network's from now on; {@code arrival} is called when they come, perhaps twice or never.
     *
     * @return until when they are on their way for longer than usual, now when they were lost, 0 when nothing was done to
     *     them
     */
    public long send(int from, int to, byte[] bytes, Consumer<byte[]> arrival) {
        return send(from, to, bytes, 1, arrival);
    }

    /** As {@link #send(int, int, byte[], Consumer)}, delayed so many times as likely: a message that is rare. */
    public long send(int from, int to, byte[] bytes, int delayTimes, Consumer<byte[]> arrival) {
        sentCount++;
        if (stalled.contains(link(from, to))) {
            lostCount++;
            return world.nowMs();
        }
        if (isClogged(from, to) || faults.strikes(FaultKind.DROP)) {
            lostCount++;
            disturbedUntil(world.nowMs());
            return world.nowMs();
        }
        if (faults.strikes(FaultKind.DUPLICATE)) {
            duplicate(bytes.clone(), delayTimes, arrival);
        }
        return deliver(bytes, delayTimes, arrival);
    }

    /** Some come when what the message says is long over: a change that it tells may have been taken back since. */
    private void duplicate(byte[] bytes, int delayTimes, Consumer<byte[]> arrival) {
        if (faults.random(FaultKind.DUPLICATE).nextInt(DUPLICATES_TO_A_LATE_ONE) > 0) {
            deliver(bytes, delayTimes, arrival);
            return;
        }
        long delayMs = faults.span(FaultKind.DUPLICATE, MAX_LATE_MS);
        disturbedUntil(world.nowMs() + delayMs);
        world.in(delayMs, () -> arrival.accept(bytes));
    }

    private long deliver(byte[] bytes, int delayTimes, Consumer<byte[]> arrival) {
        long delayMs = 1 + random.nextInt(MAX_USUAL_DELAY_MS);
        if (faults.strikes(FaultKind.DELAY, delayTimes)) {
            delayMs = faults.span(FaultKind.DELAY, MAX_DELAY_MS);
            disturbedUntil(world.nowMs() + delayMs);
        }
        world.in(delayMs, () -> arrival.accept(bytes));
        return delayMs > MAX_USUAL_DELAY_MS ? world.nowMs() + delayMs : 0;
    }

    private boolean isClogged(int from, int to) {
        return world.nowMs() < lastClogMs && cloggedUntilMs.getOrDefault(link(from, to), 0L) > world.nowMs();
    }

    private static long link(int from, int to) {
        return (long) from << 32 | to;
    }

    /** Nothing gets from {@code from} to {@code to} for so long. */
    public void clog(int from, int to, long ms) {
        long untilMs = world.nowMs() + ms;
        cloggedUntilMs.merge(link(from, to), untilMs, Math::max);
        lastClogMs = Math.max(lastClogMs, untilMs);
        disturbedUntil(untilMs);
    }

    /**
     * From now on neither gets anything from the other. That is no disturbance which comes to an end: all must go on as
     * well as if it were none.
     */
    public void stall(int one, int other) {
        stalled.add(link(one, other));
        stalled.add(link(other, one));
        disturbedUntil(world.nowMs());
    }

    public boolean hasStalled() {
        return !stalled.isEmpty();
    }

    /** Something outside the network that disturbs until then. */
    public void disturbedUntil(long ms) {
        lastDisturbanceMs = Math.max(lastDisturbanceMs, ms);
    }

    /** When the last known disturbance is over. */
    public long lastDisturbanceMs() {
        return lastDisturbanceMs;
    }

    /** Messages that were sent, those that were lost included. */
    public long sentCount() {
        return sentCount;
    }

    public long lostCount() {
        return lostCount;
    }
}
