package dev.kindling.protocol;

import dev.kindling.loop.Brief;
import java.util.List;

/** Frames as people read them in a story: names and sizes, never the bytes of a program, a row or a result. */
public final class FrameText {
    private FrameText() {}

    /** The frame itself where it is small, else a text that holds on to nothing large. */
    public static Object of(Frame frame) {
        if (frame instanceof Frame.StageProgram program) {
            return Brief.of("StageProgram", program.stageId(), program.body().length + " bytes");
        }
        if (frame instanceof Frame.LaunchTasks launch) {
            Object[] groups = new Object[launch.groups().size()];
            for (int i = 0; i < groups.length; i++) {
                groups[i] = of(launch.groups().get(i));
            }
            return Brief.of("LaunchTasks", groups);
        }
        if (frame instanceof Frame.AttemptFinished finished) {
            return Brief.of("AttemptFinished", finished.executorId(), finished.attempt(), of(finished.done()));
        }
        if (frame instanceof Frame.AttemptFailed failed) {
            return Brief.of(
                    "AttemptFailed",
                    failed.executorId(),
                    failed.attempt(),
                    of(failed.done()),
                    failed.failed(),
                    of(failed.failure()));
        }
        return frame;
    }

    /** Its attempt, or those of all its tasks. */
    public static Object of(TaskGroup group) {
        return group.tasks().size() == 1
                ? group.attempt()
                : Brief.of(
                        "TaskGroup",
                        group.tasks().stream().map(TaskLaunch::attempt).toArray());
    }

    /** What finished tasks left behind. */
    public static Object of(List<TaskDone> done) {
        Object[] tasks = new Object[done.size()];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = of(done.get(i));
        }
        return Brief.of("done", tasks);
    }

    private static Object of(TaskDone task) {
        return task.updates().isEmpty()
                ? Brief.of("TaskDone", task.attempt(), of(task.result()))
                : Brief.of(
                        "TaskDone",
                        task.attempt(),
                        of(task.result()),
                        task.updates().size() + " accumulators");
    }

    /** What a task left behind, by its sizes. */
    public static Object of(TaskResult result) {
        if (result instanceof TaskResult.Direct direct) {
            return Brief.of("Direct", direct.bytes().length + " bytes");
        }
        if (result instanceof TaskResult.MapWritten written) {
            return Brief.of("MapWritten", "shuffle " + written.shuffleId(), written.rowCount() + " rows");
        }
        return result;
    }

    /** The kind of failure and its message. */
    public static String of(TaskFailure failure) {
        return failure.getClass().getSimpleName() + ": " + failure.message();
    }
}
