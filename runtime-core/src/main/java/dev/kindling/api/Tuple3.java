package dev.kindling.api;

import java.io.Serializable;

/** Three values. Any of them may be null. */
public record Tuple3<A, B, C>(A _1, B _2, C _3) implements Serializable {
    @Override
    public String toString() {
        return "(" + _1 + "," + _2 + "," + _3 + ")";
    }
}
