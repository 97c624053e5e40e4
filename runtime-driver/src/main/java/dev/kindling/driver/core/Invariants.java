package dev.kindling.driver.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.protocol.AttemptId;
import java.util.List;
import java.util.TreeMap;

/**
 * What is true of a driver's core between any two events. Tests and the simulation check all of it after every event;
 * it costs a pass over all state, so production does not.
 */
public final class Invariants {
    private Invariants() {}

    /** Throws, saying which truth does not hold. */
    public static void check(DriverCore core) {
        TreeMap<String, Integer> slotsOfPools = new TreeMap<>();
        for (ExecutorState executor : core.executors.registered()) {
            slotsAreCountedRight(core, executor, slotsOfPools);
        }
        if (!slotsOfPools.equals(core.placement.pools().slotsHeld())) {
            throw broken("pools hold ", core.placement.pools().slotsHeld(), " slots, but attempts take ", slotsOfPools);
        }
        for (StageState stage : core.stages.all()) {
            runningAttemptsHoldSlots(stage);
            if (stage.isNeeded) {
                neededStageHasAllItsWorkInHand(core, stage);
                neededStageRunsExactlyWhenItsInputIsThere(core, stage);
            } else if (stage.tasks.isWaiting()) {
                throw broken("tasks wait in ", stage, " that nobody needs");
            }
        }
        if (!core.isClosing()) {
            for (MapOutputs.Shuffle shuffle : core.stages.mapOutputs().all()) {
                mapOutputsAreOnLiveExecutors(core, shuffle);
            }
            cachedBlocksAreOnLiveExecutors(core);
        }
        if (core.isIdle()) {
            if (!core.stages.inputHosts().isEmpty()) {
                throw broken("executors are asked for near input that nobody reads");
            }
            return;
        }
        for (Jobs.Job job : core.stages.jobs().unfinished()) {
            if (!job.isPublishing && !job.resultStage.isNeeded && job.unfetched.isEmpty()) {
                throw broken("job ", job.id(), " waits for nothing");
            }
        }
    }

    /** Right after the tick that makes copies: what is told later of sizes changes what a task is to read. */
    public static void checkNewCopies(DriverCore core) {
        for (ExecutorState executor : core.executors.registered()) {
            for (RunningAttempt attempt : executor.running.all()) {
                RunningAttempt twin = attempt.twin;
                boolean isNew = attempt.isCopy && twin != null && attempt.launchedMs == core.nowMs();
                if (isNew && core.speculation.isExplainedByInput(twin)) {
                    throw broken(attempt, " is a copy of ", twin, ", which reads more than the others of its stage");
                }
            }
        }
    }

    /** Adds them to {@code slotsOfPools}. */
    private static void slotsAreCountedRight(
            DriverCore core, ExecutorState executor, TreeMap<String, Integer> slotsOfPools) {
        int taken = 0;
        if (!executor.running.isEmpty()) {
            for (RunningAttempt attempt : executor.running.all()) {
                twinsAgree(core, attempt);
                taken += attempt.slots;
                slotsOfPools.merge(attempt.pool, attempt.slots, Integer::sum);
                if (attempt.executor != executor) {
                    throw broken(attempt, " is listed at ", executor);
                }
            }
        }
        if (executor.isDraining()) {
            for (RunningAttempt attempt : executor.running.all()) {
                if (attempt.launchedMs > executor.drain.beganMs) {
                    throw broken(attempt, " was given to ", executor, ", which is to leave");
                }
            }
        }
        if (executor.freeSlots != executor.cores - taken || executor.freeSlots < 0) {
            throw broken(executor, " has ", executor.freeSlots, " free slots of ", executor.cores, " but runs ", taken);
        }
    }

    /** Two attempts of the same tasks at most, on two executors, and both wanted or none. */
    private static void twinsAgree(DriverCore core, RunningAttempt attempt) {
        RunningAttempt twin = attempt.twin;
        if (attempt.isCurrent) {
            RunningAttempt known = attempt.stage.tasks.runningAttempt(attempt.id.partition());
            if (known != attempt && (known == null || known.twin != attempt)) {
                throw broken(attempt, " is current, and its stage knows ", known);
            }
        }
        if (twin == null) {
            return;
        }
        if (twin.twin != attempt || !twin.isCurrent || !attempt.isCurrent || twin.stage != attempt.stage) {
            throw broken(attempt, " and ", twin, " are no twins");
        }
        if (twin.executor == attempt.executor) {
            throw broken(attempt, " and its copy ", twin, " are on one executor");
        }
        if (twin.executor.running.get(twin.id) != twin) {
            throw broken(twin, " holds no slot");
        }
    }

