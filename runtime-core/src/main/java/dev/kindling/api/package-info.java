/**
 * What users write against: a {@code KindlingContext} makes sets ({@code RDD}, {@code PairRDD}, {@code DoubleRDD}),
 * their transformations make further sets, and an action runs them. Names, argument orders and meanings are those of
 * Spark's Java RDD API.
 *
 * <p>Depends on nothing else of ours: the engine behind a context is found by {@code ServiceLoader} through
 * {@code dev.kindling.api.spi}. Start reading at {@code KindlingContext}, then {@code RDD}.
 */
package dev.kindling.api;
