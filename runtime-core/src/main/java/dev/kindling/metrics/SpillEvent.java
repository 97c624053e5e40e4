package dev.kindling.metrics;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** A task writes rows to disk. It begins when it is made, and is committed on the same thread. */
@Name("dev.kindling.Spill")
@Label("Spill")
@Description("A task wrote rows to disk for want of memory")
@Category({"Kindling"})
@Threshold("10 ms")
@StackTrace(false)
public final class SpillEvent extends Event {
    @Label("Task")
    public String task;

    @Label("Where")
    public String where;

    @Label("Memory freed")
    @DataAmount
    public long memoryBytes;

    @Label("Written to disk")
    @DataAmount
    public long diskBytes;

    SpillEvent() {
        begin();
    }
}
