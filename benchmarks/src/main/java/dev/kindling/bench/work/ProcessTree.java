package dev.kindling.bench.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process and those it started have used, from {@code /proc}; zero where there is none. A process that has ended
 * counts with the parent that waited for it.
 */
public final class ProcessTree {
    /** The kernel's clock tick, which Linux shows as 100 a second everywhere. */
    private static final int MS_PER_TICK = 10;

    private ProcessTree() {}

    /** User and system time of all. */
    public static long cpuMs() {
        return processes().mapToLong(ProcessTree::ticks).sum() * MS_PER_TICK;
    }

    /** The largest resident size of each until now, added up. */
    public static long peakRssBytes() {
        return processes().mapToLong(ProcessTree::peakKilobytes).sum() << 10;
    }

    private static Stream<ProcessHandle> processes() {
        ProcessHandle self = ProcessHandle.current();
        return Stream.concat(Stream.of(self), self.descendants());
    }

    private static long ticks(ProcessHandle process) {
        String stat = read(process, "stat");
        // The second field is the command in parentheses, which may contain spaces.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ");
        if (fields.length < 15) {
            return 0;
        }
        long ticks = 0;
        // utime, stime, cutime, cstime: the fields 14 to 17 of proc(5), of which three are cut off.
        for (int field = 11; field < 15; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks;
    }

    private static long peakKilobytes(ProcessHandle process) {
        return read(process, "status")
                .lines()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/" + file));
        } catch (IOException e) {
            // It has ended in the meantime, or this is not Linux.
            return "";
        }
    }
}
