package dev.kindling.protocol;

import dev.kindling.loop.Brief;

/** Frames as people read them in a story: names and sizes, never the bytes of a program, a row or a result. */
public final class FrameText {
    private FrameText() {}

    /** The frame itself where it is small, else a text that holds on to nothing large. */
    public static Object of(Frame frame) {
        if (frame instanceof Frame.StageProgram program) {
            return Brief.of("StageProgram", program.stageId(), program.body().length + " bytes");
        }
        if (frame instanceof Frame.LaunchTasks launch) {
            return Brief.of(
                    "LaunchTasks",
                    launch.tasks().stream().map(TaskLaunch::attempt).toArray());
        }
        if (frame instanceof Frame.AttemptFinished finished) {
            return finished.updates().isEmpty()
                    ? Brief.of("AttemptFinished", finished.executorId(), finished.attempt(), of(finished.result()))
                    : Brief.of(
                            "AttemptFinished",
                            finished.executorId(),
                            finished.attempt(),
                            of(finished.result()),
                            finished.updates().size() + " accumulators");
        }
        if (frame instanceof Frame.AttemptFailed failed) {
            return Brief.of("AttemptFailed", failed.executorId(), failed.attempt(), of(failed.failure()));
        }
        return frame;
    }

    /** What an attempt left behind, by its sizes. */
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
