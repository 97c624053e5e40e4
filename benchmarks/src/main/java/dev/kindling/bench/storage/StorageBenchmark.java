package dev.kindling.bench.storage;

import dev.kindling.bench.compare.Page;
import dev.kindling.bench.storage.Comparison.Measured;
import dev.kindling.bench.storage.Comparison.Way;
import dev.kindling.bench.work.Machine;
import dev.kindling.config.Config;
import dev.kindling.config.StorageKeys;
import dev.kindling.s3server.S3Server;
import dev.kindling.storage.Split.FileRange;
import dev.kindling.storage.Stores;
import dev.kindling.testcluster.HdfsCluster;
import dev.kindling.util.FileTrees;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.NativeCodeLoader;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Lines beside Hadoop's reader, S3 beside the bare SDK, HDFS beside local files; everything on this machine, files in the
 * page cache. That both ways read the same is checked before they are timed. One thread reads; stores may use more.
 */
public final class StorageBenchmark {
    private static final double LINES_BAR = 3;
    // Both sides are held up by decoding UTF-8, for which the JDK has no faster way than Hadoop uses.
    private static final double DECODED_LINES_BAR = 1;
    private static final double S3_BAR = 0.9;
    private static final double HDFS_BAR = 0.8;
    /** One request in a hundred refused and one cut off may cost a tenth more time. */
    private static final double FAULTS_BAR = 1 / 1.1;

    private static final int FAULTY_ONE_IN = 100;
    /** S3 seldom takes less. */
    private static final int FIRST_BYTE_MS = 25;

    private static final int RANGE_BYTES = 128 << 10;
    private static final long RANGES_BYTES = 24L << 20;

    /** HotSpot's last compiler is through with what a comparison runs. */
    private static final long WARM_UP_MS = 4_000;

    /** Servers of tests compile in haste, for they run for seconds; here they have what a JVM does of its own accord. */
    private static final List<String> SERVER_OPTIONS = List.of("-XX:TieredStopAtLevel=4");

    private static final String KEY = "AKIAKINDLINGTESTROOT";
    private static final String SECRET = "test-root-secret";
    private static final String BUCKET = "bench";

    private final Path directory;
    private final long fileBytes;
    private final long warmUpMs;
    private final int rounds;
    private final Optional<String> serverProcessor;
    private final PrintStream out;
    private final List<Measured> measured = new ArrayList<>();

    /** @param serverProcessor on which servers run alone, so that the system does not move them to that of the reader */
    StorageBenchmark(
            Path directory,
            long fileBytes,
            long warmUpMs,
            int rounds,
            Optional<String> serverProcessor,
            PrintStream out) {
        this.directory = directory;
        this.fileBytes = fileBytes;
        this.warmUpMs = warmUpMs;
        this.rounds = rounds;
        this.serverProcessor = serverProcessor;
        this.out = out;
    }

    /**
     * @param args megabytes of each file, 96 unless named; timed rounds, 9 unless named; {@code --servers-on} and the
     *     number of the processor on which all servers run; {@code --into} and a page whose section is replaced by the new
     *     table
     */
    public static void main(String[] args) throws Exception {
        List<String> left = new ArrayList<>(List.of(args));
        Optional<Path> page = taken(left, "--into").map(Path::of);
        Optional<String> serverProcessor = taken(left, "--servers-on");
        long fileBytes = Long.parseLong(left.isEmpty() ? "96" : left.get(0)) << 20;
        int rounds = Integer.parseInt(left.size() < 2 ? "9" : left.get(1));
        Path directory = Files.createTempDirectory("kindling-bench-");
        String environment = environment()
                + serverProcessor.map(one -> "; servers on processor " + one).orElse("");
        System.out.println(environment);
        List<Measured> measured;
        try {
            measured =
                    new StorageBenchmark(directory, fileBytes, WARM_UP_MS, rounds, serverProcessor, System.out).run();
        } finally {
            FileTrees.delete(directory);
        }
        if (page.isPresent()) {
            String section = environment + "; files of " + (fileBytes >> 20) + " MB, " + rounds + " timed rounds.\n\n"
                    + Comparison.table(measured);
            Files.writeString(page.get(), Page.replaced(Files.readString(page.get()), "storage", section));
        }
        // Clients of S3 and HDFS keep threads.
        System.exit(0);
    }

    private static Optional<String> taken(List<String> args, String option) {
        int at = args.indexOf(option);
        if (at < 0 || at + 1 == args.size()) {
            return Optional.empty();
        }
        String value = args.get(at + 1);
        args.subList(at, at + 2).clear();
        return Optional.of(value);
    }

