/**
 * How long an application on YARN takes to its first result, and what it sends before, on a cluster of real daemons. Run by
 * {@code bin/bench yarn}.
 *
 * <p>Start reading at {@link dev.kindling.bench.yarn.YarnBenchmark}.
 */
package dev.kindling.bench.yarn;
