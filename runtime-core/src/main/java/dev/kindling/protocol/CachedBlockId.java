package dev.kindling.protocol;

/**
 * One partition of a persisted set, as kept by executors.
 *
 * @param setId the set
 * @param epoch which of its lives: higher each time it is persisted anew, and each time what it was made of turned out
 *     to be different; a block of an earlier epoch is never taken for one of a later
 */
public record CachedBlockId(int setId, int epoch, int partition) implements Comparable<CachedBlockId> {
    @Override
    public int compareTo(CachedBlockId other) {
        int bySet = Integer.compare(setId, other.setId);
        int byEpoch = bySet != 0 ? bySet : Integer.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Integer.compare(partition, other.partition);
    }

    /** As Spark names it, for people: {@code rdd_3_17}. */
    public String name() {
        return "rdd_" + setId + "_" + partition;
    }

    /** As in logs, stories and transcripts: {@code rdd_3_17@1}. */
    @Override
    public String toString() {
        return name() + "@" + epoch;
    }
}
