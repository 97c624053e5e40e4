package dev.kindling.s3server;

import dev.kindling.testserver.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/**
 * A small S3 server in a process of its own, as those see it who use it. It ends when it is closed, and when its user
 * ends, however that ends. Safe for many threads.
 */
public final class S3Server implements AutoCloseable {
    private static S3Server shared;

    private final ServerProcess process;

    private S3Server(List<String> javaOptions) throws IOException {
        process = new ServerProcess(
                MiniS3.class, "/s3-server.classpath", Files.createTempDirectory("kindling-s3-"), javaOptions, "0");
    }

    /** A new one. */
    public static S3Server start() throws IOException {
        return start(List.of());
    }

    /** @param javaOptions win over those that servers of tests have */
    public static S3Server start(List<String> javaOptions) throws IOException {
        return new S3Server(javaOptions);
    }

    /** The one server of this JVM; ends with the JVM. */
    public static synchronized S3Server shared() {
        if (shared == null) {
            try {
                shared = start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "s3-server-end"));
        }
        return shared;
    }

    /** Such as {@code http://127.0.0.1:34567}. */
    public String url() {
        return process.readyAt();
    }

    /**
     * Has a command of {@link MiniS3} performed.
     *
     * @return what it answers
     */
    public String tell(String command) {
        try {
            return process.tell(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
