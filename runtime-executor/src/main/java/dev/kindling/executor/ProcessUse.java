package dev.kindling.executor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** How much memory and processor time this process uses, read at most once a second. Owned by one thread. */
final class ProcessUse {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final long PAGE_BYTES = 4096;
    private static final long READ_EVERY_NANOS = 1_000_000_000L;

    private long readAtNanos = System.nanoTime() - READ_EVERY_NANOS;
    private long heapUsedBytes;
    private long residentBytes;
    private long processorMs;

    long heapUsedBytes() {
        refresh();
        return heapUsedBytes;
    }

    /** Physical memory; 0 where the system does not say. */
    long residentBytes() {
        refresh();
        return residentBytes;
    }

    /** Since its start; 0 where the system does not say. */
    long processorMs() {
        refresh();
        return processorMs;
    }

    private void refresh() {
        long now = System.nanoTime();
        if (now - readAtNanos >= READ_EVERY_NANOS) {
            readAtNanos = now;
            Runtime runtime = Runtime.getRuntime();
            heapUsedBytes = runtime.totalMemory() - runtime.freeMemory();
            residentBytes = readResidentBytes();
            processorMs = ProcessHandle.current()
                    .info()
                    .totalCpuDuration()
                    .map(Duration::toMillis)
                    .orElse(0L);
        }
    }

    private static long readResidentBytes() {
        try {
            String[] pages =
                    Files.readString(STATM, StandardCharsets.ISO_8859_1).split(" ");
            return Long.parseLong(pages[1]) * PAGE_BYTES;
        } catch (IOException | RuntimeException e) {
            return 0; // not Linux
        }
    }
}
