package dev.kindling.metrics;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** A task waits for shuffle blocks. It begins when it is made, and is committed on the same thread. */
@Name("dev.kindling.FetchWait")
@Label("Wait for shuffle blocks")
@Description("A task had nothing to do until blocks of other executors came")
@Category({"Kindling"})
@Threshold("10 ms")
@StackTrace(false)
public final class FetchWaitEvent extends Event {
    @Label("Shuffle")
    public int shuffleId;

    @Label("Partition")
    public int partition;

    FetchWaitEvent() {
        begin();
    }
}
