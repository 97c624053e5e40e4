package dev.kindling.rdd;

import dev.kindling.api.spi.BroadcastKey;

/** Makes values reachable for executors, and forgets them. Any thread. */
public interface BroadcastPublisher {
    /**
     * From here on executors can get the value.
     *
     * @param place where the program broadcasts it
     * @throws dev.kindling.api.KindlingException when it cannot be serialized, or there is no room for its bytes
     */
    BroadcastKey publish(Object value, String place);

    /** Executors forget it; they may get it again. */
    void unpersist(long id, boolean isBlocking);

    /** Nobody gets it any more. A second call does nothing. */
    void destroy(long id, String why, boolean isBlocking);
}
