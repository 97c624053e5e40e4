package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.plan.LeafInput;
import dev.kindling.protocol.AttemptId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * The tasks of one stage: which wait, which run, how often each was tried and how it failed.
 *
 * <p>A waiting task is not an object. It is a bit in {@code anywhere} (no host is better than another) or in
 * {@code local} (some executors hold its input in their caches, or else some hosts on their disks; each such executor
 * and host has a queue of candidates, from which those taken meanwhile are skipped when they come up). Only a task that
 * failed before has a record, which says where not to try again and until when. So a waiting task of
 * a large stage costs about nine bytes, and some six for each host it prefers, and the next task for an executor is found in constant time.
 */
final class TaskSet {
    /** Half of what a group may take before it ends early: twice as many tasks would still be in time. */
    private static final long QUICK_GROUP_MS = 500;

    /** Candidates looked at before a slot is given to another stage: a bound, not a tuning knob. */
    private static final int MAX_RETRIES_LOOKED_AT = 64;

    private static final long NEVER = Long.MAX_VALUE;

    private final JobGraph.TaskInputs inputs;
    private final PartitionSet anywhere;
    private final PartitionSet local;
    // Asked for at every launch, and never gone through: by hash, which a tree of ten thousand names is no match for.
    private final LinkedHashMap<String, IntQueue> localByHost = new LinkedHashMap<>();
    private final LinkedHashMap<String, IntQueue> localByExecutor = new LinkedHashMap<>();
    /** That of the host of each executor that has asked, by index: a name is looked for once, not at every launch. */
    private IntQueue[] localOfAsking = {};

    private final IntFunction<List<String>> preferredExecutors;
    private final ArrayDeque<Integer> probes = new ArrayDeque<>();
    private final int[] nextAttempt;
    private final PartitionSet running;
    /** By partition, of those that run. */
    private final RunningAttempt[] attempts;

    private final TreeMap<Integer, Retry> retries = new TreeMap<>();
    private final TreeMap<Integer, Failures> failures = new TreeMap<>();

    /** How many copies a task got while its attempt was late, by the first one of the attempt. */
    private final TreeMap<Integer, Integer> copies = new TreeMap<>();

    /** Which tasks one slot may take together; formed when the stage can begin. */
    private PartitionGroups groups = PartitionGroups.NONE;
    /** Where these are none: how many tasks one slot is given as long as they turn out quick. */
    private QuickTasks quick = QuickTasks.NONE;
    /** The most tasks that a slot is given: fewer when a group was not over in a moment. */
    private int largestGroup = Integer.MAX_VALUE;
    /** When the stage could begin. */
    private long readyMs;

    /** A waiting task that was tried before. */
    private static final class Retry {
        final long notBeforeMs;
        final long avoidUntilMs;
        final List<String> avoided;
        final boolean isAlone;
        /** Since when others beside it have kept it from a free slot; {@link #NEVER} while none was free. */
        long crowdedSinceMs = NEVER;

        Retry(long notBeforeMs, long avoidUntilMs, List<String> avoided, boolean isAlone) {
            this.notBeforeMs = notBeforeMs;
            this.avoidUntilMs = avoidUntilMs;
            this.avoided = avoided;
            this.isAlone = isAlone;
        }
    }

    /** A task that waits to run alone, and since when others have kept it from a free slot. */
    record Suspect(StageState stage, int partition, long crowdedSinceMs) {}

    /** What went wrong with one task so far. */
    static final class Failures {
        /** Processes that are killed under a task before it is run alone: one is bad luck. */
        private static final int KILLED_BEFORE_ALONE = 2;

        int charged;
        /** Cached blocks that were gone when the task wanted them. */
        int cacheMisses;
        /** Executors on which its input could not be read: perhaps these do not reach its holder, and others do. */
        final TreeSet<String> outOfReach = new TreeSet<>();
        /** Executors on which it failed in the same way as the last time. */
        final List<String> executorsOfLast = new ArrayList<>();

        private String last = "";
        /** Processes that ended by themselves under it and others, which of them caused it being unknown. */
        private int certainDeaths;
        /** Processes that were killed, or vanished, under it. */
        private int possibleDeaths;

        private boolean hasEndedExecutor;
        /** Processes that may have ended by what it did. */
        private int deaths;

