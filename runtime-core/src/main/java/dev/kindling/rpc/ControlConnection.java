package dev.kindling.rpc;

import dev.kindling.protocol.Frame;

/**
 * An open control connection whose peer has proved itself. Any thread may call it; nothing waits.
 *
 * <p>A frame that was taken may still be lost with the connection, as on any network: the protocol repeats what
 * matters. Who wants to know whether the peer lives listens to its heartbeats.
 */
public interface ControlConnection {
    /**
     * Queues the frame behind earlier ones.
     *
     * @return false when it was dropped: the connection is closed, or the peer reads too slowly and
     *     {@code RpcSettings.sendQueueBytes} are waiting
     */
    boolean send(Frame frame);

    /** Reading stops when false, so that the peer's frames wait in its own queue; a full mailbox does this. */
    void setReading(boolean isReading);

    boolean isOpen();

    /** Host and port of the peer, for logs. */
    String peer();

    /** Sends what is queued, then closes; {@code closed} follows. */
    void close();
}
