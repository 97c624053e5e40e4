package dev.kindling.api.function;

import java.io.Serializable;

/** Turns two values into one. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface Function2<A, B, R> extends Serializable {
    R call(A a, B b) throws Exception;
}
