package dev.kindling.driver.sim;

import dev.kindling.rpc.RpcSettings;
import dev.kindling.sim.FaultKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The connections that a simulated process makes: when it asks another one first, and both prove themselves before anything
 * is sent. One that is refused, or whose handshake takes longer than is allowed, fails all that waits for it, and is made
 * again for whoever asks next.
 */
final class SimLinks {
    private static final int HANDSHAKE_MS = RpcSettings.defaults().handshakeTimeoutMs();
    private static final int REFUSED_MS = 2;

    private final Dialler from;
    private final SimCluster cluster;
    private final TreeSet<Integer> open = new TreeSet<>();
    private final TreeMap<Integer, List<Waiting>> waiting = new TreeMap<>();

    private record Waiting(Runnable whenOpen, Consumer<String> whenFailed) {}

    /** Whose connections they are. */
    interface Dialler {
        /** Does it after so long, unless it is gone by then; returns when. */
        long in(long delayMs, Runnable action);

        void disturbedUntil(long ms);
    }

    SimLinks(Dialler from, SimCluster cluster) {
        this.from = from;
        this.cluster = cluster;
    }

    /** Does something with a connection to this node, at once if there is one. */
    void to(int node, Runnable whenOpen, Consumer<String> whenFailed) {
        if (open.contains(node)) {
            whenOpen.run();
        } else if (waiting.containsKey(node)) {
            waiting.get(node).add(new Waiting(whenOpen, whenFailed));
        } else if (!cluster.faults.strikes(FaultKind.HANDSHAKE)) {
            open.add(node);
            whenOpen.run();
        } else {
            List<Waiting> all = new ArrayList<>();
            all.add(new Waiting(whenOpen, whenFailed));
            waiting.put(node, all);
            shakeHands(node);
        }
    }

    private void shakeHands(int node) {
        SplittableRandom random = cluster.faults.random(FaultKind.HANDSHAKE);
        switch (random.nextInt(3)) {
            case 0 -> after(REFUSED_MS, node, "connection refused");
            case 1 -> after(HANDSHAKE_MS, node, "no handshake within " + HANDSHAKE_MS + " ms");
            default -> after(1 + random.nextInt(HANDSHAKE_MS), node, "");
        }
    }

    private void after(int ms, int node, String failure) {
        long untilMs = from.in(ms, () -> {
            List<Waiting> all = waiting.remove(node);
            if (failure.isEmpty()) {
                open.add(node);
                all.forEach(one -> one.whenOpen().run());
            } else {
                all.forEach(one -> one.whenFailed().accept(failure));
            }
        });
        from.disturbedUntil(untilMs);
    }
}
