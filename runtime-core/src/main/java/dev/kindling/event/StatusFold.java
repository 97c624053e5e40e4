package dev.kindling.event;

import dev.kindling.api.KindlingListener;
import dev.kindling.api.StatusTracker;
import dev.kindling.event.AppStatus.ExecutorStatus;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.event.AppStatus.State;
import dev.kindling.protocol.TaskMetrics;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Sums up events into an {@link AppStatus}, and answers as the program's {@link StatusTracker}. An event costs constant
 * time, a picture as much as it has entries. Events may come doubled; an attempt that succeeds twice is one done
 * partition. Safe for many threads.
 */
public final class StatusFold implements KindlingListener, StatusTracker {
    static final int KEPT_JOBS = 1_000;
    static final int KEPT_STAGES = 4_000;

    /** Of those that were lost. */
    static final int KEPT_EXECUTORS = 100;

    private String applicationId = "";
    private String name = "";
    private String master = "";
    private long startedMs = -1;
    private long endedMs = -1;
    private long updatedMs = -1;
    private TaskMetrics metrics = TaskMetrics.NONE;
    private final TreeMap<Integer, AppStatus.JobStatus> jobs = new TreeMap<>();
    private final TreeSet<Integer> activeJobs = new TreeSet<>();
    private final TreeMap<Integer, Stage> stages = new TreeMap<>();
    private final Map<String, Executor> executors = new LinkedHashMap<>();
    private final Map<Long, Event.TaskStart> running = new HashMap<>();

