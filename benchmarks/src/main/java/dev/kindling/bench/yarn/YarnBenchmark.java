package dev.kindling.bench.yarn;

import dev.kindling.bench.work.Machine;
import dev.kindling.bench.work.Median;
import dev.kindling.bench.work.OnYarn;
import dev.kindling.testcluster.YarnCluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * Applications on YARN beside those of Spark, on one cluster: from the start of the command to the first results of two
 * executors, and the bytes that it adds to the cluster's file system; what is left of executors when the driver's process
 * is killed, and of their work when a node is decommissioned.
 *
 * <p>{@code bin/bench yarn [rounds]}: five warm runs of each way unless said otherwise. Prints tables in Markdown.
 */
public final class YarnBenchmark {
    private static final String OUR_PROGRAM = KindlingOnYarn.class.getName();
    /** By its name, for it cannot be loaded without Spark. */
    private static final String SPARKS_PROGRAM = "dev.kindling.bench.spark.SparkOnYarn";

    /** Their proxy's filter is not among what Maven has of Spark; Kindling has none either, unless asked. */
    private static final String NO_PAGES = "spark.ui.enabled=false";

    private static final long WITHIN_S = 300;
    private static final long LOOK_EVERY_MS = 100;

    /** How long a node has that is decommissioned. */
    private static final int DECOMMISSION_S = 20;

    /** What is told of a node's end has been heard by then. */
    private static final int GONE_AFTER_S = DECOMMISSION_S + 15;

    /** One submission: what the user waits for, and what was sent for it. */
    private record Run(double firstResultMs, double endMs, long sentBytes) {}

    private final YarnCluster cluster;
    private final FileSystem files;
    private final Path jar;
    private final SparkJars spark;
    private final List<Way> sparks;
    private int runs;

    private YarnBenchmark(YarnCluster cluster, FileSystem files) throws IOException, InterruptedException {
        this.cluster = cluster;
        this.files = files;
        this.jar = jarOf(cluster.directory().resolve("on-yarn.jar"));
        this.spark = SparkJars.fetched(cluster.directory().resolve("spark"));
        org.apache.hadoop.fs.Path archive =
                files.makeQualified(new org.apache.hadoop.fs.Path(files.getHomeDirectory(), "spark-jars.zip"));
        try (OutputStream out = files.create(archive)) {
            spark.writeArchive(out);
        }
        String named = "spark.yarn.archive=" + archive;
        this.sparks = List.of(
                new Way("Spark, client, as delivered", true, "client", List.of(NO_PAGES)),
                new Way("Spark, client, archive on HDFS", true, "client", List.of(NO_PAGES, named)),
                new Way("Spark, cluster, archive on HDFS", true, "cluster", List.of(NO_PAGES, named)),
                new Way(
                        "Spark, client, archive, unmanaged",
                        true,
                        "client",
                        List.of(NO_PAGES, named, "spark.yarn.unmanagedAM.enabled=true")));
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        prepare();
        try (YarnCluster cluster = YarnCluster.ofDaemons();
                FileSystem files = filesOf(cluster)) {
            new YarnBenchmark(cluster, files).measure(rounds, System.out);
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

    private static FileSystem filesOf(YarnCluster cluster) throws IOException {
        Configuration settings = new Configuration();
        for (String file : List.of("core-site.xml", "hdfs-site.xml")) {
            settings.addResource(new org.apache.hadoop.fs.Path(
                    cluster.configuration().resolve(file).toUri()));
        }
        return FileSystem.newInstance(settings);
    }

    /** The first runs of each way are told of by themselves; later ones take turns. */
    private void measure(int rounds, PrintStream out) throws IOException, InterruptedException {
        List<Way> ways = Stream.concat(Stream.of(Way.CLIENT, Way.CLUSTER), sparks.stream())
                .toList();
        List<String> rows = new ArrayList<>();
        for (Way way : ways) {
            rows.add(row(way.title() + ", first on the cluster", List.of(firstResult(way))));
        }
        Map<Way, List<Run>> later = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Way way : ways) {
                later.computeIfAbsent(way, unknown -> new ArrayList<>()).add(firstResult(way));
            }
        }
        later.forEach((way, all) -> rows.add(row(way.title() + ", later", all)));
        out.println(Machine.processor() + ", " + Machine.memory() + ", load " + Machine.load() + "; " + Machine.java()
                + "; all daemons, the client and the containers share the cores");
        out.println();
        out.println("| run | runs | first result, least ms | median ms | most ms | end, median ms | most bytes sent |");
        out.println("|---|---:|---:|---:|---:|---:|---:|");
        rows.forEach(out::println);
        out.println();
        out.println("| engine | executors of 2 that outlive the driver's process | map tasks of " + OnYarn.MAP_TASKS
                + " run again after a node was decommissioned |");
        out.println("|---|---:|---:|");
        out.println("| Kindling | " + survivors(Way.CLUSTER) + " | " + lostTasks(Way.CLIENT) + " |");
        out.println("| Spark | " + survivors(sparks.get(2)) + " | " + lostTasks(sparks.get(3)) + " |");
    }

