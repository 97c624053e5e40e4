package dev.kindling.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looks at the memory of the process it is called in, from inside a task: what is left after a collection. */
final class HeapProbe {
    private static final int SAMPLES = 24;

    private static long mostUsed;
    private static int samples;

    private HeapProbe() {}

    /** Begins anew; returns the heap bytes used now, by nothing that counts. */
    static synchronized long start() {
        mostUsed = 0;
        samples = 0;
        return usedAfterCollection();
    }

    /** One more look, unless there were enough. */
    static synchronized void look() {
        if (samples++ < SAMPLES) {
            mostUsed = Math.max(mostUsed, usedAfterCollection());
        }
    }

    /** Most heap used after a collection, and resident bytes: now, and the most so far. */
    static synchronized long[] report() {
        return new long[] {mostUsed, statusOf("VmRSS:"), statusOf("VmHWM:")};
    }

    private static long usedAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long statusOf(String name) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
            return lines.stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
