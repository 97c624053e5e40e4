package dev.kindling.util;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.List;

/**
 * What this JVM says of its heap. The first call looks for all that can be managed in it, which loads some eighty
 * classes and takes tens of milliseconds; so whoever starts an application has it done on the side. Any thread.
 */
public final class JvmBeans {
    private JvmBeans() {}

    private static final class Found {
        static final List<GarbageCollectorMXBean> COLLECTORS = ManagementFactory.getGarbageCollectorMXBeans();
        static final List<MemoryPoolMXBean> POOLS = ManagementFactory.getMemoryPoolMXBeans();
    }

    public static List<GarbageCollectorMXBean> collectors() {
        return Found.COLLECTORS;
    }

    public static List<MemoryPoolMXBean> memoryPools() {
        return Found.POOLS;
    }
}
