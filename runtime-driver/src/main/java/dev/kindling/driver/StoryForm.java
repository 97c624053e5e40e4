package dev.kindling.driver;

import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.protocol.FrameText;

/** How the story remembers the driver's events and effects: without programs, inputs and results. */
final class StoryForm {
    private StoryForm() {}

    static Object of(Object eventOrEffect) {
        if (eventOrEffect instanceof DriverEvent.FrameReceived received) {
            return FrameText.of(received.frame());
        }
        if (eventOrEffect instanceof DriverEvent.JobSubmitted submitted) {
            return "JobSubmitted[" + submitted.job().jobId() + ", "
                    + submitted.job().description() + ", "
                    + submitted.job().stages().size() + " stages]";
        }
        if (eventOrEffect instanceof DriverEffect.Send send) {
            return "Send[" + send.executorId() + ", " + FrameText.of(send.frame()) + "]";
        }
        if (eventOrEffect instanceof DriverEffect.DeliverResult deliver) {
            return "DeliverResult[job " + deliver.jobId() + ", partition " + deliver.partition() + ", "
                    + FrameText.of(deliver.result()) + "]";
        }
        if (eventOrEffect instanceof DriverEffect.FailJob fail) {
            return "FailJob[" + fail.jobId() + ", " + fail.code() + "]";
        }
        return eventOrEffect;
    }
}
