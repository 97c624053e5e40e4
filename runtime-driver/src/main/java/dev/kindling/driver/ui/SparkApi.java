package dev.kindling.driver.ui;

import dev.kindling.driver.page.Run;
import dev.kindling.driver.page.TaskAttempt;
import dev.kindling.event.AppStatus.ExecutorStatus;
import dev.kindling.event.AppStatus.JobStatus;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.event.AppStatus.State;
import dev.kindling.event.JobProperties;
import dev.kindling.protocol.TaskMetrics;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The status of one application by the paths and field names of Spark's monitoring interface, so that tools that read
 * that read this. Fields that mean nothing here are left out. Times in {@code executorRunTime} and the like are
 * milliseconds, processor and fetch times as there: nanoseconds for {@code executorCpuTime} and {@code writeTime}.
 */
final class SparkApi {
    static final String ROOT = "/api/v1/";

    /** The version whose fields these are. */
    private static final String SPARK_VERSION = "3.5.0";

    private static final int DEFAULT_LENGTH = 20;
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'GMT'").withZone(ZoneOffset.UTC);

    private final Run run;

    private final Map<Integer, Begun> begun = new LinkedHashMap<>();

    /** How often a stage was begun again, and when it had its first task. */
    private record Begun(int lastAttempt, long firstTaskMs) {
        static final Begun NEVER = new Begun(0, -1);

        Begun and(Begun other) {
            return new Begun(Math.max(lastAttempt, other.lastAttempt), Math.min(firstTaskMs, other.firstTaskMs));
        }
    }

    SparkApi(Run run) {
        this.run = run;
        for (TaskAttempt task : run.attempts()) {
            begun.merge(task.stageId(), new Begun(task.stageAttempt(), task.startMs()), Begun::and);
        }
    }

    /** What is at that path; empty when nothing is. */
    Optional<Object> answer(String path, Optional<String> query) {
        List<String> parts = List.of(path.substring(ROOT.length()).split("/"));
        Map<String, String> asked = parametersOf(query.orElse(""));
        if (parts.equals(List.of("version"))) {
            return Optional.of(Map.of("spark", SPARK_VERSION));
        } else if (parts.equals(List.of("applications"))) {
            return Optional.of(List.of(application()));
        } else if (parts.size() < 2
                || !parts.get(0).equals("applications")
                || !parts.get(1).equals(run.status().applicationId())) {
            return Optional.empty();
        }
        List<String> below = parts.subList(2, parts.size());
        if (below.isEmpty()) {
            return Optional.of(application());
        }
        return switch (below.get(0)) {
            case "jobs" -> jobs(below.subList(1, below.size()), asked);
            case "stages" -> stages(below.subList(1, below.size()), asked);
            case "executors" -> only(below, 1, executors(ExecutorStatus::isAlive));
            case "allexecutors" -> only(below, 1, executors(executor -> true));
            case "storage" -> storage(below.subList(1, below.size()));
            case "environment" -> only(below, 1, environment());
            default -> Optional.empty();
        };
    }

    private static Optional<Object> only(List<String> path, int length, Object value) {
        return path.size() == length ? Optional.of(value) : Optional.empty();
    }

    private static Map<String, String> parametersOf(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return parameters;
    }

