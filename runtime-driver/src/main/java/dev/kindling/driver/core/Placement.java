package dev.kindling.driver.core;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Brings waiting tasks and free slots together: stages in the order of {@link Pools}, executors with the most free
 * slots first, so that work spreads.
 *
 * <p>A slot that was freed is offered to the stages in order; a stage that got new tasks is offered all free slots. A
 * slot that nobody may take now (a task waits for a better host, or a retry for its time) is offered again at the next
 * tick. So each event costs what it launches, and a logarithm.
 */
final class Placement {
    private static final Comparator<ExecutorState> MOST_FREE_FIRST = Placement::compareByFreeSlots;

    /** The wait for a better place while no task of the stage has finished: one tick. A shorter one is no wait at all. */
    private static final long FIRST_LOCALITY_WAIT_MS = 100;

    /** Until the end of the event in which a slot became free. */
    private static final long FREE_NOW = -1;

    private final DriverSettings settings;
    private final ExecutorTable executors;
    private final TreeSet<ExecutorState> withFreeSlots = new TreeSet<>(MOST_FREE_FIRST);
    private final Pools pools;
    private final Set<PlantedBug> bugs;
    private final TreeSet<ExecutorState> freed = new TreeSet<>((one, other) -> Integer.compare(one.index, other.index));
    private final SuspectReservation reservation;
    private boolean hasNewTasks;

    /** Receives the decisions. */
    interface Launcher {
        RunningAttempt launch(StageState stage, TaskSet.Choice task, ExecutorState executor);
    }

    Placement(DriverSettings settings, ExecutorTable executors, Set<PlantedBug> bugs) {
        this.settings = settings;
        this.executors = executors;
        this.bugs = bugs;
        reservation = new SuspectReservation(executors);
        pools = new Pools(settings.scheduling().isFair(), settings.scheduling().pools());
    }

    private static int compareByFreeSlots(ExecutorState one, ExecutorState other) {
        int bySlots = Integer.compare(other.freeSlots, one.freeSlots);
        return bySlots != 0 ? bySlots : Integer.compare(one.index, other.index);
    }

    // ---- slots --------------------------------------------------------------------------------------------------

    void addExecutor(ExecutorState executor) {
        executor.freeSinceMs = FREE_NOW;
        withFreeSlots.add(executor);
        freed.add(executor);
    }

    /** With all that runs on it. */
    void removeExecutor(ExecutorState executor) {
        executor.running.all().forEach(attempt -> pools.hold(attempt.stage, attempt.pool, -attempt.slots));
        withFreeSlots.remove(executor);
        freed.remove(executor);
        hasNewTasks = true;
    }

    /** What runs there goes on; nothing else begins. */
    void closeExecutor(ExecutorState executor) {
        if (!bugs.contains(PlantedBug.TASK_PLACED_ON_DRAINING)) {
            withFreeSlots.remove(executor);
            freed.remove(executor);
        }
        hasNewTasks = true;
    }

    private void takeSlots(ExecutorState executor, int count) {
        withFreeSlots.remove(executor);
        executor.freeSlots -= count;
        if (executor.freeSlots > 0) {
            withFreeSlots.add(executor);
        }
    }

    /** The attempt has ended. */
    void freeSlots(RunningAttempt attempt) {
        if (attempt.isCurrent || !bugs.contains(PlantedBug.SHARE_NOT_RELEASED)) {
            pools.hold(attempt.stage, attempt.pool, -attempt.slots);
        }
        ExecutorState executor = attempt.executor;
        withFreeSlots.remove(executor);
        executor.freeSinceMs = executor.freeSlots == 0 ? FREE_NOW : executor.freeSinceMs;
        executor.freeSlots += attempt.slots;
        if (executor.isDraining() && !bugs.contains(PlantedBug.TASK_PLACED_ON_DRAINING)) {
            return;
        }
        withFreeSlots.add(executor);
        freed.add(executor);
    }

    Pools pools() {
        return pools;
    }

