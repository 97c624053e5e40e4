package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.metrics.FetchWaitEvent;
import dev.kindling.metrics.MemoryWaitEvent;
import dev.kindling.metrics.OutputPublishEvent;
import dev.kindling.metrics.ResultFetchEvent;
import dev.kindling.metrics.SpillEvent;
import dev.kindling.metrics.TaskEvent;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording of the JDK shows of tasks. */
class FlightRecorderTest {
    private static final List<Class<? extends Event>> EVENTS = List.of(
            FetchWaitEvent.class,
            MemoryWaitEvent.class,
            OutputPublishEvent.class,
            ResultFetchEvent.class,
            SpillEvent.class,
            TaskEvent.class);

    @TempDir
    Path directory;

    private final MiniCluster cluster = new MiniCluster();

    private List<RecordedEvent> recorded(Duration threshold, Runnable work) throws IOException {
        try (Recording recording = new Recording()) {
            EVENTS.forEach(event -> recording.enable(event).withThreshold(threshold));
            recording.start();
            work.run();
            recording.stop();
            Path file = directory.resolve("tasks.jfr");
            recording.dump(file);
            return RecordingFile.readAllEvents(file);
        }
    }

    private PlanNode sorted() {
        PlanNode pairs =
                cluster.map(cluster.range(0, 60_000, 1, 1), n -> new Tuple2<>((Long) n * 7919 % 60_000, "value " + n));
        return cluster.shuffle(pairs, new HashPartitioner(1), 1, new ReduceSide.Sorted(NaturalOrder.ASCENDING));
    }

    @Test
    void tasksAndTheirSpillsAreRecordedWithTheirSizes() throws IOException {
        cluster.memory(1);
        List<RecordedEvent> events = recorded(Duration.ZERO, () -> cluster.collect(sorted()));

        List<RecordedEvent> tasks = named(events, "dev.kindling.Task");
        assertEquals(2, tasks.size());
        assertTrue(tasks.stream().allMatch(task -> task.getBoolean("isSuccess")));
        List<RecordedEvent> spills = named(events, "dev.kindling.Spill");
        assertFalse(spills.isEmpty());
        assertEquals(
                cluster.metrics().diskSpilled(),
                spills.stream().mapToLong(spill -> spill.getLong("diskBytes")).sum());
        assertEquals(
                cluster.metrics().memorySpilled(),
                spills.stream().mapToLong(spill -> spill.getLong("memoryBytes")).sum());
        Set<String> names =
                tasks.stream().map(task -> task.getString("task")).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(spills.stream().allMatch(spill -> names.contains(spill.getString("task"))));
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }

    @Test
    void whatIsShorterThanTheThresholdIsNot() throws IOException {
        cluster.memory(1);

        assertEquals(List.of(), recorded(Duration.ofHours(1), () -> cluster.collect(sorted())));
    }

    @Test
    void everyEventSaysWhatItIsAndIsRecordedFromTenMilliseconds() {
        for (Class<? extends Event> event : EVENTS) {
            EventType type = EventType.getEventType(event);
            assertTrue(type.getName().startsWith("dev.kindling."), type.getName());
            assertEquals(List.of("Kindling"), type.getCategoryNames());
            assertFalse(type.getLabel().isEmpty() || type.getDescription().isEmpty(), type.getName());
            assertEquals(
                    "10 ms",
                    type.getSettingDescriptors().stream()
                            .filter(setting -> setting.getName().equals("threshold"))
                            .findFirst()
                            .orElseThrow()
                            .getDefaultValue());
            for (ValueDescriptor field : type.getFields()) {
                assertFalse(field.getLabel() == null || field.getLabel().isEmpty(), field.getName());
            }
        }
    }
}
