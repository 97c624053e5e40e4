package dev.kindling.protocol;

import dev.kindling.api.StorageLevel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The layout of groups of tasks that are launched: their attempts, properties and inputs.
 *
 * <p>Stateless; any thread.
 */
final class LaunchCodec {
    // The fewest bytes of each: a promised count is compared with what came.
    private static final int GROUP_BYTES = 1;
    private static final int LAUNCH_BYTES = FrameParts.ATTEMPT_BYTES + 5;
    private static final int PROPERTY_BYTES = 2;
    private static final int INPUT_BYTES = 4;
    private static final int SOURCE_BYTES = 3;

    private LaunchCodec() {}

    /** Executors and properties of the launches of one frame are mostly equal: equal ones are written as a flag. */
    private static final class LastLaunch {
        List<ExecutorAddress> table = List.of();
        SortedMap<String, String> properties = Collections.emptySortedMap();
    }

    static void writeGroups(FrameWriter out, List<TaskGroup> groups) {
        LastLaunch last = new LastLaunch();
        out.number(groups.size());
        for (TaskGroup group : groups) {
            out.number(group.tasks().size());
            for (TaskLaunch task : group.tasks()) {
                writeLaunch(out, task, last);
            }
        }
    }

    private static void writeLaunch(FrameWriter out, TaskLaunch task, LastLaunch last) {
        FrameParts.writeAttempt(out, task.attempt());
        out.number(task.jobId());
        out.number(task.taskId());
        out.number(task.stageAttempt());
        boolean areSameProperties =
                task.properties() == last.properties || task.properties().equals(last.properties);
        out.flag(areSameProperties);
        if (!areSameProperties) {
            last.properties = task.properties();
            writeProperties(out, last.properties);
        }
        out.number(task.inputs().size());
        for (TaskInput input : task.inputs()) {
            writeInput(out, input, last);
        }
    }

    private static void writeInput(FrameWriter out, TaskInput input, LastLaunch last) {
        if (input instanceof TaskInput.Bytes i) {
            out.tag(1);
            out.number(i.leafId());
            out.number(i.leafPartition());
            out.bytes(i.bytes());
        } else if (input instanceof TaskInput.ShuffleInput i) {
            out.tag(2);
            out.number(i.leafId());
            out.number(i.leafPartition());
            out.number(i.shuffleId());
            boolean isSameTable = i.executors() == last.table || i.executors().equals(last.table);
            out.flag(isSameTable);
            if (!isSameTable) {
                FrameParts.writeAddresses(out, i.executors());
                last.table = i.executors();
            }
            writeSources(out, i.sources());
        } else if (input instanceof TaskInput.CachedPartition i) {
            out.tag(3);
            out.number(i.leafId());
            out.number(i.leafPartition());
            out.number(i.epoch());
            FrameParts.writeLevel(out, i.level());
            FrameParts.writeAddresses(out, i.holders());
        } else {
            throw new ProtocolException("no layout for " + input.getClass().getName());
        }
    }

    static List<TaskGroup> readGroups(FrameReader in) {
        LastLaunch last = new LastLaunch();
        int count = in.count("groups", GROUP_BYTES + LAUNCH_BYTES);
        List<TaskGroup> groups = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int taskCount = in.count("tasks", LAUNCH_BYTES);
            if (taskCount == 0) {
                throw in.malformed("tasks", "a group of none");
            }
            List<TaskLaunch> tasks = new ArrayList<>(taskCount);
            for (int j = 0; j < taskCount; j++) {
                tasks.add(readLaunch(in, last));
            }
            groups.add(new TaskGroup(tasks));
        }
        return groups;
    }

    private static TaskLaunch readLaunch(FrameReader in, LastLaunch last) {
        AttemptId attempt = FrameParts.readAttempt(in);
        int jobId = in.integer("jobId");
        long taskId = in.number("taskId");
        int stageAttempt = in.integer("stageAttempt");
        if (!in.flag("same properties")) {
            last.properties = readProperties(in);
        }
        int inputCount = in.count("inputs", INPUT_BYTES);
        List<TaskInput> inputs = new ArrayList<>(inputCount);
        for (int i = 0; i < inputCount; i++) {
            inputs.add(readInput(in, last));
        }
        return new TaskLaunch(attempt, jobId, taskId, stageAttempt, last.properties, inputs);
    }

    private static TaskInput readInput(FrameReader in, LastLaunch last) {
        int tag = in.tag("input tag");
        int leafId = in.integer("leafId");
        int leafPartition = in.integer("leafPartition");
        if (tag == 1) {
            return new TaskInput.Bytes(leafId, leafPartition, in.bytes("input"));
        } else if (tag == 2) {
            int shuffleId = in.integer("shuffleId");
            if (!in.flag("same executors")) {
                last.table = FrameParts.readAddresses(in);
            }
            return new TaskInput.ShuffleInput(leafId, leafPartition, shuffleId, last.table, readSources(in));
        } else if (tag == 3) {
            int epoch = in.integer("epoch");
            StorageLevel level = FrameParts.readLevel(in);
            return new TaskInput.CachedPartition(leafId, leafPartition, epoch, level, FrameParts.readAddresses(in));
        }
        throw in.malformed("input tag", "unknown: " + tag);
    }

    private static void writeProperties(FrameWriter out, SortedMap<String, String> properties) {
        out.number(properties.size());
        properties.forEach((key, value) -> {
            out.text(key);
            out.text(value);
        });
    }

    private static SortedMap<String, String> readProperties(FrameReader in) {
        int count = in.count("properties", PROPERTY_BYTES);
        SortedMap<String, String> properties = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            properties.put(in.text("property key"), in.text("property value"));
        }
        return Collections.unmodifiableSortedMap(properties);
    }

    /**
     * Map outputs come in the order of their partitions and most are of attempt 0: such a successor is one flag,
     * about 5 bytes a source in all.
     */
    private static void writeSources(FrameWriter out, List<MapSource> sources) {
        out.number(sources.size());
        AttemptId expected = new AttemptId(0, 0, 0);
        for (MapSource source : sources) {
            expected = FrameParts.writeSuccessor(out, expected, source.mapAttempt());
            out.number(source.executor());
            out.number(source.bytes());
        }
    }

    private static List<MapSource> readSources(FrameReader in) {
        int count = in.count("sources", SOURCE_BYTES);
        List<MapSource> sources = new ArrayList<>(count);
        AttemptId expected = new AttemptId(0, 0, 0);
        for (int i = 0; i < count; i++) {
            AttemptId attempt = in.flag("next map") ? expected : FrameParts.readAttempt(in);
            sources.add(new MapSource(attempt, in.integer("executor"), in.number("bytes")));
            expected = FrameParts.successor(attempt);
        }
        return sources;
    }
}