    // ---- stages -------------------------------------------------------------------------------------------------

    /** The stage can run, and may have got new tasks. */
    void offer(StageState stage) {
        pools.offer(stage);
        hasNewTasks = true;
    }

    void withdraw(StageState stage) {
        pools.withdraw(stage);
    }

    /** The stage is done for another job first than before, or for its first one. */
    void rank(StageState stage, long rank, JobGraph job) {
        pools.move(stage, pools.nameFor(job.properties()), rank);
    }

    // ---- the meeting --------------------------------------------------------------------------------------------

    /** At the end of every event; {@code isTick} looks at everything that may have become due. */
    void place(long nowMs, boolean isTick, Launcher launcher) {
        for (ExecutorState executor : freed) {
            executor.freeSinceMs = executor.freeSinceMs == FREE_NOW ? nowMs : executor.freeSinceMs;
        }
        hasNewTasks |= reservation.endIfOver();
        if (isTick && !bugs.contains(PlantedBug.SUSPECT_STARVED)) {
            reservation.reserve(pools.longestCrowdedOut(), nowMs);
        }
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
        StageState stage = pools.first();
        while (stage != null && executor.freeSlots > 0) {
            if (!placeOne(stage, executor, nowMs, launcher)) {
                pools.setAside(stage);
            }
            stage = pools.first();
        }
        pools.bringBack();
    }

    private void placeEverywhere(long nowMs, Launcher launcher) {
        StageState stage = pools.first();
        while (stage != null && !withFreeSlots.isEmpty()) {
            if (!placeOnMostFree(stage, nowMs, launcher)) {
                pools.setAside(stage);
            }
            stage = pools.first();
        }
        pools.bringBack();
    }

    // ---- copies of what runs ------------------------------------------------------------------------------------

    boolean hasFreeSlot() {
        return !withFreeSlots.isEmpty();
    }

    /** Another executor, on another host if there is one. */
    Optional<ExecutorState> placeForCopyOf(RunningAttempt attempt) {
        Optional<ExecutorState> onSameHost = Optional.empty();
        for (ExecutorState executor : withFreeSlots) {
            boolean isFree = !executors.isAvoided(executor, attempt.stage) && !reservation.isOn(executor);
            if (!isFree || executor == attempt.executor && !bugs.contains(PlantedBug.COPY_BESIDE_ITS_ATTEMPT)) {
                continue;
            }
            if (!executor.host.equals(attempt.executor.host)) {
                return Optional.of(executor);
            }
            onSameHost = onSameHost.isEmpty() ? Optional.of(executor) : onSameHost;
        }
        return onSameHost;
    }

    /** The attempt takes its slots. */
    void hold(RunningAttempt attempt) {
        takeSlots(attempt.executor, attempt.slots);
        pools.hold(attempt.stage, attempt.pool, attempt.slots);
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
        if (executors.isAvoided(executor, stage)) {
            return false;
        }
        TaskSet.Choice task = reservation.isOn(executor) ? reservation.take(stage) : takeFrom(stage, executor, nowMs);
        if (task == null) {
            return false;
        }
        if (!stage.tasks.isWaiting()) {
            pools.withdraw(stage);
        }
        RunningAttempt attempt = launcher.launch(stage, task, executor);
        hold(attempt);
        return true;
    }

    private TaskSet.Choice takeFrom(StageState stage, ExecutorState executor, long nowMs) {
        long medianMs = stage.medianTaskMs(FIRST_LOCALITY_WAIT_MS);
        long waitMs = medianMs < FIRST_LOCALITY_WAIT_MS ? 0 : Math.min(settings.localityWaitMs(), waitWorth(medianMs));
        return stage.tasks.take(executor, nowMs, waitMs, executors);
    }

    /** A core that stands still for longer than half a task loses more than it gains where the input is near. */
    private static long waitWorth(long medianMs) {
        return Math.max(FIRST_LOCALITY_WAIT_MS, medianMs / 2);
    }
}
