/**
 * Many jobs, each with one fault of a process, of what it holds or of what lies between, and what the faults cost. Run by {@code bin/chaos jobs}.
 *
 * <p>Start reading at {@link dev.kindling.bench.chaos.ChaosJobs}.
 */
package dev.kindling.bench.chaos;