        /** It failed, by its own fault; {@code way} is equal for failures that are alike. */
        void add(String way, String executorId, int charges) {
            charged += charges;
            if (!way.equals(last)) {
                last = way;
                executorsOfLast.clear();
            }
            if (!executorsOfLast.contains(executorId)) {
                executorsOfLast.add(executorId);
            }
        }

        /**
         * Its executor went. A process that ended by itself was ended by the only task in it. One that was killed or
         * vanished proves nothing, unless the task ran alone there and the same had befallen it twice before: perhaps
         * it is killed for the memory that the task takes.
         *
         * @return whether the task is what ended it
         */
        boolean isEndOfExecutor(Suspicion suspicion, boolean isOnly, boolean isAlone) {
            boolean isProven = switch (suspicion) {
                case NONE -> false;
                case POSSIBLE -> isAlone && possibleDeaths >= KILLED_BEFORE_ALONE;
                case CERTAIN -> isOnly;
            };
            deaths += suspicion == Suspicion.NONE ? 0 : 1;
            certainDeaths += suspicion == Suspicion.CERTAIN ? 1 : 0;
            possibleDeaths += suspicion == Suspicion.POSSIBLE ? 1 : 0;
            return isProven;
        }

        /** It ended its executor, and if that ended by itself, those before as well that ended so. */
        void endedExecutor(Suspicion suspicion, String way, String executorId) {
            hasEndedExecutor = true;
            add(way, executorId, suspicion == Suspicion.CERTAIN ? certainDeaths : 1);
            certainDeaths = suspicion == Suspicion.CERTAIN ? 0 : certainDeaths;
        }

        /** Whether it is run with no other task beside it, so that the next death tells whether it is the cause. */
        boolean isSuspect() {
            return hasEndedExecutor || certainDeaths > 0 || possibleDeaths >= KILLED_BEFORE_ALONE;
        }
    }

    /** The tasks chosen for a slot, one or a group, in the order of their partitions. */
    record Choice(List<Integer> partitions, boolean isAlone, Locality locality) {}

    /** @param preferredExecutors by partition, those that have its input cached; nearer than any host */
    TaskSet(int partitionCount, JobGraph.TaskInputs inputs, IntFunction<List<String>> preferredExecutors) {
        this.inputs = inputs;
        this.preferredExecutors = preferredExecutors;
        anywhere = new PartitionSet(partitionCount);
        local = new PartitionSet(partitionCount);
        nextAttempt = new int[partitionCount];
        running = new PartitionSet(partitionCount);
        attempts = new RunningAttempt[partitionCount];
    }

    // ---- waiting ------------------------------------------------------------------------------------------------

    boolean isWaiting(int partition) {
        return anywhere.contains(partition) || local.contains(partition) || retries.containsKey(partition);
    }

    boolean isWaiting() {
        return !anywhere.isEmpty() || !local.isEmpty() || !retries.isEmpty();
    }

    int waitingCount() {
        return anywhere.size() + local.size() + retries.size();
    }

    /** All that wait or run. */
    PartitionSet inHand() {
        PartitionSet all = anywhere.union(local).union(running);
        retries.keySet().forEach(all::add);
        return all;
    }

    /** Puts the task in line unless it waits or runs already. */
    void add(int partition) {
        if (isWaiting(partition) || running.contains(partition)) {
            return;
        }
        List<String> executors = preferredExecutors.apply(partition);
        if (!executors.isEmpty()) {
            local.add(partition);
            for (String executor : executors) {
                localByExecutor.computeIfAbsent(executor, id -> new IntQueue()).add(partition);
            }
            return;
        }
        List<String> hosts = inputs.preferredHosts(partition);
        if (hosts.isEmpty()) {
            anywhere.add(partition);
            return;
        }
        local.add(partition);
        for (String host : hosts) {
            localByHost.computeIfAbsent(host, name -> new IntQueue()).add(partition);
        }
    }

    /** As {@link #add}, but not before {@code notBeforeMs}, and until {@code avoidUntilMs} elsewhere if possible. */
    void retry(int partition, long notBeforeMs, long avoidUntilMs, List<String> avoided) {
        if (isWaiting(partition) || running.contains(partition)) {
            return;
        }
        Failures seen = failures.get(partition);
        boolean isAlone = seen != null && seen.isSuspect();
        retries.put(partition, new Retry(notBeforeMs, avoidUntilMs, List.copyOf(avoided), isAlone));
    }