    private static String environment() {
        return Machine.processor() + ", load " + Machine.load() + "; " + Machine.system() + "; " + Machine.java()
                + ", heap " + (Runtime.getRuntime().maxMemory() >> 20) + " MB";
    }

    /** All comparisons, in the order of the table. */
    List<Measured> run() throws Exception {
        try (Stores local = new Stores(Config.defaults())) {
            for (TextShape shape : TextShape.values()) {
                Path file = directory.resolve(shape.name());
                shape.write(file, fileBytes);
                compareLines(local, file, shape);
            }
            compareHdfs(local);
            Path file = directory.resolve(TextShape.LONG.name());
            try (PlainS3Process server = new PlainS3Process(file)) {
                placeServers();
                compareS3("sendfile server", server.url(), file);
            }
            compareFaults(file);
            try (S3Server server = S3Server.start(SERVER_OPTIONS)) {
                placeServers();
                server.tell("bucket " + BUCKET);
                server.tell("put " + file + " " + BUCKET + " " + file.getFileName());
                compareS3("s3proxy", server.url(), file);
            }
        }
        out.print(Comparison.table(measured));
        return measured;
    }

    private void placeServers() throws IOException, InterruptedException {
        if (serverProcessor.isEmpty()) {
            return;
        }
        for (ProcessHandle server : ProcessHandle.current().descendants().toList()) {
            Process placing = new ProcessBuilder(
                            "taskset", "-a", "-c", "-p", serverProcessor.get(), Long.toString(server.pid()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (placing.waitFor() != 0) {
                throw new IOException("taskset cannot place a server on processor " + serverProcessor.get());
            }
        }
    }

    private void measure(String what, Way ours, Way other, long bytes, double bar) throws Exception {
        measured.add(new Comparison(what, bytes, ours, other, bar).measure(warmUpMs, rounds, out));
    }

    private static void same(String what, Object ours, Object others) {
        if (!ours.equals(others)) {
            throw new IllegalStateException(
                    what + ": " + ours + " here, " + others + " there: figures would mean nothing");
        }
    }

    // ---- lines ----------------------------------------------------------------------------------------------------

    private interface Opening {
        Lines open() throws IOException;
    }

    private static Way counting(String name, Opening opening, Lines.Count expected) {
        return new Way(name, () -> {
            try (Lines lines = opening.open()) {
                same(name, lines.count(), expected);
            }
        });
    }

    private static long sumOf(Opening opening) throws IOException {
        try (Lines lines = opening.open()) {
            return lines.sum();
        }
    }

    private void compareLines(Stores local, Path file, TextShape shape) throws Exception {
        long bytes = Files.size(file);
        Opening kindling = () -> Lines.ofKindling(local, file.toString(), bytes);
        Opening hadoop = () -> Lines.ofHadoop(file);
        Opening jdk = () -> Lines.ofJdk(file);
        same("lines of " + shape, sumOf(kindling), sumOf(hadoop));
        same("lines of " + shape, sumOf(kindling), sumOf(jdk));
        Lines.Count count;
        try (Lines lines = jdk.open()) {
            count = lines.count();
        }
        String what =
                "lines of " + bytes / count.lines() + " bytes" + (shape == TextShape.UTF8 ? ", not all ASCII" : "");
        Way ours = counting("LineReader", kindling, count);
        measure(
                what,
                ours,
                counting("Hadoop + toString", hadoop, count),
                bytes,
                shape == TextShape.UTF8 ? DECODED_LINES_BAR : LINES_BAR);
        measure(what, ours, counting("BufferedReader", jdk, count), bytes, 0);
    }

    // ---- stores ---------------------------------------------------------------------------------------------------

    private static InputStream open(Stores stores, String path, long bytes) throws IOException {
        return stores.open(new FileRange(path, 0, bytes, bytes, ""));
    }

    private interface Opened {
        InputStream open() throws IOException;
    }

    private static Way scanning(String name, Opened opened, long lineFeeds) {
        return new Way(name, () -> {
            try (InputStream in = opened.open()) {
                same(name, Drain.lineFeeds(in), lineFeeds);
            }
        });
    }

    private static Way draining(String name, Opened opened, long bytes) {
        return new Way(name, () -> {
            try (InputStream in = opened.open()) {
                same(name, Drain.bytes(in), bytes);
            }
        });
    }

    private static long checksum(Stores stores, String path, long bytes) throws IOException {
        try (InputStream in = open(stores, path, bytes)) {
            return Drain.checksum(in);
        }
    }

    private static long lineFeeds(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Drain.lineFeeds(in);
        }
    }

    // ---- HDFS -----------------------------------------------------------------------------------------------------

    /** With and without the network between. As many threads ahead as one task has by default on two processors and more. */
    private void compareHdfs(Stores local) throws Exception {
        try (HdfsCluster cluster = HdfsCluster.start(1, SERVER_OPTIONS)) {
            placeServers();
            for (TextShape shape : List.of(TextShape.SHORT, TextShape.LONG)) {
                compareHdfsLines(local, cluster, shape, "hdfs:", Map.of());
            }
            compareHdfsDrains(local, cluster, directory.resolve(TextShape.LONG.name()));
        }
        if (NativeCodeLoader.isNativeCodeLoaded()) {
            String library = System.getProperty("java.library.path");
            try (HdfsCluster cluster = HdfsCluster.startShortCircuit(1, library, SERVER_OPTIONS)) {
                placeServers();
                Map<String, String> settings = new HashMap<>();
                cluster.shortCircuitSettings().forEach((name, value) -> settings.put("kindling.hadoop." + name, value));
                // Hadoop's client has one such context for each name, with the settings of its first user.
                settings.put("kindling.hadoop.dfs.client.context", "short-circuit");
                for (TextShape shape : List.of(TextShape.SHORT, TextShape.LONG)) {
                    compareHdfsLines(local, cluster, shape, "hdfs:, short-circuit", settings);
                }
            }
        }
    }

    private void compareHdfsLines(
            Stores local, HdfsCluster cluster, TextShape shape, String name, Map<String, String> settings)
            throws Exception {
        String file = directory.resolve(shape.name()).toString();
        long bytes = Files.size(Path.of(file));
        String path = cluster.uri() + "/" + shape;
        cluster.tell("put " + file + " /" + shape);
        try (Stores hdfs = reading(settings, 0);
                Stores ahead = reading(settings, 1)) {
            Opening here = () -> Lines.ofKindling(local, file, bytes);
            Opening there = () -> Lines.ofKindling(hdfs, path, bytes);
            Opening fetched = () -> Lines.ofKindling(ahead, path, bytes);
            same("lines on HDFS", sumOf(there), sumOf(here));
            same("lines on HDFS, fetched ahead", sumOf(fetched), sumOf(here));
            Lines.Count count;
            try (Lines lines = here.open()) {
                count = lines.count();
            }
            String what = "HDFS, lines of " + bytes / count.lines() + " bytes";
            Way localLines = counting("file:", here, count);
            measure(what, counting(name + ", ahead", fetched, count), localLines, bytes, HDFS_BAR);
            measure(what, counting(name, there, count), localLines, bytes, 0);
            // Two tasks on two processors have no thread ahead.
            Way twoThere = countingTwice(name, hdfs, path, bytes, count);
            measure(what + ", two tasks", twoThere, countingTwice("file:", local, file, bytes, count), bytes, 0);
        }
    }

    /** Each half by a thread of its own. */
    private static Way countingTwice(String name, Stores stores, String path, long bytes, Lines.Count expected) {
        long half = bytes / 2;
        return new Way(name, () -> {
            CompletableFuture<Lines.Count> last = CompletableFuture.supplyAsync(
                    () -> countOf(stores, new FileRange(path, half, bytes - half, bytes, "")));
            Lines.Count first = countOf(stores, new FileRange(path, 0, half, bytes, ""));
            same(name, first.plus(last.join()), expected);
        });
    }

    private static Lines.Count countOf(Stores stores, FileRange range) {
        try (Lines lines = Lines.ofKindling(stores, range)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compareHdfsDrains(Stores local, HdfsCluster cluster, Path file) throws Exception {
        long bytes = Files.size(file);
        String path = cluster.uri() + "/" + file.getFileName();
        try (Stores hdfs = reading(Map.of(), 0);
                FileSystem bare = FileSystem.newInstance(URI.create(cluster.uri()), new Configuration());
                FileSystem unverified = FileSystem.newInstance(URI.create(cluster.uri()), new Configuration())) {
            unverified.setVerifyChecksum(false);
            same("bytes on HDFS", checksum(hdfs, path, bytes), checksum(local, file.toString(), bytes));
            Opened bareFile = () -> bare.open(new org.apache.hadoop.fs.Path(path));
            Way bareDrain = draining("Hadoop's client", bareFile, bytes);
            measure("HDFS, drain", draining("hdfs:", () -> open(hdfs, path, bytes), bytes), bareDrain, bytes, 0);
            Opened unchecked = () -> unverified.open(new org.apache.hadoop.fs.Path(path));
            Way uncheckedDrain = draining("the same, no checksums", unchecked, bytes);
            measure("HDFS, drain", bareDrain, uncheckedDrain, bytes, 0);
            Opened localFile = () -> open(local, file.toString(), bytes);
            measure("HDFS, drain", bareDrain, draining("file:", localFile, bytes), bytes, 0);
        }
    }

    // ---- S3 -------------------------------------------------------------------------------------------------------

    private void compareS3(String serverName, String url, Path file) throws Exception {
        long bytes = Files.size(file);
        String key = file.getFileName().toString();
        String path = "s3://" + BUCKET + "/" + key;
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        Map<String, String> settings = Map.of("kindling.s3.endpoint", url);
        try (Stores s3 = reading(settings, 0);
                Stores ahead = reading(settings, 1);
                Stores local = new Stores(Config.defaults());
                S3Client bare = bareClient(url)) {
            same("bytes on S3", checksum(s3, path, bytes), checksum(local, file.toString(), bytes));
            same("bytes on S3, fetched ahead", checksum(ahead, path, bytes), checksum(local, file.toString(), bytes));
            long lineFeeds = lineFeeds(file);
            Opened ours = () -> open(s3, path, bytes);
            Opened bareObject =
                    () -> bare.getObject(get -> get.bucket(BUCKET).key(key).range("bytes=0-" + (bytes - 1)));
            Way bareDrain = draining("bare SDK, apache5", bareObject, bytes);
            Way bareScan = scanning("bare SDK, apache5", bareObject, lineFeeds);
            String drain = "S3 (" + serverName + "), drain";
            String scan = "S3 (" + serverName + "), scan for LF";
            measure(drain, draining("s3:", ours, bytes), bareDrain, bytes, S3_BAR);
            measure(scan, scanning("s3:", ours, lineFeeds), bareScan, bytes, S3_BAR);
            Opened fetched = () -> open(ahead, path, bytes);
            measure(drain, draining("s3:, a thread ahead", fetched, bytes), bareDrain, bytes, 0);
            measure(scan, scanning("s3:, a thread ahead", fetched, lineFeeds), bareScan, bytes, S3_BAR);
            measure(scan, bareScan, draining("the same, no scan", bareObject, bytes), bytes, 0);
        }
    }

    /** Many small ranges: each is a request, and what is harmed is asked for again. */
    private void compareFaults(Path file) throws Exception {
        long bytes = Math.min(RANGES_BYTES, Files.size(file));
        String path = "s3://" + BUCKET + "/" + file.getFileName();
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        try (PlainS3Process good = new PlainS3Process(file, Integer.toString(FIRST_BYTE_MS));
                PlainS3Process faulty =
                        new PlainS3Process(file, Integer.toString(FIRST_BYTE_MS), Integer.toString(FAULTY_ONE_IN));
                Stores ofGood = reading(Map.of("kindling.s3.endpoint", good.url()), 0);
                Stores ofFaulty = reading(Map.of("kindling.s3.endpoint", faulty.url()), 0);
                Stores local = new Stores(Config.defaults())) {
            placeServers();
            long checksum = checksumOfRanges(local, file.toString(), bytes);
            same("ranges on S3", checksumOfRanges(ofGood, path, bytes), checksum);
            measure(
                    "S3, ranges of " + (RANGE_BYTES >> 10) + " KB",
                    rangesOf("s3:, 1 % refused, 1 % cut off", ofFaulty, path, bytes, checksum),
                    rangesOf("s3:, no faults", ofGood, path, bytes, checksum),
                    bytes,
                    FAULTS_BAR);
        }
    }

    private static Way rangesOf(String name, Stores stores, String path, long bytes, long checksum) {
        return new Way(name, () -> same(name, checksumOfRanges(stores, path, bytes), checksum));
    }

    private static long checksumOfRanges(Stores stores, String path, long bytes) throws IOException {
        CRC32C checksum = new CRC32C();
        for (long from = 0; from < bytes; from += RANGE_BYTES) {
            int count = (int) Math.min(RANGE_BYTES, bytes - from);
            try (InputStream in = stores.open(new FileRange(path, from, count, bytes, ""))) {
                checksum.update(in.readNBytes(count));
            }
        }
        return checksum.getValue();
    }

    /** @param aheadStreams how many streams are read by a thread of their own */
    private static Stores reading(Map<String, String> settings, int aheadStreams) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(StorageKeys.READ_AHEAD_STREAMS.name(), Integer.toString(aheadStreams));
        return new Stores(Config.parse(all));
    }

    private static S3Client bareClient(String url) {
        return S3Client.builder()
                .httpClientBuilder(Apache5HttpClient.builder())
                .endpointOverride(URI.create(url))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .build();
    }

    /** The server in a JVM of its own, until it is closed. */
    private static final class PlainS3Process implements AutoCloseable {
        private final Process process;
        private final String url;

        PlainS3Process(Path file, String... options) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    PlainS3.class.getName(),
                    file.toString()));
            command.addAll(List.of(options));
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            url = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        }

        String url() {
            return url;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
