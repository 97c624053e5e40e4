package dev.kindling.driver.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.protocol.Frame;
import dev.kindling.util.Durations;
import java.util.Optional;
import java.util.Set;

/**
 * Notices that nothing moves any more, and ends the jobs that would wait for ever: the last line behind all other
 * timeouts. After half of the time it is reported where everything stands, and executors are asked where their tasks are;
 * after all of it the jobs fail.
 *
 * <p>What counts as movement: a task got its result or failed by its own fault, a job or an executor came, an executor
 * that runs tasks used a twentieth of a core, something is being published or fetched. What only repeats (launches,
 * heartbeats, attempts that nobody is charged with) does not. Without any executor nothing is given up, for it may be the
 * cluster that makes the application wait. Time is the driver's own waking time.
 */
final class Watchdog {
    /** A busy task uses a core; what an idle process does in the background is far less than this part of one. */
    private static final int BUSY_PART_OF_A_CORE = 20;

    private final long limitMs;
    private final Outbox out;
    private final ExecutorTable executors;
    private final Stages stages;
    private final Set<PlantedBug> bugs;
    private long movedMs;
    private boolean isReported;

    Watchdog(long limitMs, Outbox out, ExecutorTable executors, Stages stages, Set<PlantedBug> bugs) {
        this.limitMs = limitMs;
        this.out = out;
        this.executors = executors;
        this.stages = stages;
        this.bugs = bugs;
    }

    void moved(long awakeMs) {
        movedMs = awakeMs;
        isReported = false;
    }

    /** @param processorMs 0 where the system does not say: then nothing is known, and nothing is given up */
    void heartbeat(ExecutorState executor, long processorMs, long awakeMs) {
        long usedMs = processorMs - executor.lastProcessorMs;
        long passedMs = awakeMs - executor.lastProcessorAtMs;
        executor.lastProcessorMs = processorMs;
        executor.lastProcessorAtMs = awakeMs;
        if (!executor.running.isEmpty()
                && !bugs.contains(PlantedBug.BUSY_EXECUTOR_NOT_SEEN)
                && (processorMs == 0 || usedMs * BUSY_PART_OF_A_CORE >= passedMs)) {
            moved(awakeMs);
        }
    }

    void tick(long awakeMs) {
        if (limitMs == 0 || !stages.isAnyJobWaitingForTasks()) {
            moved(awakeMs);
            return;
        }
        long sinceMs = awakeMs - movedMs;
        if (sinceMs >= limitMs && executors.liveCount() > 0 && !bugs.contains(PlantedBug.STALL_IGNORED)) {
            giveUp(sinceMs, awakeMs);
            moved(awakeMs);
        } else if (sinceMs >= limitMs / 2 && !isReported) {
            isReported = true;
            out.emit(new Event.NothingMoved(out.time(), sinceMs, false, Standing.of(stages, executors, out.nowMs())));
            for (ExecutorState executor : executors.registered()) {
                if (!executor.running.isEmpty()) {
                    out.send(executor, new Frame.ShowStacks());
                }
            }
        }
    }

    private void giveUp(long sinceMs, long awakeMs) {
        out.emit(new Event.NothingMoved(out.time(), sinceMs, true, Standing.of(stages, executors, out.nowMs())));
        String moral = ". If its functions wait so long for something outside on purpose, raise"
                + " kindling.job.noProgressTimeoutMs (now " + limitMs + ")";
        stages.failAll(
                ErrorCode.NO_PROGRESS,
                job -> "nothing has moved for " + Durations.format(sinceMs)
                        + ": no task ended, and no executor with a task used its processor. "
                        + String.join("; ", Standing.of(job, stages, out.nowMs())) + moral,
                Optional.empty());
    }
}