    /** Where no host is better than another, these tasks run before the others. */
    void beginWith(List<Integer> partitions) {
        probes.addAll(partitions);
    }

    /** How many of the waiting tasks have their input on the disks of each host, where no executor has it cached. */
    SortedMap<String, Integer> waitingByHost() {
        LinkedHashMap<String, int[]> counts = new LinkedHashMap<>();
        for (int partition = local.first(); partition >= 0; partition = local.next(partition + 1)) {
            if (preferredExecutors.apply(partition).isEmpty()) {
                for (String host : inputs.preferredHosts(partition)) {
                    counts.computeIfAbsent(host, name -> new int[1])[0]++;
                }
            }
        }
        TreeMap<String, Integer> taskCounts = new TreeMap<>();
        counts.forEach((host, count) -> taskCounts.put(host, count[0]));
        return taskCounts;
    }

    void withdraw(int partition) {
        anywhere.remove(partition);
        local.remove(partition);
        retries.remove(partition);
    }

    void withdrawAll() {
        anywhere.clear();
        local.clear();
        localByHost.clear();
        localOfAsking = new IntQueue[0];
        localByExecutor.clear();
        retries.clear();
        failures.clear();
    }

    void startWaitingForLocality(long nowMs) {
        readyMs = nowMs;
    }

    void group(PartitionGroups formed, QuickTasks otherwise) {
        groups = formed;
        quick = formed == PartitionGroups.NONE ? otherwise : QuickTasks.NONE;
    }

    /**
     * A group ended when so many of its tasks were done. When there were more, larger ones have no point for now; but
     * the first ones of a stage may be slow only because their process is cold, so each quick group that is as large as
     * groups may be lets the next ones be twice as large.
     */
    void groupEnded(int doneCount, boolean isWhole, long ms) {
        quick.ended(doneCount, isWhole, ms);
        if (!isWhole) {
            largestGroup = Math.min(largestGroup, doneCount);
        } else if (doneCount >= largestGroup && ms <= QUICK_GROUP_MS) {
            largestGroup *= 2;
        }
    }

    /**
     * The task to run next on {@code executor}, with others of its group, taken out of the line; null when none may run there now. A task that
     * would be better off elsewhere is given to a core that has waited for {@code localityWaitMs}, however many of the
     * others found their places meanwhile: no core is idle for longer than that while tasks wait.
     */
    Choice take(ExecutorState executor, long nowMs, long localityWaitMs, ExecutorTable executors) {
        Choice retry = retries.isEmpty() ? null : takeRetry(executor, nowMs, executors);
        if (retry != null) {
            return retry;
        }
        Choice near = local.isEmpty() ? null : takeNear(executor);
        if (near != null) {
            return near;
        }
        int partition = firstAnywhere();
        if (partition >= 0) {
            anywhere.remove(partition);
            List<Integer> group = takeQuick(takeGroup(partition, anywhere, other -> true));
            return new Choice(group, false, Locality.NO_PREF);
        }
        partition = local.first();
        long waitedMs = nowMs - Math.max(readyMs, executor.freeSinceMs);
        if (partition < 0 || waitedMs < localityWaitMs && isAnyPlaceAlive(partition, executors)) {
            return null;
        }
        local.remove(partition);
        return new Choice(List.of(partition), false, Locality.ANY);
    }

    /** Its input is cached there, or lies on the disks there; null when there is none. */
    private Choice takeNear(ExecutorState executor) {
        int partition = localByExecutor.isEmpty() ? -1 : takeFrom(localByExecutor.get(executor.id));
        if (partition >= 0) {
            List<Integer> group = takeGroup(
                    partition, local, other -> preferredExecutors.apply(other).contains(executor.id));
            return new Choice(group, false, Locality.PROCESS_LOCAL);
        }
        partition = localByHost.isEmpty() ? -1 : takeFrom(localOn(executor));
        return partition < 0 ? null : new Choice(List.of(partition), false, Locality.NODE_LOCAL);
    }

    private IntQueue localOn(ExecutorState executor) {
        if (executor.index >= localOfAsking.length) {
            localOfAsking = Arrays.copyOf(localOfAsking, 2 * executor.index + 1);
        }
        if (localOfAsking[executor.index] == null) {
            localOfAsking[executor.index] = localByHost.computeIfAbsent(executor.host, name -> new IntQueue());
        }
        return localOfAsking[executor.index];
    }

