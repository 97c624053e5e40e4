package dev.kindling.loop;

/**
 * A deterministic state machine: it decides and never does. One thread calls it. It reads no clock, no random source,
 * no file and no socket; time comes with the event, and everything it wants done is appended to {@code out}.
 *
 * <p>A shell performs the effects in list order (persist before send, send before complete) and never calls back into
 * the core while doing so; what comes of an effect returns as a later event. Late, doubled and reordered events are
 * ordinary input.
 *
 * @param <E> what happened
 * @param <F> what shall be done
 */
public interface Core<E, F> {
    /** @param nowMs milliseconds of a monotonic clock; never smaller than at the call before */
    void on(long nowMs, E event, Effects<F> out);
}
