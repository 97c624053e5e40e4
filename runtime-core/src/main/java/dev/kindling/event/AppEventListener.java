package dev.kindling.event;

/**
 * Hears what happens in an application, in order, on a thread of its own ({@link EventBus}). How long it takes and what
 * it throws touches neither a job nor another listener.
 */
@FunctionalInterface
public interface AppEventListener extends AutoCloseable {
    /** @param timeMs wall clock of the driver when it happened */
    void onEvent(long timeMs, AppEvent event);

    /** The application has ended and every event of it was delivered. */
    @Override
    default void close() {}
}