    /** The task and the others of its group that wait as it did, and may run where it does. */
    private List<Integer> takeGroup(int partition, PartitionSet waiting, IntPredicate isHere) {
        if (groups == PartitionGroups.NONE) {
            return List.of(partition);
        }
        List<Integer> taken = new ArrayList<>();
        taken.add(partition);
        for (int other : groups.of(partition)) {
            if (taken.size() < largestGroup && waiting.contains(other) && isHere.test(other)) {
                waiting.remove(other);
                taken.add(other);
            }
        }
        if (taken.size() > 1) {
            taken.sort(null);
        }
        return taken;
    }

    /** The next ones as well when they are likely to be over in a moment; those to begin with tell first what they bring. */
    private List<Integer> takeQuick(List<Integer> group) {
        int count = probes.isEmpty() ? quick.next(anywhere.size() + 1) : 1;
        if (count == 1) {
            return group;
        }
        List<Integer> taken = new ArrayList<>(group);
        long bytes = inputBytes(taken.get(0));
        while (taken.size() < count && quick.fit(bytes)) {
            int partition = anywhere.first();
            bytes += inputBytes(partition);
            if (quick.fit(bytes)) {
                anywhere.remove(partition);
                taken.add(partition);
            }
        }
        taken.sort(null);
        return taken;
    }

    /** What the launch carries for the task. */
    private long inputBytes(int partition) {
        long bytes = 0;
        for (LeafInput input : inputs.of(partition)) {
            bytes += input instanceof LeafInput.Bytes part ? part.bytes().length : 0;
        }
        return bytes;
    }

    private int firstAnywhere() {
        while (!probes.isEmpty()) {
            int probe = probes.remove();
            if (anywhere.contains(probe)) {
                return probe;
            }
        }
        return anywhere.first();
    }

    private int takeFrom(IntQueue candidates) {
        while (candidates != null && !candidates.isEmpty()) {
            int partition = candidates.remove();
            if (local.remove(partition)) {
                return partition;
            }
        }
        return -1;
    }

    private boolean isAnyPlaceAlive(int partition, ExecutorTable executors) {
        for (String executorId : preferredExecutors.apply(partition)) {
            if (executors.registered(executorId).isPresent()) {
                return true;
            }
        }
        for (String host : inputs.preferredHosts(partition)) {
            if (executors.hasExecutorOn(host)) {
                return true;
            }
        }
        return false;
    }

    private Choice takeRetry(ExecutorState executor, long nowMs, ExecutorTable executors) {
        int looked = 0;
        Iterator<Map.Entry<Integer, Retry>> waiting = retries.entrySet().iterator();
        while (waiting.hasNext() && looked++ < MAX_RETRIES_LOOKED_AT) {
            Map.Entry<Integer, Retry> entry = waiting.next();
            int partition = entry.getKey();
            Retry retry = entry.getValue();
            if (nowMs < retry.notBeforeMs || !mayRunOn(executor, partition, nowMs, executors)) {
                continue;
            }
            if (!retry.isAlone || executor.running.isEmpty()) {
                waiting.remove();
                return new Choice(List.of(partition), retry.isAlone, localityOf(partition, executor));
            }
            retry.crowdedSinceMs = Math.min(retry.crowdedSinceMs, nowMs);
        }
        return null;
    }

    /** Whether the task, which was tried before, may be tried there now, or nowhere else. */
    boolean mayRunOn(ExecutorState executor, int partition, long nowMs, ExecutorTable executors) {
        Retry retry = retries.get(partition);
        return nowMs >= retry.avoidUntilMs
                || !retry.avoided.contains(executor.id)
                || executors.usableCount() <= retry.avoided.size();
    }

    // ---- suspects -----------------------------------------------------------------------------------------------

    /** Of this set, the one that others have kept waiting for longest; a pass over the tasks that were tried before. */
    Optional<Suspect> longestCrowdedOut(StageState stage) {
        if (retries.isEmpty()) {
            return Optional.empty();
        }
        Optional<Suspect> longest = Optional.empty();
        for (Map.Entry<Integer, Retry> entry : retries.entrySet()) {
            long sinceMs = entry.getValue().crowdedSinceMs;
            if (sinceMs < longest.map(Suspect::crowdedSinceMs).orElse(NEVER)) {
                longest = Optional.of(new Suspect(stage, entry.getKey(), sinceMs));
            }
        }
        return longest;
    }

