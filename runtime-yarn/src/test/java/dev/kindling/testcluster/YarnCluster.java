package dev.kindling.testcluster;

import dev.kindling.testserver.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** A small YARN over a small HDFS in a process of its own, as those see it who use it. Safe for many threads. */
public final class YarnCluster implements AutoCloseable {

    private static YarnCluster shared;

    private final ServerProcess process;
    private final Path directory;

    private YarnCluster(Class<?> main, String... arguments) throws IOException {
        this.directory = Files.createTempDirectory("kindling-yarn-");
        this.process = new ServerProcess(
                main,
                "/hadoop-cluster.classpath",
                directory,
                javaOptions(),
                Stream.concat(Stream.of(directory.toString()), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private static List<String> javaOptions() throws IOException {
        URL assertions = YarnCluster.class.getResource("/junit.jar");
        if (assertions == null) {
            throw new IOException("/junit.jar is missing: Maven copies it, so run mvn test-compile");
        }
        return List.of(
                "-Xmx700m",
                // Their web pages are put together by a library that writes classes.
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Xbootclasspath/a:" + assertions.getPath());
    }

    /** The one cluster of this JVM, of two NodeManagers; ends with the JVM. */
    public static synchronized YarnCluster shared() {
        if (shared == null) {
            try {
                shared = start(2);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "yarn-cluster-end"));
        }
        return shared;
    }

    /** A new one, whose files are deleted when it is closed. */
    public static YarnCluster start(int nodeManagers) throws IOException {
        return new YarnCluster(MiniYarn.class, Integer.toString(nodeManagers));
    }

    /**
     * One of {@link YarnDaemons}: three nodes with addresses of their own. Deleted when it is closed. The property {@code
     * cluster.daemons} names a file with the class path of daemons of another version; {@code cluster.stock} leaves them their
     * heartbeats.
     */
    public static YarnCluster ofDaemons() throws IOException {
        List<String> arguments = new ArrayList<>();
        String daemons = System.getProperty("cluster.daemons", "");
        if (!daemons.isEmpty()) {
            arguments.addAll(List.of(YarnDaemons.DAEMONS, daemons));
        }
        if (isStock()) {
            arguments.add(YarnDaemons.STOCK);
        }
        return new YarnCluster(YarnDaemons.class, arguments.toArray(String[]::new));
    }

    /** Whether its ResourceManager takes ten minutes to miss a node. */
    public static boolean isStock() {
        return Boolean.getBoolean("cluster.stock");
    }

    /** For {@code HADOOP_CONF_DIR}. */
    public Path configuration() {
        return Path.of(process.readyAt());
    }

    /** Where its files and its log are. */
    public Path directory() {
        return directory;
    }

    /** The same as settings of an application, for one that runs in this JVM. */
    public Map<String, String> settings() {
        Configuration all = new Configuration(false);
        for (String file : List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml")) {
            all.addResource(
                    new org.apache.hadoop.fs.Path(configuration().resolve(file).toUri()));
        }
        Map<String, String> settings = new LinkedHashMap<>();
        all.forEach(entry -> settings.put("kindling.hadoop." + entry.getKey(), entry.getValue()));
        return settings;
    }

    /**
     * Has a command of {@link MiniYarn} performed.
     *
     * @return what it answers
     */
    public String tell(String command) throws IOException {
        return process.tell(command);
    }

    /** The words of an answer. */
    public List<String> list(String command) throws IOException {
        return Stream.of(tell(command).split(" "))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    @Override
    public void close() {
        process.close();
    }
}
