package dev.kindling.rpc;

import dev.kindling.protocol.Frame;

/**
 * Hears of control connections. Called by {@code rpc-io} threads, for one connection in order and never by two at
 * once: {@code opened}, then {@code received} any number of times, then {@code closed}. Posts and returns.
 */
public interface ControlHandler {
    void opened(ControlConnection connection);

    void received(ControlConnection connection, Frame frame);

    /** @param why a sentence for people */
    void closed(ControlConnection connection, String why);
}
