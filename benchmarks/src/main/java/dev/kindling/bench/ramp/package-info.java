/**
 * The way out: an engine behind {@code KindlingContext} that hands the plan of a program to Apache Spark's RDDs. Not on
 * the class path of our own programs; {@code bin/on-spark} puts it, Spark and runtime-core on one.
 *
 * <p>May depend on {@code api}, {@code plan}, {@code rdd} and Spark. Start reading at {@code SparkEngine}.
 */
package dev.kindling.bench.ramp;
