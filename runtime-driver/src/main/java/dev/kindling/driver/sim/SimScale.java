package dev.kindling.driver.sim;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.loop.Effects;
import dev.kindling.plan.LeafInput;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import dev.kindling.util.FirstIndexes;
import dev.kindling.util.Secret;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * How far the driver's core goes: one job of very many tasks on very many executors, in virtual time, without faults.
 *
 * <p>Core and codec are the real ones. All the rest is as little as it can be: an executor is a few numbers, its tasks
 * take the times that were drawn for them, and a message takes a millisecond. The time that is told is that of the
 * core's calls alone, and that of the codec's beside it: every frame is encoded and decoded, and what the driver's side
 * has of that is counted.
 */
public final class SimScale {
    private static final int HEARTBEAT_MS = 2_000;
    private static final int TICK_MS = 100;
    private static final int MESSAGE_MS = 1;
    private static final int REPLICAS = 3;
    private static final int MEAN_TASK_MS = 1_000;
    private static final long HEAP_BYTES = 4L << 30;

    /** Below the time in a key of {@link SimTimes}: the slot that ends, the executor that beats, or the driver's tick. */
    private static final int WHO_BITS = 24;

    /** After so many in a row even the serial collector, which leaves some that is dead in three of four, has left none. */
    private static final int COLLECTIONS = 4;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final int executorCount;
    private final int slotsEach;
    private final int taskCount;
    private final boolean hasPreferences;
    private final int[] taskMs;
    private final byte[] noBytes = {};

    private final DriverCore core = new DriverCore(DriverSettings.defaults());
    private final SimTimes times;
    private final String[] executorIds;
    private final String[] hosts;
    private final long[] heartbeats;
    /** By slot, all of one executor beside each other; null while it is free. */
    private final AttemptId[] attempts;

    private final TaskGroup[] groups;

    private long nowMs;
    private long coreNanos;
    private long codecNanos;
    private long frameCount;
    private int resultCount;
    private boolean isComplete;
    private boolean hasBegun;
    private final MailboxWaits waits = new MailboxWaits();

    /**
     * What was measured.
     *
     * @param taskMs virtual time of all tasks together
     * @param makespanMs virtual time from the job's start to its end
     * @param coreNanos processor time of the core: of all that the thread used, the part that a clock around its calls
     *     has seen, since asking for processor time takes longer than a call
     * @param codecNanos the same of decoding what the driver gets and encoding what it sends
     * @param frameCount the frames it got and sent
     * @param pendingBytes heap that the job takes while none of its tasks has begun
     * @param heartbeatWaitMs what 99 of 100 heartbeats would at most have waited in the driver's mailbox, by the clock
     * @param longestHeartbeatWaitMs what the last one would have
     */
    public record Report(
            int executorCount,
            int slotsEach,
            int taskCount,
            boolean hasPreferences,
            long taskMs,
            long makespanMs,
            long coreNanos,
            long codecNanos,
            long frameCount,
            long pendingBytes,
            double heartbeatWaitMs,
            double longestHeartbeatWaitMs) {
        public double tasksPerSecond() {
            return taskCount / (coreNanos / 1e9);
        }

        public double tasksPerSecondWithCodec() {
            return taskCount / ((coreNanos + codecNanos) / 1e9);
        }

        /** As if all slots were busy until the last moment, and no message took any time. */
        public double idealMs() {
            return (double) taskMs / executorCount / slotsEach;
        }

        /** By which part of it the makespan is longer than the ideal one. */
        public double overIdeal() {
            return makespanMs / idealMs() - 1;
        }

        public double bytesPerPendingTask() {
            return (double) pendingBytes / taskCount;
        }
    }

    private SimScale(long seed, int executorCount, int slotsEach, int taskCount, boolean hasPreferences) {
        this.executorCount = executorCount;
        this.slotsEach = slotsEach;
        this.taskCount = taskCount;
        this.hasPreferences = hasPreferences;
        int slots = executorCount * slotsEach;
        times = new SimTimes(slots + executorCount + 1);
        executorIds = new String[executorCount];
        hosts = new String[executorCount];
        heartbeats = new long[executorCount];
        attempts = new AttemptId[slots];
        groups = new TaskGroup[slots];
        SplittableRandom random = new SplittableRandom(seed);
        taskMs = random.ints(taskCount, MEAN_TASK_MS / 2, MEAN_TASK_MS * 3 / 2 + 1)
                .toArray();
        for (int executor = 0; executor < executorCount; executor++) {
            executorIds[executor] = "e" + (executor + 1);
            hosts[executor] = "host-" + (executor + 1);
        }
    }

