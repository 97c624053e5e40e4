package dev.kindling.block;

/**
 * What stands before the pages of a block.
 *
 * @param shuffleId the shuffle it belongs to
 * @param stageId with {@code mapPartition} and {@code attempt}: the attempt that wrote it
 * @param bucket the bucket all its rows belong to
 * @param rowCount rows in its pages
 * @param length bytes of its pages
 */
public record BlockHeader(
        int shuffleId, int stageId, int mapPartition, int attempt, int bucket, int rowCount, int length) {}
