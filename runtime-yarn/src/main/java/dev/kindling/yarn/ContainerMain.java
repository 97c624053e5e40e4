package dev.kindling.yarn;

import dev.kindling.executor.ExecutorBootstrap;
import dev.kindling.executor.ExecutorMain;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;

/**
 * An executor in a container: what it is told lies among the container's credentials, which only its user may read;
 * what only the node knows (its name, its disks) comes from the environment that YARN gives a container. It ends when
 * the driver's connection does, or when YARN ends the container.
 */
public final class ContainerMain {
    /** The name of what executors are told, among the credentials. */
    static final Text BOOTSTRAP = new Text("kindling.bootstrap");

    private ContainerMain() {}

    public static void main(String[] args) throws IOException {
        // Nobody writes to it and nobody closes it: the driver's connection is this process's only lifeline.
        InputStream withoutEnd = new PipedInputStream(new PipedOutputStream());
        ExecutorMain.start(ContainerMain::bootstrap, withoutEnd);
    }

    private static ExecutorBootstrap bootstrap() throws IOException {
        Credentials credentials = new Credentials();
        try (DataInputStream in =
                new DataInputStream(Files.newInputStream(Path.of(fromYarn("HADOOP_TOKEN_FILE_LOCATION"))))) {
            credentials.readTokenStorageStream(in);
        }
        byte[] told = credentials.getSecretKey(BOOTSTRAP);
        if (told == null) {
            throw new IOException("the container's credentials hold nothing for an executor");
        }
        ExecutorBootstrap asSent = ExecutorBootstrap.read(new DataInputStream(new ByteArrayInputStream(told)));
        // Executors of one NodeManager see the same directories.
        return asSent.onMachine(
                Arrays.asList(fromYarn("LOCAL_DIRS").split(",")), fromYarn("NM_HOST") + ":" + fromYarn("NM_PORT"));
    }

    private static String fromYarn(String variable) throws IOException {
        String value = System.getenv(variable);
        if (value == null) {
            throw new IOException(variable + " is not set: this is started by YARN, not by hand");
        }
        return value;
    }
}
