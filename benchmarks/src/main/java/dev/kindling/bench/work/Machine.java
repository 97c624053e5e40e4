package dev.kindling.bench.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What figures depend on beside the code, in words for a report; "unknown" where the system does not say. */
public final class Machine {
    private Machine() {}

    /** Name and number of the processors. */
    public static String processor() {
        return from("/proc/cpuinfo", "model name") + ", " + Runtime.getRuntime().availableProcessors() + " cores";
    }

    public static String memory() {
        String kilobytes = from("/proc/meminfo", "MemTotal");
        String digits = kilobytes.replaceAll("\\D", "");
        return digits.isEmpty() ? kilobytes : Math.round(Long.parseLong(digits) / 1048576.0) + " GB";
    }

    /** Processes that wanted to run, on average over the last minute. */
    public static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (IOException e) {
            return "unknown";
        }
    }

    public static String java() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
    }

    public static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    private static String from(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
