package dev.kindling.rpc;

/** A request on its way. Any thread. */
public interface BlockStream {
    /** One of which nothing will come. */
    BlockStream OVER = new BlockStream() {
        @Override
        public void consumed(long byteCount) {
            // Nothing came.
        }

        @Override
        public void cancel() {
            // Nothing will come.
        }

        @Override
        public void abandon() {
            // Nothing will come.
        }
    };

    /** So many of the bytes that arrived are done with: the peer may send as many more. */
    void consumed(long byteCount);

    /** The rest is not wanted; nothing more arrives after the call that may be running. */
    void cancel();

    /** As {@link #cancel}, because nothing comes: what is asked from now on goes over another connection. */
    void abandon();
}
