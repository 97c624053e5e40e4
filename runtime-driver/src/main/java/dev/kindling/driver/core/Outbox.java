package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.loop.Effects;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where all parts of the core put what shall be done during one event. Launches are kept back to its end, so that each
 * executor gets one frame with all of them (several when they would be large).
 */
final class Outbox {
    private final long maxLaunchBytes;
    private final List<Launch> launches = new ArrayList<>();
    private Effects<DriverEffect> out;
    private long nowMs;
    /** Of {@code nowMs}, once somebody has asked. */
    private Instant time = Instant.EPOCH;

    private record Launch(ExecutorState executor, TaskGroup group) {}

    Outbox(long maxLaunchBytes) {
        this.maxLaunchBytes = maxLaunchBytes;
    }

    void open(long nowMs, Effects<DriverEffect> out) {
        this.nowMs = nowMs;
        this.out = out;
    }

    long nowMs() {
        return nowMs;
    }

    void add(DriverEffect effect) {
        out.add(effect);
    }

    /** The time of what happens now. */
    Instant time() {
        if (time.toEpochMilli() != nowMs) {
            time = Instant.ofEpochMilli(nowMs);
        }
        return time;
    }

    void emit(Event event) {
        out.add(new DriverEffect.Emit(event));
    }

    void send(ExecutorState executor, Frame.ToExecutor frame) {
        out.add(new DriverEffect.Send(executor.id, executor.incarnation, frame));
    }

    void launch(ExecutorState executor, TaskGroup group) {
        launches.add(new Launch(executor, group));
    }

    void close() {
        if (launches.size() == 1) {
            // As at nearly every end of a task.
            Launch only = launches.get(0);
            send(only.executor, new Frame.LaunchTasks(List.of(only.group)));
        } else if (!launches.isEmpty()) {
            Map<ExecutorState, List<TaskGroup>> byExecutor = new LinkedHashMap<>();
            for (Launch launch : launches) {
                byExecutor
                        .computeIfAbsent(launch.executor, to -> new ArrayList<>())
                        .add(launch.group);
            }
            byExecutor.forEach(this::sendLaunches);
        }
        launches.clear();
    }

    private void sendLaunches(ExecutorState executor, List<TaskGroup> groups) {
        List<TaskGroup> batch = new ArrayList<>();
        long batchBytes = 0;
        for (TaskGroup group : groups) {
            long bytes = estimateBytes(group);
            if (!batch.isEmpty() && batchBytes + bytes > maxLaunchBytes) {
                send(executor, new Frame.LaunchTasks(batch));
                batch.clear();
                batchBytes = 0;
            }
            batch.add(group);
            batchBytes += bytes;
        }
        send(executor, new Frame.LaunchTasks(batch));
    }

    private static long estimateBytes(TaskGroup group) {
        long bytes = 0;
        for (TaskLaunch task : group.tasks()) {
            bytes += 32;
            for (TaskInput input : task.inputs()) {
                bytes += estimateBytes(input);
            }
        }
        return bytes;
    }

    private static long estimateBytes(TaskInput input) {
        if (input instanceof TaskInput.Bytes split) {
            return split.bytes().length;
        }
        return input instanceof TaskInput.ShuffleInput shuffle
                ? 24L * shuffle.sources().size() + 128L * shuffle.executors().size()
                : 0;
    }
}
