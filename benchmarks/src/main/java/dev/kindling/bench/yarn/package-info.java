/**
 * How long an application on YARN takes to its first result, what it sends before, and what survives a fault, beside Spark
 * on a cluster of real daemons. Run by {@code bin/bench yarn}.
 *
 * <p>Start reading at {@link dev.kindling.bench.yarn.YarnBenchmark}.
 */
package dev.kindling.bench.yarn;
