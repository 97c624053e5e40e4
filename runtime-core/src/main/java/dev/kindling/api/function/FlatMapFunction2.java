package dev.kindling.api.function;

import java.io.Serializable;
import java.util.Iterator;

/** Turns two partitions' iterators into any number of rows. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface FlatMapFunction2<A, B, R> extends Serializable {
    Iterator<R> call(A a, B b) throws Exception;
}
