package dev.kindling.rpc;

import dev.kindling.protocol.BlockRequest;

/** Asks other processes for blocks. Any thread. */
@FunctionalInterface
public interface BlockClient {
    /**
     * Asks a peer for ranges of map outputs. Never waits; a connection that is open to this peer is used.
     *
     * @param windowBytes bytes that may be on their way or arrived and not yet {@link BlockStream#consumed}
     */
    BlockStream fetchBlocks(String host, int port, BlockRequest request, long windowBytes, BlockReceiver receiver);

    /** For processes without a network, where every block is handed over. */
    static BlockClient none() {
        return (host, port, request, windowBytes, receiver) -> {
            receiver.failed("this process has no network");
            return BlockStream.OVER;
        };
    }
}
