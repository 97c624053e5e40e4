package dev.kindling.yarn.core;

import dev.kindling.loop.Effects;
import dev.kindling.util.Durations;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which nodes are worth another try. One on which executors fail again and again is excluded until its failures are
 * old, or until nothing else is to be had; never more than half of the nodes at a time, for then the fault lies elsewhere.
 * A node that is being
 * decommissioned or is unhealthy is left alone as long as that lasts; the ResourceManager gives nothing there either. Of one
 * whose machine is taken back it may not know, and give containers there until it misses the node, so it is told.
 */
final class Nodes {
    /** Nodes whose failures are remembered: more than fail within one validity interval. */
    private static final int MAX_REMEMBERED = 10_000;

    /** By then the ResourceManager has missed a machine that has gone: it waits ten minutes, unless told otherwise. */
    private static final long MISSED_AFTER_MS = 900_000;

    private final AppMasterSettings settings;
    private final TreeMap<String, Failures> failures = new TreeMap<>();
    private final TreeMap<String, Long> excludedSinceMs = new TreeMap<>();
    private final TreeMap<String, Long> takenBackAtMs = new TreeMap<>();
    private final TreeSet<String> unusable = new TreeSet<>();
    private int count;

    Nodes(AppMasterSettings settings) {
        this.settings = settings;
    }

    void counted(int nodes) {
        count = nodes;
    }

    /**
     * After its machine's time one that is usable is another machine, or was not taken. A NodeManager that starts again may
     * have another port, and nothing more is heard of the one before.
     */
    void changed(String node, boolean isUsable, long nowMs, Effects<AppMasterEffect> out) {
        if (!isUsable) {
            unusable.add(node);
            return;
        }
        String host = InputPlaces.hostOf(node);
        unusable.removeIf(other -> InputPlaces.hostOf(other).equals(host));
        if (takenBackAtMs.getOrDefault(node, Long.MAX_VALUE) <= nowMs) {
            takenBackAtMs.remove(node);
            readmit(node, out);
        }
    }

    /** What is said last holds. */
    void takenBack(String node, long nowMs, long withinMs, Effects<AppMasterEffect> out) {
        if (takenBackAtMs.put(node, nowMs + withinMs) == null) {
            out.add(new AppMasterEffect.ExcludeNode(
                    node, "its machine is taken back within " + Durations.format(withinMs)));
        }
    }

    boolean isWanted(String node) {
        return !unusable.contains(node) && !isExcluded(node);
    }

    private boolean isExcluded(String node) {
        return excludedSinceMs.containsKey(node) || takenBackAtMs.containsKey(node);
    }

    /** Of two reasons to exclude it one is gone. */
    private void readmit(String node, Effects<AppMasterEffect> out) {
        if (!isExcluded(node)) {
            out.add(new AppMasterEffect.ReadmitNode(node));
        }
    }

    /** Of nodes that are not wanted. */
    SortedSet<String> avoidedHosts() {
        TreeSet<String> hosts = new TreeSet<>();
        unusable.forEach(node -> hosts.add(InputPlaces.hostOf(node)));
        takenBackAtMs.keySet().forEach(node -> hosts.add(InputPlaces.hostOf(node)));
        excludedSinceMs.keySet().forEach(node -> hosts.add(InputPlaces.hostOf(node)));
        return hosts;
    }

    /** Nothing else is to be had, so those on which executors failed get another chance. */
    void readmitAll(Effects<AppMasterEffect> out) {
        List<String> failed = List.copyOf(excludedSinceMs.keySet());
        excludedSinceMs.clear();
        for (String node : failed) {
            failures.remove(node);
            readmit(node, out);
        }
    }

    void failed(String node, String why, long nowMs, Effects<AppMasterEffect> out) {
        if (failures.size() >= MAX_REMEMBERED && !failures.containsKey(node)) {
            failures.remove(failures.firstKey());
        }
        Failures ofNode = failures.computeIfAbsent(
                node, unknown -> new Failures(settings.failureValidityMs(), settings.maxFailuresOnNode()));
        ofNode.add(nowMs);
        boolean isBad = ofNode.countAt(nowMs) >= settings.maxFailuresOnNode();
        if (isBad && !excludedSinceMs.containsKey(node) && 2 * (excludedSinceMs.size() + 1) <= count) {
            excludedSinceMs.put(node, nowMs);
            out.add(new AppMasterEffect.ExcludeNode(
                    node,
                    settings.maxFailuresOnNode() + " executors failed on " + node + " within "
                            + Durations.format(settings.failureValidityMs()) + ", the last one: " + why));
        }
    }

    void tick(long nowMs, Effects<AppMasterEffect> out) {
        for (String node : due(excludedSinceMs, nowMs - settings.failureValidityMs())) {
            failures.remove(node);
            readmit(node, out);
        }
        due(takenBackAtMs, nowMs - MISSED_AFTER_MS).forEach(node -> readmit(node, out));
    }

    /** Taken out of these, the nodes whose time is not later. */
    private static List<String> due(TreeMap<String, Long> times, long ms) {
        List<String> due =
                times.keySet().stream().filter(node -> times.get(node) <= ms).toList();
        times.keySet().removeAll(due);
        return due;
    }
}
