package dev.kindling.api.function;

import java.io.Serializable;

/** Does something with one row. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface VoidFunction<T> extends Serializable {
    void call(T t) throws Exception;
}
