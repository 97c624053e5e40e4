/**
 * The same works on this engine and on Spark, side by side: each engine in processes of its own, in turns, answers compared
 * before any time is told. {@link dev.kindling.bench.compare.Compare} is the command,
 * {@link dev.kindling.bench.compare.KindlingPrograms} our side, the package {@code spark} Spark's.
 */
package dev.kindling.bench.compare;