    // ---- what is measured -------------------------------------------------------------------------------------------

    private Run firstResult(Way way) throws IOException, InterruptedException {
        long before = bytesOnCluster();
        try (Submitted submitted = new Submitted(way, OnYarn.FIRST_RESULT)) {
            // Engines may delete at the end what they have sent.
            long most = before;
            while (!submitted.process.waitFor(LOOK_EVERY_MS, TimeUnit.MILLISECONDS)) {
                most = Math.max(most, bytesOnCluster());
                submitted.requireInTime();
            }
            double endMs = System.currentTimeMillis() - submitted.startMs;
            most = Math.max(most, bytesOnCluster());
            return new Run(Long.parseLong(submitted.result()) - submitted.startMs, endMs, most - before);
        }
    }

    private String survivors(Way way) throws IOException, InterruptedException {
        try (Submitted submitted = new Submitted(way, OnYarn.KILLED_DRIVER)) {
            submitted.await(() -> !submitted.process.isAlive());
            return submitted.result();
        }
    }

    /** Of a node that has an executor. */
    private String lostTasks(Way way) throws IOException, InterruptedException {
        try (Submitted submitted = new Submitted(way, OnYarn.LOST_NODE)) {
            Path executors = submitted.directory.resolve("executors");
            submitted.await(() -> Files.exists(executors));
            String places = Files.readString(executors);
            String node = "";
            for (String name : List.of("core1", "core2", "task1")) {
                node = places.contains(cluster.tell("address " + name) + "\n") ? name : node;
            }
            cluster.tell("decommission " + node + " " + DECOMMISSION_S);
            try {
                TimeUnit.SECONDS.sleep(GONE_AFTER_S);
                Files.createFile(submitted.directory.resolve("go"));
                submitted.await(() -> !submitted.process.isAlive());
                return submitted.result();
            } finally {
                // It may be about to end by itself, or have done so.
                cluster.tell("kill-node " + node);
                cluster.tell("recommission " + node);
            }
        }
    }

    private long bytesOnCluster() throws IOException {
        return files.getContentSummary(files.getHomeDirectory()).getLength();
    }

    // ---- how it is started ------------------------------------------------------------------------------------------

    /** A command that runs, in a directory of its own; ended when it is closed. */
    private final class Submitted implements AutoCloseable {
        final Path directory;
        final long startMs;
        final Process process;

        Submitted(Way way, OnYarn what) throws IOException {
            runs++;
            directory = Files.createDirectories(cluster.directory().resolve("run-" + runs));
            ProcessBuilder command = commandOf(way, what)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile());
            command.environment().put("HADOOP_CONF_DIR", cluster.configuration().toString());
            startMs = System.currentTimeMillis();
            process = command.start();
        }

        private ProcessBuilder commandOf(Way way, OnYarn what) {
            List<String> arguments = new ArrayList<>(way.options(what, way.isSpark() ? SPARKS_PROGRAM : OUR_PROGRAM));
            arguments.addAll(List.of(jar.toString(), what.name(), directory.toString()));
            if (way.isSpark()) {
                return spark.submit(cluster.configuration(), arguments);
            }
            arguments.addAll(0, List.of("bin/kindling", "submit"));
            return new ProcessBuilder(arguments);
        }

        void await(Callable<Boolean> isSo) throws IOException, InterruptedException {
            while (!holds(isSo)) {
                requireInTime();
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
            }
        }

        private static boolean holds(Callable<Boolean> isSo) throws IOException {
            try {
                return isSo.call();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }

        void requireInTime() throws IOException {
            if (System.currentTimeMillis() - startMs > TimeUnit.SECONDS.toMillis(WITHIN_S)) {
                throw failed("did not end within " + WITHIN_S + " s");
            }
        }

        /** Of a process that has ended. */
        String result() throws IOException {
            if (process.exitValue() != 0) {
                throw failed("ended with exit code " + process.exitValue());
            }
            return Files.readString(directory.resolve(OnYarn.RESULT));
        }

        private IOException failed(String how) throws IOException {
            return new IOException("the program " + how + "; it said " + Files.readString(directory.resolve("log")));
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static Path jarOf(Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            Stream<Class<?>> shared = Stream.concat(
                    Stream.of(OnYarn.class, OnYarn.Engine.class),
                    Stream.of(OnYarn.values()).map(Object::getClass));
            for (String name : Stream.concat(Stream.of(OUR_PROGRAM, SPARKS_PROGRAM), shared.map(Class::getName))
                    .toList()) {
                String entry = name.replace('.', '/') + ".class";
                try (InputStream in = YarnBenchmark.class.getResourceAsStream("/" + entry)) {
                    out.putNextEntry(new ZipEntry(entry));
                    in.transferTo(out);
                }
            }
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
}
