package dev.kindling.metrics;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** An attempt of a task runs. It begins when it is made, and is committed on the same thread. */
@Name("dev.kindling.Task")
@Label("Task")
@Description("One attempt of a task on its thread")
@Category({"Kindling"})
@Threshold("10 ms")
@StackTrace(false)
public final class TaskEvent extends Event {
    @Label("Task")
    public String task;

    @Label("Job")
    public int jobId;

    @Label("Succeeded")
    public boolean isSuccess;

    TaskEvent() {
        begin();
    }
}
