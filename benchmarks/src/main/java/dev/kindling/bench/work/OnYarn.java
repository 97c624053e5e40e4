package dev.kindling.bench.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** What a program does on a cluster of YARN while it is measured; the same for all engines. */
public enum OnYarn {
    /** Writes down when it has had results of two executors. */
    FIRST_RESULT {
        @Override
        void run(Engine engine, Path directory) throws IOException {
            executors(engine);
            write(directory, Long.toString(System.currentTimeMillis()));
        }
    },
    /** The driver's process is killed once; the one after it writes down how many executors it knows from before. */
    KILLED_DRIVER {
        @Override
        void run(Engine engine, Path directory) throws IOException {
            Set<String> now = executors(engine);
            Path before = directory.resolve("before");
            if (!Files.exists(before)) {
                Files.write(before, now);
                // As one that somebody has killed.
                Runtime.getRuntime().halt(137);
            }
            now.retainAll(Files.readAllLines(before));
            write(directory, Integer.toString(now.size()));
        }
    },
    /** A node goes between two jobs on one shuffle; writes down how many map tasks have run again for the second. */
    LOST_NODE {
        @Override
        void run(Engine engine, Path directory) throws IOException, InterruptedException {
            Set<String> executors = executors(engine);
            Path ran = directory.resolve("ran");
            engine.shuffle(ran);
            int first = Files.readAllLines(ran).size();
            Path named = Files.write(directory.resolve("naming"), executors);
            Files.move(named, directory.resolve("executors"));
            while (!Files.exists(directory.resolve("go"))) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            engine.shuffle(ran);
            write(directory, Integer.toString(Files.readAllLines(ran).size() - first));
        }
    };

    /** Where it stands what was found. */
    public static final String RESULT = "result";

    /** Map tasks of a shuffle. */
    public static final int MAP_TASKS = 8;

    private static final int EXECUTORS = 2;

    /** The few things that it has an engine do. */
    public interface Engine {
        /** {@link #place} of the executors that had one of some tasks. */
        List<String> places();

        /** A job behind a shuffle, the same one each time; each of its map tasks calls {@link #ran}. */
        void shuffle(Path ran);
    }

    abstract void run(Engine engine, Path directory) throws IOException, InterruptedException;

    /** @param args which of these; the directory for what is found */
    public static void run(Engine engine, String... args) throws IOException, InterruptedException {
        valueOf(args[0]).run(engine, Path.of(args[1]));
    }

    /** Of this process: its container, and its node. */
    public static String place() {
        return System.getenv("CONTAINER_ID") + " " + System.getenv("NM_HOST");
    }

    /** By a map task. */
    public static void ran(String file) throws IOException {
        Files.writeString(Path.of(file), "one\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static Set<String> executors(Engine engine) {
        Set<String> executors = new TreeSet<>();
        while (executors.size() < EXECUTORS) {
            executors.addAll(engine.places());
        }
        return executors;
    }

    /** As a whole: somebody waits for it. */
    private static void write(Path directory, String found) throws IOException {
        Path written = Files.writeString(directory.resolve("writing"), found);
        Files.move(written, directory.resolve(RESULT));
    }
}
