package dev.kindling.driver.sim;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.protocol.AttemptId;
import dev.kindling.sim.FaultKind;
import dev.kindling.sim.Faults;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What was planted so far, and whether a job's failure can be its consequence. */
final class Causes {
    private static final Pattern TASK = Pattern.compile("\\[task s(\\d+)p(\\d+)#\\d+:");

    /** A commit that failed says one of these. */
    private static final String NOTHING_VISIBLE = "nothing of it is visible";

    private static final String OUTCOME_NOT_KNOWN = "it is not known whether";
    private static final List<String> SOME_VISIBLE =
            List.of(OUTCOME_NOT_KNOWN, "may remain there", "nothing was deleted there");

    private final Faults faults;
    private final int maxTaskFailures;
    private final TreeMap<AttemptId, Integer> failuresOfTask = new TreeMap<>();
    private final TreeMap<AttemptId, Integer> deathsOfTask = new TreeMap<>();
    /** Ends of processes that were charged to a task: each is one of the failures that it may have. */
    private final TreeMap<AttemptId, Integer> chargedDeathsOfTask = new TreeMap<>();

    private final TreeSet<AttemptId> diedAlone = new TreeSet<>();
    private final TreeSet<AttemptId> failedAttempts = new TreeSet<>();
    private final TreeSet<AttemptId> fatalTasks = new TreeSet<>();
    private int endedUnseen;
    /** Processes on which an attempt could not write. */
    private final TreeSet<String> fullDisks = new TreeSet<>();

    private int deaths;
    /** Executors whose time to leave was over before all that they held had been moved. */
    private int leftWithLoss;

    Causes(Faults faults, int maxTaskFailures) {
        this.faults = faults;
        this.maxTaskFailures = maxTaskFailures;
    }

    void taskFailed(AttemptId attempt) {
        failuresOfTask.merge(taskOf(attempt), 1, Integer::sum);
        failedAttempts.add(attempt);
    }

    /** Whether the task ends every process that it runs in. */
    boolean isFatal(AttemptId attempt) {
        if (faults.strikes(FaultKind.FATAL_TASK)) {
            fatalTasks.add(taskOf(attempt));
        }
        return fatalTasks.contains(taskOf(attempt));
    }

    /** @param isUnknown whether the driver did not know the attempt there: it has to suspect others, then */
    void processEndedBy(AttemptId attempt, boolean isUnknown) {
        failedAttempts.add(attempt);
        if (isUnknown) {
            endedUnseen++;
        }
    }

    void processEndedUnder(AttemptId attempt, boolean isOnly) {
        deathsOfTask.merge(taskOf(attempt), 1, Integer::sum);
        if (isOnly) {
            diedAlone.add(attempt);
        }
    }

    private static AttemptId taskOf(AttemptId attempt) {
        return new AttemptId(attempt.stageId(), attempt.partition(), 0);
    }

    /** Only what was planted in an attempt, or the third process that ends under a task, that alone, is charged to it. */
    void justify(Event.TaskEnd end) {
        if (!(end.outcome() instanceof Outcome.Failed failure) || !failure.countsTowardsLimit()) {
            return;
        }
        AttemptId attempt = new AttemptId(end.stageId(), end.partition(), end.attempt());
        boolean isPlanted = failedAttempts.contains(attempt);
        boolean isDeadly = deathsOfTask.getOrDefault(taskOf(attempt), 0) > 2 && diedAlone.contains(attempt);
        if (!isPlanted && !isDeadly && endedUnseen == 0) {
            throw new SimViolation(attempt + " is charged with what it did not do: " + failure.message());
        }
        if (!isPlanted) {
            chargedDeathsOfTask.merge(taskOf(attempt), 1, Integer::sum);
        }
    }

    /** An attempt on this process could not write. */
    void diskWasFull(String process) {
        fullDisks.add(process);
    }

    void processEnded() {
        deaths++;
    }

    /** An executor that was asked to leave is given up with what it holds: its process may live on for a while. */
    void leftWithLoss() {
        leftWithLoss++;
    }

    int deaths() {
        return deaths;
    }

