package dev.kindling.driver.page;

import dev.kindling.event.AppStatus;
import dev.kindling.event.StoryLines;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two runs side by side, stage by stage. Stages are the same when they have the same name and are as often the same
 * after the ones before: the third {@code count at A.java:7} of one run is that of the other.
 *
 * @param rows in the order of the second run; then those that only the first one had
 * @param settings that are not the same in both
 */
public record Comparison(
        String beforeName, String afterName, List<String> sentences, List<Row> rows, List<Setting> settings) {
    private static final int SHOWN_ROWS = 400;

    /** Less than that is said to be the same. */
    private static final int NOTICED_PERCENT = 5;

    public Comparison {
        sentences = List.copyOf(sentences);
        rows = List.copyOf(rows);
        settings = List.copyOf(settings);
    }

    /**
     * @param before what the stage did in the first run; {@link Side#ABSENT} when it had none
     */
    public record Row(String name, Side before, Side after) {
        long changeMs() {
            return after.wallMs - before.wallMs;
        }
    }

    /** @param stage its number; -1 when the run has no such stage */
    public record Side(
            int stage,
            long wallMs,
            int tasks,
            long medianMs,
            long longestMs,
            long fetchWaitMs,
            long gcMs,
            long spilledBytes,
            long shuffleIn,
            long shuffleOut,
            int failedAttempts) {
        static final Side ABSENT = new Side(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        static Side of(StageRow stage, long wallMs) {
            return new Side(
                    stage.id(),
                    stage.durationMs(wallMs),
                    stage.partitions(),
                    stage.medianMs(),
                    stage.longestMs(),
                    stage.fetchWaitMs(),
                    stage.gcMs(),
                    stage.spilledBytes(),
                    stage.shuffleIn(),
                    stage.shuffleOut(),
                    stage.failedAttempts());
        }

        boolean isThere() {
            return stage >= 0;
        }
    }

    /** A setting and its text in both runs; empty where it was not set. */
    public record Setting(String key, String before, String after) {}

    static Comparison of(Run before, Run after) {
        Map<String, Side> first = sides(before);
        Map<String, Side> second = sides(after);
        List<Row> rows = new ArrayList<>();
        second.forEach((key, side) -> rows.add(new Row(nameOf(key), first.getOrDefault(key, Side.ABSENT), side)));
        first.forEach((key, side) -> {
            if (!second.containsKey(key)) {
                rows.add(new Row(nameOf(key), side, Side.ABSENT));
            }
        });
        return new Comparison(
                nameOf(before),
                nameOf(after),
                sentences(before, after, rows),
                rows.subList(0, Math.min(SHOWN_ROWS, rows.size())),
                settings(before, after));
    }

    private static String nameOf(Run run) {
        return run.status().name() + " " + run.status().applicationId();
    }

    /** By name and how many of that name came before. */
    private static Map<String, Side> sides(Run run) {
        Map<String, Integer> seen = new HashMap<>();
        Map<String, Side> sides = new LinkedHashMap<>();
        for (StageRow stage : StageRow.of(run)) {
            if (stage.startMs() >= 0) {
                int number = seen.merge(stage.name(), 1, Integer::sum);
                sides.put(number + " " + stage.name(), Side.of(stage, run.wallMs()));
            }
        }
        return sides;
    }

    private static String nameOf(String key) {
        return key.substring(key.indexOf(' ') + 1);
    }

    private static List<Setting> settings(Run before, Run after) {
        List<Setting> changed = new ArrayList<>();
        Map<String, String> all = new TreeMap<>(before.settings());
        all.putAll(after.settings());
        for (String key : all.keySet()) {
            String first = before.settings().getOrDefault(key, "");
            String second = after.settings().getOrDefault(key, "");
            if (!first.equals(second)) {
                changed.add(new Setting(key, PageModel.name(first), PageModel.name(second)));
            }
        }
        return changed;
    }

    // ---- in words -------------------------------------------------------------------------------------------------

    private static List<String> sentences(Run before, Run after, List<Row> rows) {
        return List.of(whole(before, after), most(rows), others(rows));
    }

    private static String whole(Run before, Run after) {
        return "The second run took " + time(after) + ", the first " + time(before) + ": "
                + change(before.wallMs(), after.wallMs()) + ".";
    }

    /** A run that fails is over soon. */
    private static String time(Run run) {
        boolean isFailed = run.status().jobs().stream().anyMatch(job -> job.state() == AppStatus.State.FAILED);
        return Durations.format(run.wallMs()) + (isFailed ? ", in which a job failed" : "");
    }

    private static String most(List<Row> rows) {
        return rows.stream()
                .filter(row -> row.before.isThere() && row.after.isThere())
                .max(Comparator.comparingLong(row -> Math.abs(row.changeMs())))
                .map(row -> "Of the stages in both, " + row.name + " changed most: "
                        + Durations.format(row.before.wallMs) + " before, " + Durations.format(row.after.wallMs)
                        + " now; " + why(row.before, row.after) + ".")
                .orElse("They have no stage in common.");
    }

    /** What else of the stage changed, which may be why. */
    private static String why(Side before, Side after) {
        List<String> reasons = new ArrayList<>();
        add(reasons, "tasks", before.tasks, after.tasks);
        add(reasons, "attempts without a result", before.failedAttempts, after.failedAttempts);
        addBytes(reasons, "read from shuffles", before.shuffleIn, after.shuffleIn);
        addBytes(reasons, "written for shuffles", before.shuffleOut, after.shuffleOut);
        addBytes(reasons, "spilled", before.spilledBytes, after.spilledBytes);
        return reasons.isEmpty()
                ? "its tasks, bytes, spills and failures are the same"
                : "it had " + String.join(", ", reasons);
    }

    private static void add(List<String> reasons, String what, long before, long after) {
        if (before != after) {
            reasons.add(after + " " + what + " instead of " + before);
        }
    }

    private static void addBytes(List<String> reasons, String what, long before, long after) {
        if (Math.abs(after - before) * 100 > NOTICED_PERCENT * Math.max(before, after)) {
            reasons.add(ByteSizes.format(after) + " " + what + " instead of " + ByteSizes.format(before));
        }
    }

    private static String others(List<Row> rows) {
        long only = rows.stream().filter(row -> !row.before.isThere()).count();
        long gone = rows.stream().filter(row -> !row.after.isThere()).count();
        long slower = rows.stream().filter(row -> isIn(row, true)).count();
        long faster = rows.stream().filter(row -> isIn(row, false)).count();
        return "Of " + StoryLines.count(rows.size(), "stage") + ", slower by more than " + NOTICED_PERCENT + " %: "
                + slower + "; faster: " + faster + "; only in the second run: " + only + "; only in the first: " + gone
                + ".";
    }

    private static boolean isIn(Row row, boolean isSlower) {
        long change = isSlower ? row.changeMs() : -row.changeMs();
        return row.before.isThere() && row.after.isThere() && change * 100 > NOTICED_PERCENT * row.before.wallMs;
    }

    private static String change(long beforeMs, long afterMs) {
        long percent = beforeMs == 0 ? 0 : Math.round(100.0 * Math.abs(afterMs - beforeMs) / beforeMs);
        if (percent < NOTICED_PERCENT) {
            return "about the same";
        }
        return percent + " % " + (afterMs > beforeMs ? "slower" : "faster");
    }
}
