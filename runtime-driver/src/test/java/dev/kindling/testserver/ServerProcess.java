package dev.kindling.testserver;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process that obeys a {@link CommandLoop}, seen by who started it. It ends when it is closed, and when its user ends,
 * however that ends. Safe for many threads.
 */
public final class ServerProcess implements AutoCloseable {
    private static final int LOG_LINES_TOLD = 20;
    private static final int END_WITHIN_S = 10;

    private final Path directory;
    private final Process process;
    private final BufferedWriter commands;
    private final BufferedReader answers;
    private final String readyAt;

    /**
     * Returns when it is ready.
     *
     * @param main what to run, beside the class path that Maven wrote into {@code classPathResource}
     * @param directory for its log and its files; deleted when it is closed
     */
    public ServerProcess(Class<?> main, String classPathResource, Path directory, String... arguments)
            throws IOException {
        this(main, classPathResource, directory, List.of(), arguments);
    }

    /** @param javaOptions win over those that every server has */
    public ServerProcess(
            Class<?> main, String classPathResource, Path directory, List<String> javaOptions, String... arguments)
            throws IOException {
        this.directory = directory;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx400m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData"));
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", classPath(main, classPathResource), main.getName()));
        command.addAll(List.of(arguments));
        this.process = new ProcessBuilder(command)
                .redirectError(directory.resolve("log").toFile())
                .start();
        this.commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.readyAt = answer("ready ");
    }

    private static String classPath(Class<?> main, String resource) throws IOException {
        Set<String> entries = new LinkedHashSet<>();
        for (Class<?> ours : List.of(main, ServerProcess.class)) {
            try {
                entries.add(Path.of(ours.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString());
            } catch (URISyntaxException e) {
                throw new IOException(e);
            }
        }
        try (InputStream in = main.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException(resource + " is missing: Maven writes it, so run mvn test-compile");
            }
            entries.add(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
        }
        return String.join(File.pathSeparator, entries);
    }

    /** What it said of where it is ready, such as a URL. */
    public String readyAt() {
        return readyAt;
    }

    /**
     * Has a command performed.
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
            throw new IOException("the server said " + line + "; its log ends with " + log);
        }
        return line.substring(wanted.length()).strip();
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve("log"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_TOLD), lines.size()));
    }

    @Override
    public void close() {
        try {
            // Those that it has started as well, which it cannot end any more.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            // A process that is not gone yet would go on writing into its directory.
            process.destroyForcibly().waitFor(END_WITHIN_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException e) {
            // What cannot be deleted stays in the system's temporary directory.
        }
    }
}
