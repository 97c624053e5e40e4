package dev.kindling.rdd;

import dev.kindling.api.Broadcast;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.BroadcastKey;
import java.io.Serial;

/** A broadcast value on the driver's side: the program's own object, and what functions take along instead of it. */
final class ProgramBroadcast<T> implements Broadcast<T> {
    @Serial
    private static final long serialVersionUID = 1L;

    private final BroadcastKey key;
    private final transient BroadcastPublisher publisher;
    private transient T value;
    private transient String destroyedAt = "";

    ProgramBroadcast(BroadcastKey key, T value, BroadcastPublisher publisher) {
        this.key = key;
        this.value = value;
        this.publisher = publisher;
    }

    @Override
    public long id() {
        return key.id();
    }

    @Override
    public synchronized T value() {
        checkUsable();
        return value;
    }

    @Override
    public void unpersist() {
        unpersist(false);
    }

    @Override
    public void unpersist(boolean blocking) {
        checkUsable();
        publisher.unpersist(key.id(), blocking);
    }

    @Override
    public void destroy() {
        destroy(CallSite.of("destroy").toString(), false);
    }

    @Override
    public void destroy(boolean blocking) {
        destroy(CallSite.of("destroy").toString(), blocking);
    }

    private void destroy(String place, boolean blocking) {
        synchronized (this) {
            checkUsable();
            destroyedAt = place;
            value = null;
        }
        publisher.destroy(key.id(), "it was destroyed by " + place, blocking);
    }

    private synchronized void checkUsable() {
        if (!destroyedAt.isEmpty()) {
            throw new KindlingException(
                    ErrorCode.CLOSED, key + " cannot be used any more: it was destroyed by " + destroyedAt);
        }
    }

    @Serial
    private Object writeReplace() {
        checkUsable();
        return new SentBroadcast<T>(key);
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
