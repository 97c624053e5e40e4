package dev.kindling.driver;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.loop.Brief;
import dev.kindling.protocol.FrameText;

/** How the story remembers the driver's events and effects: without programs, inputs and results. */
final class StoryForm {
    private StoryForm() {}

    static Object of(Object eventOrEffect) {
        if (eventOrEffect instanceof DriverEvent.FrameReceived received) {
            return FrameText.of(received.frame());
        }
        if (eventOrEffect instanceof DriverEvent.JobSubmitted submitted) {
            JobGraph job = submitted.job();
            return Brief.of(
                    "JobSubmitted", job.jobId(), job.description(), job.stages().size() + " stages");
        }
        if (eventOrEffect instanceof DriverEffect.Send send) {
            return Brief.of("Send", send.executorId(), FrameText.of(send.frame()));
        }
        if (eventOrEffect instanceof DriverEffect.DeliverResult deliver) {
            return Brief.of("DeliverResult", deliver.jobId(), deliver.partition(), FrameText.of(deliver.result()));
        }
        if (eventOrEffect instanceof DriverEffect.MergeUpdates merge) {
            return Brief.of(
                    "MergeUpdates",
                    merge.jobId(),
                    merge.attempt(),
                    merge.updates().size() + " accumulators");
        }
        if (eventOrEffect instanceof DriverEffect.InputLies lies) {
            return Brief.of("InputLies", lies.taskCounts().size() + " hosts");
        }
        if (eventOrEffect instanceof DriverEffect.FailJob fail) {
            return Brief.of("FailJob", fail.jobId(), fail.code());
        }
        if (eventOrEffect instanceof DriverEffect.Emit emit && emit.event() instanceof Event.SkewFound skew) {
            return Brief.of("SkewFound", skew.stageId(), skew.partition(), skew.bytes(), skew.medianBytes());
        }
        return eventOrEffect;
    }
}
