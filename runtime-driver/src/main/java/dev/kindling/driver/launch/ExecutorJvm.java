package dev.kindling.driver.launch;

import dev.kindling.config.MemoryMap;
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
public final class ExecutorJvm {
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
        command.addAll(options(
                memoryMb,
                Math.max(1, Math.min(cores, Runtime.getRuntime().availableProcessors())),
                temporary.toString(),
                userOptions));
        command.add("@" + classPath);
        command.add(mainClass);
        return command;
    }

    /**
     * The flags alone, for whoever starts Java by other means.
     *
     * @param collectorThreads of the garbage collector
     * @param temporary directory for temporary files, where the JVM will run
     */
    public static List<String> options(
            long memoryMb, int collectorThreads, String temporary, List<String> userOptions) {
        List<String> command = new ArrayList<>();
        command.add("-Xms" + memoryMb + "m");
        command.add("-Xmx" + memoryMb + "m");
        command.add("-Xmn" + MemoryMap.youngMb(memoryMb) + "m");
        command.add("-XX:+UseParallelGC");
        command.add("-XX:ParallelGCThreads=" + collectorThreads);
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add("-XX:MaxDirectMemorySize=" + MemoryMap.directMb(memoryMb) + "m");
        // Else every thread that has once read a large array from a file keeps as much direct memory for the next time.
        command.add("-Djdk.nio.maxCachedBufferSize=" + (256 << 10));
        command.add("-XX:MaxMetaspaceSize=" + MemoryMap.CLASSES_MB + "m");
        command.add("-XX:ReservedCodeCacheSize=" + MemoryMap.CODE_MB + "m");
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
        return command;
    }

    /** The class path as Java's launcher reads it from a file. */
    static String classPathArguments(List<Path> entries) {
        String joined = entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return "-cp \"" + joined.replace("\\", "\\\\").replace("\"", "\\\"") + "\"\n";
    }

    private static String javaProgram() {
        Path home = Path.of(System.getProperty("java.home"), "bin");
        Path windows = home.resolve("java.exe");
        return (Files.exists(windows) ? windows : home.resolve("java")).toString();
    }
}
