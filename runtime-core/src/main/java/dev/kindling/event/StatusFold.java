package dev.kindling.event;

import dev.kindling.event.AppStatus.ExecutorStatus;
import dev.kindling.event.AppStatus.JobStatus;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.event.AppStatus.State;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskMetrics;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sums up events into an {@link AppStatus}. An event costs constant time, a picture as much as it has entries. Events
 * may come doubled; an attempt that succeeds twice is one done partition. Safe for many threads.
 */
public final class StatusFold implements AppEventListener {
    static final int KEPT_JOBS = 1_000;
    static final int KEPT_STAGES = 4_000;

    private String applicationId = "";
    private String name = "";
    private String master = "";
    private long startedMs = -1;
    private long endedMs = -1;
    private long updatedMs = -1;
    private TaskMetrics metrics = TaskMetrics.NONE;
    private final TreeMap<Integer, JobStatus> jobs = new TreeMap<>();
    private final TreeMap<Integer, Stage> stages = new TreeMap<>();
    private final Map<String, Executor> executors = new LinkedHashMap<>();
    private final TreeMap<AttemptId, String> running = new TreeMap<>();

    /** The picture after all of these. */
    public static AppStatus of(List<TimedEvent> events) {
        StatusFold fold = new StatusFold();
        events.forEach(timed -> fold.onEvent(timed.timeMs(), timed.event()));
        return fold.status();
    }

    /** The picture now. */
    public synchronized AppStatus status() {
        return new AppStatus(
                applicationId,
                name,
                master,
                startedMs,
                endedMs,
                updatedMs,
                List.copyOf(jobs.values()),
                stages.values().stream().map(Stage::status).toList(),
                executors.values().stream().map(Executor::status).toList(),
                metrics);
    }

    @Override
    public synchronized void onEvent(long timeMs, AppEvent event) {
        updatedMs = timeMs;
        if (event instanceof AppEvent.ApplicationStarted e) {
            applicationId = e.applicationId();
            name = e.name();
            master = e.master();
            startedMs = timeMs;
        } else if (event instanceof AppEvent.ApplicationEnded) {
            endedMs = timeMs;
        } else if (event instanceof AppEvent.JobStarted e) {
            JobStatus job = new JobStatus(e.jobId(), e.description(), e.stageIds(), State.RUNNING, timeMs, -1, "");
            jobs.put(e.jobId(), job);
            dropOldest(jobs, KEPT_JOBS);
        } else if (event instanceof AppEvent.JobCompleted e) {
            endJob(e.jobId(), State.COMPLETED, timeMs, "");
        } else if (event instanceof AppEvent.JobFailed e) {
            endJob(e.jobId(), State.FAILED, timeMs, e.message());
        } else if (event instanceof AppEvent.StageStarted e) {
            startStage(e, timeMs);
        } else if (event instanceof AppEvent.StageSkipped e) {
            stage(e.stageId(), e.jobId(), e.name()).skip();
        } else if (event instanceof AppEvent.StageCompleted e) {
            endStage(e.stageId(), State.COMPLETED, timeMs);
        } else if (event instanceof AppEvent.AttemptStarted e) {
            startAttempt(e);
        } else if (event instanceof AppEvent.AttemptSucceeded e) {
            succeed(e);
        } else if (event instanceof AppEvent.AttemptFailed e) {
            failAttempt(e.attempt());
        } else if (event instanceof AppEvent.ExecutorAdded e) {
            executors.remove(e.executorId());
            executors.put(e.executorId(), new Executor(e, timeMs));
        } else if (event instanceof AppEvent.ExecutorLost e) {
            loseExecutor(e, timeMs);
        } else if (event instanceof AppEvent.ExecutorLossExplained e && executors.containsKey(e.executorId())) {
            executors.get(e.executorId()).lostReason = e.reason().toString();
        }
    }

    // ---- jobs and stages ------------------------------------------------------------------------------------------

    private void endJob(int jobId, State state, long timeMs, String message) {
        JobStatus job = jobs.get(jobId);
        if (job == null) {
            return;
        }
        jobs.put(
                jobId,
                new JobStatus(jobId, job.description(), job.stageIds(), state, job.startedMs(), timeMs, message));
        for (int stageId : job.stageIds()) {
            Stage stage = stages.get(stageId);
            if (stage != null && stage.state == State.RUNNING && stage.jobId == jobId) {
                stage.end(state, timeMs);
            }
        }
    }

    private void startStage(AppEvent.StageStarted e, long timeMs) {
        stage(e.stageId(), e.jobId(), e.name()).start(e, timeMs);
    }

    private Stage stage(int stageId, int jobId, String stageName) {
        Stage stage = stages.computeIfAbsent(stageId, id -> new Stage(id, jobId, stageName));
        dropOldest(stages, KEPT_STAGES);
        return stage;
    }

