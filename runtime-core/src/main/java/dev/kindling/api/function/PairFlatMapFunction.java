package dev.kindling.api.function;

import dev.kindling.api.Tuple2;
import java.io.Serializable;
import java.util.Iterator;

/** Turns one row into any number of key-value pairs. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface PairFlatMapFunction<T, K, V> extends Serializable {
    Iterator<Tuple2<K, V>> call(T t) throws Exception;
}
