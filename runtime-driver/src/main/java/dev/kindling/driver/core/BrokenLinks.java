package dev.kindling.driver.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Executors that do not reach each other, though both reach the driver. A task that could not fetch from another
 * executor proves little: that one may be slow, or its file gone. When each of two has failed to fetch from the other
 * within a minute, all that is written for a shuffle on one would have to be rebuilt for the tasks on the other, and the
 * other way round, until the job fails. So one of the two is set aside for a minute: it gets no task that reads a shuffle
 * or writes one, and what its tasks could not fetch from the other is not taken for lost.
 *
 * <p>Of several pairs the executor that is in most of them is set aside first: one that nobody reaches is the only one.
 * Executors stay that are in no pair with each other, so there is always one.
 */
final class BrokenLinks {
    static final long REMEMBERED_MS = 60_000;

    /** Until when it counts that one could not fetch from the other; bounded by what fails within a minute. */
    private final TreeMap<Link, Long> failedUntilMs = new TreeMap<>();

    private final TreeSet<Integer> setAside = new TreeSet<>();

    /** By the indexes of who fetches and from whom. */
    private record Link(int reader, int holder) implements Comparable<Link> {
        Link back() {
            return new Link(holder, reader);
        }

        boolean isOf(int executor) {
            return reader == executor || holder == executor;
        }

        @Override
        public int compareTo(Link other) {
            int byReader = Integer.compare(reader, other.reader);
            return byReader != 0 ? byReader : Integer.compare(holder, other.holder);
        }
    }

    /** A task on {@code reader} could not fetch from {@code holder}; the indexes of executors that it sets aside. */
    SortedSet<Integer> failed(ExecutorState reader, ExecutorState holder, long nowMs) {
        Link link = new Link(reader.index, holder.index);
        failedUntilMs.put(link, nowMs + REMEMBERED_MS);
        if (failedUntilMs.computeIfPresent(link.back(), (back, untilMs) -> nowMs + REMEMBERED_MS) == null) {
            return Collections.emptySortedSet();
        }
        TreeSet<Integer> before = new TreeSet<>(setAside);
        judge();
        TreeSet<Integer> added = new TreeSet<>(setAside);
        added.removeAll(before);
        return added;
    }

    /** Executors whose minute is over may be used again. */
    void expire(long nowMs) {
        if (failedUntilMs.values().removeIf(untilMs -> nowMs >= untilMs)) {
            judge();
        }
    }

    /** It takes nothing more, or is lost. */
    void gone(ExecutorState executor) {
        if (failedUntilMs.keySet().removeIf(link -> link.isOf(executor.index))) {
            judge();
        }
    }

    /** Whether neither reaches the other. */
    boolean isBroken(ExecutorState one, ExecutorState other) {
        Link link = new Link(one.index, other.index);
        return failedUntilMs.containsKey(link) && failedUntilMs.containsKey(link.back());
    }

    boolean isSetAside(ExecutorState executor) {
        return !setAside.isEmpty() && setAside.contains(executor.index);
    }

    /** Whether a task of the stage had better run elsewhere. */
    boolean isAvoided(ExecutorState executor, StageState stage) {
        return isSetAside(executor) && stage.usesShuffles();
    }

    int setAsideCount() {
        return setAside.size();
    }

    private void judge() {
        setAside.clear();
        List<Link> broken = new ArrayList<>();
        for (Link link : failedUntilMs.keySet()) {
            if (link.reader < link.holder && failedUntilMs.containsKey(link.back())) {
                broken.add(link);
            }
        }
        while (!broken.isEmpty()) {
            int worst = inMostOf(broken);
            setAside.add(worst);
            broken.removeIf(link -> link.isOf(worst));
        }
    }

    /** Of several the one that registered last. */
    private static int inMostOf(List<Link> links) {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        for (Link link : links) {
            counts.merge(link.reader, 1, Integer::sum);
            counts.merge(link.holder, 1, Integer::sum);
        }
        int worst = counts.firstKey();
        for (int executor : counts.keySet()) {
            worst = counts.get(executor) >= counts.get(worst) ? executor : worst;
        }
        return worst;
    }
}
