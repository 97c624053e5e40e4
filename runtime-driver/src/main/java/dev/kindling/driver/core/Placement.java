package dev.kindling.driver.core;

import java.util.Comparator;
import java.util.Iterator;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Brings waiting tasks and free slots together: stages in the order of their jobs, executors with the most free slots
 * first, so that work spreads.
 *
 * <p>A slot that was freed is offered to the stages in order; a stage that got new tasks is offered all free slots. A
 * slot that nobody may take now (a task waits for a better host, or a retry for its time) is offered again at the next
 * tick. So each event costs what it launches, and a logarithm.
 */
final class Placement {
    private static final Comparator<ExecutorState> MOST_FREE_FIRST = Comparator.<ExecutorState>comparingInt(
                    executor -> -executor.freeSlots)
            .thenComparingInt(executor -> executor.index);

    /** The wait for a better host while no task of the stage has finished: one tick. */
    private static final long FIRST_LOCALITY_WAIT_MS = 100;

    private final DriverSettings settings;
    private final ExecutorTable executors;
    private final TreeSet<ExecutorState> withFreeSlots = new TreeSet<>(MOST_FREE_FIRST);
    private final TreeMap<Long, StageState> runnable = new TreeMap<>();
    private final TreeSet<ExecutorState> freed = new TreeSet<>(Comparator.comparingInt(executor -> executor.index));
    private boolean hasNewTasks;

    /** Receives the decisions. */
    interface Launcher {
        void launch(StageState stage, TaskSet.Choice task, ExecutorState executor);
    }

    Placement(DriverSettings settings, ExecutorTable executors) {
        this.settings = settings;
        this.executors = executors;
    }

    // ---- slots --------------------------------------------------------------------------------------------------

    void addExecutor(ExecutorState executor) {
        withFreeSlots.add(executor);
        freed.add(executor);
    }

    void removeExecutor(ExecutorState executor) {
        withFreeSlots.remove(executor);
        freed.remove(executor);
        hasNewTasks = true;
    }

    void takeSlots(ExecutorState executor, int count) {
        withFreeSlots.remove(executor);
        executor.freeSlots -= count;
        if (executor.freeSlots > 0) {
            withFreeSlots.add(executor);
        }
    }

    void freeSlots(ExecutorState executor, int count) {
        if (executor.isLost) {
            return;
        }
        withFreeSlots.remove(executor);
        executor.freeSlots += count;
        withFreeSlots.add(executor);
        freed.add(executor);
    }

    // ---- stages -------------------------------------------------------------------------------------------------

    /** The stage can run, and may have got new tasks. */
    void offer(StageState stage) {
        runnable.put(stage.rank, stage);
        hasNewTasks = true;
    }

    void withdraw(StageState stage) {
        runnable.remove(stage.rank, stage);
    }

    /** The stage's first job has changed. */
    void rerank(StageState stage, long rank) {
        boolean isRunnable = runnable.remove(stage.rank, stage);
        stage.rank = rank;
        if (isRunnable) {
            runnable.put(rank, stage);
        }
    }

    boolean isOffered(StageState stage) {
        return runnable.get(stage.rank) == stage;
    }

    // ---- the meeting --------------------------------------------------------------------------------------------

    /** At the end of every event; {@code isTick} looks at everything that may have become due. */
    void place(long nowMs, boolean isTick, Launcher launcher) {
        if (isTick || hasNewTasks || executors.fullDisks.expire(nowMs)) {
            placeEverywhere(nowMs, launcher);
        } else {
            for (ExecutorState executor : freed) {
                placeOn(executor, nowMs, launcher);
            }
        }
        hasNewTasks = false;
        freed.clear();
    }

    private void placeOn(ExecutorState executor, long nowMs, Launcher launcher) {
        Iterator<StageState> inOrder = runnable.values().iterator();
        while (inOrder.hasNext() && executor.freeSlots > 0) {
            StageState stage = inOrder.next();
            boolean hasPlaced = true;
            while (hasPlaced && executor.freeSlots > 0) {
                hasPlaced = placeOne(stage, executor, nowMs, launcher);
            }
            if (!stage.tasks.isWaiting()) {
                inOrder.remove();
            }
        }
    }

    private void placeEverywhere(long nowMs, Launcher launcher) {
        Iterator<StageState> inOrder = runnable.values().iterator();
        while (inOrder.hasNext() && !withFreeSlots.isEmpty()) {
            StageState stage = inOrder.next();
            boolean hasPlaced = true;
            while (hasPlaced && stage.tasks.isWaiting() && !withFreeSlots.isEmpty()) {
                hasPlaced = placeOnMostFree(stage, nowMs, launcher);
            }
            if (!stage.tasks.isWaiting()) {
                inOrder.remove();
            }
        }
    }

    /** One task on the first executor that may take one; the usual case looks at one executor. */
    private boolean placeOnMostFree(StageState stage, long nowMs, Launcher launcher) {
        for (ExecutorState executor : withFreeSlots) {
            if (placeOne(stage, executor, nowMs, launcher)) {
                return true;
            }
        }
        return false;
    }

    private boolean placeOne(StageState stage, ExecutorState executor, long nowMs, Launcher launcher) {
        if (!stage.tasks.isWaiting() || executors.fullDisks.isAvoided(executor, executors.liveCount())) {
            return false;
        }
        long waitMs = Math.min(settings.localityWaitMs(), stage.medianTaskMs(FIRST_LOCALITY_WAIT_MS));
        TaskSet.Choice task = stage.tasks.take(executor, nowMs, waitMs, executors);
        if (task == null) {
            return false;
        }
        takeSlots(executor, task.isAlone() ? executor.cores : 1);
        launcher.launch(stage, task, executor);
        return true;
    }
}
