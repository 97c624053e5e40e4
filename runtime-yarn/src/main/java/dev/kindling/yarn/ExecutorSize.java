package dev.kindling.yarn;

import dev.kindling.config.Config;
import dev.kindling.config.ExecutorKeys;
import dev.kindling.config.MemoryMap;
import dev.kindling.config.YarnKeys;
import dev.kindling.driver.core.AllocationSettings;

/**
 * How large an executor is.
 *
 * @param count how many are started with
 * @param containerMb its heap and all that its JVM may take beside it
 */
record ExecutorSize(int count, int cores, long heapMb, long containerMb) {
    static ExecutorSize of(Config config) {
        int cores = config.get(ExecutorKeys.CORES);
        long heapMb = config.get(ExecutorKeys.MEMORY) >> 20;
        return new ExecutorSize(
                AllocationSettings.ofCluster(config).initial(), cores, heapMb, containerMb(heapMb, cores, config));
    }

    MemoryMap memory() {
        return MemoryMap.ofProcess(heapMb << 20, cores);
    }

    /** For a JVM of this heap. */
    static long containerMb(long heapMb, int cores, Config config) {
        long overheadMb = config.get(YarnKeys.MEMORY_OVERHEAD) >> 20;
        return heapMb
                + (overheadMb > 0
                        ? overheadMb
                        : MemoryMap.ofProcess(heapMb << 20, cores).outsideHeapMb());
    }
}
