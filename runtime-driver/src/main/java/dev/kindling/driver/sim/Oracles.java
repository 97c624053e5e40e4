package dev.kindling.driver.sim;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.driver.core.DriverCore.BelievedAttempt;
import dev.kindling.driver.core.ExitReasons;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.MapSource;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must be true of the whole cluster, seen by somebody who sees all nodes at once. */
final class Oracles {
    /** Belief and truth may differ for so long after the last disturbance: heartbeats and the relaunch of lost ones. */
    static final long GRACE_MS = 15_000;

    private static final int WATCH_MS = 1_000;

    private final SimCluster cluster;
    private final TreeMap<Work, Long> mismatchSinceMs = new TreeMap<>();
    private final TreeSet<Integer> readingCaches = new TreeSet<>();
    /** By stage, the most tasks that one launch has done. */
    private final TreeMap<Integer, Integer> doneTogether = new TreeMap<>();

    /** An attempt on a process. */
    private record Work(long incarnation, AttemptId attempt) implements Comparable<Work> {
        @Override
        public int compareTo(Work other) {
            int order = Long.compare(incarnation, other.incarnation);
            return order != 0 ? order : attempt.compareTo(other.attempt);
        }
    }

    Oracles(SimCluster cluster) {
        this.cluster = cluster;
    }

    void start() {
        cluster.world.in(WATCH_MS, this::watch);
    }

    // ---- belief and truth -----------------------------------------------------------------------------------------

    /** What the driver believes in must be there, what is there it must believe in. */
    private void watch() {
        if (cluster.isClosed()) {
            return;
        }
        TreeSet<Work> believed = new TreeSet<>();
        for (BelievedAttempt attempt : cluster.driver.core.believedAttempts()) {
            believed.add(new Work(attempt.incarnation(), attempt.attempt()));
        }
        TreeSet<Work> real = new TreeSet<>();
        for (SimExecutor executor : cluster.launcher.processes()) {
            if (executor.isAlive()) {
                executor.attempts().forEach(attempt -> real.add(new Work(executor.incarnation, attempt)));
            }
        }
        if (believed.equals(real)) {
            mismatchSinceMs.clear();
        } else {
            differ(believed, real);
        }
        cluster.world.in(WATCH_MS, this::watch);
    }

    private void differ(TreeSet<Work> believed, TreeSet<Work> real) {
        TreeSet<Work> different = new TreeSet<>(believed);
        different.addAll(real);
        different.removeIf(work -> believed.contains(work) && real.contains(work));
        mismatchSinceMs.keySet().retainAll(different);
        long nowMs = cluster.world.nowMs();
        for (Work work : different) {
            long sinceMs = Math.max(mismatchSinceMs.merge(work, nowMs, Math::min), cluster.quietSinceMs());
            if (nowMs - sinceMs > GRACE_MS) {
                throw new SimViolation(work.attempt
                        + (believed.contains(work)
                                ? " is believed to run and does not exist"
                                : " exists and the driver does not know it")
                        + ", for " + (nowMs - sinceMs) + " ms without any disturbance");
            }
        }
    }

    // ---- groups of tasks ------------------------------------------------------------------------------------------

    void areSubmitted(List<JobGraph.StageSpec> stages) {
        for (JobGraph.StageSpec stage : stages) {
            if (!stage.persisted().isEmpty()) {
                readingCaches.add(stage.stageId());
            }
        }
    }

    /** So many tasks of the stage were done together. */
    void wereDone(Frame.AttemptFinished finished) {
        doneTogether.merge(finished.attempt().stageId(), finished.done().size(), Math::max);
    }

    /**
     * Tasks that are launched together read little together, or half as many of their stage have been done together;
     * what lies in caches is not counted here.
     */
    void mayLaunch(TaskGroup group) {
        if (group.tasks().size() == 1 || readingCaches.contains(group.attempt().stageId())) {
            return;
        }
        long bytes = 0;
        boolean isReading = false;
        for (TaskLaunch task : group.tasks()) {
            isReading |= task.inputs().stream().anyMatch(input -> input instanceof TaskInput.ShuffleInput);
            bytes += SimCores.GROUPS.emptyTaskBytes();
            for (TaskInput input : task.inputs()) {
                bytes += input instanceof TaskInput.ShuffleInput shuffle
                        ? shuffle.sources().stream().mapToLong(MapSource::bytes).sum()
                        : 0;
            }
        }
        boolean areSmall = isReading && bytes <= SimCores.GROUPS.targetBytes();
        int size = group.tasks().size();
        if (!areSmall && size > 2 * doneTogether.getOrDefault(group.attempt().stageId(), 0)) {
            throw new SimViolation(group.attempt() + " is launched with "
                    + (size - 1) + " others though they read " + bytes
                    + " bytes together and none was seen to be quick");
        }
    }

    // ---- ends of executors ----------------------------------------------------------------------------------------

    /** The driver declares an executor lost: only after something has happened to it. */
    void mayLose(Event.ExecutorRemoved lost) {
        boolean wasAskedToLeave = cluster.driver.wasAskedToLeave(lost.id());
        if (isQuiet() && !wasAskedToLeave) {
            throw new SimViolation("executor " + lost.id() + " is declared lost without a cause: " + lost.reason());
        }
        if (wasAskedToLeave && !ExitReasons.isDrained(lost.reason())) {
            cluster.causes.leftWithLoss();
        }
        if (lost.reason().kind() == ExitReason.Kind.HEARTBEAT_LOST) {
            mustHaveBeenSilent(lost);
        }
        mustBeTrue(lost.id(), lost.reason());
    }

