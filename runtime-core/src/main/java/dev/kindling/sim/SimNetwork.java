package dev.kindling.sim;

import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Carries bytes between named nodes of a {@link SimWorld}: every message takes its own time, so messages overtake each
 * other; some are lost, doubled, or delayed beyond every timer; a link can be clogged in one direction.
 */
public final class SimNetwork {
    private static final int MAX_USUAL_DELAY_MS = 20;
    /** Longer than any timer of the protocol, the registration's minute included. */
    private static final int MAX_DELAY_MS = 70_000;

    private final SimWorld world;
    private final Faults faults;
    private final SplittableRandom random;
    private final TreeMap<String, Long> cloggedUntilMs = new TreeMap<>();
    private long lastDisturbanceMs;
    private long lostCount;

    public SimNetwork(SimWorld world, Faults faults) {
        this.world = world;
        this.faults = faults;
        this.random = world.random("network");
    }

    /** Sends a copy of {@code bytes}; {@code arrival} is called when it comes, perhaps twice, perhaps never. */
    public void send(String from, String to, byte[] bytes, Consumer<byte[]> arrival) {
        if (cloggedUntilMs.getOrDefault(from + ">" + to, 0L) > world.nowMs() || faults.strikes(FaultKind.DROP)) {
            lostCount++;
            disturbedUntil(world.nowMs());
            return;
        }
        deliver(bytes.clone(), arrival);
        if (faults.strikes(FaultKind.DUPLICATE)) {
            deliver(bytes.clone(), arrival);
        }
    }

    private void deliver(byte[] bytes, Consumer<byte[]> arrival) {
        long delayMs = 1 + random.nextInt(MAX_USUAL_DELAY_MS);
        if (faults.strikes(FaultKind.DELAY)) {
            delayMs = 1 + faults.random(FaultKind.DELAY).nextInt(MAX_DELAY_MS);
            disturbedUntil(world.nowMs() + delayMs);
        }
        world.in(delayMs, () -> arrival.accept(bytes));
    }

    /** Nothing gets from {@code from} to {@code to} for so long. */
    public void clog(String from, String to, long ms) {
        cloggedUntilMs.merge(from + ">" + to, world.nowMs() + ms, Math::max);
        disturbedUntil(world.nowMs() + ms);
    }

    /** Something outside the network that disturbs until then. */
    public void disturbedUntil(long ms) {
        lastDisturbanceMs = Math.max(lastDisturbanceMs, ms);
    }

    /** When the last known disturbance is over. */
    public long lastDisturbanceMs() {
        return lastDisturbanceMs;
    }

    public long lostCount() {
        return lostCount;
    }
}
