package dev.kindling.driver.core;

import dev.kindling.event.StoryLines;
import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * How the number of executors follows the work. <em>Needed</em> are as many as have room for all tasks that run and wait,
 * within the bounds of the settings. While tasks wait and fewer than that are there or asked for, more are asked for: one
 * at first, then twice as many each time. Who has had nothing to do for a while leaves, if more than the needed ones are
 * there; the longest idle one first. Leaving is {@link Drains}' matter: map outputs and cached blocks move before. What was
 * asked for and has not come when it is needed no more is not asked for any longer.
 *
 * <p>Executors of the base do not leave: they are no more than the fewest that are to stay, and on nodes that last.
 *
 * <p>A lost executor is replaced as ever; a replacement that nobody needs leaves like any other. A tick costs a pass over
 * executors and over the stages that have waiting tasks. Times are those of the driver's waking time.
 */
final class Allocation {
    private static final long NEVER = Long.MAX_VALUE;

    private final AllocationSettings settings;
    private final Set<PlantedBug> bugs;
    /** By index, of those without a task. */
    private final TreeMap<Integer, Long> idleSinceMs = new TreeMap<>();

    private long nextAskMs = NEVER;
    private int nextAskCount = 1;
    private long surplusSinceMs = NEVER;

    /**
     * What shall change.
     *
     * @param asked so many more; negative for so many fewer of those that have not come
     * @param leaving these go
     * @param why in words
     */
    record Change(int asked, List<ExecutorState> leaving, String why) {
        private static final Change NONE = new Change(0, List.of(), "");
    }

    /**
     * The state of things.
     *
     * @param waitingTasks that could run now
     * @param staying executors that are registered and not leaving
     * @param unanswered executors asked for of which the launcher has said nothing yet
     * @param starting executors that the launcher has and that have not registered, and those that are owed: lost in a
     *     row without progress, they are replaced when tasks finish again
     */
    record Standing(int waitingTasks, List<ExecutorState> staying, int unanswered, int starting) {
        int count() {
            return staying.size() + unanswered + starting;
        }

        int slotsInUse() {
            return staying.stream()
                    .mapToInt(executor -> executor.cores - executor.freeSlots)
                    .sum();
        }
    }

    Allocation(AllocationSettings settings, Set<PlantedBug> bugs) {
        this.settings = settings;
        this.bugs = bugs;
    }

    boolean isDynamic() {
        return settings.isDynamic();
    }

    Change tick(long nowMs, Standing now, Predicate<ExecutorState> holdsCachedBlocks) {
        noteIdle(nowMs, now.staying());
        int tasks = now.slotsInUse() + now.waitingTasks();
        int wanted = (tasks + settings.coresOfOne() - 1) / settings.coresOfOne();
        int needed = Math.max(settings.fewest(), Math.min(settings.most(), wanted));
        int count = bugs.contains(PlantedBug.ASKED_EXECUTORS_NOT_COUNTED)
                ? now.staying().size()
                : now.count();
        surplusSinceMs = count > needed ? Math.min(surplusSinceMs, nowMs) : NEVER;
        if (now.waitingTasks() == 0 || count >= needed) {
            nextAskMs = NEVER;
            return shrink(nowMs, now, needed, holdsCachedBlocks);
        }
        return grow(nowMs, now, needed - count);
    }

    private void noteIdle(long nowMs, List<ExecutorState> staying) {
        TreeMap<Integer, Long> before = new TreeMap<>(idleSinceMs);
        idleSinceMs.clear();
        for (ExecutorState executor : staying) {
            if (executor.running.isEmpty()) {
                idleSinceMs.put(executor.index, before.getOrDefault(executor.index, nowMs));
            }
        }
    }

    private Change grow(long nowMs, Standing now, int missing) {
        if (nextAskMs == NEVER) {
            nextAskMs = nowMs + settings.backlogTimeoutMs();
            nextAskCount = 1;
        }
        if (nowMs < nextAskMs) {
            return Change.NONE;
        }
        int asked = Math.min(nextAskCount, missing);
        nextAskCount = Math.min(2 * nextAskCount, settings.most());
        nextAskMs = nowMs + settings.sustainedBacklogTimeoutMs();
        return new Change(
                asked,
                List.of(),
                StoryLines.count(now.waitingTasks(), "task") + (now.waitingTasks() == 1 ? " waits" : " wait")
                        + " for room");
    }

    private Change shrink(long nowMs, Standing now, int needed, Predicate<ExecutorState> holdsCachedBlocks) {
        int surplus = now.count() - needed;
        if (surplus <= 0) {
            return Change.NONE;
        }
        if (now.unanswered() > 0 && nowMs - surplusSinceMs >= settings.idleTimeoutMs()) {
            return new Change(-Math.min(surplus, now.unanswered()), List.of(), "they are needed no more");
        }
        List<ExecutorState> idle = new ArrayList<>();
        for (ExecutorState executor : now.staying()) {
            long timeoutMs = executor.isBase ? NEVER : timeoutMs(holdsCachedBlocks.test(executor));
            if (idleSinceMs.containsKey(executor.index)
                    && nowMs - idleSinceMs.get(executor.index) >= timeoutMs
                    && !bugs.contains(PlantedBug.IDLE_EXECUTOR_KEPT)) {
                idle.add(executor);
            }
        }
        // Of those that have waited equally long the youngest: the others have more to move.
        idle.sort(Comparator.<ExecutorState>comparingLong(executor -> idleSinceMs.get(executor.index))
                .thenComparingInt(executor -> -executor.index));
        int mostThatGo = Math.min(surplus, now.staying().size() - settings.fewest());
        List<ExecutorState> leaving = idle.subList(0, Math.max(0, Math.min(mostThatGo, idle.size())));
        return leaving.isEmpty()
                ? Change.NONE
                : new Change(
                        0,
                        List.copyOf(leaving),
                        "it has had no task for " + Durations.format(settings.idleTimeoutMs()));
    }

    private long timeoutMs(boolean holdsCachedBlocks) {
        if (!holdsCachedBlocks) {
            return settings.idleTimeoutMs();
        }
        return settings.cachedIdleTimeoutMs() == 0
                ? NEVER
                : Math.max(settings.cachedIdleTimeoutMs(), settings.idleTimeoutMs());
    }
}