    /**
     * Runs one job to its end; what it takes depends on the machine, what becomes of it on the arguments alone.
     *
     * @param hasPreferences whether each task has three hosts that hold its input
     */
    public static Report run(long seed, int executorCount, int slotsEach, int taskCount, boolean hasPreferences) {
        SimScale scale = new SimScale(seed, executorCount, slotsEach, taskCount, hasPreferences);
        scale.tell(new DriverEvent.Tick());
        long before = usedHeapBytes();
        scale.submit();
        return scale.run(Math.max(0, usedHeapBytes() - before));
    }

    /** The same for nothing, so that what is measured afterwards is code that has been compiled. */
    public static void warmUp(long seed, int executorCount, int slotsEach, int taskCount, boolean hasPreferences) {
        SimScale scale = new SimScale(seed, executorCount, slotsEach, taskCount, hasPreferences);
        scale.submit();
        scale.run(0);
    }

    private void submit() {
        tell(new DriverEvent.JobSubmitted(job()));
    }

    private Report run(long pendingBytes) {
        for (int executor = 0; executor < executorCount; executor++) {
            register(executor);
        }
        hasBegun = true;
        long beganMs = nowMs;
        long beganNanos = System.nanoTime();
        long beganProcessorNanos = THREADS.getCurrentThreadCpuTime();
        times.add(key(nowMs + TICK_MS, attempts.length + executorCount));
        while (!isComplete) {
            step();
        }
        if (resultCount != taskCount) {
            throw new SimViolation(resultCount + " of " + taskCount + " results were delivered");
        }
        double running = (THREADS.getCurrentThreadCpuTime() - beganProcessorNanos)
                / (double) Math.max(1, System.nanoTime() - beganNanos);
        long allTasksMs = 0;
        for (int ms : taskMs) {
            allTasksMs += ms;
        }
        return new Report(
                executorCount,
                slotsEach,
                taskCount,
                hasPreferences,
                allTasksMs,
                nowMs - beganMs,
                (long) (running * coreNanos),
                (long) (running * codecNanos),
                frameCount,
                pendingBytes,
                waits.waitMs(990),
                waits.waitMs(1_000));
    }

