package dev.kindling.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What people call storage levels. */
final class StorageLevelNames {
    private static final Map<StorageLevel, String> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put(StorageLevel.NONE, "NONE");
        NAMES.put(StorageLevel.DISK_ONLY, "DISK_ONLY");
        NAMES.put(StorageLevel.DISK_ONLY_2, "DISK_ONLY_2");
        NAMES.put(StorageLevel.MEMORY_ONLY, "MEMORY_ONLY");
        NAMES.put(StorageLevel.MEMORY_ONLY_2, "MEMORY_ONLY_2");
        NAMES.put(StorageLevel.MEMORY_ONLY_SER, "MEMORY_ONLY_SER");
        NAMES.put(StorageLevel.MEMORY_ONLY_SER_2, "MEMORY_ONLY_SER_2");
        NAMES.put(StorageLevel.MEMORY_AND_DISK, "MEMORY_AND_DISK");
        NAMES.put(StorageLevel.MEMORY_AND_DISK_2, "MEMORY_AND_DISK_2");
        NAMES.put(StorageLevel.MEMORY_AND_DISK_SER, "MEMORY_AND_DISK_SER");
        NAMES.put(StorageLevel.MEMORY_AND_DISK_SER_2, "MEMORY_AND_DISK_SER_2");
        NAMES.put(StorageLevel.OFF_HEAP, "OFF_HEAP");
    }

    private StorageLevelNames() {}

    static String of(StorageLevel level) {
        String name = NAMES.get(level);
        if (name != null) {
            return name;
        }
        List<String> parts = new ArrayList<>();
        if (level.useDisk()) {
            parts.add("disk");
        }
        if (level.useMemory()) {
            parts.add("memory");
        }
        if (level.useOffHeap()) {
            parts.add("off-heap");
        }
        if (level.deserialized()) {
            parts.add("deserialized");
        }
        parts.add(level.replication() + (level.replication() == 1 ? " copy" : " copies"));
        return "StorageLevel(" + String.join(", ", parts) + ")";
    }
}
