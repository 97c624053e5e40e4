package dev.kindling.api.function;

import java.io.Serializable;

/** Makes a value where it is called: on an executor, once per use. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface Function0<R> extends Serializable {
    R call() throws Exception;
}
