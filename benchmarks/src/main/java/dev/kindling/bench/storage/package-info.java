/**
 * How fast text is read beside the bare libraries: lines, S3 and HDFS, as ratios with their bars in one table. Run by
 * {@code bin/bench storage}.
 *
 * <p>Start reading at {@link dev.kindling.bench.storage.StorageBenchmark}.
 */
package dev.kindling.bench.storage;
