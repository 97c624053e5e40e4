package dev.kindling.rdd;

import dev.kindling.api.Broadcast;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.api.spi.TaskVariables;
import java.io.Serial;

/**
 * A broadcast value as functions have it inside an attempt: its key, and, from the first use on, the executor's one
 * object, held as long as the attempt holds this.
 */
final class SentBroadcast<T> implements Broadcast<T> {
    @Serial
    private static final long serialVersionUID = 1L;

    private final BroadcastKey key;
    private transient BroadcastValues executor;
    // Not volatile: its only field is final, and a thread that does not see it asks once more.
    private transient BroadcastValues.Value held;

    SentBroadcast(BroadcastKey key) {
        this.key = key;
    }

    @Serial
    private Object readResolve() {
        TaskVariables attempt = TaskVariables.current();
        executor = attempt == null ? null : attempt.broadcasts();
        return this;
    }

    @Override
    public long id() {
        return key.id();
    }

    @Override
    @SuppressWarnings("unchecked")
    public T value() {
        BroadcastValues.Value value = held;
        if (value == null) {
            value = fetched();
            held = value;
        }
        return (T) value.value();
    }

    private BroadcastValues.Value fetched() {
        if (executor == null) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    key + " has come here as part of a value; it can be read by functions that capture it");
        }
        return executor.valueOf(key);
    }

    @Override
    public void unpersist() {
        throw onDriverOnly("unpersisted");
    }

    @Override
    public void unpersist(boolean blocking) {
        throw onDriverOnly("unpersisted");
    }

    @Override
    public void destroy() {
        throw onDriverOnly("destroyed");
    }

    @Override
    public void destroy(boolean blocking) {
        throw onDriverOnly("destroyed");
    }

    private KindlingException onDriverOnly(String what) {
        return new KindlingException(
                ErrorCode.BAD_ARGUMENT,
                key + " cannot be " + what + " inside a task; do it on the driver, after the job");
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
