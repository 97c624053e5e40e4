package dev.kindling.api.function;

import java.io.Serializable;
import java.util.Comparator;

/** An order that can travel to the executors; a lambda becomes one by itself. */
public interface SerializableComparator<T> extends Comparator<T>, Serializable {
    /** Orders rows by a key taken from each of them; an exception of {@code key} fails the task. */
    static <T, U extends Comparable<? super U>> SerializableComparator<T> by(Function<? super T, ? extends U> key) {
        return (left, right) -> Functions.call(key, left).compareTo(Functions.call(key, right));
    }

    @Override
    default SerializableComparator<T> reversed() {
        return (left, right) -> compare(right, left);
    }
}
