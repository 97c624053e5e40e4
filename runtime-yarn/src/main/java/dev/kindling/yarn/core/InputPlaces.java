package dev.kindling.yarn.core;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * On which hosts executors would be near what is to be read. A host's share of the executors is its share of the tasks,
 * rounded up, less those it has: a hundred executors do not crowd onto the host that has a block more than the others.
 */
final class InputPlaces {
    /** Each host named costs the ResourceManager a request of its own; those with fewer tasks are reached by their racks. */
    private static final int MAX_HOSTS = 200;

    private static final Comparator<Map.Entry<String, Integer>> MOST_TASKS_FIRST =
            Map.Entry.<String, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey());

    private SortedMap<String, Integer> taskCounts = new TreeMap<>();

    /** Until it is told again. */
    void lies(SortedMap<String, Integer> taskCountsByHost) {
        boolean hasNames = taskCountsByHost.keySet().stream().anyMatch(InputPlaces::isName);
        List<Map.Entry<String, Integer>> most = taskCountsByHost.entrySet().stream()
                // File systems tell of a machine by its name and by its address; nodes have names.
                .filter(host -> !hasNames || isName(host.getKey()))
                .sorted(MOST_TASKS_FIRST)
                .limit(MAX_HOSTS)
                .toList();
        taskCounts = new TreeMap<>();
        most.forEach(host -> taskCounts.put(host.getKey(), host.getValue()));
    }

    private static boolean isName(String host) {
        return host.chars().anyMatch(c -> c != '.' && (c < '0' || c > '9')) && host.indexOf(':') < 0;
    }

    /** The host of a node, which events name with its port. */
    static String hostOf(String node) {
        int colon = node.lastIndexOf(':');
        return colon < 0 ? node : node.substring(0, colon);
    }

    /**
     * How many of {@code missing} executors may go to each host.
     *
     * @param present executors by host
     * @param avoided hosts that get none
     */
    SortedMap<String, Integer> shares(int missing, SortedMap<String, Integer> present, SortedSet<String> avoided) {
        long tasks = 0;
        for (Map.Entry<String, Integer> host : taskCounts.entrySet()) {
            tasks += avoided.contains(host.getKey()) ? 0 : host.getValue();
        }
        if (missing == 0 || tasks == 0) {
            return Collections.emptySortedMap();
        }
        long executors = missing
                + present.values().stream().mapToLong(Integer::longValue).sum();
        TreeMap<String, Integer> shares = new TreeMap<>();
        for (Map.Entry<String, Integer> host : taskCounts.entrySet()) {
            long share = (executors * host.getValue() + tasks - 1) / tasks - present.getOrDefault(host.getKey(), 0);
            if (share > 0 && !avoided.contains(host.getKey())) {
                shares.put(host.getKey(), (int) Math.min(share, missing));
            }
        }
        return Collections.unmodifiableSortedMap(shares);
    }
}
