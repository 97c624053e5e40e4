package dev.kindling.testcluster;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A small HDFS in a process of its own, as those see it who use it. It ends when it is closed, and when its user ends,
 * however that ends. Safe for many threads.
 */
public final class HdfsCluster implements AutoCloseable {
    private static HdfsCluster shared;

    private final Path directory;
    private final Process process;
    private final BufferedWriter commands;
    private final BufferedReader answers;
    private final String uri;

    private HdfsCluster(Path directory, int dataNodes, int port) throws IOException {
        this.directory = directory;
        this.process = new ProcessBuilder(command(directory, dataNodes, port))
                .redirectError(directory.resolve("log").toFile())
                .start();
        this.commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.uri = answer("ready ");
    }

    /** The one cluster of this JVM, of three DataNodes; ends with the JVM. */
    public static synchronized HdfsCluster shared() {
        if (shared == null) {
            try {
                shared = start(3);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "hdfs-cluster-end"));
        }
        return shared;
    }

    /** A new one, whose files are deleted when it is closed. */
    public static HdfsCluster start(int dataNodes) throws IOException {
        return new HdfsCluster(Files.createTempDirectory("kindling-hdfs-"), dataNodes, 0);
    }

    private static List<String> command(Path directory, int dataNodes, int port) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return List.of(
                java.toString(),
                "-Xmx400m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                ownClassPath() + File.pathSeparator + hadoopClassPath(),
                MiniHdfs.class.getName(),
                directory.toString(),
                Integer.toString(dataNodes),
                Integer.toString(port));
    }

    private static String ownClassPath() throws IOException {
        try {
            return Path.of(HdfsCluster.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static String hadoopClassPath() throws IOException {
        try (InputStream in = HdfsCluster.class.getResourceAsStream("/hadoop-cluster.classpath")) {
            if (in == null) {
                throw new IOException(
                        "its class path is missing: Maven writes it, so run mvn -pl runtime-yarn -am test-compile");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    /** Such as {@code hdfs://localhost:34567}. */
    public String uri() {
        return uri;
    }

    /**
     * Has a command of {@link MiniHdfs} performed.
     *
     * @return what it answers
     */
    public synchronized String tell(String command) throws IOException {
        commands.write(command);
        commands.newLine();
        commands.flush();
        return answer("ok");
    }

    private String answer(String wanted) throws IOException {
        String line = answers.readLine();
        if (line == null || !line.startsWith(wanted)) {
            String log = endOfLog();
            close();
            throw new IOException("the cluster said " + line + "; its log ends with " + log);
        }
        return line.substring(wanted.length()).strip();
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve("log"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException e) {
            // What the dying process still writes stays in the system's temporary directory.
        }
    }
}