    private void endStage(int stageId, State state, long timeMs) {
        Stage stage = stages.get(stageId);
        if (stage != null) {
            stage.end(state, timeMs);
        }
    }

    private static <V> void dropOldest(TreeMap<Integer, V> entries, int kept) {
        while (entries.size() > kept) {
            entries.pollFirstEntry();
        }
    }

    // ---- attempts and executors -----------------------------------------------------------------------------------

    private void startAttempt(AppEvent.AttemptStarted e) {
        if (running.put(e.attempt(), e.executorId()) != null) {
            return;
        }
        Stage stage = stages.get(e.attempt().stageId());
        if (stage != null) {
            stage.running++;
            // A partition that runs again after it was done has lost its map output.
            stage.done.clear(e.attempt().partition());
        }
        Executor executor = executors.get(e.executorId());
        if (executor != null) {
            executor.running++;
        }
    }

    private void succeed(AppEvent.AttemptSucceeded e) {
        if (!endAttempt(e.attempt(), true)) {
            return;
        }
        metrics = metrics.plus(e.metrics());
        Stage stage = stages.get(e.attempt().stageId());
        if (stage != null) {
            stage.done.set(e.attempt().partition());
            stage.metrics = stage.metrics.plus(e.metrics());
        }
    }

    private void failAttempt(AttemptId attempt) {
        endAttempt(attempt, false);
    }

    /** False when it was not running: the end of an attempt was told twice. */
    private boolean endAttempt(AttemptId attempt, boolean isSuccess) {
        String executorId = running.remove(attempt);
        if (executorId == null) {
            return false;
        }
        Stage stage = stages.get(attempt.stageId());
        if (stage != null) {
            stage.running--;
            stage.succeeded += isSuccess ? 1 : 0;
            stage.failed += isSuccess ? 0 : 1;
        }
        Executor executor = executors.get(executorId);
        if (executor != null) {
            executor.running--;
            executor.succeeded += isSuccess ? 1 : 0;
            executor.failed += isSuccess ? 0 : 1;
        }
        return true;
    }

    private void loseExecutor(AppEvent.ExecutorLost e, long timeMs) {
        List<AttemptId> lost = running.entrySet().stream()
                .filter(entry -> entry.getValue().equals(e.executorId()))
                .map(Map.Entry::getKey)
                .toList();
        lost.forEach(this::failAttempt);
        Executor executor = executors.get(e.executorId());
        if (executor != null) {
            executor.lostMs = timeMs;
            executor.lostReason = e.reason().toString();
        }
    }

    // ---- what is counted ------------------------------------------------------------------------------------------

    private static final class Stage {
        private final int stageId;
        private final int jobId;
        private final String name;
        private final BitSet done = new BitSet();
        private State state = State.WAITING;
        private int partitionCount;
        private int doneBefore;
        private int running;
        private int succeeded;
        private int failed;
        private long startedMs = -1;
        private long endedMs = -1;
        private TaskMetrics metrics = TaskMetrics.NONE;

        Stage(int stageId, int jobId, String name) {
            this.stageId = stageId;
            this.jobId = jobId;
            this.name = name;
        }

        void start(AppEvent.StageStarted e, long timeMs) {
            state = State.RUNNING;
            partitionCount = e.partitionCount();
            doneBefore = e.partitionCount() - e.taskCount();
            done.clear();
            startedMs = startedMs < 0 ? timeMs : startedMs;
            endedMs = -1;
        }

        void skip() {
            if (state == State.WAITING) {
                state = State.SKIPPED;
            }
        }

        void end(State ended, long timeMs) {
            state = ended;
            endedMs = timeMs;
        }

        StageStatus status() {
            return new StageStatus(
                    stageId,
                    jobId,
                    name,
                    state,
                    partitionCount,
                    Math.min(partitionCount, doneBefore + done.cardinality()),
                    running,
                    succeeded,
                    failed,
                    startedMs,
                    endedMs,
                    metrics);
        }
    }

    private static final class Executor {
        private final AppEvent.ExecutorAdded added;
        private final long addedMs;
        private int running;
        private int succeeded;
        private int failed;
        private long lostMs = -1;
        private String lostReason = "";

        Executor(AppEvent.ExecutorAdded added, long addedMs) {
            this.added = added;
            this.addedMs = addedMs;
        }

        ExecutorStatus status() {
            return new ExecutorStatus(
                    added.executorId(),
                    added.host(),
                    added.cores(),
                    added.memoryBytes(),
                    running,
                    succeeded,
                    failed,
                    addedMs,
                    lostMs,
                    lostReason);
        }
    }
}
