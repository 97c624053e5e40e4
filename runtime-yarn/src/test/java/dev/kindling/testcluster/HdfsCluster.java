package dev.kindling.testcluster;

import dev.kindling.testserver.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A small HDFS in a process of its own, as those see it who use it. It ends when it is closed, and when its user ends,
 * however that ends. Safe for many threads.
 */
public final class HdfsCluster implements AutoCloseable {
    private static HdfsCluster shared;

    private final Path directory;
    private final ServerProcess process;

    private HdfsCluster(List<String> javaOptions, int dataNodes, String... options) throws IOException {
        directory = Files.createTempDirectory("kindling-hdfs-");
        List<String> arguments = new ArrayList<>(List.of(directory.toString(), Integer.toString(dataNodes), "0"));
        arguments.addAll(List.of(options));
        process = new ServerProcess(
                MiniHdfs.class, "/hadoop-cluster.classpath", directory, javaOptions, arguments.toArray(new String[0]));
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
        return start(dataNodes, List.of());
    }

    /** @param javaOptions win over those that servers of tests have */
    public static HdfsCluster start(int dataNodes, List<String> javaOptions) throws IOException {
        return new HdfsCluster(javaOptions, dataNodes);
    }

    /**
     * A new one whose DataNodes hand the files of their blocks to readers of this machine.
     *
     * @param nativeLibrary directory of Hadoop's native library, which readers need as well
     * @param javaOptions win over those that servers of tests have
     */
    public static HdfsCluster startShortCircuit(int dataNodes, String nativeLibrary, List<String> javaOptions)
            throws IOException {
        List<String> options = new ArrayList<>(javaOptions);
        options.add("-Djava.library.path=" + nativeLibrary);
        return new HdfsCluster(options, dataNodes, MiniHdfs.SHORT_CIRCUIT);
    }

    /** What readers set to be handed the files, as hdfs-site.xml would say it. */
    public Map<String, String> shortCircuitSettings() {
        return MiniHdfs.shortCircuitSettings(directory);
    }

    /** A new one with a standby beside its NameNode: {@link #uri} tells both, with a blank between. */
    public static HdfsCluster startWithStandby(int dataNodes) throws IOException {
        return new HdfsCluster(List.of(), dataNodes, MiniHdfs.STANDBY);
    }

    /** Such as {@code hdfs://localhost:34567}. */
    public String uri() {
        return process.readyAt();
    }

    /**
     * Has a command of {@link MiniHdfs} performed.
     *
     * @return what it answers
     */
    public String tell(String command) throws IOException {
        return process.tell(command);
    }

    @Override
    public void close() {
        process.close();
    }
}
