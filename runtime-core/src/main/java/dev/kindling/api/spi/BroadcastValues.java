package dev.kindling.api.spi;

/** The broadcast values of one executor. Any thread; may wait for blocks to come. */
public interface BroadcastValues {
    /**
     * The value, the same object for all who ask while anybody holds what this returns.
     *
     * @throws dev.kindling.api.KindlingException when it was destroyed, cannot be read, or the wait was interrupted
     */
    Value valueOf(BroadcastKey key);

    /** What was broadcast; null is a value like others. */
    record Value(Object value) {}
}
