package dev.kindling.metrics;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** The driver fetches a large result. It begins when it is made, and is committed on the same thread. */
@Name("dev.kindling.ResultFetch")
@Label("Fetch of a result")
@Description("The driver fetched a result that was too large for a message")
@Category({"Kindling"})
@Threshold("10 ms")
@StackTrace(false)
public final class ResultFetchEvent extends Event {
    @Label("Job")
    public int jobId;

    @Label("Partition")
    public int partition;

    @Label("Size")
    @DataAmount
    public long bytes;

    ResultFetchEvent() {
        begin();
    }
}