    /** Throws when nothing that was planted explains the failure, or when its message does not name the task. */
    void justify(DriverEffect.FailJob failure) {
        boolean isJustified = switch (failure.code()) {
            case USER_CODE_FAILED, OUT_OF_RESOURCES -> failuresOf(failure.message()) >= maxTaskFailures;
            case NO_PROGRESS -> faults.struckCount(FaultKind.HANG) > 0;
            case SCRATCH_FULL -> !fullDisks.isEmpty();
            case EXECUTORS_LOST ->
                failure.exit().isPresent()
                        && (failure.message().contains("[task ")
                                ? isEndOfExecutors(taskNamedIn(failure.message()))
                                : deaths >= 9);
            case INPUT_CHANGED -> faults.struckCount(FaultKind.INPUT_CHANGED) > 0 && failuresOf(failure.message()) > 0;
            case THROTTLED, INPUT_TRUNCATED -> failuresOf(failure.message()) >= maxTaskFailures;
            case TASK_FAILED, CORRUPT_DATA -> unreadable() >= 4 || failuresOf(failure.message()) >= maxTaskFailures;
            case NON_DETERMINISTIC ->
                unreadable() + faults.struckCount(FaultKind.STALL) > 0 && isDealt(failure.message());
            case COMMIT_FAILED ->
                storeTroubles() > 0 && (failure.message().contains(NOTHING_VISIBLE) || mayBeVisible(failure.message()));
            case RESULT_TOO_LARGE -> failure.message().contains(SyntheticJobs.TOO_MUCH);
            default -> false;
        };
        if (!isJustified) {
            throw new SimViolation(
                    "job " + failure.jobId() + " failed without a cause: " + failure.code() + " " + failure.message());
        }
    }

    /** Two ends of its process pass, and four more, or other failures of its own, do not. */
    private boolean isEndOfExecutors(AttemptId task) {
        return fatalTasks.contains(task) || deaths + failuresOfTask.getOrDefault(task, 0) >= 6;
    }

    /** Whether a failed commit says that something of its output may be there. */
    static boolean mayBeVisible(String message) {
        return SOME_VISIBLE.stream().anyMatch(message::contains);
    }

    /** Whether it says that the output may even be complete. */
    static boolean mayBeComplete(String message) {
        return message.contains(OUTCOME_NOT_KNOWN);
    }

    private static boolean isDealt(String message) {
        return message.contains(SyntheticJobs.NON_DETERMINISTIC) || message.contains(DealtRows.PLACE);
    }

    private int failuresOf(String message) {
        AttemptId task = taskNamedIn(message);
        return failuresOfTask.getOrDefault(task, 0) + chargedDeathsOfTask.getOrDefault(task, 0);
    }

    private static AttemptId taskNamedIn(String message) {
        Matcher task = TASK.matcher(message);
        if (!task.find()) {
            throw new SimViolation("the failure does not name its task: " + message);
        }
        return new AttemptId(Integer.parseInt(task.group(1)), Integer.parseInt(task.group(2)), 0);
    }

    /** After which what is asked of the store of outputs fails. */
    private int storeTroubles() {
        return faults.struckCount(FaultKind.PUBLISH_FAILURE)
                + faults.struckCount(FaultKind.STORE_THROTTLED)
                + faults.struckCount(FaultKind.STORE_ANSWER_LOST)
                + faults.struckCount(FaultKind.STORE_READ_FAILURE);
    }

    /** Things after which a map output or a stored result cannot be read. */
    private int unreadable() {
        return deaths
                + leftWithLoss
                + faults.struckCount(FaultKind.CORRUPT)
                + faults.struckCount(FaultKind.ROT)
                + faults.struckCount(FaultKind.LOSE_FILE)
                + faults.struckCount(FaultKind.DROP)
                + faults.struckCount(FaultKind.DELAY)
                + faults.struckCount(FaultKind.CLOG)
                + faults.struckCount(FaultKind.HANDSHAKE)
                + faults.struckCount(FaultKind.SLOW_NODE)
                + faults.struckCount(FaultKind.CLOCK)
                + faults.struckCount(FaultKind.PAUSE);
    }
}
