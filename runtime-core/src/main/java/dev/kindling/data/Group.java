package dev.kindling.data;

import dev.kindling.api.spi.CountedGroup;

/**
 * The values of one key, in memory or on disk: readable any number of times until the task ends that made it, its size
 * known without reading; a later read fails. Whatever leaves the task (a result, a shuffle, a cached page) carries a
 * copy as a list instead.
 *
 * @param <V> the values
 */
public interface Group<V> extends CountedGroup<V> {}