    private static void runningAttemptsHoldSlots(StageState stage) {
        for (RunningAttempt attempt : stage.tasks.running()) {
            if (!attempt.isCurrent) {
                throw broken(attempt, " is running but not current");
            }
            if (attempt.executor.isLost) {
                throw broken(attempt, " is believed to run on a lost executor");
            }
            if (attempt.executor.running.get(attempt.id) != attempt) {
                throw broken(attempt, " holds no slot");
            }
            for (AttemptId task : attempt.tasks) {
                if (stage.tasks.isWaiting(task.partition())) {
                    throw broken(task, " runs and waits");
                }
                if (stage.tasks.runningAttempt(task.partition()) != attempt) {
                    throw broken(task, " is not listed as running in ", attempt);
                }
            }
        }
    }

    private static void neededStageHasAllItsWorkInHand(DriverCore core, StageState stage) {
        PartitionSet missing = stage.missing;
        if (stage.tasks.inHand().isEqualTo(missing)) {
            return;
        }
        for (int partition = 0; partition < stage.spec.partitionCount(); partition++) {
            boolean isInHand = stage.tasks.isWaiting(partition) || stage.tasks.isRunning(partition);
            if (isInHand != missing.contains(partition)) {
                throw broken(
                        "partition ",
                        partition,
                        " of ",
                        stage,
                        isInHand ? " is done and yet in hand" : " is forgotten");
            }
        }
    }

    private static void neededStageRunsExactlyWhenItsInputIsThere(DriverCore core, StageState stage) {
        boolean isInputThere = true;
        for (int shuffleId : core.stages.reads().shufflesOf(stage)) {
            MapOutputs.Shuffle shuffle = core.stages.mapOutputs().find(shuffleId);
            isInputThere &= shuffle.isComplete();
            if (!shuffle.isComplete() && !core.stages.find(shuffle.mapStageId).isNeeded) {
                throw broken(stage, " waits for shuffle ", shuffleId, " that nobody writes");
            }
        }
        if (stage.isReady != isInputThere) {
            throw broken(stage, " is ready: ", stage.isReady, ", its input: ", isInputThere);
        }
        if (core.stages.inputHosts().counts(stage) && !stage.isReady) {
            throw broken("executors are asked for near the input of ", stage, ", which cannot run");
        }
        if (stage.isReady && stage.tasks.isWaiting() && !stage.isOffered) {
            throw broken("waiting tasks of ", stage, " are not offered any slot");
        }
    }

    private static void mapOutputsAreOnLiveExecutors(DriverCore core, MapOutputs.Shuffle shuffle) {
        for (int map = 0; map < shuffle.mapPartitions(); map++) {
            if (!shuffle.missing.contains(map)) {
                ExecutorState holder = core.executors.byIndex(shuffle.executorOf(map));
                if (holder.isLost) {
                    throw broken("map output ", map, " of shuffle ", shuffle.shuffleId, " is on lost ", holder);
                }
            }
        }
    }

    private static void cachedBlocksAreOnLiveExecutors(DriverCore core) {
        for (CachedBlocks.CachedSet set : core.stages.cached().all()) {
            for (int partition = 0; partition < set.partitionCount; partition++) {
                List<ExecutorState> holders = core.stages.cached().holders(set.setId, partition);
                for (ExecutorState holder : holders) {
                    if (holder.isLost) {
                        throw broken("partition ", partition, " of set ", set.setId, " is cached on lost ", holder);
                    }
                }
                if (holders.isEmpty() != set.missing.contains(partition)) {
                    throw broken("partition ", partition, " of set ", set.setId, " is held by ", holders);
                }
            }
        }
    }

    private static KindlingException broken(Object... sentence) {
        StringBuilder text = new StringBuilder("the driver's state is broken: ");
        for (Object part : sentence) {
            text.append(part);
        }
        return new KindlingException(ErrorCode.INTERNAL, text.toString());
    }
}
