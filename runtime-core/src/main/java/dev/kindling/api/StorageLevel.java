package dev.kindling.api;

import java.io.Serializable;

/**
 * Where the partitions of a persisted set are kept.
 *
 * @param useDisk on the executor's disks what does not fit into memory, or everything when {@code useMemory} is false
 * @param useMemory in the executor's memory as long as there is room; the least recently used give way
 * @param useOffHeap outside the heap
 * @param deserialized taken for programs written against Spark; every level keeps serialized pages
 * @param replication executors that hold each partition
 */
public record StorageLevel(
        boolean useDisk, boolean useMemory, boolean useOffHeap, boolean deserialized, int replication)
        implements Serializable {
    public static final StorageLevel NONE = new StorageLevel(false, false, false, false, 1);
    public static final StorageLevel DISK_ONLY = new StorageLevel(true, false, false, false, 1);
    public static final StorageLevel DISK_ONLY_2 = new StorageLevel(true, false, false, false, 2);
    public static final StorageLevel MEMORY_ONLY = new StorageLevel(false, true, false, true, 1);
    public static final StorageLevel MEMORY_ONLY_2 = new StorageLevel(false, true, false, true, 2);
    public static final StorageLevel MEMORY_ONLY_SER = new StorageLevel(false, true, false, false, 1);
    public static final StorageLevel MEMORY_ONLY_SER_2 = new StorageLevel(false, true, false, false, 2);
    public static final StorageLevel MEMORY_AND_DISK = new StorageLevel(true, true, false, true, 1);
    public static final StorageLevel MEMORY_AND_DISK_2 = new StorageLevel(true, true, false, true, 2);
    public static final StorageLevel MEMORY_AND_DISK_SER = new StorageLevel(true, true, false, false, 1);
    public static final StorageLevel MEMORY_AND_DISK_SER_2 = new StorageLevel(true, true, false, false, 2);
    public static final StorageLevel OFF_HEAP = new StorageLevel(true, true, true, false, 1);

    /** The name of the constant that is equal to it, such as {@code MEMORY_ONLY}; else its parts. */
    @Override
    public String toString() {
        return StorageLevelNames.of(this);
    }
}
