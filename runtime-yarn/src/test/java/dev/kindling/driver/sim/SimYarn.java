package dev.kindling.driver.sim;

import dev.kindling.yarn.core.Masters;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A ResourceManager and its nodes in a simulated world: they outlive drivers. It gives containers when it has room, and
 * takes them back.
 */
final class SimYarn {
    private static final int NODES = 5;
    private static final int MAX_WITHOUT_ROOM_MS = 20_000;
    private static final int WITHOUT_ROOM_IN = 40;
    private static final int MOST_AT_ONCE = 3;

    final SplittableRandom random;
    /** Of the base, see {@link dev.kindling.yarn.core.AppMasterSettings}. */
    final int baseExecutors;

    private final TreeMap<String, Container> containers = new TreeMap<>();
    private int allocated;
    private long roomFromMs;

    /** A container as the ResourceManager sees it. */
    static final class Container {
        final String id;
        final String node;
        /** Whose it is: of the latest application attempt that took it. */
        YarnSupply owner;

        String executorId = "";
        /** What runs in it, of this attempt or an earlier one; null when nothing does. */
        SimExecutor process;
        /** Its executor has ended with its driver, and the process waits for another one. */
        boolean isWaiting;

        /** The application has heard of it. */
        boolean isTold;

        boolean isElastic;
        boolean isReleased;
        boolean isGone;
        /** What the ResourceManager says of its end; 0 when that is what its process says. */
        int endStatus;

        Container(String id, String node, YarnSupply owner) {
            this.id = id;
            this.node = node;
            this.owner = owner;
        }

        boolean mayRun() {
            return !isGone && !isReleased;
        }
    }

    SimYarn(SplittableRandom random) {
        this.random = random;
        // Never more than the fewest that stay.
        this.baseExecutors = random.nextBoolean() ? Masters.ALL_ALIKE : random.nextInt(2);
    }

    int nodes() {
        return NODES;
    }

    Container container(String id) {
        return containers.get(id);
    }

    List<Container> all() {
        return new ArrayList<>(containers.values());
    }

    /** Those of an attempt that is over. */
    List<Container> kept() {
        return containers.values().stream().filter(Container::mayRun).toList();
    }

    /** At a heartbeat of the application: up to so many containers, on nodes that are not excluded if there are others. */
    List<Container> give(YarnSupply owner, int asked, List<String> excluded, boolean isChaos) {
        long nowMs = owner.nowMs();
        if (isChaos && nowMs >= roomFromMs && random.nextInt(WITHOUT_ROOM_IN) == 0) {
            roomFromMs = nowMs + random.nextInt(MAX_WITHOUT_ROOM_MS);
        }
        List<Container> given = new ArrayList<>();
        for (int left = nowMs < roomFromMs ? 0 : Math.min(asked, 1 + random.nextInt(MOST_AT_ONCE)); left > 0; left--) {
            List<String> nodes = new ArrayList<>();
            for (int node = 0; node < NODES; node++) {
                if (!excluded.contains("n" + node)) {
                    nodes.add("n" + node);
                }
            }
            Container container = new Container("c" + ++allocated, nodes.get(random.nextInt(nodes.size())), owner);
            containers.put(container.id, container);
            given.add(container);
        }
        return given;
    }
}
