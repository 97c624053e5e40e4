package dev.kindling.driver.page;

import dev.kindling.event.AppStatus.ExecutorStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One executor: what its cores did, and its memory over time. Times are milliseconds since the application's start.
 *
 * @param lostMs -1 while it lives
 * @param busyMs of its cores with attempts
 * @param idleMs of its cores without
 * @param heap in use by signs of life: time and bytes in turn
 * @param resident the same of the whole process; empty where it is not known
 * @param cached blocks in memory: from then on so many bytes
 * @param onDisk blocks on disk
 * @param tasks the most that running attempts held, counted for their whole time
 */
public record ExecutorPanel(
        String id,
        String host,
        int cores,
        long memoryBytes,
        long addedMs,
        long lostMs,
        String lostReason,
        int succeeded,
        int failed,
        long busyMs,
        long idleMs,
        List<Long> heap,
        List<Long> resident,
        List<Long> cached,
        List<Long> onDisk,
        List<Long> tasks) {
    private static final int SHOWN_EXECUTORS = 200;
    /** Executors with curves; of others only the numbers are told. */
    private static final int DRAWN_EXECUTORS = 32;

    private static final int MAX_POINTS = 200;

    static List<ExecutorPanel> of(Run run, List<String> notes) {
        List<ExecutorStatus> all = run.status().executors();
        PageModel.note(notes, all.size() - SHOWN_EXECUTORS, "more executors are not listed");
        PageModel.note(
                notes,
                Math.min(all.size(), SHOWN_EXECUTORS) - DRAWN_EXECUTORS,
                "more executors are listed without their memory over time");
        Map<String, List<TaskAttempt>> attempts = new HashMap<>();
        for (TaskAttempt attempt : run.attempts()) {
            attempts.computeIfAbsent(attempt.executorId(), id -> new ArrayList<>())
                    .add(attempt);
        }
        Map<String, Run.ExecutorHistory> histories = new HashMap<>();
        run.histories().forEach(history -> histories.put(history.executorId(), history));
        List<ExecutorPanel> panels = new ArrayList<>();
        for (ExecutorStatus executor : all.subList(0, Math.min(all.size(), SHOWN_EXECUTORS))) {
            String id = executor.executorId();
            boolean isDrawn = panels.size() < DRAWN_EXECUTORS && histories.containsKey(id);
            panels.add(panelOf(
                    run,
                    executor,
                    attempts.getOrDefault(id, List.of()),
                    isDrawn ? histories.get(id) : new Run.ExecutorHistory(id, List.of(), List.of()),
                    isDrawn));
        }
        return panels;
    }

    private static ExecutorPanel panelOf(
            Run run,
            ExecutorStatus executor,
            List<TaskAttempt> attempts,
            Run.ExecutorHistory history,
            boolean isDrawn) {
        long startedMs = run.status().startedMs();
        long busyMs = attempts.stream()
                .mapToLong(attempt -> attempt.durationMs(run.nowMs()))
                .sum();
        long aliveMs = (executor.isAlive() ? run.nowMs() : executor.lostMs()) - executor.addedMs();
        List<Long> heap = new ArrayList<>();
        List<Long> resident = new ArrayList<>();
        for (Run.Usage usage : history.usage()) {
            heap.addAll(List.of(usage.timeMs() - startedMs, usage.heapBytes()));
            if (usage.residentBytes() > 0) {
                resident.addAll(List.of(usage.timeMs() - startedMs, usage.residentBytes()));
            }
        }
        List<Long> cached = new ArrayList<>();
        List<Long> onDisk = new ArrayList<>();
        for (Run.Cached point : history.cached()) {
            cached.addAll(List.of(point.timeMs() - startedMs, point.memoryBytes()));
            onDisk.addAll(List.of(point.timeMs() - startedMs, point.diskBytes()));
        }
        return new ExecutorPanel(
                executor.executorId(),
                executor.host(),
                executor.cores(),
                executor.memoryBytes(),
                executor.addedMs() - startedMs,
                executor.isAlive() ? -1 : executor.lostMs() - startedMs,
                executor.lostReason(),
                executor.succeededAttempts(),
                executor.failedAttempts(),
                busyMs,
                Math.max(0, aliveMs * executor.cores() - busyMs),
                thinned(heap),
                thinned(resident),
                thinned(cached),
                thinned(onDisk),
                isDrawn ? thinned(peaksOf(attempts, startedMs)) : List.of());
    }

    /** A stair of the peaks of all attempts that ran at a time. */
    private static List<Long> peaksOf(List<TaskAttempt> attempts, long startedMs) {
        TreeMap<Long, Long> changes = new TreeMap<>();
        for (TaskAttempt attempt : attempts) {
            long peak = attempt.metrics().peakMemory();
            if (peak > 0 && attempt.isOver()) {
                changes.merge(attempt.startMs() - startedMs, peak, Long::sum);
                changes.merge(attempt.endMs() - startedMs, -peak, Long::sum);
            }
        }
        List<Long> stair = new ArrayList<>();
        long bytes = 0;
        for (Map.Entry<Long, Long> change : changes.entrySet()) {
            bytes += change.getValue();
            stair.addAll(List.of(change.getKey(), bytes));
        }
        return stair;
    }

    /** Of points close to each other the highest, so that no peak is lost. */
    private static List<Long> thinned(List<Long> points) {
        int count = points.size() / 2;
        if (count <= MAX_POINTS) {
            return points;
        }
        List<Long> thin = new ArrayList<>();
        for (int group = 0; group < MAX_POINTS; group++) {
            int from = (int) ((long) count * group / MAX_POINTS);
            int to = (int) ((long) count * (group + 1) / MAX_POINTS);
            int highest = from;
            for (int i = from; i < to; i++) {
                highest = points.get(2 * i + 1) > points.get(2 * highest + 1) ? i : highest;
            }
            thin.addAll(List.of(points.get(2 * highest), points.get(2 * highest + 1)));
        }
        // What it came to.
        thin.addAll(points.subList(points.size() - 2, points.size()));
        return thin;
    }
}
