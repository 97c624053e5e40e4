package dev.kindling.yarn.core;

import dev.kindling.loop.Effects;
import dev.kindling.util.Durations;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which nodes are worth another try. One on which executors fail again and again is excluded until its failures are
 * old, or until nothing else is to be had; never more than half of the nodes at a time, for then the fault lies elsewhere.
 * A node that is being
 * decommissioned or is unhealthy is left alone as long as that lasts.
 */
final class Nodes {
    /** Nodes whose failures are remembered: more than fail within one validity interval. */
    private static final int MAX_REMEMBERED = 10_000;

    private final AppMasterSettings settings;
    private final TreeMap<String, Failures> failures = new TreeMap<>();
    private final TreeMap<String, Long> excludedSinceMs = new TreeMap<>();
    private final TreeSet<String> unusable = new TreeSet<>();
    private int count;

    Nodes(AppMasterSettings settings) {
        this.settings = settings;
    }

    void counted(int nodes) {
        count = nodes;
    }

    void changed(String node, boolean isUsable) {
        if (isUsable) {
            unusable.remove(node);
        } else {
            unusable.add(node);
        }
    }

    boolean isWanted(String node) {
        return !unusable.contains(node) && !excludedSinceMs.containsKey(node);
    }

    /** Of nodes that are not wanted. */
    SortedSet<String> avoidedHosts() {
        TreeSet<String> hosts = new TreeSet<>();
        unusable.forEach(node -> hosts.add(InputPlaces.hostOf(node)));
        excludedSinceMs.keySet().forEach(node -> hosts.add(InputPlaces.hostOf(node)));
        return hosts;
    }

    /** Nothing else is to be had, so they get another chance. */
    void readmitAll(Effects<AppMasterEffect> out) {
        for (String node : excludedSinceMs.keySet()) {
            failures.remove(node);
            out.add(new AppMasterEffect.ReadmitNode(node));
        }
        excludedSinceMs.clear();
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
        Iterator<Map.Entry<String, Long>> all = excludedSinceMs.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<String, Long> excluded = all.next();
            if (excluded.getValue() + settings.failureValidityMs() <= nowMs) {
                all.remove();
                failures.remove(excluded.getKey());
                out.add(new AppMasterEffect.ReadmitNode(excluded.getKey()));
            }
        }
    }
}
