package dev.kindling.driver;

import dev.kindling.api.FutureAction.Progress;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.driver.core.JobGraph;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * How far those jobs are that nobody waits for, summed up from the events of the application as they are published. An
 * event costs a look-up for each of these jobs, and nothing when there are none. Any thread.
 */
final class JobProgress {
    private final Map<Integer, OfJob> jobs = new ConcurrentHashMap<>();

    /** @param onChange called whenever it has come further; must not wait */
    OfJob begin(JobGraph graph, Runnable onChange) {
        OfJob job = new OfJob(graph, onChange);
        jobs.put(graph.jobId(), job);
        return job;
    }

    /** It keeps its last picture. */
    void end(int jobId) {
        jobs.remove(jobId);
    }

    void onEvent(Event event) {
        if (jobs.isEmpty()) {
            return;
        }
        if (event instanceof Event.TaskStart e) {
            change(e.stageId(), stage -> stage.running++);
        } else if (event instanceof Event.TaskEnd e) {
            change(e.stageId(), stage -> stage.ended(e));
        } else if (event instanceof Event.StageSubmitted e) {
            change(e.stage().stageId(), stage -> stage.begun(e.stage()));
        } else if (event instanceof Event.StageCompleted e && e.failure().isEmpty()) {
            change(e.stage().stageId(), stage -> stage.isDone = true);
        } else if (event instanceof Event.StageSkipped e && jobs.containsKey(e.jobId())) {
            jobs.get(e.jobId()).change(e.stageId(), stage -> stage.isSkipped = true);
        }
    }

    private void change(int stageId, Consumer<Stage> how) {
        jobs.values().forEach(job -> job.change(stageId, how));
    }

    /** One job. */
    static final class OfJob {
        private final Map<Integer, Stage> stages = new TreeMap<>();
        private final Runnable onChange;

        private OfJob(JobGraph graph, Runnable onChange) {
            this.onChange = onChange;
            for (JobGraph.StageSpec stage : graph.stages()) {
                stages.put(stage.stageId(), new Stage(stage.partitionCount()));
            }
            stages.get(graph.resultStage().stageId()).taskCount =
                    graph.resultPartitions().size();
        }

        private void change(int stageId, Consumer<Stage> how) {
            synchronized (this) {
                Stage stage = stages.get(stageId);
                if (stage == null) {
                    return;
                }
                how.accept(stage);
            }
            onChange.run();
        }

        synchronized Progress now() {
            Progress sum = Progress.NONE;
            for (Stage stage : stages.values()) {
                sum = sum.plus(stage.progress());
            }
            return sum;
        }
    }

    private static final class Stage {
        private final BitSet done = new BitSet();
        private int taskCount;
        private int doneBefore;
        private int running;
        private int failed;
        private boolean isSkipped;
        private boolean isDone;

        Stage(int taskCount) {
            this.taskCount = taskCount;
        }

        /** For the first time, or again, since results of it were lost. */
        void begun(StageInfo info) {
            done.clear();
            doneBefore = info.numCompletedTasks();
            isDone = false;
            isSkipped = false;
        }

        void ended(Event.TaskEnd e) {
            // It was begun by another job, before this one was followed.
            running = Math.max(0, running - 1);
            e.partitions().forEach(done::set);
            failed += e.outcome() instanceof Outcome.Success ? 0 : 1;
        }

        Progress progress() {
            if (isSkipped) {
                return new Progress(1, 0, 1, 0, 0, 0, 0);
            }
            int doneCount = isDone ? taskCount : Math.min(taskCount, doneBefore + done.cardinality());
            return new Progress(1, isDone ? 1 : 0, 0, taskCount, running, doneCount, failed);
        }
    }
}
