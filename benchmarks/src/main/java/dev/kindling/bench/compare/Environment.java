package dev.kindling.bench.compare;

import dev.kindling.bench.work.Machine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the figures were measured on, in lines for the report. */
final class Environment {
    private Environment() {}

    static List<String> lines(Options options) {
        List<String> lines = new ArrayList<>();
        lines.add("Processor: " + Machine.processor() + "; memory: " + Machine.memory() + "; " + Machine.system());
        lines.add("Java: " + Machine.java() + ", -XX:+UseParallelGC; heap of all processes that run tasks together: "
                + options.heapMb() + " MB");
        lines.add("Spark: " + sparkVersion()
                + ", Kryo with registration and without reference tracking, UI off, log at WARN");
        if (options.archives()) {
            lines.add("Each engine starts from an archive of its classes (AppCDS), made by a run of the same work");
        }
        lines.add("Load before the first run: " + Machine.load() + "; " + options.rounds() + " process"
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
}
