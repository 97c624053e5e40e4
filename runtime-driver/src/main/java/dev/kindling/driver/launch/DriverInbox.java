package dev.kindling.driver.launch;

import dev.kindling.protocol.Frame;

/** Where frames of executors reach the driver. Any thread; never waits. */
public interface DriverInbox {
    /**
     * A frame came.
     *
     * @param answer the way back to its sender
     */
    void received(Frame.ToDriver frame, ExecutorLink answer);
}
