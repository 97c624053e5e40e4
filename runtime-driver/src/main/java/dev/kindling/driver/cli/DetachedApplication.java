package dev.kindling.driver.cli;

import dev.kindling.util.FileTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * An application whose driver has a process of its own, as its directory tells: {@code command}, {@code pid},
 * {@code out}, {@code err}, {@code status} while it runs, {@code exit} when it has ended. Only its owner may read it.
 * It lies in {@code ~/.kindling/apps}; {@code KINDLING_DIR} names another place than {@code ~/.kindling}.
 */
record DetachedApplication(String id, Path directory) {
    /** Tells a driver process which application it is. */
    static final String DIRECTORY_VARIABLE = "KINDLING_APPLICATION_DIR";

    private static final Duration KEPT_AFTER_END = Duration.ofDays(7);
    private static final String OWNER_ONLY = "rwx------";

    /** Where an application is between start and end. */
    enum State {
        RUNNING,
        SUCCEEDED,
        FAILED,
        /** Its process is gone and left no exit code. */
        LOST
    }

    static boolean isThisProcess() {
        return System.getenv(DIRECTORY_VARIABLE) != null;
    }

    /** Makes the directory of a new application, and removes those that ended long ago. */
    static DetachedApplication create(List<String> command) throws IOException {
        Path all = allDirectory();
        Files.createDirectories(all);
        forgetOld(all);
        String id = "app-"
                + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                        .withZone(ZoneId.systemDefault())
                        .format(Instant.now())
                + "-"
                + HexFormat.of().toHexDigits((short) ThreadLocalRandom.current().nextInt());
        Path directory = all.resolve(id);
        if (all.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
        } else {
            Files.createDirectory(directory);
        }
        DetachedApplication application = new DetachedApplication(id, directory);
        application.write("command", String.join(" ", command) + "\n");
        return application;
    }

    /** All there are, oldest first. */
    static List<DetachedApplication> all() throws IOException {
        Path all = allDirectory();
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> directories = Files.list(all)) {
            return directories
                    .filter(Files::isDirectory)
                    .map(directory ->
                            new DetachedApplication(directory.getFileName().toString(), directory))
                    .sorted(Comparator.comparing(DetachedApplication::id))
                    .toList();
        }
    }

    static DetachedApplication named(String id) throws IOException {
        List<DetachedApplication> all = all();
        return all.stream()
                .filter(application -> application.id.equals(id))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> known = all.stream()
                            .map(DetachedApplication::id)
                            .skip(Math.max(0, all.size() - 3))
                            .toList();
                    return new UsageError("there is no application " + id + "; "
                            + (known.isEmpty()
                                    ? "none was started with --deploy-mode cluster --detach"
                                    : "the latest are " + String.join(", ", known)));
                });
    }

    State state() throws IOException {
        OptionalInt exitCode = exitCode();
        if (exitCode.isPresent()) {
            return exitCode.getAsInt() == 0 ? State.SUCCEEDED : State.FAILED;
        }
        // In this order: its number may be written between the two looks.
        return isStarting() || process().isPresent() ? State.RUNNING : State.LOST;
    }

    /** The driver's exit code, once it has ended. */
    OptionalInt exitCode() throws IOException {
        String text = read("exit").strip();
        return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    }

    /** The driver's process while it lives; one that got its number later is not mistaken for it. */
    Optional<ProcessHandle> process() throws IOException {
        String pid = read("pid").strip();
        if (pid.isEmpty()) {
            return Optional.empty();
        }
        Instant written = Files.getLastModifiedTime(directory.resolve("pid")).toInstant();
        return ProcessHandle.of(Long.parseLong(pid))
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .startInstant()
                        .map(start -> start.isBefore(written.plusSeconds(2)))
                        .orElse(true));
    }

    /** Between the directory and the process there is a moment. */
    private boolean isStarting() throws IOException {
        return !Files.exists(directory.resolve("pid"))
                && Files.getLastModifiedTime(directory)
                        .toInstant()
                        .isAfter(Instant.now().minusSeconds(5));
    }

    String command() throws IOException {
        return read("command").strip();
    }

    /** What it is doing, in a few words; empty before the first stage. */
    String progress() throws IOException {
        return read("status").strip();
    }

    private String read(String file) throws IOException {
        try {
            return Files.readString(directory.resolve(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    void write(String file, String text) throws IOException {
        Path next = directory.resolve(file + ".next");
        Files.writeString(next, text, StandardCharsets.UTF_8);
        Files.move(next, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Leaves nothing of it. */
    void delete() throws IOException {
        FileTrees.delete(directory);
    }

    private static void forgetOld(Path all) throws IOException {
        Instant limit = Instant.now().minus(KEPT_AFTER_END);
        for (DetachedApplication application : all()) {
            if (application.state() != State.RUNNING
                    && Files.getLastModifiedTime(application.directory)
                            .toInstant()
                            .isBefore(limit)) {
                application.delete();
            }
        }
    }

    private static Path allDirectory() {
        String named = System.getenv("KINDLING_DIR");
        String home = System.getenv("HOME");
        Path base = named != null
                ? Path.of(named)
                : Path.of(home != null ? home : System.getProperty("user.home"), ".kindling");
        return base.resolve("apps");
    }
}