    private static long usedHeapBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        for (int i = 0; i < COLLECTIONS; i++) {
            memory.gc();
        }
        return memory.getHeapMemoryUsage().getUsed();
    }

    private static long key(long atMs, int who) {
        return atMs << WHO_BITS | who;
    }

    // ---- the job --------------------------------------------------------------------------------------------------

    private JobGraph job() {
        JobGraph.StageSpec stage =
                new JobGraph.StageSpec(0, "scale", taskCount, -1, 0, List.of(), noBytes, new Inputs());
        return new JobGraph(
                0,
                "scale",
                List.of(stage),
                FirstIndexes.below(taskCount),
                Optional.empty(),
                4,
                Collections.emptySortedMap());
    }

    /** As of a file in blocks: little to say, and three hosts that hold each. */
    private final class Inputs implements JobGraph.TaskInputs {
        @Override
        public List<LeafInput> of(int partition) {
            return List.of();
        }

        @Override
        public List<String> preferredHosts(int partition) {
            if (!hasPreferences) {
                return List.of();
            }
            String[] preferred = new String[Math.min(REPLICAS, executorCount)];
            for (int replica = 0; replica < preferred.length; replica++) {
                // Odd numbers far apart: the blocks of one host have their other copies all over the cluster.
                preferred[replica] = hosts[Math.floorMod(partition * 7_919 + replica * 104_729, executorCount)];
            }
            return List.of(preferred);
        }
    }

    // ---- the executors --------------------------------------------------------------------------------------------

    private void register(int executor) {
        String id = executorIds[executor];
        Secret nonce = Secret.of("nonce-" + id);
        tell(new DriverEvent.ExecutorRequested(id, nonce));
        ExecutorAddress address = new ExecutorAddress(id, 1, hosts[executor], 7077, hosts[executor], "/scratch");
        receive(new Frame.Register(id, 1, nonce, address, slotsEach, HEAP_BYTES, executor));
        times.add(key(nowMs + HEARTBEAT_MS * (executor + 1L) / executorCount, attempts.length + executor));
    }

    private void step() {
        long key = times.remove();
        nowMs = key >>> WHO_BITS;
        int who = (int) key & (1 << WHO_BITS) - 1;
        if (who < attempts.length) {
            finish(who);
        } else if (who < attempts.length + executorCount) {
            beat(who - attempts.length);
        } else {
            tell(new DriverEvent.Tick());
            times.add(key(nowMs + TICK_MS, who));
        }
    }

    private void finish(int slot) {
        List<TaskDone> done = new ArrayList<>();
        groups[slot]
                .tasks()
                .forEach(task -> done.add(
                        new TaskDone(task.attempt(), new TaskResult.Direct(noBytes), TaskMetrics.NONE, List.of())));
        AttemptId attempt = attempts[slot];
        attempts[slot] = null;
        groups[slot] = null;
        receive(new Frame.AttemptFinished(executorIds[slot / slotsEach], 1, attempt, done));
    }

    private void beat(int executor) {
        List<AttemptId> running = new ArrayList<>();
        for (int slot = executor * slotsEach; slot < (executor + 1) * slotsEach; slot++) {
            if (attempts[slot] != null) {
                running.add(attempts[slot]);
            }
        }
        receive(new Frame.Heartbeat(
                executorIds[executor],
                1,
                ++heartbeats[executor],
                running,
                HEAP_BYTES / 2,
                0,
                0,
                Frame.Heartbeat.STAYS));
        times.add(key(nowMs + HEARTBEAT_MS, attempts.length + executor));
    }

    private void launch(DriverEffect.Send to, Frame.LaunchTasks launches) {
        int executor = Integer.parseInt(to.executorId().substring(1)) - 1;
        int slot = executor * slotsEach;
        for (TaskGroup group : launches.groups()) {
            while (attempts[slot] != null) {
                slot++;
            }
            if (slot >= (executor + 1) * slotsEach) {
                throw new SimViolation(to.executorId() + " was given more than " + slotsEach + " tasks at a time");
            }
            attempts[slot] = group.tasks().get(0).attempt();
            groups[slot] = group;
            long takesMs = 0;
            for (TaskLaunch task : group.tasks()) {
                takesMs += taskMs[task.attempt().partition()];
            }
            times.add(key(nowMs + MESSAGE_MS + takesMs + MESSAGE_MS, slot));
        }
    }

    // ---- the driver -----------------------------------------------------------------------------------------------

    private void receive(Frame.ToDriver frame) {
        byte[] bytes = FrameCodec.encode(frame);
        long beganNanos = System.nanoTime();
        Frame.ToDriver decoded = (Frame.ToDriver) FrameCodec.decode(bytes);
        codecNanos += System.nanoTime() - beganNanos;
        frameCount++;
        tell(new DriverEvent.FrameReceived(decoded));
    }

    private void tell(DriverEvent event) {
        List<DriverEffect> wanted = new ArrayList<>();
        Effects<DriverEffect> effects = wanted::add;
        long before = coreNanos + codecNanos;
        long beganNanos = System.nanoTime();
        core.on(nowMs, event, effects);
        coreNanos += System.nanoTime() - beganNanos;
        wanted.forEach(this::perform);
        if (hasBegun) {
            boolean isHeartbeat = event instanceof DriverEvent.FrameReceived e && e.frame() instanceof Frame.Heartbeat;
            waits.came(nowMs, isHeartbeat, coreNanos + codecNanos - before);
        }
    }

    private void perform(DriverEffect effect) {
        if (effect instanceof DriverEffect.Send send) {
            long beganNanos = System.nanoTime();
            byte[] bytes = FrameCodec.encode(send.frame());
            codecNanos += System.nanoTime() - beganNanos;
            frameCount++;
            if (FrameCodec.decode(bytes) instanceof Frame.LaunchTasks launches) {
                launch(send, launches);
            }
        } else if (effect instanceof DriverEffect.DeliverResult) {
            resultCount++;
        } else if (effect instanceof DriverEffect.CompleteJob) {
            isComplete = true;
        } else if (effect instanceof DriverEffect.FailJob failure) {
            throw new SimViolation("the job failed: " + failure.message());
        } else if (effect instanceof DriverEffect.Emit emit && emit.event() instanceof Event.ExecutorRemoved lost) {
            throw new SimViolation("nothing happened to executor " + lost.id() + ", which was lost: " + lost.reason());
        }
    }
}
