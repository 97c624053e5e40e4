package dev.kindling.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the figures were measured on, in lines for the report. */
final class Environment {
    private Environment() {}

    static List<String> lines(Options options) {
        List<String> lines = new ArrayList<>();
        lines.add("Processor: " + from("/proc/cpuinfo", "model name") + ", "
                + Runtime.getRuntime().availableProcessors() + " cores; memory: "
                + gigabytes(from("/proc/meminfo", "MemTotal")) + "; " + System.getProperty("os.name") + " "
                + System.getProperty("os.version"));
        lines.add("Java: " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version")
                + ", -XX:+UseParallelGC; heap of all processes that run tasks together: " + options.heapMb() + " MB");
        lines.add("Spark: " + sparkVersion()
                + ", Kryo with registration and without reference tracking, UI off, log at WARN");
        lines.add("Load before the first run: " + load() + "; " + options.rounds() + " process"
                + (options.rounds() == 1 ? "" : "es") + " of each engine for each work, in turns, " + options.runs()
                + " runs in each; scale " + options.scale());
        return lines;
    }

    private static String sparkVersion() {
        return Stream.of(Engine.sparkJars().split(":"))
                .map(jar -> Path.of(jar).getFileName().toString())
                .filter(name -> name.startsWith("spark-core_"))
                .map(name -> name.substring(name.indexOf('-', 6) + 1, name.length() - ".jar".length()))
                .findFirst()
                .orElse("unknown");
    }

    private static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String gigabytes(String kilobytes) {
        String digits = kilobytes.replaceAll("\\D", "");
        return digits.isEmpty() ? kilobytes : Math.round(Long.parseLong(digits) / 1048576.0) + " GB";
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
