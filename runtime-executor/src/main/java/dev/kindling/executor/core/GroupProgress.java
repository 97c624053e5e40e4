package dev.kindling.executor.core;

import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far a group of tasks has come, and whether its next one is begun.
 *
 * <p>Tasks are put together because by their bytes they should be over in a moment. When they are not, or bring much,
 * the group ends early, and the driver gives what is left to all slots: a slow function is never kept from them for
 * long. Owned by whoever runs the group.
 */
public final class GroupProgress {
    /** A group that has run for so long is worth its launch; the tasks behind are better off elsewhere. */
    public static final long LONGEST_MS = 1_000;

    /** With the largest result and accumulators of one more task the answer still fits into a frame. */
    public static final long LARGEST_ANSWER_BYTES = 512 << 10;

    private final TaskGroup group;
    private final long beganMs;
    private final List<TaskDone> done = new ArrayList<>();
    private long answerBytes;

    public GroupProgress(TaskGroup group, long nowMs) {
        this.group = group;
        beganMs = nowMs;
    }

    /** The task to begin now, after the earlier ones have succeeded; empty when the group is over. */
    public Optional<TaskLaunch> next(long nowMs) {
        boolean isOver = done.size() == group.tasks().size()
                || !done.isEmpty() && (nowMs - beganMs >= LONGEST_MS || answerBytes >= LARGEST_ANSWER_BYTES);
        return isOver ? Optional.empty() : Optional.of(group.tasks().get(done.size()));
    }

    /** The task that was begun last has succeeded. */
    public void succeeded(TaskDone task) {
        done.add(task);
        answerBytes += bytesOf(task);
    }

    /** What has succeeded so far. */
    public List<TaskDone> done() {
        return List.copyOf(done);
    }

    private static long bytesOf(TaskDone task) {
        long bytes = Long.BYTES * 20;
        for (AccumulatorUpdate update : task.updates()) {
            bytes += update.partial().length;
        }
        if (task.result() instanceof TaskResult.Direct direct) {
            bytes += direct.bytes().length;
        } else if (task.result() instanceof TaskResult.MapWritten written) {
            bytes += (long) Long.BYTES * written.partitionBytes().length;
        }
        return bytes;
    }
}
