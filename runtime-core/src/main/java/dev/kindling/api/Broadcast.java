package dev.kindling.api;

import java.io.Serializable;

/**
 * A value that functions use and that travels to each executor once, however many tasks and stages use it: captured by
 * a function, it is a number there, and the first call of {@link #value} on an executor fetches the value, in blocks of
 * 4 MiB, from executors that have them already or from the driver.
 *
 * <p>Nobody may change the value: all tasks of an executor see one object, and in {@code local[n]} that is the very
 * object that was broadcast. It has to be serializable all the same. Executors keep its bytes on disk and the object as
 * long as a running task uses it or memory is not short. Safe for many threads.
 */
public interface Broadcast<T> extends Serializable {
    /** A number of its own in its application. */
    long id();

    /**
     * The value.
     *
     * @throws KindlingException when it was destroyed; the message says where
     */
    T value();

    /** Executors forget it; those that use it again fetch it again. Returns at once. */
    void unpersist();

    /** @param blocking whether to return only when all executors have forgotten it */
    void unpersist(boolean blocking);

    /** Nobody uses it any more: executors forget it, and later use is an error. Returns at once. */
    void destroy();

    /** @param blocking whether to return only when all executors have forgotten it */
    void destroy(boolean blocking);
}
