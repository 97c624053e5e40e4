package dev.kindling.driver.page;

import dev.kindling.event.AppStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Attempts by executor and core. Where there are more than a screen can show, neighbours on a core that are of one stage
 * become one bar, the shortest first: what is long stays alone.
 */
public record Timeline(List<Lane> lanes, List<Bar> bars, boolean isMerged) {
    static final int MAX_BARS = 3_000;
    static final int MAX_LANES = 400;

    /** Bars of less than such a part of the run are the first to be merged: that is a pixel on a large screen. */
    private static final int FIRST_PIECES = 4_000;

    /**
     * A core of an executor.
     *
     * @param core from 0
     * @param fromMs when its executor came, since the application's start
     * @param toMs when it was lost; else the end
     * @param busyMs with attempts
     */
    public record Lane(String executorId, int core, long fromMs, long toMs, boolean isLost, long busyMs) {}

    /**
     * @param lane its index
     * @param stage that most of it is of
     * @param name of the first attempt
     * @param count of attempts
     * @param busyMs what attempts took of it; less than its length where there were gaps between them
     * @param runMs in which a task's code ran, the three after it included; 0 where nobody measured
     * @param state of the worst of them
     */
    public record Bar(
            int lane,
            long startMs,
            long endMs,
            int stage,
            String name,
            int count,
            long busyMs,
            long runMs,
            long waitMs,
            long gcMs,
            long spillMs,
            long spilledBytes,
            String state,
            String why) {
        private Bar with(Bar next) {
            boolean isWorse = rank(next.state) > rank(state);
            return new Bar(
                    lane,
                    startMs,
                    Math.max(endMs, next.endMs),
                    next.busyMs > busyMs ? next.stage : stage,
                    name,
                    count + next.count,
                    busyMs + next.busyMs,
                    runMs + next.runMs,
                    waitMs + next.waitMs,
                    gcMs + next.gcMs,
                    spillMs + next.spillMs,
                    spilledBytes + next.spilledBytes,
                    isWorse ? next.state : state,
                    isWorse ? next.why : why);
        }

        private static int rank(String state) {
            return TaskAttempt.Result.valueOf(state.toUpperCase(Locale.ROOT)).ordinal();
        }
    }

    private record Place(String executorId, int core) {}

    static Timeline of(Run run, List<String> notes) {
        long startedMs = run.status().startedMs();
        Map<String, AppStatus.ExecutorStatus> executors = new HashMap<>();
        run.status().executors().forEach(executor -> executors.put(executor.executorId(), executor));
        List<Place> places = places(run);
        Map<Place, Integer> indexes = new HashMap<>();
        for (Place place : places.subList(0, Math.min(MAX_LANES, places.size()))) {
            indexes.put(place, indexes.size());
        }
        PageModel.note(notes, places.size() - MAX_LANES, "more cores are not in the timeline");

        List<List<Bar>> byLane = new ArrayList<>();
        indexes.forEach((place, index) -> byLane.add(new ArrayList<>()));
        for (TaskAttempt attempt : run.attempts()) {
            Integer lane = indexes.get(new Place(attempt.executorId(), attempt.lane()));
            if (lane != null) {
                byLane.get(lane).add(barOf(attempt, lane, startedMs, run.nowMs()));
            }
        }
        List<Lane> lanes = new ArrayList<>();
        for (int index = 0; index < indexes.size(); index++) {
            Place place = places.get(index);
            AppStatus.ExecutorStatus executor = executors.get(place.executorId);
            lanes.add(new Lane(
                    place.executorId,
                    place.core,
                    executor.addedMs() - startedMs,
                    (executor.isAlive() ? run.nowMs() : executor.lostMs()) - startedMs,
                    !executor.isAlive(),
                    byLane.get(index).stream().mapToLong(Bar::busyMs).sum()));
        }
        boolean isMerged = mergeUntilFew(byLane, run.wallMs(), false) | mergeUntilFew(byLane, run.wallMs(), true);
        return new Timeline(lanes, byLane.stream().flatMap(List::stream).toList(), isMerged);
    }

    /** Neighbours of one stage first; where stages are too many as well, neighbours whatever they are of. */
    private static boolean mergeUntilFew(List<List<Bar>> byLane, long wallMs, boolean isAcrossStages) {
        boolean isMerged = false;
        for (long upToMs = Math.max(1, wallMs / FIRST_PIECES);
                byLane.stream().mapToInt(List::size).sum() > MAX_BARS && upToMs <= 4 * wallMs;
                upToMs *= 2) {
            for (List<Bar> bars : byLane) {
                merge(bars, upToMs, isAcrossStages);
            }
            isMerged = true;
        }
        return isMerged;
    }

    /** All cores of all executors, and what a late end made of a core more. */
    private static List<Place> places(Run run) {
        Map<String, Integer> lanes = new HashMap<>();
        for (TaskAttempt attempt : run.attempts()) {
            lanes.merge(attempt.executorId(), attempt.lane() + 1, Math::max);
        }
        List<Place> places = new ArrayList<>();
        for (AppStatus.ExecutorStatus executor : run.status().executors()) {
            int count = Math.max(executor.cores(), lanes.getOrDefault(executor.executorId(), 0));
            for (int core = 0; core < count; core++) {
                places.add(new Place(executor.executorId(), core));
            }
        }
        return places;
    }

    private static Bar barOf(TaskAttempt attempt, int lane, long startedMs, long nowMs) {
        long durationMs = attempt.durationMs(nowMs);
        return new Bar(
                lane,
                attempt.startMs() - startedMs,
                attempt.startMs() - startedMs + durationMs,
                attempt.stageId(),
                attempt.name(),
                1,
                durationMs,
                StageRow.ms(attempt.metrics().runNanos()),
                StageRow.ms(attempt.metrics().fetchWaitNanos()),
                StageRow.ms(attempt.metrics().gcNanos()),
                StageRow.ms(attempt.metrics().spillNanos()),
                attempt.metrics().diskSpilled(),
                StageRow.lower(attempt.result()),
                attempt.why().lines().findFirst().orElse(""));
    }

    /** As long as what becomes of them is not longer than that. */
    private static void merge(List<Bar> bars, long upToMs, boolean isAcrossStages) {
        List<Bar> merged = new ArrayList<>();
        for (Bar bar : bars) {
            Bar last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && (isAcrossStages || last.stage == bar.stage) && bar.endMs - last.startMs <= upToMs) {
                merged.set(merged.size() - 1, last.with(bar));
            } else {
                merged.add(bar);
            }
        }
        bars.clear();
        bars.addAll(merged);
    }
}
