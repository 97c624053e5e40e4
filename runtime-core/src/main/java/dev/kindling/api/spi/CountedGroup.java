package dev.kindling.api.spi;

/** A group of values that knows how many it holds without walking them. */
public interface CountedGroup<V> extends Iterable<V> {
    long size();
}
