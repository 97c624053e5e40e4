package dev.kindling.metrics;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** A task waits for memory. It begins when it is made, and is committed on the same thread. */
@Name("dev.kindling.MemoryWait")
@Label("Wait for memory")
@Description("A task waited for memory that cached blocks had to give up")
@Category({"Kindling"})
@Threshold("10 ms")
@StackTrace(false)
public final class MemoryWaitEvent extends Event {
    @Label("Asked for")
    @DataAmount
    public long bytes;

    @Label("Given up by cached blocks")
    @DataAmount
    public long evictedBytes;

    MemoryWaitEvent() {
        begin();
    }
}
