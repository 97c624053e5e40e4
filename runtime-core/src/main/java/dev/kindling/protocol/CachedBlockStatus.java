package dev.kindling.protocol;

/**
 * Where an executor keeps a cached block at one moment.
 *
 * @param version higher for each later change on this executor: of two, the higher one is true
 * @param isHeld whether it is there at all; an empty partition takes no bytes and is there
 * @param memoryBytes counted bytes in memory
 * @param diskBytes bytes on disk
 */
public record CachedBlockStatus(CachedBlockId block, long version, boolean isHeld, long memoryBytes, long diskBytes) {
    /** Not there, or no more. */
    public static CachedBlockStatus gone(CachedBlockId block, long version) {
        return new CachedBlockStatus(block, version, false, 0, 0);
    }

    @Override
    public String toString() {
        return isHeld ? block + " (" + memoryBytes + " bytes in memory, " + diskBytes + " on disk)" : block + " (gone)";
    }
}
