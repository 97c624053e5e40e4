package dev.kindling.api.function;

import java.io.Serializable;
import java.util.Iterator;

/** Turns one row into any number of doubles. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface DoubleFlatMapFunction<T> extends Serializable {
    Iterator<Double> call(T t) throws Exception;
}
