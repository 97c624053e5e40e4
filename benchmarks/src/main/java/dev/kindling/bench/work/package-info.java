/**
 * What the benchmarks do, without an engine: jobs and their sizes, the data they read, the functions they apply, and how a
 * run is timed. The JDK only, because it is on the class path of every engine that is compared.
 *
 * <p>Start reading at {@link dev.kindling.bench.work.Work}, then {@link dev.kindling.bench.work.Runs}.
 */
package dev.kindling.bench.work;