    boolean isCrowdedOut(int partition) {
        Retry retry = retries.get(partition);
        return retry != null && retry.crowdedSinceMs != NEVER;
    }

    /** Takes it out of the line for an executor that is empty. */
    Choice takeSuspect(int partition, ExecutorState executor) {
        retries.remove(partition);
        return new Choice(List.of(partition), true, localityOf(partition, executor));
    }

    Locality localityOf(int partition, ExecutorState executor) {
        List<String> holders = preferredExecutors.apply(partition);
        List<String> hosts = holders.isEmpty() ? inputs.preferredHosts(partition) : List.of();
        if (holders.contains(executor.id)) {
            return Locality.PROCESS_LOCAL;
        }
        if (hosts.contains(executor.host)) {
            return Locality.NODE_LOCAL;
        }
        return holders.isEmpty() && hosts.isEmpty() ? Locality.NO_PREF : Locality.ANY;
    }

    // ---- running ------------------------------------------------------------------------------------------------

    int takeAttemptNumber(int partition) {
        return nextAttempt[partition]++;
    }

    void started(RunningAttempt attempt) {
        for (AttemptId task : attempt.tasks) {
            running.add(task.partition());
            attempts[task.partition()] = attempt;
        }
    }

    /** A copy of an attempt that goes on, on another executor. */
    void copied(RunningAttempt attempt, RunningAttempt copy) {
        attempt.twin = copy;
        copy.twin = attempt;
        copies.merge(attempt.id.partition(), 1, Integer::sum);
    }

    int copyCount(RunningAttempt attempt) {
        return copies.getOrDefault(attempt.id.partition(), 0);
    }

    void forgetCopies() {
        copies.clear();
    }

    /** The attempt is no longer the one whose outcome is wanted; its twin goes on. */
    void ended(RunningAttempt attempt) {
        RunningAttempt twin = attempt.twin;
        if (attempt.taskCount == 1) {
            ended(attempt.partition, attempt, twin);
        } else {
            attempt.tasks.forEach(task -> ended(task.partition(), attempt, twin));
        }
        if (twin != null) {
            twin.twin = null;
            attempt.twin = null;
        }
        attempt.isCurrent = false;
    }

    private void ended(int partition, RunningAttempt attempt, RunningAttempt twin) {
        if (attempts[partition] == attempt) {
            attempts[partition] = twin;
            if (twin == null) {
                running.remove(partition);
            }
        }
    }

    int runningCount() {
        return running.size();
    }

    boolean isRunning(int partition) {
        return running.contains(partition);
    }

    /** Null when the task does not run. */
    RunningAttempt runningAttempt(int partition) {
        return attempts[partition];
    }

    /** Each once, without the copies of those that go on, in the order of their first tasks. */
    List<RunningAttempt> running() {
        List<RunningAttempt> all = new ArrayList<>();
        for (int partition = running.first(); partition >= 0; partition = running.next(partition + 1)) {
            if (attempts[partition].id.partition() == partition) {
                all.add(attempts[partition]);
            }
        }
        return all;
    }

    // ---- failures -----------------------------------------------------------------------------------------------

    Failures failuresOf(int partition) {
        return failures.computeIfAbsent(partition, index -> new Failures());
    }

    /** A task that may be what ends executors, and how many ended under it. */
    record Deadly(StageState stage, AttemptId lastAttempt, int deaths) {}

    List<Deadly> deadly(StageState stage) {
        List<Deadly> deadly = new ArrayList<>();
        failures.forEach((partition, seen) -> {
            if (seen.isSuspect()) {
                AttemptId last = new AttemptId(stage.id(), partition, nextAttempt[partition] - 1);
                deadly.add(new Deadly(stage, last, seen.deaths));
            }
        });
        return deadly;
    }

    boolean isAnySuspect(RunningAttempt attempt) {
        for (AttemptId task : failures.isEmpty() ? List.<AttemptId>of() : attempt.tasks) {
            Failures seen = failures.get(task.partition());
            if (seen != null && seen.isSuspect()) {
                return true;
            }
        }
        return false;
    }

    void succeeded(int partition) {
        if (!failures.isEmpty()) {
            failures.remove(partition);
        }
    }
}
