package dev.kindling.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.protocol.AttemptId;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
    @TempDir
    Path directory;

    private long seed;

    /** A record with a different value in every component, so that a mixed-up one is noticed. */
    private Object sample(Type type) throws ReflectiveOperationException {
        seed++;
        if (type == int.class || type == Integer.class) {
            return (int) seed;
        } else if (type == long.class) {
            return seed << 33;
        } else if (type == boolean.class) {
            return seed % 2 == 0;
        } else if (type == String.class) {
            return "text " + seed + " \"grün\"\n";
        } else if (type == OptionalInt.class) {
            return seed % 2 == 0 ? OptionalInt.empty() : OptionalInt.of((int) seed);
        } else if (type instanceof Class<?> constants && constants.isEnum()) {
            return constants.getEnumConstants()[(int) (seed % constants.getEnumConstants().length)];
        } else if (type instanceof ParameterizedType list) {
            return List.of(sample(list.getActualTypeArguments()[0]), sample(list.getActualTypeArguments()[0]));
        }
        Class<?> record = (Class<?>) type;
        List<Class<?>> types = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            types.add(component.getType());
            values.add(sample(component.getGenericType()));
        }
        return record.getDeclaredConstructor(types.toArray(new Class<?>[0])).newInstance(values.toArray());
    }

    private List<TimedEvent> oneOfEach() throws ReflectiveOperationException {
        List<TimedEvent> events = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (Class<?> type : AppEvent.class.getPermittedSubclasses()) {
                seed += round;
                events.add(new TimedEvent(seed, (AppEvent) sample(type)));
            }
        }
        return events;
    }

    private Path write(List<TimedEvent> events) {
        EventLog log = EventLog.create(directory, "app");
        events.forEach(timed -> log.onEvent(timed.timeMs(), timed.event()));
        log.close();
        return log.file();
    }

    @Test
    void everyKindOfEventComesBackExactly() throws ReflectiveOperationException {
        List<TimedEvent> events = oneOfEach();

        assertEquals(events, EventLog.read(write(events)));
    }

    @Test
    void eventIsOneReadableLine() {
        String line = EventJson.write(
                new TimedEvent(17, new AppEvent.AttemptFailed(new AttemptId(1, 2, 0), "e1", "disk full", true)));

        assertEquals(
                "{\"timeMs\":17,\"event\":\"AttemptFailed\",\"attempt\":{\"stageId\":1,\"partition\":2,\"attempt\":0},"
                        + "\"executorId\":\"e1\",\"message\":\"disk full\",\"isCharged\":true}",
                line);
    }

    @Test
    void logOfACrashedDriverIsReadUpToItsLastWholeLine() throws ReflectiveOperationException, IOException {
        List<TimedEvent> events = oneOfEach();
        Path file = write(events);
        byte[] bytes = Files.readAllBytes(file);

        for (int cut = 1; cut < 60; cut++) {
            Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1 - cut));
            assertEquals(events.subList(0, events.size() - 1), EventLog.read(file), "cut by " + cut);
        }
    }

    @Test
    void eventsAndComponentsOfOtherVersionsDoNoHarm() throws IOException {
        Path file = Files.writeString(directory.resolve("other"), """
            {"timeMs":1,"event":"CometSeen","tail":[1,2]}
            {"timeMs":2,"event":"JobStarted","jobId":7,"mood":"good"}
            """);

        assertEquals(List.of(new TimedEvent(2, new AppEvent.JobStarted(7, "", List.of()))), EventLog.read(file));
    }

    @Test
    void damagedLineIsNamed() throws IOException {
        Path file = write(List.of(new TimedEvent(1, new AppEvent.JobCompleted(1))));
        Files.writeString(
                file, "garbage\n{\"timeMs\":2,\"event\":\"JobCompleted\",\"jobId\":2}\n", StandardOpenOption.APPEND);

        KindlingException e = assertThrows(KindlingException.class, () -> EventLog.read(file));

        assertEquals(ErrorCode.CORRUPT_DATA, e.code());
        assertTrue(e.getMessage().startsWith("line 2 of "), e.getMessage());
    }

    @Test
    void directoryThatCannotBeMadeIsABadConfiguration() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        KindlingException e = assertThrows(KindlingException.class, () -> EventLog.create(file, "app"));

        assertTrue(e.getMessage().contains("kindling.eventlog.dir"), e.getMessage());
    }
}
