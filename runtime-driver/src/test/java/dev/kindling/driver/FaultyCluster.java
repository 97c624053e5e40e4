package dev.kindling.driver;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.event.AppStory;
import dev.kindling.event.EventLog;
import dev.kindling.protocol.AttemptId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * An application of executor processes, and the means to do them harm: marks that its tasks leave, gates at which they
 * wait, signals, and its event log to see what came of it. Every wait has a deadline and ends with the story when it is
 * missed.
 */
final class FaultyCluster implements AutoCloseable {
    private static final long DEADLINE_NANOS = 120_000_000_000L;

    final KindlingContext kindling;

    private final Path directory;
    private final Path marks;
    private final Path logs;
    private int seen;

    /** @param settings keys and values, besides those it sets itself */
    FaultyCluster(String master, Path directory, String... settings) {
        this.directory = directory;
        this.marks = create(directory.resolve("marks"));
        this.logs = create(directory.resolve("logs"));
        KindlingConf conf = new KindlingConf()
                .setMaster(master)
                .setAppName("faults")
                .set(
                        "kindling.scratch.dirs",
                        create(directory.resolve("scratch")).toString())
                .set("kindling.eventlog.dir", logs.toString());
        for (int i = 0; i < settings.length; i += 2) {
            conf.set(settings[i], settings[i + 1]);
        }
        kindling = new KindlingContext(conf);
    }

    private static Path create(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path scratch() {
        return directory.resolve("scratch");
    }

    /** Where tasks leave marks and look for gates; tasks capture it. */
    String marks() {
        return marks.toString();
    }

    // ---- what tasks call ------------------------------------------------------------------------------------------

    /** Says that this place was reached, by which process. */
    static void mark(String marks, String name) throws IOException {
        Path temporary = Files.createTempFile(Path.of(marks), "mark", ".tmp");
        Files.writeString(temporary, Long.toString(ProcessHandle.current().pid()));
        Files.move(temporary, Path.of(marks, name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Goes on when the test has opened the gate. */
    static void passGate(String marks, String name) throws InterruptedException {
        while (!Files.exists(Path.of(marks, name))) {
            Thread.sleep(5);
        }
    }

    // ---- what tests do --------------------------------------------------------------------------------------------

    void openGate(String name) throws IOException {
        Files.createFile(marks.resolve(name));
    }

    /** The process that has left this mark, as soon as there is one. */
    ProcessHandle awaitMark(String name) {
        Path mark = marks.resolve(name);
        await("mark " + name, () -> Files.exists(mark));
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(mark))).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void signal(ProcessHandle process, String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + signal + " " + process.pid() + " ended with " + code);
        }
    }

    void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + " did not come; so far:\n" + String.join("\n", story()));
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
    }

    // ---- what became known ----------------------------------------------------------------------------------------

    private List<Event> allEvents() {
        try (Stream<Path> files = Files.list(logs)) {
            List<Path> log = files.toList();
            return log.isEmpty() ? List.of() : EventLog.read(log.get(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on {@link #events} has only what happens from now on. */
    void forgetEvents() {
        seen = allEvents().size();
    }

    List<Event> events() {
        List<Event> all = allEvents();
        return all.subList(Math.min(seen, all.size()), all.size());
    }

    <E extends Event> List<E> events(Class<E> type) {
        return events().stream().filter(type::isInstance).map(type::cast).toList();
    }

    <E extends Event> E awaitEvent(Class<E> type, Predicate<E> which) {
        List<E> found = new ArrayList<>();
        await(type.getSimpleName(), () -> {
            found.addAll(events(type).stream().filter(which).toList());
            return !found.isEmpty();
        });
        return found.get(0);
    }

    List<Event.TaskEnd> successes() {
        return events(Event.TaskEnd.class).stream()
                .filter(end -> end.outcome() instanceof Outcome.Success)
                .toList();
    }

    /** Ends of attempts that have to be made again, or ended the job. */
    List<Event.TaskEnd> failures() {
        return events(Event.TaskEnd.class).stream()
                .filter(end -> !(end.outcome() instanceof Outcome.Success || end.outcome() instanceof Outcome.Killed))
                .toList();
    }

    static boolean isCharged(Event.TaskEnd end) {
        return end.outcome() instanceof Outcome.Failed failed && failed.countsTowardsLimit();
    }

    static AttemptId idOf(Event.TaskEnd end) {
        return new AttemptId(end.stageId(), end.partition(), end.attempt());
    }

    List<String> story() {
        return AppStory.tell(allEvents());
    }

    @Override
    public void close() {
        kindling.close();
    }
}
