package dev.kindling.executor;

import dev.kindling.protocol.Frame;

/** An executor's way to its driver. Any thread; never waits. */
public interface DriverLink {
    /** Sends, or loses, the frame: whatever must arrive is repeated by the protocol. */
    void send(Frame.ToDriver frame);
}
