package dev.kindling.event;

import dev.kindling.event.AppStatus.JobStatus;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.event.AppStatus.State;
import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.List;

/**
 * The one line of a terminal that shows what runs:
 * {@code job 0  stage 2/3 groupByKey at Zips.java:12 [#####--...] 12/24, 4 running, 1 failed  2.3 s}.
 */
public final class ProgressLine {
    private static final int MIN_BAR = 8;
    private static final int MAX_BAR = 24;

    private ProgressLine() {}

    /** As of the last event. */
    public static String of(AppStatus status, int width, boolean isUnicode) {
        return of(status, status.updatedMs(), width, isUnicode);
    }

    /**
     * At most {@code width} columns; empty when no job runs. Without {@code isUnicode} it is plain ASCII.
     *
     * @param nowMs until which the time of the job is shown
     */
    public static String of(AppStatus status, long nowMs, int width, boolean isUnicode) {
        List<String> running = new ArrayList<>();
        for (JobStatus job : status.jobs()) {
            if (job.state() == State.RUNNING) {
                running.add(lineOf(status, job, nowMs, width, isUnicode));
            }
        }
        if (running.isEmpty()) {
            return "";
        }
        String others = running.size() > 1 ? "  (+" + (running.size() - 1) + " jobs)" : "";
        return cut(running.get(0), width - others.length(), isUnicode) + others;
    }

    private static String lineOf(AppStatus status, JobStatus job, long nowMs, int width, boolean isUnicode) {
        List<StageStatus> stages = status.stagesOf(job);
        StageStatus stage = stageToShow(stages);
        String time = "  " + Durations.format(Math.max(0, nowMs - job.startedMs()));
        if (stage == null) {
            return "job " + job.jobId() + "  waiting" + time;
        }
        String head = "job " + job.jobId() + "  stage " + (job.stageIds().indexOf(stage.stageId()) + 1) + "/"
                + job.stageIds().size() + " ";
        String tail = " " + stage.donePartitions() + "/" + stage.partitionCount()
                + (stage.runningAttempts() > 0 ? ", " + stage.runningAttempts() + " running" : "")
                + (stage.failedAttempts() > 0 ? ", " + stage.failedAttempts() + " failed" : "")
                + time;
        int room = width - head.length() - tail.length() - 3;
        int bar = Math.max(MIN_BAR, Math.min(MAX_BAR, room - stage.name().length()));
        String name = cut(stage.name(), Math.max(0, room - bar), isUnicode);
        return head + name + (name.isEmpty() ? "" : " ") + bar(stage, bar, isUnicode) + tail;
    }

    /** The running stage that is furthest along its job. */
    private static StageStatus stageToShow(List<StageStatus> stages) {
        StageStatus shown = null;
        for (StageStatus stage : stages) {
            if (stage.state() == State.RUNNING) {
                shown = stage;
            }
        }
        return shown;
    }

    private static String bar(StageStatus stage, int columns, boolean isUnicode) {
        int width = isUnicode ? columns : columns - 2;
        int total = Math.max(1, stage.partitionCount());
        int full = (int) ((long) width * stage.donePartitions() / total);
        int active = (int) Math.min(width - full, ceil((long) width * stage.runningAttempts(), total));
        String[] marks = isUnicode ? new String[] {"█", "▒", "░"} : new String[] {"#", "-", "."};
        String bar = marks[0].repeat(full) + marks[1].repeat(active) + marks[2].repeat(width - full - active);
        return isUnicode ? bar : "[" + bar + "]";
    }

    private static long ceil(long value, int by) {
        return (value + by - 1) / by;
    }

    private static String cut(String text, int width, boolean isUnicode) {
        if (text.length() <= width) {
            return text;
        }
        String mark = isUnicode ? "…" : "~";
        return width <= 0 ? "" : text.substring(0, width - 1) + mark;
    }
}
