package dev.kindling.api.function;

import dev.kindling.api.Tuple2;
import java.io.Serializable;

/** Turns one row into a key-value pair. May throw; the exception fails the task attempt. */
@FunctionalInterface
public interface PairFunction<T, K, V> extends Serializable {
    Tuple2<K, V> call(T t) throws Exception;
}
