package dev.kindling.api.function;

import java.io.Serializable;
import java.util.Iterator;

/**
 * Turns one row (or one partition's iterator) into any number of rows. May throw; the exception fails the task attempt.
 */
@FunctionalInterface
public interface FlatMapFunction<T, R> extends Serializable {
    Iterator<R> call(T t) throws Exception;
}
