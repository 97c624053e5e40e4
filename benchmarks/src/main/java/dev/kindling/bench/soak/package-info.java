/**
 * Jobs for hours on one cluster, and whether anything grows: heaps, descriptors, threads, files. Run by {@code bin/soak}.
 *
 * <p>Start reading at {@link dev.kindling.bench.soak.Soak}.
 */
package dev.kindling.bench.soak;
