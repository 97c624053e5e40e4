package dev.kindling.api.function;

import java.io.Serializable;

/** Does something with a key and its value. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface VoidFunction2<A, B> extends Serializable {
    void call(A a, B b) throws Exception;
}
