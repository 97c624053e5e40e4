package dev.kindling.api.function;

import java.io.Serializable;
import java.util.stream.Stream;

/**
 * Turns one row into a stream of rows; the stream is closed when it has been read. May throw; the exception fails the
 * task attempt.
 */
@FunctionalInterface
public interface StreamFunction<T, R> extends Serializable {
    Stream<? extends R> call(T t) throws Exception;
}
