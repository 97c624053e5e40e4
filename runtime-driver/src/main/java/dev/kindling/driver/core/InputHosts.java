package dev.kindling.driver.core;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the input of the stages lies that can run: how many of their tasks would best be run on each host. A launcher
 * that can choose asks for executors there. A stage counts as it was when it began, until nobody needs it: what is left
 * of it would be told with each task otherwise, and most of it runs on executors that were asked for at its beginning.
 */
final class InputHosts {
    private final TreeMap<Integer, SortedMap<String, Integer>> ofStages = new TreeMap<>();
    private final TreeMap<String, Integer> taskCounts = new TreeMap<>();
    private boolean isChanged;

    /** The stage can run; nothing happens when that is known. */
    void begin(StageState stage) {
        if (ofStages.containsKey(stage.id())) {
            return;
        }
        SortedMap<String, Integer> hosts = stage.tasks.waitingByHost();
        if (!hosts.isEmpty()) {
            ofStages.put(stage.id(), hosts);
            hosts.forEach((host, count) -> taskCounts.merge(host, count, Integer::sum));
            isChanged = true;
        }
    }

    /** Nobody needs the stage any more, or it cannot run. */
    void end(StageState stage) {
        SortedMap<String, Integer> hosts = ofStages.remove(stage.id());
        if (hosts != null) {
            hosts.forEach((host, count) -> taskCounts.merge(host, -count, InputHosts::sum));
            isChanged = true;
        }
    }

    private static Integer sum(int before, int change) {
        return before + change == 0 ? null : before + change;
    }

    /** Once for all that happened in one event. */
    void tell(Outbox out) {
        if (isChanged) {
            isChanged = false;
            out.add(new DriverEffect.InputLies(Collections.unmodifiableSortedMap(new TreeMap<>(taskCounts))));
        }
    }

    boolean counts(StageState stage) {
        return ofStages.containsKey(stage.id());
    }

    /** Whether no stage counts, and nothing is left of those that did. */
    boolean isEmpty() {
        return ofStages.isEmpty() && taskCounts.isEmpty();
    }
}
