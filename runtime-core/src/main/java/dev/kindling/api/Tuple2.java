package dev.kindling.api;

import java.io.Serializable;

/** Two values; the row type of every {@link PairRDD}. Either may be null. */
public record Tuple2<A, B>(A _1, B _2) implements Serializable {
    public static <A, B> Tuple2<A, B> of(A a, B b) {
        return new Tuple2<>(a, b);
    }

    public Tuple2<B, A> swap() {
        return new Tuple2<>(_2, _1);
    }

    @Override
    public String toString() {
        return "(" + _1 + "," + _2 + ")";
    }
}
