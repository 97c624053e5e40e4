package dev.kindling.s3server;

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
import java.nio.file.Path;
import java.util.List;

/**
 * A small S3 server in a process of its own, as those see it who use it. It ends when it is closed, and when its user
 * ends, however that ends. Safe for many threads.
 */
public final class S3Server implements AutoCloseable {
    private static S3Server shared;

    private final Process process;
    private final BufferedWriter commands;
    private final BufferedReader answers;
    private final String url;

    private S3Server(int port) throws IOException {
        this.process = new ProcessBuilder(command(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.url = answer("ready ");
    }

    /** A server of the caller's own, at a free port. */
    public static S3Server start() {
        try {
            return new S3Server(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one server of this JVM; ends with the JVM. */
    public static synchronized S3Server shared() {
        if (shared == null) {
            shared = start();
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "s3-server-end"));
        }
        return shared;
    }

    private static List<String> command(int port) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return List.of(
                java.toString(),
                "-Xmx400m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                ownClassPath() + File.pathSeparator + serverClassPath(),
                MiniS3.class.getName(),
                Integer.toString(port));
    }

    private static String ownClassPath() throws IOException {
        try {
            return Path.of(S3Server.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static String serverClassPath() throws IOException {
        try (InputStream in = S3Server.class.getResourceAsStream("/s3-server.classpath")) {
            if (in == null) {
                throw new IOException("the tests were not built by Maven: the server's class path is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    /** Such as {@code http://127.0.0.1:34567}. */
    public String url() {
        return url;
    }

    /**
     * Has a command of {@link MiniS3} performed.
     *
     * @return what it answers
     */
    public synchronized String tell(String command) {
        try {
            commands.write(command);
            commands.newLine();
            commands.flush();
            return answer("ok");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String answer(String wanted) throws IOException {
        String line = answers.readLine();
        if (line == null || !line.startsWith(wanted)) {
            close();
            throw new IOException("the server said " + line);
        }
        return line.substring(wanted.length()).strip();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
