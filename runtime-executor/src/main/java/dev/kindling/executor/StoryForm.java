package dev.kindling.executor;

import dev.kindling.executor.core.ExecutorEffect;
import dev.kindling.executor.core.ExecutorEvent;
import dev.kindling.loop.Brief;
import dev.kindling.protocol.FrameText;

/** How the story remembers an executor's events and effects: without programs, inputs and results. */
final class StoryForm {
    private StoryForm() {}

    static Object of(Object eventOrEffect) {
        if (eventOrEffect instanceof ExecutorEvent.FrameReceived received) {
            return FrameText.of(received.frame());
        }
        if (eventOrEffect instanceof ExecutorEvent.AttemptSucceeded succeeded) {
            return Brief.of("AttemptSucceeded", succeeded.attempt(), FrameText.of(succeeded.done()));
        }
        if (eventOrEffect instanceof ExecutorEvent.AttemptFailed failed) {
            return Brief.of(
                    "AttemptFailed",
                    failed.attempt(),
                    FrameText.of(failed.done()),
                    failed.failed(),
                    FrameText.of(failed.failure()));
        }
        if (eventOrEffect instanceof ExecutorEffect.Send send) {
            return FrameText.of(send.frame());
        }
        if (eventOrEffect instanceof ExecutorEffect.KeepProgram keep) {
            return Brief.of("KeepProgram", keep.stageId());
        }
        if (eventOrEffect instanceof ExecutorEffect.StartAttempt start) {
            return Brief.of("StartAttempt", FrameText.of(start.group()));
        }
        return eventOrEffect;
    }
}
