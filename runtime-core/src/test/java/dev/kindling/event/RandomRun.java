package dev.kindling.event;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.TaskMetrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** Events as a driver with many troubles might say them: few names, so that they meet, and some events twice. */
final class RandomRun {
    private final Random random;
    private long nowMs = 1_700_000_000_000L;

    RandomRun(int seed) {
        random = new Random(seed);
    }

    List<Event> events(int count) {
        List<Event> events = new ArrayList<>();
        events.add(new Event.ApplicationStart(now(), "app", "random"));
        events.add(new Event.EnvironmentUpdate(now(), "local[2]", Map.of("kindling.task.maxFailures", "4")));
        while (events.size() < count) {
            Event next = random.nextInt(20) == 0 ? events.get(random.nextInt(events.size())) : next();
            events.add(next);
        }
        return events;
    }

    private Instant now() {
        nowMs += random.nextInt(50);
        return Instant.ofEpochMilli(nowMs);
    }

    private int id() {
        return random.nextInt(6);
    }

    private String executor() {
        return "e" + random.nextInt(4);
    }

    private StageInfo stage() {
        int tasks = 1 + random.nextInt(8);
        return new StageInfo(
                id(),
                random.nextInt(3),
                nowMs,
                "map at \u00e4 \"A\".java:" + id(),
                tasks,
                0,
                random.nextInt(tasks),
                id());
    }

    private ExitReason reason() {
        return new ExitReason(
                ExitReason.Kind.values()[random.nextInt(ExitReason.Kind.values().length)],
                random.nextBoolean() ? OptionalInt.of(137) : OptionalInt.empty(),
                "killed\nlast words",
                random.nextInt(1 << 20),
                random.nextInt(1 << 20),
                "");
    }

    private TaskMetrics metrics() {
        return new TaskMetrics(
                random.nextInt(1 << 30),
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8,
                9,
                10,
                11,
                12,
                13,
                14,
                15,
                16,
                17,
                18,
                random.nextInt(100));
    }

    private Outcome outcome() {
        return switch (random.nextInt(7)) {
            case 0 -> new Outcome.Failed("a.B", "boom", "  at a.B", random.nextBoolean());
            case 1 -> new Outcome.FetchFailed("e1", 1, 2, 3, "gone", Optional.of(reason()));
            case 2 -> new Outcome.Killed("not wanted");
            case 3 -> new Outcome.ExecutorLost(reason());
            default -> new Outcome.Success();
        };
    }

    private Event next() {
        int task = random.nextInt(30);
        return switch (random.nextInt(14)) {
            case 0 ->
                new Event.JobStart(now(), id(), List.of(id(), id()), "count", Map.of(JobProperties.GROUP, "g" + id()));
            case 1 ->
                new Event.JobEnd(
                        now(),
                        id(),
                        random.nextBoolean()
                                ? Optional.empty()
                                : Optional.of(new KindlingException(ErrorCode.TASK_FAILED, "it failed")));
            case 2 -> new Event.StageSubmitted(now(), stage());
            case 3 ->
                new Event.StageCompleted(
                        now(), stage(), random.nextBoolean() ? Optional.empty() : Optional.of("job failed"));
            case 4 -> new Event.StageSkipped(now(), id(), id(), "skipped", random.nextBoolean());
            case 5, 6, 7 ->
                new Event.TaskStart(now(), task % 6, 0, task, task % 5, 0, executor(), Locality.NO_PREF, false);
            case 8, 9, 10 -> new Event.TaskEnd(now(), task % 6, 0, task, task % 5, 0, executor(), outcome(), metrics());
            case 11 -> new Event.ExecutorAdded(now(), executor(), "host", 2, 1 << 28);
            case 12 -> new Event.ExecutorRemoved(now(), executor(), reason());
            default ->
                new Event.BlockUpdated(
                        now(), "rdd_1_" + id(), executor(), StorageLevel.MEMORY_ONLY, random.nextInt(1_000), 0, "");
        };
    }
}
