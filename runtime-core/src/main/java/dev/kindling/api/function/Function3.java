package dev.kindling.api.function;

import java.io.Serializable;

/** Turns three values into one. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface Function3<A, B, C, R> extends Serializable {
    R call(A a, B b, C c) throws Exception;
}