    /** Empty for what is no whole number from 0. */
    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text)).filter(number -> number >= 0);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    // ---- the application ------------------------------------------------------------------------------------------

    private Map<String, Object> application() {
        long endMs = run.status().endedMs();
        Map<String, Object> attempt = new LinkedHashMap<>();
        attempt.put("startTime", date(run.status().startedMs()));
        attempt.put("endTime", endMs < 0 ? "1969-12-31T23:59:59.999GMT" : date(endMs));
        attempt.put("lastUpdated", date(run.status().updatedMs()));
        attempt.put("duration", run.wallMs());
        attempt.put("sparkUser", System.getProperty("user.name", ""));
        attempt.put("completed", endMs >= 0);
        attempt.put("appSparkVersion", SPARK_VERSION);
        attempt.put("startTimeEpoch", run.status().startedMs());
        attempt.put("endTimeEpoch", endMs);
        attempt.put("lastUpdatedEpoch", run.status().updatedMs());
        Map<String, Object> application = new LinkedHashMap<>();
        application.put("id", run.status().applicationId());
        application.put("name", run.status().name());
        application.put("attempts", List.of(attempt));
        return application;
    }

    private Map<String, Object> environment() {
        List<List<String>> settings = new ArrayList<>();
        run.settings().forEach((key, value) -> settings.add(List.of(key, value)));
        Map<String, Object> environment = new LinkedHashMap<>();
        environment.put(
                "runtime",
                Map.of(
                        "javaVersion",
                        System.getProperty("java.version", ""),
                        "javaHome",
                        System.getProperty("java.home", ""),
                        "scalaVersion",
                        ""));
        environment.put("sparkProperties", settings);
        environment.put("hadoopProperties", List.of());
        environment.put("systemProperties", List.of());
        environment.put("metricsProperties", List.of());
        environment.put("classpathEntries", List.of());
        environment.put("resourceProfiles", List.of());
        return environment;
    }

    // ---- jobs -----------------------------------------------------------------------------------------------------

    private Optional<Object> jobs(List<String> path, Map<String, String> asked) {
        if (path.isEmpty()) {
            List<JobStatus> latestFirst = new ArrayList<>(run.status().jobs());
            latestFirst.sort((a, b) -> Integer.compare(b.jobId(), a.jobId()));
            return Optional.of(latestFirst.stream()
                    .map(this::job)
                    .filter(job -> isAsked(asked, (String) job.get("status")))
                    .toList());
        }
        return path.size() > 1
                ? Optional.empty()
                : number(path.get(0))
                        .flatMap(id -> run.status().jobs().stream()
                                .filter(job -> job.jobId() == id)
                                .findFirst()
                                .map(this::job));
    }

    private static boolean isAsked(Map<String, String> asked, String status) {
        return !asked.containsKey("status") || asked.get("status").equalsIgnoreCase(status);
    }

    private Map<String, Object> job(JobStatus job) {
        List<StageStatus> stages = run.status().stagesOf(job);
        List<StageStatus> ran =
                stages.stream().filter(stage -> stage.state() != State.SKIPPED).toList();
        int done = ran.stream().mapToInt(StageStatus::donePartitions).sum();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("jobId", job.jobId());
        json.put("name", job.description());
        putDescription(json, job.properties());
        json.put("submissionTime", date(job.startedMs()));
        if (job.endedMs() >= 0) {
            json.put("completionTime", date(job.endedMs()));
        }
        json.put("stageIds", job.stageIds());
        JobProperties.groupOf(job.properties()).ifPresent(group -> json.put("jobGroup", group));
        json.put("jobTags", JobProperties.tagsOf(job.properties()));
        json.put(
                "status",
                switch (job.state()) {
                    case WAITING, SKIPPED -> "UNKNOWN";
                    case RUNNING -> "RUNNING";
                    case COMPLETED -> "SUCCEEDED";
                    case FAILED -> "FAILED";
                });
        json.put("numTasks", stages.stream().mapToInt(this::partitionsOf).sum());
        json.put(
                "numActiveTasks",
                ran.stream().mapToInt(StageStatus::runningAttempts).sum());
        json.put("numCompletedTasks", done);
        json.put(
                "numSkippedTasks",
                stages.stream()
                        .filter(stage -> stage.state() == State.SKIPPED)
                        .mapToInt(this::partitionsOf)
                        .sum());
        json.put(
                "numFailedTasks",
                ran.stream().mapToInt(StageStatus::failedAttempts).sum());
        json.put("numKilledTasks", 0);
        json.put("numCompletedIndices", done);
        json.put("numActiveStages", count(stages, State.RUNNING));
        json.put("numCompletedStages", count(stages, State.COMPLETED));
        json.put("numSkippedStages", count(stages, State.SKIPPED));
        json.put("numFailedStages", count(stages, State.FAILED));
        json.put("killedTasksSummary", Map.of());
        return json;
    }

    private static long count(List<StageStatus> stages, State state) {
        return stages.stream().filter(stage -> stage.state() == state).count();
    }

    private int partitionsOf(StageStatus stage) {
        return run.plans().stream()
                .filter(plan -> plan.stageId() == stage.stageId())
                .findFirst()
                .map(Run.StagePlan::partitionCount)
                .orElse(stage.partitionCount());
    }

    // ---- stages ---------------------------------------------------------------------------------------------------

    private Optional<Object> stages(List<String> path, Map<String, String> asked) {
        if (path.isEmpty()) {
            List<StageStatus> latestFirst = new ArrayList<>(run.status().stages());
            latestFirst.sort((a, b) -> Integer.compare(b.stageId(), a.stageId()));
            return Optional.of(latestFirst.stream()
                    .map(this::stage)
                    .filter(stage -> isAsked(asked, (String) stage.get("status")))
                    .toList());
        }
        Optional<StageStatus> found = number(path.get(0))
                .flatMap(id -> run.status().stages().stream()
                        .filter(stage -> stage.stageId() == id)
                        .findFirst());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        StageStatus stage = found.get();
        Optional<Integer> attempt = path.size() < 2 ? Optional.empty() : number(path.get(1));
        if (path.size() == 1) {
            return Optional.of(List.of(stage(stage)));
        } else if (attempt.isEmpty() || attempt.get() > lastAttemptOf(stage)) {
            return Optional.empty();
        } else if (path.size() == 2) {
            return Optional.of(stage(stage));
        }
        List<TaskAttempt> tasks = run.attempts().stream()
                .filter(task -> task.stageId() == stage.stageId() && task.stageAttempt() == attempt.get())
                .toList();
        if (path.size() > 3) {
            return Optional.empty();
        }
        return switch (path.get(2)) {
            case "taskList" -> Optional.of(taskList(tasks, asked));
            case "taskSummary" -> taskSummary(tasks, asked);
            default -> Optional.empty();
        };
    }

    private int lastAttemptOf(StageStatus stage) {
        return begun.getOrDefault(stage.stageId(), Begun.NEVER).lastAttempt;
    }

    private Map<String, Object> stage(StageStatus stage) {
        TaskMetrics metrics = stage.metrics();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "status",
                switch (stage.state()) {
                    case WAITING -> "PENDING";
                    case RUNNING -> "ACTIVE";
                    case COMPLETED -> "COMPLETE";
                    case SKIPPED -> "SKIPPED";
                    case FAILED -> "FAILED";
                });
        json.put("stageId", stage.stageId());
        json.put("attemptId", lastAttemptOf(stage));
        json.put("numTasks", partitionsOf(stage));
        json.put("numActiveTasks", stage.runningAttempts());
        json.put("numCompleteTasks", stage.donePartitions());
        json.put("numFailedTasks", stage.failedAttempts());
        json.put("numKilledTasks", 0);
        json.put("numCompletedIndices", stage.donePartitions());
        putDate(json, "submissionTime", stage.startedMs());
        putDate(json, "firstTaskLaunchedTime", begun.getOrDefault(stage.stageId(), Begun.NEVER).firstTaskMs);
        putDate(json, "completionTime", stage.endedMs());
        putTimes(json, metrics);
        json.put("inputBytes", metrics.bytesRead());
        json.put("inputRecords", metrics.recordsRead());
        json.put("outputBytes", metrics.bytesWritten());
        json.put("outputRecords", metrics.recordsWritten());
        json.put("shuffleFetchWaitTime", metrics.fetchWaitNanos() / 1_000_000);
        json.put("shuffleRemoteBytesRead", metrics.shuffleBytesReadRemote());
        json.put("shuffleLocalBytesRead", metrics.shuffleBytesReadLocal());
        json.put("shuffleReadBytes", metrics.shuffleBytesReadLocal() + metrics.shuffleBytesReadRemote());
        json.put("shuffleReadRecords", metrics.shuffleRecordsRead());
        json.put("shuffleWriteBytes", metrics.shuffleBytesWritten());
        json.put("shuffleWriteTime", metrics.shuffleWriteNanos());
        json.put("shuffleWriteRecords", metrics.shuffleRecordsWritten());
        json.put("name", stage.name());
        json.put("details", "");
        Optional<JobStatus> job = run.status().jobs().stream()
                .filter(one -> one.jobId() == stage.jobId())
                .findFirst();
        Map<String, String> properties = job.map(JobStatus::properties).orElse(Map.of());
        putDescription(json, properties);
        if (stage.state() == State.FAILED) {
            job.filter(of -> !of.message().isEmpty()).ifPresent(of -> json.put("failureReason", of.message()));
        }
        json.put("schedulingPool", properties.getOrDefault(JobProperties.POOL, JobProperties.DEFAULT_POOL));
        json.put("rddIds", List.of());
        json.put("accumulatorUpdates", List.of());
        json.put("killedTasksSummary", Map.of());
        return json;
    }

    /** What the program calls the job, if it says so. */
    private static void putDescription(Map<String, Object> json, Map<String, String> properties) {
        Optional.ofNullable(properties.get(JobProperties.DESCRIPTION))
                .ifPresent(description -> json.put("description", description));
    }

    /** The times and sizes that stages and tasks have by the same names. */
    private static void putTimes(Map<String, Object> json, TaskMetrics metrics) {
        json.put("executorDeserializeTime", metrics.deserializeNanos() / 1_000_000);
        json.put("executorRunTime", metrics.runNanos() / 1_000_000);
        json.put("executorCpuTime", metrics.cpuNanos());
        json.put("resultSize", metrics.resultBytes());
        json.put("jvmGcTime", metrics.gcNanos() / 1_000_000);
        json.put("memoryBytesSpilled", metrics.memorySpilled());
        json.put("diskBytesSpilled", metrics.diskSpilled());
        json.put("peakExecutionMemory", metrics.peakMemory());
    }

    // ---- tasks ----------------------------------------------------------------------------------------------------

    private List<Object> taskList(List<TaskAttempt> tasks, Map<String, String> asked) {
        int offset = number(asked.getOrDefault("offset", "0")).orElse(0);
        int length = number(asked.getOrDefault("length", String.valueOf(DEFAULT_LENGTH)))
                .orElse(DEFAULT_LENGTH);
        return tasks.stream()
                .map(this::task)
                .filter(task -> isAsked(asked, (String) task.get("status")))
                .skip(offset)
                .limit(length)
                .map(task -> (Object) task)
                .toList();
    }

    private Map<String, Object> task(TaskAttempt task) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("taskId", task.taskId());
        json.put("index", task.partition());
        json.put("attempt", task.attempt());
        json.put("partitionId", task.partition());
        json.put("launchTime", date(task.startMs()));
        json.put("duration", task.durationMs(run.nowMs()));
        json.put("executorId", task.executorId());
        json.put("host", hostOf(task.executorId()));
        json.put(
                "status",
                switch (task.result()) {
                    case RUNNING -> "RUNNING";
                    case SUCCEEDED -> "SUCCESS";
                    case STOPPED -> "KILLED";
                    case FAILED, LOST -> "FAILED";
                });
        json.put("taskLocality", task.locality().name());
        json.put("speculative", task.isCopy());
        json.put("accumulatorUpdates", List.of());
        if (!task.why().isEmpty()) {
            json.put("errorMessage", task.why());
        }
        if (task.isOver()) {
            json.put("taskMetrics", metrics(task.metrics()));
        }
        json.put(
                "schedulerDelay",
                Math.max(0, task.durationMs(run.nowMs()) - task.metrics().runNanos() / 1_000_000));
        json.put("gettingResultTime", 0);
        return json;
    }

    private String hostOf(String executorId) {
        return run.status().executors().stream()
                .filter(executor -> executor.executorId().equals(executorId))
                .map(ExecutorStatus::host)
                .findFirst()
                .orElse("");
    }

    private static Map<String, Object> metrics(TaskMetrics metrics) {
        Map<String, Object> json = new LinkedHashMap<>();
        putTimes(json, metrics);
        json.put("inputMetrics", Map.of("bytesRead", metrics.bytesRead(), "recordsRead", metrics.recordsRead()));
        json.put(
                "outputMetrics",
                Map.of("bytesWritten", metrics.bytesWritten(), "recordsWritten", metrics.recordsWritten()));
        json.put(
                "shuffleReadMetrics",
                Map.of(
                        "fetchWaitTime",
                        metrics.fetchWaitNanos() / 1_000_000,
                        "remoteBytesRead",
                        metrics.shuffleBytesReadRemote(),
                        "localBytesRead",
                        metrics.shuffleBytesReadLocal(),
                        "recordsRead",
                        metrics.shuffleRecordsRead()));
        json.put(
                "shuffleWriteMetrics",
                Map.of(
                        "bytesWritten",
                        metrics.shuffleBytesWritten(),
                        "writeTime",
                        metrics.shuffleWriteNanos(),
                        "recordsWritten",
                        metrics.shuffleRecordsWritten()));
        return json;
    }

    /** Quantiles of successful tasks; empty when none has succeeded. */
    private Optional<Object> taskSummary(List<TaskAttempt> tasks, Map<String, String> asked) {
        List<TaskAttempt> succeeded = tasks.stream()
                .filter(task -> task.result() == TaskAttempt.Result.SUCCEEDED)
                .toList();
        List<Double> quantiles = quantiles(asked.getOrDefault("quantiles", "0.05,0.25,0.5,0.75,0.95"));
        if (succeeded.isEmpty() || quantiles.isEmpty()) {
            return Optional.empty();
        }
        Quantiles of = new Quantiles(succeeded, quantiles);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("quantiles", quantiles);
        json.put("duration", of.each(task -> task.durationMs(run.nowMs())));
        json.put("executorDeserializeTime", of.metric(metrics -> metrics.deserializeNanos() / 1_000_000));
        json.put("executorRunTime", of.metric(metrics -> metrics.runNanos() / 1_000_000));
        json.put("executorCpuTime", of.metric(TaskMetrics::cpuNanos));
        json.put("resultSize", of.metric(TaskMetrics::resultBytes));
        json.put("jvmGcTime", of.metric(metrics -> metrics.gcNanos() / 1_000_000));
        json.put("peakExecutionMemory", of.metric(TaskMetrics::peakMemory));
        json.put("memoryBytesSpilled", of.metric(TaskMetrics::memorySpilled));
        json.put("diskBytesSpilled", of.metric(TaskMetrics::diskSpilled));
        json.put(
                "inputMetrics",
                Map.of(
                        "bytesRead",
                        of.metric(TaskMetrics::bytesRead),
                        "recordsRead",
                        of.metric(TaskMetrics::recordsRead)));
        json.put(
                "outputMetrics",
                Map.of(
                        "bytesWritten",
                        of.metric(TaskMetrics::bytesWritten),
                        "recordsWritten",
                        of.metric(TaskMetrics::recordsWritten)));
        json.put(
                "shuffleReadMetrics",
                Map.of(
                        "readBytes",
                        of.metric(metrics -> metrics.shuffleBytesReadLocal() + metrics.shuffleBytesReadRemote()),
                        "readRecords",
                        of.metric(TaskMetrics::shuffleRecordsRead),
                        "remoteBytesRead",
                        of.metric(TaskMetrics::shuffleBytesReadRemote),
                        "fetchWaitTime",
                        of.metric(metrics -> metrics.fetchWaitNanos() / 1_000_000)));
        json.put(
                "shuffleWriteMetrics",
                Map.of(
                        "writeBytes",
                        of.metric(TaskMetrics::shuffleBytesWritten),
                        "writeRecords",
                        of.metric(TaskMetrics::shuffleRecordsWritten),
                        "writeTime",
                        of.metric(TaskMetrics::shuffleWriteNanos)));
        return Optional.of(json);
    }

    /** Empty for what is no list of numbers from 0 to 1. */
    private static List<Double> quantiles(String text) {
        try {
            List<Double> numbers =
                    Arrays.stream(text.split(",")).map(Double::valueOf).toList();
            return numbers.stream().allMatch(number -> number >= 0 && number <= 1) ? numbers : List.of();
        } catch (NumberFormatException e) {
            return List.of();
        }
    }

    private record Quantiles(List<TaskAttempt> tasks, List<Double> wanted) {
        List<Double> metric(ToLongFunction<TaskMetrics> what) {
            return each(task -> what.applyAsLong(task.metrics()));
        }

        List<Double> each(ToLongFunction<TaskAttempt> what) {
            long[] sorted = tasks.stream().mapToLong(what).sorted().toArray();
            return wanted.stream()
                    .map(quantile -> (double) sorted[(int) Math.min(sorted.length - 1, quantile * sorted.length)])
                    .toList();
        }
    }

    // ---- executors and storage ------------------------------------------------------------------------------------

    private List<Object> executors(Predicate<ExecutorStatus> isWanted) {
        Map<String, List<TaskAttempt>> tasks = new LinkedHashMap<>();
        run.attempts()
                .forEach(task -> tasks.computeIfAbsent(task.executorId(), id -> new ArrayList<>())
                        .add(task));
        return run.status().executors().stream()
                .filter(isWanted)
                .map(executor -> (Object) executor(executor, tasks.getOrDefault(executor.executorId(), List.of())))
                .toList();
    }

    private Map<String, Object> executor(ExecutorStatus executor, List<TaskAttempt> tasks) {
        TaskMetrics metrics = tasks.stream().map(TaskAttempt::metrics).reduce(TaskMetrics.NONE, TaskMetrics::plus);
        Run.Cached cached = run.histories().stream()
                .filter(history -> history.executorId().equals(executor.executorId())
                        && !history.cached().isEmpty())
                .findFirst()
                .map(history -> history.cached().get(history.cached().size() - 1))
                .orElse(new Run.Cached(0, 0, 0));
        int ended = executor.succeededAttempts() + executor.failedAttempts();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", executor.executorId());
        json.put("hostPort", executor.host());
        json.put("isActive", executor.isAlive());
        json.put("memoryUsed", cached.memoryBytes());
        json.put("diskUsed", cached.diskBytes());
        json.put("totalCores", executor.cores());
        json.put("maxTasks", executor.cores());
        json.put("activeTasks", executor.runningAttempts());
        json.put("failedTasks", executor.failedAttempts());
        json.put("completedTasks", executor.succeededAttempts());
        json.put("totalTasks", ended + executor.runningAttempts());
        json.put(
                "totalDuration",
                tasks.stream().mapToLong(task -> task.durationMs(run.nowMs())).sum());
        json.put("totalGCTime", metrics.gcNanos() / 1_000_000);
        json.put("totalInputBytes", metrics.bytesRead());
        json.put("totalShuffleRead", metrics.shuffleBytesReadLocal() + metrics.shuffleBytesReadRemote());
        json.put("totalShuffleWrite", metrics.shuffleBytesWritten());
        json.put("isBlacklisted", false);
        json.put("isExcluded", false);
        json.put("maxMemory", executor.memoryBytes());
        json.put("addTime", date(executor.addedMs()));
        if (!executor.isAlive()) {
            json.put("removeTime", date(executor.lostMs()));
            json.put("removeReason", executor.lostReason());
        }
        json.put("executorLogs", Map.of());
        return json;
    }

    private Optional<Object> storage(List<String> path) {
        if (path.equals(List.of("rdd"))) {
            return Optional.of(run.sets().stream().map(SparkApi::set).toList());
        }
        return path.size() == 2 && path.get(0).equals("rdd")
                ? number(path.get(1))
                        .flatMap(id -> run.sets().stream()
                                .filter(set -> set.setId() == id)
                                .findFirst()
                                .map(SparkApi::set))
                : Optional.empty();
    }

    private static Map<String, Object> set(Run.CachedSet set) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", set.setId());
        json.put("name", "rdd_" + set.setId());
        json.put("numPartitions", set.partitions());
        json.put("numCachedPartitions", set.partitions());
        json.put("memoryUsed", set.memoryBytes());
        json.put("diskUsed", set.diskBytes());
        return json;
    }

    private static void putDate(Map<String, Object> json, String name, long ms) {
        if (ms >= 0) {
            json.put(name, date(ms));
        }
    }

    private static String date(long ms) {
        return DATE.format(Instant.ofEpochMilli(ms));
    }
}
