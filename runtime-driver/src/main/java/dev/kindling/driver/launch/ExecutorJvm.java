package dev.kindling.driver.launch;

import dev.kindling.util.StderrLogging;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.stream.Collectors;

/** The command line of an executor's JVM: this machine's own Java, sized and bounded for one executor. */
final class ExecutorJvm {
    // Below it the old generation, where pages and groups live, needs more than 40 % of the heap.
    private static final long LARGE_HEAP_MB = 512;

    private static final int LARGE_YOUNG_PERCENT = 60;
    private static final int SMALL_YOUNG_PERCENT = 33;

    private ExecutorJvm() {}

    /**
     * Program, flags, class path and main class. The main class gets no arguments: all it is told comes through
     * standard input.
     *
     * @param classPath a file of {@link #classPathArguments}: the words themselves stay few enough for the system to
     *     tell others which process this is
     * @param userOptions what the user adds, after ours, so that it wins
     */
    static List<String> command(
            long memoryMb, int cores, Path classPath, Path temporary, List<String> userOptions, String mainClass) {
        List<String> command = new ArrayList<>();
        command.add(javaProgram());
        command.add("-Xms" + memoryMb + "m");
        command.add("-Xmx" + memoryMb + "m");
        command.add("-Xmn" + youngMb(memoryMb) + "m");
        command.add("-XX:+UseParallelGC");
        command.add("-XX:ParallelGCThreads="
                + Math.max(1, Math.min(cores, Runtime.getRuntime().availableProcessors())));
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add("-XX:MaxDirectMemorySize=" + Math.max(32, memoryMb / 8) + "m");
        // Else every thread that has once read a large array from a file keeps as much direct memory for the next time.
        command.add("-Djdk.nio.maxCachedBufferSize=" + (256 << 10));
        command.add("-XX:MaxMetaspaceSize=256m");
        command.add("-XX:ReservedCodeCacheSize=96m");
        // Its file in the system's temporary directory would outlive a killed process.
        command.add("-XX:-UsePerfData");
        // Both cost most of netty's start: reading network interfaces for an id, and registering flight recorder
        // events.
        command.add("-Dio.netty.machineId=02:00:00:00:00:01");
        command.add("-Dio.netty.processId=1");
        command.add("-Dio.netty.jfr.enabled=false");
        command.add("-Dio.netty.tryReflectionSetAccessible=false");
        command.add("-D" + StderrLogging.PROVIDER_PROPERTY + "=" + StderrLogging.class.getName());
        command.add("-Djava.awt.headless=true");
        // No logging back end is on its class path, and it needs not say so.
        command.add("-Dslf4j.internal.verbosity=ERROR");
        command.add("-Djava.io.tmpdir=" + temporary);
        // User functions shall see the same world on every side.
        command.add("-Dfile.encoding=" + System.getProperty("file.encoding"));
        command.add("-Duser.timezone=" + TimeZone.getDefault().getID());
        command.add("-Duser.language=" + Locale.getDefault().getLanguage());
        command.add("-Duser.country=" + Locale.getDefault().getCountry());
        command.addAll(userOptions);
        command.add("@" + classPath);
        command.add(mainClass);
        return command;
    }

    /** The class path as Java's launcher reads it from a file. */
    static String classPathArguments(List<Path> entries) {
        String joined = entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return "-cp \"" + joined.replace("\\", "\\\\").replace("\"", "\\\"") + "\"\n";
    }

    /** The young generation takes most of a large heap, a third of a 64 MB one, and a share in between. */
    static long youngMb(long memoryMb) {
        long aboveSmallest = Math.max(0, Math.min(memoryMb, LARGE_HEAP_MB) - 64);
        long percent = SMALL_YOUNG_PERCENT
                + (LARGE_YOUNG_PERCENT - SMALL_YOUNG_PERCENT) * aboveSmallest / (LARGE_HEAP_MB - 64);
        return Math.max(8, memoryMb * percent / 100);
    }

    private static String javaProgram() {
        Path home = Path.of(System.getProperty("java.home"), "bin");
        Path windows = home.resolve("java.exe");
        return (Files.exists(windows) ? windows : home.resolve("java")).toString();
    }
}
