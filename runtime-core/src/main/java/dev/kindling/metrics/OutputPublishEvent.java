package dev.kindling.metrics;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** The driver publishes the output of a job. It begins when it is made, and is committed on the same thread. */
@Name("dev.kindling.OutputPublish")
@Label("Publishing of an output")
@Description("The driver made the part files of a job visible")
@Category({"Kindling"})
@Threshold("10 ms")
@StackTrace(false)
public final class OutputPublishEvent extends Event {
    @Label("Job")
    public int jobId;

    @Label("Parts")
    public int parts;

    OutputPublishEvent() {
        begin();
    }
}
