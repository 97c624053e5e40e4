package dev.kindling.driver.launch;

import dev.kindling.protocol.Frame;

/** The driver's way to one incarnation of one executor. Any thread; never waits. */
public interface ExecutorLink {
    /** Sends, or loses, the frame: whatever must arrive is repeated by the protocol. */
    void send(Frame.ToExecutor frame);

    /** Ends the connection; the executor sees its driver gone. */
    void close();
}