    /** The driver not having listened is no silence. */
    private void mustHaveBeenSilent(Event.ExecutorRemoved lost) {
        for (SimExecutor process : cluster.launcher.processes()) {
            boolean isMeant = process.id.equals(lost.id()) && process.isAlive();
            if (isMeant && !process.wasDisturbedSince(cluster.world.nowMs() - GRACE_MS)) {
                throw new SimViolation("executor " + lost.id() + " has not been silent: " + lost.reason());
            }
        }
    }

    /** A reason names an end that a process of this name had, and the memory of one of its processes. */
    void mustBeTrue(String executorId, ExitReason reason) {
        boolean isCodeRight = reason.exitCode().isEmpty()
                || cluster.launcher.hasEndedWith(executorId, reason.exitCode().getAsInt());
        boolean isMemoryRight = reason.lastRssBytes() == 0;
        for (SimExecutor process : cluster.launcher.processes()) {
            isMemoryRight |= process.id.equals(executorId)
                    && SimExecutor.residentBytes(process.incarnation) == reason.lastRssBytes();
        }
        if (!isCodeRight || !isMemoryRight) {
            throw new SimViolation("what is said of the end of " + executorId + " is not true: " + reason);
        }
    }

    /** A process ends: one that the driver counts on only after something has happened to it. */
    void mayEnd(SimExecutor executor, boolean isRegistered, String why) {
        if (isRegistered && isQuiet() && !cluster.driver.isClosing()) {
            throw new SimViolation(executor.name() + " ended without a cause: " + why);
        }
    }

    /** Whether nothing that could make an executor end or fall silent has struck lately, healed or not. */
    private boolean isQuiet() {
        return cluster.world.nowMs() > cluster.network.lastDisturbanceMs() + GRACE_MS;
    }

    // ---- what is left ---------------------------------------------------------------------------------------------

    /** What there should not be any more after the last job. */
    Optional<String> leftOver() {
        int alive = 0;
        for (SimExecutor executor : cluster.launcher.processes()) {
            if (executor.isAlive()) {
                alive++;
                Optional<String> left = leftOver(executor);
                if (left.isPresent()) {
                    return left;
                }
            }
        }
        if (cluster.driver.core.waitsForDrops()) {
            return Optional.of("cached blocks that nobody wants are not dropped, however long it takes");
        }
        if (!cluster.driver.core.believedAttempts().isEmpty()) {
            return Optional.of("slots are taken after the last job: " + cluster.driver.core.believedAttempts());
        }
        if (cluster.driver.core.hasSurplus()) {
            return Optional.of(alive + " executors stay though there is nothing to do");
        }
        int wanted = cluster.launcher.wantedCount();
        return alive == wanted || cluster.driver.core.hasGivenUpExecutors()
                ? cluster.launcher.supply.leftOver(alive)
                : Optional.of(alive + " executors are alive at the end instead of " + wanted);
    }

    private Optional<String> leftOver(SimExecutor executor) {
        if (!executor.attempts().isEmpty() || executor.runningCount() > 0) {
            return Optional.of(executor.name() + " still has " + executor.attempts() + " after the last job");
        }
        if (executor.hasMemoryOut()) {
            return Optional.of(executor.name() + " has memory granted to attempts that have ended");
        }
        if (!executor.disk.broadcasts().isEmpty()) {
            return Optional.of(executor.name() + " keeps broadcast values " + executor.disk.broadcasts());
        }
        Optional<String> cached = leftInCache(executor);
        if (cached.isPresent()) {
            return cached;
        }
        if (cluster.driver.hasUndeliveredDrops(executor)) {
            return Optional.empty();
        }
        for (Map.Entry<Integer, List<AttemptId>> shuffle :
                executor.disk.mapOutputs().entrySet()) {
            for (AttemptId attempt : shuffle.getValue()) {
                if (!cluster.driver.core.holdsMapOutput(shuffle.getKey(), attempt, executor.id, executor.incarnation)) {
                    return Optional.of(executor.name() + " keeps output " + attempt + " that nobody knows");
                }
            }
        }
        return executor.disk.results().isEmpty()
                ? Optional.empty()
                : Optional.of(executor.name() + " keeps results " + executor.disk.results());
    }

    /** Every change is told until it is known, and every order to drop is repeated: no excuses. */
    private Optional<String> leftInCache(SimExecutor executor) {
        TreeSet<CachedBlockId> there = new TreeSet<>();
        executor.cache.statuses().forEach(status -> there.add(status.block()));
        TreeSet<CachedBlockId> believed = cluster.driver.core.cachedBlocksOf(executor.id, executor.incarnation);
        if (!there.equals(believed)) {
            return Optional.of(
                    executor.name() + " caches " + there + " and the driver believes that it caches " + believed);
        }
        return cluster.isGivenUp() && !there.isEmpty()
                ? Optional.of(executor.name() + " still caches " + there)
                : Optional.empty();
    }

    // ---- without a driver -----------------------------------------------------------------------------------------

    /** Nobody lives on without a driver. */
    Optional<String> orphan() {
        for (SimExecutor executor : cluster.launcher.processes()) {
            if (executor.isAlive()) {
                return Optional.of(executor.name() + " lives on without its driver");
            }
        }
        return Optional.empty();
    }
}
