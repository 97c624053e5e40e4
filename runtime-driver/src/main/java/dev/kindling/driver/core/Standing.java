package dev.kindling.driver.core;

import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Where jobs, stages, attempts and executors stand, in sentences for people; bounded, however many there are. */
final class Standing {
    private static final int JOBS = 8;
    private static final int ATTEMPTS_OF_A_STAGE = 6;
    private static final int EXECUTORS = 16;

    private Standing() {}

    /** Everything that is unfinished, and who could work on it. */
    static List<String> of(Stages stages, ExecutorTable executors, long nowMs) {
        List<String> lines = new ArrayList<>();
        int left = stages.jobs().unfinished().size();
        for (Jobs.Job job : stages.jobs().unfinished()) {
            if (lines.size() >= JOBS * 4) {
                lines.add("and " + left + " jobs more");
                break;
            }
            lines.addAll(of(job, stages, nowMs));
            left--;
        }
        int shown = 0;
        for (ExecutorState executor : executors.registered()) {
            if (shown++ == EXECUTORS) {
                lines.add("and " + (executors.liveCount() - EXECUTORS) + " executors more");
                break;
            }
            lines.add("executor " + executor + " runs " + executor.running.size() + " attempts and has "
                    + executor.freeSlots + " of " + executor.cores + " cores free");
        }
        if (executors.liveCount() == 0) {
            lines.add("no executor is registered");
        }
        return lines;
    }

    /** One job, the stages it waits for, and what of them runs. */
    static List<String> of(Jobs.Job job, Stages stages, long nowMs) {
        List<String> lines = new ArrayList<>();
        int wanted = job.graph.resultPartitions().size();
        lines.add("job " + job.id() + " (" + job.graph.description() + ") has " + (wanted - job.missing.size()) + " of "
                + wanted + " results");
        for (JobGraph.StageSpec spec : job.graph.stages()) {
            StageState stage = stages.find(spec.stageId());
            if (stage != null && stage.isNeeded) {
                lines.add(of(stage, stages, nowMs));
            }
        }
        return lines;
    }

    private static String of(StageState stage, Stages stages, long nowMs) {
        if (!stage.isReady) {
            TreeSet<Integer> awaited = new TreeSet<>();
            for (int shuffleId : stage.spec.readsShuffles()) {
                MapOutputs.Shuffle shuffle = stages.mapOutputs().find(shuffleId);
                if (shuffle != null && !shuffle.isComplete()) {
                    awaited.add(shuffle.mapStageId);
                }
            }
            return stage + " waits for the map outputs of stages " + awaited;
        }
        StringBuilder text = new StringBuilder(stage + ": " + stage.tasks.waitingCount() + " tasks wait, "
                + stage.tasks.running().size() + " run");
        int shown = 0;
        for (RunningAttempt attempt : stage.tasks.running()) {
            if (shown++ == ATTEMPTS_OF_A_STAGE) {
                text.append(", ...");
                break;
            }
            text.append(shown == 1 ? ": " : ", ")
                    .append(attempt)
                    .append(" for ")
                    .append(Durations.format(nowMs - attempt.launchedMs));
        }
        return text.toString();
    }
}
