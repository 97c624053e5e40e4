package dev.kindling.protocol;

import java.util.List;

/**
 * A range of buckets of several map outputs of one executor, wanted in this order.
 *
 * @param endBucket behind the last one
 */
public record BlockRequest(int shuffleId, int firstBucket, int endBucket, List<MapRange> maps) {
    public BlockRequest {
        maps = List.copyOf(maps);
    }

    /** @param skipBytes bytes of the range that came with an earlier request and are not wanted again */
    public record MapRange(AttemptId mapAttempt, long skipBytes) {}
}
