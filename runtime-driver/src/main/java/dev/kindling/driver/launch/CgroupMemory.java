package dev.kindling.driver.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * The memory of the control group in which this process and its executors run, such as that of a container: its limit,
 * and how often the kernel has killed something in it for want of memory. Both versions of control groups are read;
 * where there is none, nothing is known. Any thread.
 */
final class CgroupMemory {
    private static final String KILLS = "oom_kill ";
    /** Above it a limit is none: version 1 writes the largest multiple of a page. */
    private static final long NO_LIMIT = 1L << 60;

    private final Path events;
    private final Path limit;

    private CgroupMemory(Path events, Path limit) {
        this.events = events;
        this.limit = limit;
    }

    static CgroupMemory ofThisProcess() {
        return find(Path.of("/proc/self/cgroup"), Path.of("/sys/fs/cgroup"));
    }

    /**
     * @param groups lists the groups of a process, a line each: {@code 4:memory:/path} or {@code 0::/path}
     * @param root where control groups are mounted
     */
    static CgroupMemory find(Path groups, Path root) {
        CgroupMemory last = new CgroupMemory(root.resolve("memory.events"), root.resolve("memory.max"));
        try {
            for (String line : Files.readAllLines(groups)) {
                String[] parts = line.split(":", 3);
                boolean isFirstVersion =
                        parts.length == 3 && List.of(parts[1].split(",")).contains("memory");
                if (parts.length == 3 && (isFirstVersion || parts[0].equals("0") && parts[1].isEmpty())) {
                    Path mount = isFirstVersion ? root.resolve("memory") : root;
                    CgroupMemory own = in(mount.resolve("./" + parts[2]).normalize(), isFirstVersion);
                    // Inside a container the path is that of the host, and the group lies at the mount itself.
                    last = Files.exists(own.events) ? own : in(mount, isFirstVersion);
                    if (isFirstVersion) {
                        return last;
                    }
                }
            }
        } catch (IOException e) {
            return last; // not Linux
        }
        return last;
    }

    private static CgroupMemory in(Path group, boolean isFirstVersion) {
        return isFirstVersion
                ? new CgroupMemory(group.resolve("memory.oom_control"), group.resolve("memory.limit_in_bytes"))
                : new CgroupMemory(group.resolve("memory.events"), group.resolve("memory.max"));
    }

    /** Processes killed so far; 0 when it is not known. */
    long kills() {
        try {
            long kills = 0;
            for (String line : Files.readAllLines(events)) {
                kills += line.startsWith(KILLS)
                        ? Long.parseLong(line.substring(KILLS.length()).strip())
                        : 0;
            }
            return kills;
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    /** Empty when there is none, or it is not known. */
    OptionalLong limitBytes() {
        try {
            long bytes = Long.parseLong(Files.readString(limit).strip());
            return bytes < NO_LIMIT ? OptionalLong.of(bytes) : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
