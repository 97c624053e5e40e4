package dev.kindling.bench.compare;

import dev.kindling.bench.work.Request;
import dev.kindling.bench.work.Runs;
import dev.kindling.util.FileTrees;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java of its own for one engine, from its start to its end. What it prints beside results goes to a log. */
final class EngineProcess {
    private static final int MAX_MINUTES = 60;
    private static final int LOG_LINES_SHOWN = 30;

    private final Engine engine;
    private final Path log;
    private final List<String> javaOptions;

    EngineProcess(Engine engine, Path log) {
        this(engine, log, List.of());
    }

    /** @param javaOptions beside those that make engines comparable */
    EngineProcess(Engine engine, Path log, List<String> javaOptions) {
        this.engine = engine;
        this.log = log;
        this.javaOptions = javaOptions;
    }

    /** Does the requests one after the other, which differ in their work alone, and gives back all their runs. */
    List<Sample> samples(List<Request> requests, int round) throws IOException, InterruptedException {
        Process process = started(requests);
        Thread killer = new Thread(() -> kill(process));
        Runtime.getRuntime().addShutdownHook(killer);
        Thread guard = new Thread(() -> killAfterLimit(process), "engine-limit");
        guard.setDaemon(true);
        guard.start();
        List<Sample> samples = new ArrayList<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(Runs.MARK)) {
                    String json = line.substring(Runs.MARK.length());
                    samples.add(Sample.of(json, engine, requests.get(0).place(), round));
                }
            }
            int exitCode = process.waitFor();
            int expected = requests.size() * requests.get(0).runs();
            if (exitCode != 0 || samples.size() != expected) {
                throw new IOException(engine.title + " ended with exit code " + exitCode + " after " + samples.size()
                        + " of " + expected + " runs. The end of its log, " + log + ":\n" + endOfLog());
            }
        } finally {
            kill(process);
            guard.interrupt();
            Runtime.getRuntime().removeShutdownHook(killer);
            FileTrees.delete(sparkHomeIn(requests.get(0).scratch()));
        }
        return samples;
    }

    private Process started(List<Request> requests) throws IOException {
        Request first = requests.get(0);
        boolean isDriverOnly = first.place() == Request.Place.PROCESSES;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + (isDriverOnly ? first.heapMb() / 2 : first.heapMb()) + "m");
        command.add("-XX:+UseParallelGC");
        command.addAll(engine.javaOptions());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", engine.classPath(), engine.mainClass));
        command.addAll(Request.args(requests));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        if (engine.isSpark()) {
            builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
            if (isDriverOnly) {
                builder.environment()
                        .put("SPARK_HOME", sparkHome(first.scratch()).toString());
                builder.environment().put("SPARK_SCALA_VERSION", "2.13");
            }
        }
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /** Spark starts executors from a directory {@code jars}. */
    private static Path sparkHome(Path scratch) throws IOException {
        Path home = sparkHomeIn(scratch);
        Path jars = Files.createDirectories(home.resolve("jars"));
        for (String jar : Engine.sparkJars().split(File.pathSeparator)) {
            Path link = jars.resolve(Path.of(jar).getFileName());
            if (!Files.exists(link)) {
                Files.createSymbolicLink(link, Path.of(jar));
            }
        }
        return home;
    }

    private static Path sparkHomeIn(Path scratch) {
        return scratch.resolve("spark-home");
    }

    private static void killAfterLimit(Process process) {
        try {
            if (!process.waitFor(MAX_MINUTES, TimeUnit.MINUTES)) {
                kill(process);
            }
        } catch (InterruptedException e) {
            // It has ended in time.
            Thread.currentThread().interrupt();
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    }
}