    /** The picture after all of these. */
    public static AppStatus of(List<? extends Event> events) {
        StatusFold fold = new StatusFold();
        events.forEach(fold::onEvent);
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
    public synchronized void onEvent(Event event) {
        long timeMs = event.time().toEpochMilli();
        updatedMs = timeMs;
        if (event instanceof Event.TaskStart e) {
            startAttempt(e);
        } else if (event instanceof Event.TaskEnd e) {
            endAttempt(e);
        } else if (event instanceof Event.BlockUpdated e) {
            updateBlock(e);
        } else if (event instanceof Event.ApplicationStart e) {
            applicationId = e.id();
            name = e.name();
            startedMs = timeMs;
        } else if (event instanceof Event.EnvironmentUpdate e) {
            master = e.master();
        } else if (event instanceof Event.ApplicationEnd) {
            endedMs = timeMs;
        } else if (event instanceof Event.JobStart e) {
            startJob(e);
        } else if (event instanceof Event.JobEnd e) {
            endJob(e);
        } else if (event instanceof Event.StageSubmitted e) {
            stage(e.stage().stageId(), e.stage().name()).start(e.stage(), timeMs);
        } else if (event instanceof Event.StageSkipped e) {
            stage(e.stageId(), e.name()).skip();
        } else if (event instanceof Event.StageCompleted e) {
            endStage(e);
        } else {
            changeExecutor(event);
        }
    }

    // ---- jobs and stages ------------------------------------------------------------------------------------------

    private void startJob(Event.JobStart e) {
        AppStatus.JobStatus job = new AppStatus.JobStatus(
                e.jobId(),
                e.callSite(),
                e.stageIds(),
                e.properties(),
                State.RUNNING,
                e.time().toEpochMilli(),
                -1,
                "");
        if (jobs.put(e.jobId(), job) == null) {
            activeJobs.add(e.jobId());
        }
        // Its stages are known from here on, so that they are shown as its own when another job runs them first.
        e.stageIds().forEach(stageId -> stage(stageId, "").join(e.jobId()));
        dropOldest(jobs, KEPT_JOBS);
    }

    private void endJob(Event.JobEnd e) {
        AppStatus.JobStatus job = jobs.get(e.jobId());
        activeJobs.remove(e.jobId());
        if (job == null) {
            return;
        }
        State state = e.failure().isPresent() ? State.FAILED : State.COMPLETED;
        long timeMs = e.time().toEpochMilli();
        jobs.put(
                e.jobId(),
                new AppStatus.JobStatus(
                        e.jobId(),
                        job.description(),
                        job.stageIds(),
                        job.properties(),
                        state,
                        job.startedMs(),
                        timeMs,
                        e.failure().map(AppStatus::messageOf).orElse("")));
    }

    private Stage stage(int stageId, String stageName) {
        Stage stage = stages.computeIfAbsent(stageId, Stage::new);
        stage.name = stageName.isEmpty() ? stage.name : stageName;
        dropOldest(stages, KEPT_STAGES);
        return stage;
    }

    private void endStage(Event.StageCompleted e) {
        Stage stage = stages.get(e.stage().stageId());
        if (stage != null) {
            stage.end(e);
        }
    }

    private static <V> void dropOldest(TreeMap<Integer, V> entries, int kept) {
        while (entries.size() > kept) {
            entries.pollFirstEntry();
        }
    }

    // ---- attempts -------------------------------------------------------------------------------------------------

    private void startAttempt(Event.TaskStart e) {
        if (running.put(e.taskId(), e) != null) {
            return;
        }
        Stage stage = stages.get(e.stageId());
        if (stage != null) {
            stage.running++;
            // A partition that runs again after it was done has lost its map output.
            e.partitions().forEach(stage.done::clear);
        }
        Executor executor = executors.get(e.executor());
        if (executor != null) {
            executor.running++;
        }
    }

    /** Does nothing when it was not running: the end of an attempt was told twice. */
    private void endAttempt(Event.TaskEnd e) {
        if (running.remove(e.taskId()) == null) {
            return;
        }
        boolean isSuccess = e.outcome() instanceof Outcome.Success;
        Stage stage = stages.get(e.stageId());
        if (stage != null) {
            stage.ended(e, isSuccess);
        }
        Executor executor = executors.get(e.executor());
        if (executor != null) {
            executor.running--;
            executor.succeeded += isSuccess ? 1 : 0;
            executor.failed += isSuccess ? 0 : 1;
        }
        if (isSuccess) {
            metrics = metrics.plus(TaskMetrics.of(e.metrics()));
        }
    }

    // ---- executors ------------------------------------------------------------------------------------------------

    private void changeExecutor(Event event) {
        if (event instanceof Event.ExecutorAdded e) {
            executors.remove(e.id());
            executors.put(e.id(), new Executor(e));
        } else if (event instanceof Event.BlocksServed e && executors.containsKey(e.executor())) {
            executors.get(e.executor()).port = e.port();
        } else if (event instanceof Event.ExecutorRemoved e && executors.containsKey(e.id())) {
            executors.get(e.id()).lose(e);
            dropLostExecutors();
        } else if (event instanceof Event.ExecutorLossExplained e && executors.containsKey(e.id())) {
            executors.get(e.id()).lostReason = e.reason().toString();
        }
    }

    private void dropLostExecutors() {
        List<String> lost = executors.entrySet().stream()
                .filter(entry -> entry.getValue().lostMs >= 0)
                .map(Map.Entry::getKey)
                .toList();
        lost.subList(0, Math.max(0, lost.size() - KEPT_EXECUTORS)).forEach(executors::remove);
    }

    private void updateBlock(Event.BlockUpdated e) {
        Executor executor = executors.get(e.executor());
        if (executor != null) {
            executor.update(e);
        }
    }

    // ---- the program's questions ----------------------------------------------------------------------------------

    @Override
    public int[] getJobIdsForGroup(String group) {
        return jobIds(job -> group.equals(job.properties().get(JobProperties.GROUP)));
    }

    @Override
    public int[] getJobIdsForTag(String tag) {
        return jobIds(job -> JobProperties.tagsOf(job.properties()).contains(tag));
    }

    private synchronized int[] jobIds(Predicate<AppStatus.JobStatus> isWanted) {
        return jobs.values().stream()
                .filter(isWanted)
                .mapToInt(AppStatus.JobStatus::jobId)
                .toArray();
    }

    @Override
    public synchronized int[] getActiveJobIds() {
        return activeJobs.stream().mapToInt(id -> id).toArray();
    }

    @Override
    public synchronized int[] getActiveStageIds() {
        return stages.values().stream()
                .filter(stage -> stage.state == State.RUNNING)
                .mapToInt(stage -> stage.stageId)
                .toArray();
    }

    @Override
    public synchronized JobInfo getJobInfo(int id) {
        AppStatus.JobStatus job = jobs.get(id);
        if (job == null) {
            return null;
        }
        int[] stageIds = job.stageIds().stream().mapToInt(stageId -> stageId).toArray();
        return new JobInfo(
                id,
                stageIds,
                StatusTracker.JobStatus.valueOf(
                        switch (job.state()) {
                            case RUNNING -> "RUNNING";
                            case COMPLETED -> "SUCCEEDED";
                            case FAILED -> "FAILED";
                            case WAITING, SKIPPED -> "UNKNOWN";
                        }));
    }

    private static StatusTracker.JobStatus statusOf(State state) {
        return switch (state) {
            case RUNNING -> StatusTracker.JobStatus.RUNNING;
            case COMPLETED -> StatusTracker.JobStatus.SUCCEEDED;
            case FAILED -> StatusTracker.JobStatus.FAILED;
            case WAITING, SKIPPED -> StatusTracker.JobStatus.UNKNOWN;
        };
    }

    @Override
    public synchronized StageInfo getStageInfo(int id) {
        Stage stage = stages.get(id);
        return stage == null ? null : stage.info();
    }

    @Override
    public synchronized ExecutorInfo[] getExecutorInfos() {
        return executors.values().stream()
                .filter(executor -> executor.lostMs < 0)
                .map(Executor::info)
                .toArray(ExecutorInfo[]::new);
    }

    // ---- what is counted ------------------------------------------------------------------------------------------

    private static final class Stage {
        private final int stageId;
        private final BitSet done = new BitSet();
        private int jobId = -1;
        private String name = "";
        private State state = State.WAITING;
        private int attemptNumber;
        private int partitionCount;
        private int doneBefore;
        private int running;
        private int succeeded;
        private int failed;
        private long startedMs = -1;
        private long submittedMs;
        private long endedMs = -1;
        private TaskMetrics metrics = TaskMetrics.NONE;

        Stage(int stageId) {
            this.stageId = stageId;
        }

        void join(int firstJobId) {
            jobId = jobId < 0 ? firstJobId : jobId;
        }

        void start(StageInfo info, long timeMs) {
            state = State.RUNNING;
            attemptNumber = info.currentAttemptId();
            partitionCount = info.numTasks();
            doneBefore = info.numCompletedTasks();
            done.clear();
            startedMs = startedMs < 0 ? timeMs : startedMs;
            submittedMs = info.submissionTime();
            endedMs = -1;
        }

        void skip() {
            if (state == State.WAITING) {
                state = State.SKIPPED;
            }
        }

        void ended(Event.TaskEnd e, boolean isSuccess) {
            running--;
            succeeded += isSuccess ? 1 : 0;
            failed += isSuccess ? 0 : 1;
            e.partitions().forEach(done::set);
            if (isSuccess) {
                metrics = metrics.plus(TaskMetrics.of(e.metrics()));
            }
        }

        void end(Event.StageCompleted e) {
            state = e.failure().isPresent() ? State.FAILED : State.COMPLETED;
            endedMs = e.time().toEpochMilli();
        }

        private int doneCount() {
            return Math.min(partitionCount, doneBefore + done.cardinality());
        }

        StageStatus status() {
            return new StageStatus(
                    stageId,
                    jobId,
                    name,
                    state,
                    partitionCount,
                    doneCount(),
                    running,
                    succeeded,
                    failed,
                    startedMs,
                    endedMs,
                    metrics);
        }

        StageInfo info() {
            return new StageInfo(
                    stageId, attemptNumber, submittedMs, name, partitionCount, running, doneCount(), failed);
        }
    }

    private static final class Executor {
        private final Event.ExecutorAdded added;
        private final Map<String, Long> blocks = new HashMap<>();
        private long blockBytes;
        private int port;
        private int running;
        private int succeeded;
        private int failed;
        private long lostMs = -1;
        private String lostReason = "";

        Executor(Event.ExecutorAdded added) {
            this.added = added;
        }

        void update(Event.BlockUpdated e) {
            Long before = e.memory() > 0 ? blocks.put(e.block(), e.memory()) : blocks.remove(e.block());
            blockBytes += e.memory() - (before == null ? 0 : before);
        }

        void lose(Event.ExecutorRemoved e) {
            lostMs = e.time().toEpochMilli();
            lostReason = e.reason().toString();
            blocks.clear();
            blockBytes = 0;
        }

        ExecutorInfo info() {
            return new ExecutorInfo(added.id(), added.host(), port, added.cores(), running, blockBytes, added.memory());
        }

        ExecutorStatus status() {
            return new ExecutorStatus(
                    added.id(),
                    added.host(),
                    added.cores(),
                    added.memory(),
                    running,
                    succeeded,
                    failed,
                    added.time().toEpochMilli(),
                    lostMs,
                    lostReason);
        }
    }
}
