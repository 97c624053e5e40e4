package dev.kindling.api.function;

import java.io.Serializable;

/** Turns one row into a double. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface DoubleFunction<T> extends Serializable {
    double call(T t) throws Exception;
}
