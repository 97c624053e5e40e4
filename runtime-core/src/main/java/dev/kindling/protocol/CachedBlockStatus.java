package dev.kindling.protocol;

/**
 * Where an executor keeps a cached block at one moment.
 *
 * @param version higher for each later change on this executor: of two, the higher one is true
 * @param isHeld whether it is there at all; an empty partition takes no bytes and is there
 * @param memoryBytes counted bytes in memory
 * @param diskBytes bytes on disk
 * @param hasUpdates whether functions added to accumulators while it was computed: that comes with the outcome of the
 *     task that did, and until then nobody else shall read the block
 */
public record CachedBlockStatus(
        CachedBlockId block, long version, boolean isHeld, long memoryBytes, long diskBytes, boolean hasUpdates) {
    /** Of a block without updates. */
    public CachedBlockStatus(CachedBlockId block, long version, boolean isHeld, long memoryBytes, long diskBytes) {
        this(block, version, isHeld, memoryBytes, diskBytes, false);
    }

    /** Not there, or no more. */
    public static CachedBlockStatus gone(CachedBlockId block, long version) {
        return new CachedBlockStatus(block, version, false, 0, 0);
    }

    @Override
    public String toString() {
        return isHeld ? block + " (" + memoryBytes + " bytes in memory, " + diskBytes + " on disk)" : block + " (gone)";
    }
}
