package dev.kindling.bench.ramp;

import java.util.Iterator;

/** The rows of one iterator, then those of another. */
record Chained(Iterator<Object> first, Iterator<Object> second) implements Iterator<Object> {
    static Iterator<Object> of(Iterator<Object> first, Iterator<Object> second) {
        return new Chained(first, second);
    }

    @Override
    public boolean hasNext() {
        return first.hasNext() || second.hasNext();
    }

    @Override
    public Object next() {
        return first.hasNext() ? first.next() : second.next();
    }
}
