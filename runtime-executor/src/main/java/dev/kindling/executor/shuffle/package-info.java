/**
 * The two sides of a shuffle: {@link dev.kindling.executor.shuffle.ShuffleWriter} puts rows into the buckets of a map
 * output, {@link dev.kindling.executor.shuffle.ShuffleReader} hands a reduce task its buckets. May depend on
 * {@code executor.attempt}, {@code executor.block} and {@code executor.memory}. Start reading at the writer.
 */
package dev.kindling.executor.shuffle;
