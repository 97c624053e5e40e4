package dev.kindling.driver.core;

import dev.kindling.event.JobProperties;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The order in which stages with waiting tasks get slots.
 *
 * <p>Without fair sharing all stages are in one pool, which serves the earlier job first and within it the earlier
 * stage. With it each job belongs to the pool that its properties name, and the next slot goes to the pool that has
 * least of what is due to it: first a pool below its minimum share, by the part of it that it has; then by slots for
 * each unit of weight; then by name. Slots count until the attempt in them has ended, wanted or not, for the pool in
 * whose name it was launched.
 *
 * <p>A decision costs a logarithm: pools, and the stages of a pool, stand in trees by what they have, and move when it
 * changes.
 */
final class Pools {
    // Every launch and every end of an attempt looks things up by these: methods, and no chains of comparators.
    private static final Comparator<Pool> LEAST_SERVED_FIRST = Pools::compareByNeed;

    private static final Comparator<StageState> EARLIEST_FIRST = (one, other) -> Long.compare(one.rank, other.rank);

    private static final Comparator<StageState> FEWEST_SLOTS_FIRST = Pools::compareBySlots;

    private final boolean isFair;
    private final Map<String, PoolSettings> configured;
    private final TreeMap<String, Pool> byName = new TreeMap<>();
    /** Those in which a stage is runnable and not set aside. */
    private final TreeSet<Pool> inTurn = new TreeSet<>(LEAST_SERVED_FIRST);

    private final List<StageState> aside = new ArrayList<>();

    /** One pool while anything is in it. What it has may change only while it is not {@code inTurn}. */
    private static final class Pool {
        final String name;
        final PoolSettings settings;
        final TreeSet<StageState> runnable;
        int slotsHeld;

        Pool(String name, PoolSettings settings) {
            this.name = name;
            this.settings = settings;
            runnable = new TreeSet<>(settings.isFair() ? FEWEST_SLOTS_FIRST : EARLIEST_FIRST);
        }

        /** 0 below its minimum share, else 1. */
        int urgency() {
            return slotsHeld < settings.minShare() ? 0 : 1;
        }

        /** What a full share would be, in the measure that counts for it now. */
        int due() {
            return urgency() == 0 ? settings.minShare() : settings.weight();
        }
    }

    Pools(boolean isFair, SortedMap<String, PoolSettings> configured) {
        this.isFair = isFair;
        this.configured = configured;
    }

    private static int compareByNeed(Pool one, Pool other) {
        int byUrgency = Integer.compare(one.urgency(), other.urgency());
        int byParts = byUrgency != 0 ? byUrgency : compareParts(one, other);
        return byParts != 0 ? byParts : one.name.compareTo(other.name);
    }

    private static int compareBySlots(StageState one, StageState other) {
        int bySlots = Integer.compare(one.slotsHeld, other.slotsHeld);
        return bySlots != 0 ? bySlots : Long.compare(one.rank, other.rank);
    }

    /** Without rounding: {@code a / b < c / d} exactly when {@code a * d < c * b}. */
    private static int compareParts(Pool left, Pool right) {
        return Long.compare((long) left.slotsHeld * right.due(), (long) right.slotsHeld * left.due());
    }

    /** The pool of a job with these properties. */
    String nameFor(Map<String, String> properties) {
        String named = properties.getOrDefault(JobProperties.POOL, "");
        return isFair && !named.isBlank() ? named : JobProperties.DEFAULT_POOL;
    }

    // ---- what can run -------------------------------------------------------------------------------------------

    void offer(StageState stage) {
        stage.isOffered = true;
        change(stage.pool, pool -> pool.runnable.add(stage));
    }

    void withdraw(StageState stage) {
        aside.remove(stage);
        if (stage.isOffered) {
            stage.isOffered = false;
            change(stage.pool, pool -> pool.runnable.remove(stage));
        }
    }

    /** It is served under another name, or at another time, from now on; attempts that run keep their place. */
    void move(StageState stage, String pool, long rank) {
        boolean isOffered = stage.isOffered;
        if (isOffered) {
            withdraw(stage);
        }
        stage.pool = pool;
        stage.rank = rank;
        if (isOffered) {
            offer(stage);
        }
    }

    /** The suspect that was kept waiting for longest, of all stages that are offered. */
    Optional<TaskSet.Suspect> longestCrowdedOut() {
        Optional<TaskSet.Suspect> longest = Optional.empty();
        for (Pool pool : byName.values()) {
            for (StageState stage : pool.runnable) {
                Optional<TaskSet.Suspect> own = stage.tasks.longestCrowdedOut(stage);
                boolean isLonger = own.isPresent()
                        && (longest.isEmpty()
                                || own.get().crowdedSinceMs() < longest.get().crowdedSinceMs());
                longest = isLonger ? own : longest;
            }
        }
        return longest;
    }

    // ---- whose turn it is ---------------------------------------------------------------------------------------

    /** Null when no stage is left that was not set aside. */
    StageState first() {
        return inTurn.isEmpty() ? null : inTurn.first().runnable.first();
    }

    /** None of its tasks may run where there is room now. */
    void setAside(StageState stage) {
        withdraw(stage);
        aside.add(stage);
    }

    void bringBack() {
        if (aside.isEmpty()) {
            return;
        }
        List<StageState> back = List.copyOf(aside);
        aside.clear();
        back.forEach(this::offer);
    }

    /** Tasks of stages that may run now; a pass over these. */
    int waitingTasks() {
        int count = 0;
        for (Pool pool : byName.values()) {
            for (StageState stage : pool.runnable) {
                count += stage.tasks.waitingCount();
            }
        }
        return count;
    }

    // ---- what they have -----------------------------------------------------------------------------------------

    /** Positive when an attempt takes slots in the name of a pool, negative when it gives them back. */
    void hold(StageState stage, String poolName, int slots) {
        Pool only = byName.size() == 1 ? byName.firstEntry().getValue() : null;
        if (only != null && stage.isOffered && !only.settings.isFair()) {
            // It serves the earlier stage first, and there is no other: what is held changes nobody's place.
            stage.slotsHeld += slots;
            only.slotsHeld += slots;
            return;
        }
        boolean isOffered = stage.isOffered;
        if (isOffered) {
            change(stage.pool, pool -> pool.runnable.remove(stage));
        }
        stage.slotsHeld += slots;
        change(poolName, pool -> pool.slotsHeld += slots);
        if (isOffered) {
            offer(stage);
        }
    }

    /** Slots by pool, where any are held. */
    SortedMap<String, Integer> slotsHeld() {
        SortedMap<String, Integer> held = new TreeMap<>();
        for (Pool pool : byName.values()) {
            if (pool.slotsHeld != 0) {
                held.put(pool.name, pool.slotsHeld);
            }
        }
        return held;
    }

    /** Keeps the order while something in the pool changes; pools in which nothing is are forgotten. */
    private void change(String name, Consumer<Pool> how) {
        Pool pool =
                byName.computeIfAbsent(name, key -> new Pool(key, configured.getOrDefault(key, PoolSettings.DEFAULTS)));
        inTurn.remove(pool);
        how.accept(pool);
        if (!pool.runnable.isEmpty()) {
            inTurn.add(pool);
        } else if (pool.slotsHeld == 0) {
            byName.remove(name);
        }
    }
}
