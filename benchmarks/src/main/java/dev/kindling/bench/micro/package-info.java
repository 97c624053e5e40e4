/**
 * Benchmarks of the hot path, each beside the simple way to do the same: reading lines, writing and reading pages,
 * grouping. Run by {@code bin/bench micro}.
 *
 * <p>Start reading at {@link dev.kindling.bench.micro.PageBenchmark}.
 */
package dev.kindling.bench.micro;
