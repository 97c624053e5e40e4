package dev.kindling.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.protocol.TaskMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
    @TempDir
    Path directory;

    private List<Event> oneOfEach() {
        EventSamples samples = new EventSamples();
        List<Event> events = new ArrayList<>(samples.oneOfEach());
        events.addAll(samples.oneOfEach());
        return events;
    }

    private Path write(List<Event> events) {
        EventLog log = EventLog.create(directory, "app", 1L << 30);
        events.forEach(log::onEvent);
        log.close();
        return log.file();
    }

    @Test
    void everyKindOfEventComesBackExactly() {
        List<Event> events = oneOfEach();

        assertEquals(events, EventLog.read(write(events)));
    }

    @Test
    void failureComesBackWithItsWords() {
        List<Event> failures = List.of(
                new Event.JobEnd(
                        Instant.EPOCH,
                        1,
                        Optional.of(new KindlingException(
                                ErrorCode.RESULT_TOO_LARGE, "too large", new IllegalStateException("x")))),
                new Event.JobEnd(Instant.EPOCH, 2, Optional.of(new IllegalStateException("what"))));

        List<Event> read = EventLog.read(write(failures));

        KindlingException first =
                (KindlingException) ((Event.JobEnd) read.get(0)).failure().orElseThrow();
        assertEquals(ErrorCode.RESULT_TOO_LARGE, first.code());
        assertEquals("too large", first.getMessage());
        assertEquals(
                "java.lang.IllegalStateException: what",
                ((Event.JobEnd) read.get(1)).failure().orElseThrow().getMessage());
    }

    @Test
    void whyTheExecutorWentComesBackWithTheFailureOfItsJob() {
        ExitReason why = new ExitReason(
                ExitReason.Kind.HEAP_EXHAUSTED, OptionalInt.of(3), "its heap was full", 100, 60, "raise the memory");
        KindlingException failure = new KindlingException(ErrorCode.EXECUTORS_LOST, "lost", null, Optional.of(why));

        List<Event> read = EventLog.read(write(List.of(new Event.JobEnd(Instant.EPOCH, 1, Optional.of(failure)))));

        KindlingException back =
                (KindlingException) ((Event.JobEnd) read.get(0)).failure().orElseThrow();
        assertEquals(Optional.of(why), back.exitReason());
    }

    @Test
    void eventIsOneReadableLine() {
        String line = EventJson.write(new Event.TaskEnd(
                Instant.ofEpochMilli(17),
                1,
                0,
                9,
                2,
                0,
                "e1",
                new Outcome.Failed("java.io.IOException", "disk full", "", true),
                TaskMetrics.NONE));

        assertEquals(
                "{\"event\":\"TaskEnd\",\"time\":17,\"stageId\":1,\"stageAttempt\":0,\"taskId\":9,\"partition\":2,"
                        + "\"attempt\":0,\"executor\":\"e1\",\"outcome\":{\"kind\":\"Failed\","
                        + "\"className\":\"java.io.IOException\",\"message\":\"disk full\",\"stack\":\"\","
                        + "\"countsTowardsLimit\":true},\"metrics\":{\"runNanos\":0,",
                line.substring(0, line.indexOf("\"cpuNanos\"")));
    }

    @Test
    void logOfACrashedDriverIsReadUpToItsLastWholeLine() throws IOException {
        List<Event> events = oneOfEach();
        Path file = write(events);
        byte[] bytes = Files.readAllBytes(file);

        int lastLine = EventJson.write(events.get(events.size() - 1)).length();
        for (int cut = 0; cut < lastLine; cut++) {
            Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 2 - cut));
            assertEquals(events.subList(0, events.size() - 1), EventLog.read(file), "cut by " + cut);
        }
    }

    @Test
    void eventsAndComponentsOfOtherVersionsDoNoHarm() throws IOException {
        Path file = Files.writeString(directory.resolve("other"), """
            {"kindlingEventLog":1,"by":"somebody"}
            {"time":1,"event":"CometSeen","tail":[1,2]}
            {"time":2,"event":"JobStart","jobId":7,"mood":"good"}
            """);

        assertEquals(
                List.of(new Event.JobStart(Instant.ofEpochMilli(2), 7, List.of(), "", Map.of())), EventLog.read(file));
    }

    @Test
    void logOfALaterFormatIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("later"), "{\"kindlingEventLog\":2}\n");

        KindlingException e = assertThrows(KindlingException.class, () -> EventLog.read(file));

        assertTrue(e.getMessage().contains("has format 2, this version of Kindling reads up to 1"), e.getMessage());
    }

    @Test
    void anyOtherFileIsNoEventLog() throws IOException {
        for (String content : List.of("", "hello\n", "{\"event\":\"JobStart\"}\n")) {
            Path file = Files.writeString(directory.resolve("any"), content);

            KindlingException e = assertThrows(KindlingException.class, () -> EventLog.read(file));

            assertTrue(e.getMessage().contains("is no event log"), e.getMessage());
        }
    }

    @Test
    void damagedLineIsNamed() throws IOException {
        Event event = new Event.JobEnd(Instant.ofEpochMilli(1), 1, Optional.empty());
        Path file = write(List.of(event));
        Files.writeString(file, "garbage\n" + EventJson.write(event) + "\n", StandardOpenOption.APPEND);

        KindlingException e = assertThrows(KindlingException.class, () -> EventLog.read(file));

        assertEquals(ErrorCode.CORRUPT_DATA, e.code());
        assertTrue(e.getMessage().startsWith("line 3 of "), e.getMessage());
    }

    @Test
    void onlyTheOwnerMayReadALog() throws IOException {
        Path file = write(List.of());

        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void directoryThatCannotBeMadeIsABadConfiguration() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        KindlingException e = assertThrows(KindlingException.class, () -> EventLog.create(file, "app", 1L << 30));

        assertTrue(e.getMessage().contains("kindling.eventlog.dir"), e.getMessage());
    }

    // ---- bounded
    // ------------------------------------------------------------------------------------------------------

    private static Event job(int id) {
        return new Event.JobStart(Instant.ofEpochMilli(id), id, List.of(id), "count at A.java:1", Map.of());
    }

    private static Event task(int id) {
        return new Event.TaskStart(Instant.ofEpochMilli(id), 0, 0, id, id, 0, "e1", Locality.ANY, false);
    }

    @Test
    void aLogIsNeverLargerThanItMayBeAndCountsWhatItLeavesOut() throws IOException {
        long maxBytes = 100_000;
        EventLog log = EventLog.create(directory, "app", maxBytes);
        for (int i = 0; i < 2_000; i++) {
            log.onEvent(task(i));
            if (i % 20 == 0) {
                log.onEvent(job(i));
            }
        }
        List<Event> sofar = EventLog.read(log.file());
        for (int i = 2_000; i < 4_000; i++) {
            log.onEvent(job(i));
        }
        log.onEvent(new Event.ApplicationEnd(Instant.ofEpochMilli(9_999), 0));
        log.close();

        long jobs = sofar.stream().filter(Event.JobStart.class::isInstance).count();
        assertEquals(100, jobs, "jobs are kept while only tasks are left out");
        assertTrue(
                Files.size(log.file()) <= maxBytes,
                () -> "size " + log.file().toFile().length());
        List<Event> read = EventLog.read(log.file());
        assertEquals(Event.ApplicationEnd.class, read.get(read.size() - 1).getClass());
        long dropped = read.stream()
                .mapToLong(event -> event instanceof Event.Dropped some ? some.events() : 0)
                .sum();
        long told =
                read.stream().filter(event -> !(event instanceof Event.Dropped)).count();
        assertEquals(2_000 + 100 + 2_000 + 1, told + dropped);
    }

    // ---- the same status
    // ----------------------------------------------------------------------------------------------

    /** Whatever came in whatever order: who reads the log knows what the driver knew. */
    @Test
    void theStatusFromTheLogIsThatOfTheEvents() throws IOException {
        for (int seed = 0; seed < 60; seed++) {
            List<Event> events = new RandomRun(seed).events(400);
            EventLog log = EventLog.create(directory, "app" + seed, 1L << 30);
            events.forEach(log::onEvent);
            log.close();

            AppStatus live = StatusFold.of(events);
            assertEquals(live, StatusFold.of(EventLog.read(log.file())), "seed " + seed);
            assertTrue(live.jobs().size() > 2 && live.stages().size() > 2, "seed " + seed + " tells nothing");
        }
    }
}
