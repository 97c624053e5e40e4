package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.Keyboard;
import dev.kindling.util.FileTrees;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The packaged distribution, run as a user runs it: {@code bin/kindling} in a process of its own, with a temporary
 * directory and a home of its own, so that what is left behind can be seen.
 */
final class Kindling {
    /** Options for short runs, and for the executors they start. */
    static final String QUICK_JAVA = "-XX:TieredStopAtLevel=1 -Dkindling.executor.javaOptions=-XX:TieredStopAtLevel=1";

    private static final long LIMIT_S = 120;

    private static Path unpacked;

    private final Path world;
    private final Path temporary;
    private final Path state;
    private boolean hasOwnArchives;

    Kindling(Path world) throws IOException {
        this.world = world;
        this.temporary = Files.createDirectories(world.resolve("tmp"));
        this.state = world.resolve("state");
    }

    /** What a run said and how it ended. */
    record Run(int exitCode, String out, String err) {
        List<String> outLines() {
            return out.lines().toList();
        }

        List<String> errLines() {
            return err.lines().toList();
        }

        void succeeds() {
            assertEquals(0, exitCode, () -> "stdout:\n" + out + "\nstderr:\n" + err);
        }
    }

    /** The archive that packaging leaves, unpacked once for all tests of a build, whichever JVM they run in. */
    static synchronized Path home() throws IOException, InterruptedException {
        if (unpacked == null) {
            Path target = Path.of("target").toAbsolutePath();
            try (FileChannel file = FileChannel.open(
                            target.resolve("unpacked.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = file.lock()) {
                unpacked = unpacked(target);
            }
        }
        return unpacked;
    }

    private static Path unpacked(Path target) throws IOException, InterruptedException {
        List<Path> archives = in(target).stream()
                .filter(file -> file.toString().endsWith(".tar.gz"))
                .toList();
        assertEquals(1, archives.size(), () -> "one archive is wanted in " + target + ", not " + archives);
        Path into = target.resolve("unpacked");
        Path ready = target.resolve(
                "unpacked." + Files.getLastModifiedTime(archives.get(0)).toMillis());
        boolean isReady = Files.exists(ready);
        if (!isReady) {
            FileTrees.delete(into);
            Files.createDirectories(into);
            Process tar = new ProcessBuilder("tar", "-xzf", archives.get(0).toString(), "-C", into.toString())
                    .inheritIO()
                    .start();
            assertEquals(0, tar.waitFor());
        }
        Path home = in(into).stream()
                .filter(top -> !top.equals(into.resolve("cache")))
                .findFirst()
                .orElseThrow();
        if (!isReady) {
            makeArchives(home);
            Files.createFile(ready);
        }
        return home;
    }

    private static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** From now on with archives of classes of its own, which the first run makes. */
    Kindling withOwnArchives() {
        hasOwnArchives = true;
        return this;
    }

    /** Archives of classes for all tests, which start as quickly as a user's second run does. */
    private static void makeArchives(Path home) throws IOException, InterruptedException {
        ProcessBuilder doctor = new ProcessBuilder(home.resolve("bin/kindling").toString(), "doctor")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        doctor.environment().put("JAVA_HOME", System.getProperty("java.home"));
        doctor.environment().put("XDG_CACHE_HOME", home.resolveSibling("cache").toString());
        assertTrue(doctor.start().waitFor(LIMIT_S, TimeUnit.SECONDS), "archives of classes are not made");
    }

    Run run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("still running after " + LIMIT_S + " s: kindling " + String.join(" ", arguments)
                    + "\n" + Files.readString(errFile()));
        }
        return result(process);
    }

    Process start(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(home().resolve("bin/kindling").toString());
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(Keyboard.attached(command))
                .directory(world.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(world.resolve("stdout").toFile())
                .redirectError(errFile().toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("KINDLING_DIR", state.toString());
        Path cache = hasOwnArchives ? world.resolve("cache") : home().resolveSibling("cache");
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        builder.environment().put("KINDLING_JAVA_OPTIONS", "-Xmx256m " + QUICK_JAVA + " -Djava.io.tmpdir=" + temporary);
        return builder.start();
    }

    Run result(Process process) throws IOException {
        return new Run(process.exitValue(), Files.readString(world.resolve("stdout")), Files.readString(errFile()));
    }

    String errSoFar() throws IOException {
        return Files.readString(errFile());
    }

    private Path errFile() {
        return world.resolve("stderr");
    }

    /** Files and processes that should not be there any more, by name; waits a moment for those that are just going. */
    List<String> leftovers() throws IOException, InterruptedException {
        return whenNothingIsLeft(() -> {
            List<String> left = filesLeft();
            left.addAll(processesLeft());
            return left;
        });
    }

    /** Processes of ours that go on although they should not. */
    List<String> processes() throws IOException, InterruptedException {
        return whenNothingIsLeft(this::processesLeft);
    }

    private interface Look {
        List<String> left() throws IOException;
    }

    private static List<String> whenNothingIsLeft(Look look) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        List<String> left = look.left();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(20);
            left = look.left();
        }
        return left;
    }

    private List<String> filesLeft() throws IOException {
        List<String> left = new ArrayList<>();
        addFiles(temporary, left);
        addFiles(state.resolve("apps"), left);
        return left;
    }

    private List<String> processesLeft() {
        List<String> left = new ArrayList<>();
        ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .map(line -> line.contains(world.toString()))
                        .orElse(false))
                .forEach(process -> left.add("process " + process.pid() + " "
                        + process.info().commandLine().orElse("")));
        return left;
    }

    /** The scratch that killed drivers left behind looks as if they had started long ago. */
    void ageScratch() throws IOException {
        FileTime longAgo = FileTime.from(Instant.now().minus(1, ChronoUnit.HOURS));
        for (String left : filesLeft()) {
            Files.setLastModifiedTime(Path.of(left, "driver.lock"), longAgo);
        }
    }

    private static void addFiles(Path directory, List<String> left) throws IOException {
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                files.forEach(file -> left.add(file.toString()));
            }
        }
    }
}
