package dev.kindling.bench.yarn;

import dev.kindling.bench.work.Machine;
import dev.kindling.bench.work.Median;
import dev.kindling.testcluster.YarnCluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * From the start of the command {@code kindling submit} to the first results of two executors, and the bytes that it adds
 * to the cluster's file system, for both deploy modes: the first run on a new cluster, and later ones.
 *
 * <p>{@code bin/bench yarn [rounds]}: five warm runs of each mode unless said otherwise.
 */
public final class YarnBenchmark {
    private static final long RUN_WITHIN_S = 180;

    /** One submission: what the user waits for, and what was sent for it. */
    private record Run(double firstResultMs, double endMs, long sentBytes) {}

    private final YarnCluster cluster;
    private final Path directory;
    private final Path jar;

    private YarnBenchmark(YarnCluster cluster, Path directory) throws IOException {
        this.cluster = cluster;
        this.directory = directory;
        this.jar = jarOf(directory.resolve("two-executors.jar"));
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        prepare();
        try (YarnCluster cluster = YarnCluster.ofDaemons()) {
            YarnBenchmark benchmark =
                    new YarnBenchmark(cluster, Files.createTempDirectory(cluster.directory(), "bench"));
            List<String> rows = new ArrayList<>();
            rows.add(row("client, first on the cluster", List.of(benchmark.run("client"))));
            rows.add(row("cluster, first", List.of(benchmark.run("cluster"))));
            List<Run> client = new ArrayList<>();
            List<Run> inCluster = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                client.add(benchmark.run("client"));
                inCluster.add(benchmark.run("cluster"));
            }
            rows.add(row("client, later", client));
            rows.add(row("cluster, later", inCluster));
            print(System.out, rows);
        }
    }

    /** What the command does once for each build, for archives of classes, is no part of a run. */
    private static void prepare() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bin/kindling", "demo", "--help")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("bin/kindling demo --help ended with exit code " + process.exitValue());
        }
    }

    private Run run(String deployMode) throws IOException, InterruptedException {
        Path result = directory.resolve("result");
        Path log = directory.resolve(deployMode + ".log");
        Files.deleteIfExists(result);
        long before = bytesOnCluster();
        ProcessBuilder command = new ProcessBuilder(
                        "bin/kindling",
                        "submit",
                        "--master",
                        "yarn",
                        "--deploy-mode",
                        deployMode,
                        "--num-executors",
                        "2",
                        "--executor-cores",
                        "1",
                        "--executor-memory",
                        "512m",
                        "--driver-memory",
                        "512m",
                        "--class",
                        TwoExecutors.class.getName(),
                        jar.toString(),
                        result.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        command.environment().put("HADOOP_CONF_DIR", cluster.configuration().toString());
        long startMs = System.currentTimeMillis();
        Process process = command.start();
        boolean hasEnded = process.waitFor(RUN_WITHIN_S, TimeUnit.SECONDS);
        long endMs = System.currentTimeMillis();
        if (!hasEnded || process.exitValue() != 0) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new IOException("the program did not end well; it said " + Files.readString(log));
        }
        long resultMs = Long.parseLong(Files.readString(result));
        return new Run(resultMs - startMs, endMs - startMs, bytesOnCluster() - before);
    }

    private long bytesOnCluster() throws IOException {
        Configuration settings = new Configuration();
        for (String file : List.of("core-site.xml", "hdfs-site.xml")) {
            settings.addResource(new org.apache.hadoop.fs.Path(
                    cluster.configuration().resolve(file).toUri()));
        }
        try (FileSystem files = FileSystem.newInstance(settings)) {
            return files.getContentSummary(files.getHomeDirectory()).getLength();
        }
    }

    private static Path jarOf(Path jar) throws IOException {
        String name = TwoExecutors.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                InputStream in = TwoExecutors.class.getResourceAsStream("/" + name)) {
            out.putNextEntry(new ZipEntry(name));
            in.transferTo(out);
        }
        return jar;
    }

    private static String row(String what, List<Run> runs) {
        double[] first = runs.stream().mapToDouble(Run::firstResultMs).toArray();
        double[] end = runs.stream().mapToDouble(Run::endMs).toArray();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %.0f | %.0f | %.0f | %.0f | %d |",
                what,
                runs.size(),
                Arrays.stream(first).min().orElseThrow(),
                Median.of(first),
                Arrays.stream(first).max().orElseThrow(),
                Median.of(end),
                runs.stream().mapToLong(Run::sentBytes).max().orElseThrow());
    }

    private static void print(PrintStream out, List<String> rows) {
        out.println(Machine.processor() + ", load " + Machine.load() + "; " + Machine.java()
                + "; all daemons, the client and the containers share the cores");
        out.println("| run | runs | first result, least ms | median ms | most ms | end, median ms | most bytes sent |");
        out.println("|---|---:|---:|---:|---:|---:|---:|");
        rows.forEach(out::println);
    }
}
