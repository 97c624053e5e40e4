package dev.kindling.driver.page;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.driver.page.Run.Trouble;
import dev.kindling.event.AppStatus;
import dev.kindling.event.StoryLines;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What took the time, in three sentences: where the time between start and end went, what the cores did meanwhile, and
 * what is worth looking at first.
 */
final class Findings {
    /** A task this much longer than the median holds up its stage. */
    private static final int STRAGGLER_FACTOR = 3;

    private static final int MUCH_IDLE_PERCENT = 40;

    private final Run run;
    private final List<StageRow> stages;
    private final Spans stageSpans;

    private Findings(Run run, List<StageRow> stages) {
        this.run = run;
        this.stages = stages.stream().filter(stage -> stage.startMs() >= 0).toList();
        stageSpans = Spans.of(this.stages, run.wallMs());
    }

    static List<String> of(Run run, List<StageRow> stages) {
        Findings findings = new Findings(run, stages);
        return List.of(findings.wall(), findings.cores(), findings.first());
    }

    private String wall() {
        long wallMs = run.wallMs();
        if (stages.isEmpty()) {
            return "In " + Durations.format(wallMs) + " no stage has run.";
        }
        StageRow longest = stages.stream()
                .max(Comparator.comparingLong(stage -> stage.durationMs(wallMs)))
                .orElseThrow();
        long beforeMs = stageSpans.firstMs();
        long stagesMs = stageSpans.totalMs();
        long restMs = Math.max(0, wallMs - beforeMs - stagesMs);
        return "Of " + Durations.format(wallMs) + ", stages took " + share(stagesMs, wallMs) + ", starting "
                + share(beforeMs, wallMs) + waitedForExecutors() + " and the rest " + share(restMs, wallMs)
                + "; the longest stage was "
                + longest.id() + " (" + longest.name() + ") with " + Durations.format(longest.durationMs(wallMs))
                + ".";
    }

    /** Part of starting: a stage was there and no executor for it. */
    private String waitedForExecutors() {
        long firstStageMs = stages.stream().mapToLong(StageRow::startMs).min().orElse(0);
        long firstExecutorMs = run.status().executors().stream()
                .mapToLong(executor -> executor.addedMs() - run.status().startedMs())
                .min()
                .orElse(run.wallMs());
        return firstExecutorMs <= firstStageMs
                ? ""
                : ", " + Durations.format(firstExecutorMs - firstStageMs)
                        + " of it with a stage that waited for the first executor,";
    }

    private String cores() {
        long capacityMs = 0;
        for (AppStatus.ExecutorStatus executor : run.status().executors()) {
            long from = executor.addedMs() - run.status().startedMs();
            long to = (executor.isAlive() ? run.nowMs() : executor.lostMs())
                    - run.status().startedMs();
            capacityMs += executor.cores() * stageSpans.overlapMs(from, to);
        }
        long busyMs = run.attempts().stream()
                .mapToLong(attempt -> attempt.durationMs(run.nowMs()))
                .sum();
        if (capacityMs == 0 || busyMs == 0) {
            return "No task has run on any core.";
        }
        long busyPercent = Math.min(100, Math.round(100.0 * busyMs / capacityMs));
        StringBuilder text = new StringBuilder("While stages ran, their cores were busy for ")
                .append(busyPercent)
                .append(" % of the time");
        List<String> parts = new ArrayList<>();
        addPart(parts, "waiting for shuffle blocks", sum(StageRow::fetchWaitMs), busyMs);
        addPart(parts, "garbage collection", sum(StageRow::gcMs), busyMs);
        addPart(parts, "spilling", sum(StageRow::spillMs), busyMs);
        boolean isMeasured =
                run.attempts().stream().anyMatch(attempt -> attempt.metrics().runNanos() > 0);
        if (!parts.isEmpty()) {
            text.append("; of that, ").append(String.join(", ", parts));
        } else if (isMeasured) {
            text.append(", hardly any of it waiting for blocks, collecting garbage or spilling");
        }
        if (100 - busyPercent >= MUCH_IDLE_PERCENT) {
            holdUp().ifPresent(reason -> text.append("; ").append(reason));
        }
        return text.append('.').toString();
    }

    private long sum(ToLongFunction<StageRow> what) {
        return stages.stream().mapToLong(what).sum();
    }

    private static void addPart(List<String> parts, String what, long ms, long busyMs) {
        long percent = Math.round(100.0 * ms / busyMs);
        if (percent >= 1) {
            parts.add(percent + " % " + what);
        }
    }

