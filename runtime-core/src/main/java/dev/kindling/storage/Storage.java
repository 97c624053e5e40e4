package dev.kindling.storage;

/** Storage of one kind as one application uses it: with its settings, and connections of its own. Safe for many threads. */
public interface Storage extends AutoCloseable {
    /** Where input is read from. */
    ObjectStore objects();

    /** Where output is written to. */
    OutputStore outputs();

    /**
     * Makes ready what the first path would need, as far as that takes no request to a store; may take a second. What goes
     * wrong is told again to whoever uses a path.
     */
    default void prepare() {}

    /** Ends connections and threads, once; nothing is read or written any more. */
    @Override
    default void close() {}
}
