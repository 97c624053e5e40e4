package dev.kindling.api.function;

import java.io.Serializable;

/** Turns one row into another. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface Function<T, R> extends Serializable {
    R call(T t) throws Exception;
}