    /** Why cores had nothing to do, as far as one reason stands out. */
    private Optional<String> holdUp() {
        Optional<StageRow> straggling = stages.stream()
                .filter(stage -> stage.partitions() > 1 && stage.longestMs() > STRAGGLER_FACTOR * stage.medianMs())
                .max(Comparator.comparingLong(stage -> stage.longestMs() - stage.medianMs()));
        if (straggling.isPresent()) {
            StageRow stage = straggling.get();
            return Optional.of("others waited for " + stage.longest() + " on " + stage.longestOn() + ", which took "
                    + Durations.format(stage.longestMs()) + " where the median task took "
                    + Durations.format(stage.medianMs()));
        }
        int cores = run.status().executors().stream()
                .filter(AppStatus.ExecutorStatus::isAlive)
                .mapToInt(AppStatus.ExecutorStatus::cores)
                .sum();
        return stages.stream()
                .filter(stage -> stage.partitions() < cores)
                .max(Comparator.comparingLong(stage -> stage.durationMs(run.wallMs())))
                .map(stage -> "stage " + stage.id() + " had only " + StoryLines.count(stage.partitions(), "task")
                        + " for " + StoryLines.count(cores, "core"));
    }

    private String first() {
        Optional<Trouble> job = firstOf(Trouble.Kind.JOB);
        if (job.isPresent()) {
            return "Look first at " + job.get().what() + ", which failed: "
                    + firstLine(job.get().text());
        }
        long lost = run.troubles().stream()
                .filter(trouble -> trouble.kind() == Trouble.Kind.EXECUTOR)
                .map(Trouble::what)
                .distinct()
                .count();
        long failed = stages.stream().mapToLong(StageRow::failedAttempts).sum();
        if (lost > 0) {
            Trouble trouble = firstOf(Trouble.Kind.EXECUTOR).orElseThrow();
            return StoryLines.count(lost, "executor") + (lost == 1 ? " was" : " were") + " lost and "
                    + StoryLines.count(failed, "attempt") + " ended without a result: " + trouble.what() + ", "
                    + firstLine(trouble.reason().map(ExitReason::detail).orElse(trouble.text()));
        }
        Optional<Trouble> task = firstOf(Trouble.Kind.TASK);
        if (task.isPresent()) {
            return StoryLines.count(failed, "attempt") + " ended without a result, the first "
                    + task.get().what() + ": " + firstLine(task.get().text());
        }
        Optional<String> skew = ShufflePanel.of(run, new ArrayList<>()).stream()
                .filter(panel -> !panel.skewed().isEmpty())
                .max(Comparator.comparingLong(ShufflePanel::largestBytes))
                .flatMap(ShufflePanel::skewInWords);
        if (skew.isPresent()) {
            return "Nothing failed, but " + skew.get() + ".";
        }
        long spilled = stages.stream().mapToLong(StageRow::spilledBytes).sum();
        return spilled > 0
                ? "Nothing failed, but " + ByteSizes.format(spilled)
                        + " were spilled to disk for want of memory: more memory or more partitions would spare that."
                : "Nothing failed, nothing was spilled, and no partition stands out.";
    }

    private Optional<Trouble> firstOf(Trouble.Kind kind) {
        return run.troubles().stream().filter(trouble -> trouble.kind() == kind).findFirst();
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.endsWith(".") ? line : line + ".";
    }

    private static String share(long ms, long wallMs) {
        return Durations.format(ms) + " (" + (wallMs == 0 ? 0 : Math.round(100.0 * ms / wallMs)) + " %)";
    }

    /** Times in which some stage ran, without overlaps, in their order. */
    private record Spans(List<long[]> spans) {
        static Spans of(List<StageRow> stages, long wallMs) {
            List<long[]> spans = new ArrayList<>();
            stages.stream()
                    .map(stage -> new long[] {stage.workFromMs(), stage.workFromMs() + stage.durationMs(wallMs)})
                    .sorted(Comparator.comparingLong(span -> span[0]))
                    .forEach(span -> {
                        long[] last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
                        if (last != null && span[0] <= last[1]) {
                            last[1] = Math.max(last[1], span[1]);
                        } else {
                            spans.add(span);
                        }
                    });
            return new Spans(spans);
        }

        long firstMs() {
            return spans.get(0)[0];
        }

        long totalMs() {
            return spans.stream().mapToLong(span -> span[1] - span[0]).sum();
        }

        long overlapMs(long fromMs, long toMs) {
            return spans.stream()
                    .mapToLong(span -> Math.max(0, Math.min(toMs, span[1]) - Math.max(fromMs, span[0])))
                    .sum();
        }
    }
}
