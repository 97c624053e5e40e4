package dev.kindling.driver.core;

import dev.kindling.api.ErrorCode;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskFailure;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a failed attempt means for its task, and the sentence a job's failure is told in. No state. */
final class FailurePolicy {
    /** What to do about the task. */
    enum Verdict {
        /** Try again; counts towards the limit of failures. */
        CHARGED,
        /** Try again; the task is not to blame. */
        UNCHARGED,
        /** Another try would end the same way. */
        FINAL
    }

    /** "	at app//org.example.App.run(App.java:42)": class and place. */
    private static final Pattern FRAME =
            Pattern.compile("^\\s+at (?:[^\\s(]*/)?([\\w.$]+)\\.[\\w$<>]+\\(([^():]+:\\d+)\\)", Pattern.MULTILINE);

    private static final int DEADLY_TOLD = 3;

    private static final List<String> ENGINE_OR_JDK = List.of("java.", "javax.", "jdk.", "sun.", "dev.kindling.");

    private FailurePolicy() {}

    static Verdict verdict(TaskFailure failure) {
        if (failure instanceof TaskFailure.NotSerializable
                || failure instanceof TaskFailure.ResultTooLarge
                || failure instanceof TaskFailure.InputOutput io && io.isFinal()) {
            return Verdict.FINAL;
        }
        if (failure instanceof TaskFailure.FetchFailed
                || failure instanceof TaskFailure.CacheMissed
                || failure instanceof TaskFailure.Cancelled
                || failure instanceof TaskFailure.NotAccepted
                || failure instanceof TaskFailure.ScratchFull) {
            return Verdict.UNCHARGED;
        }
        return Verdict.CHARGED;
    }

    static ErrorCode code(TaskFailure failure) {
        if (failure instanceof TaskFailure.UserError) {
            return ErrorCode.USER_CODE_FAILED;
        }
        if (failure instanceof TaskFailure.NotSerializable) {
            return ErrorCode.NOT_SERIALIZABLE;
        }
        if (failure instanceof TaskFailure.ResultTooLarge) {
            return ErrorCode.RESULT_TOO_LARGE;
        }
        if (failure instanceof TaskFailure.ScratchFull) {
            return ErrorCode.SCRATCH_FULL;
        }
        if (failure instanceof TaskFailure.OutOfResources) {
            return ErrorCode.OUT_OF_RESOURCES;
        }
        if (failure instanceof TaskFailure.InputOutput io) {
            return io.code();
        }
        return failure instanceof TaskFailure.Internal ? ErrorCode.INTERNAL : ErrorCode.TASK_FAILED;
    }

    /** The failure as its own words: for the user's exception, class and message as a stack trace starts. */
    static String words(TaskFailure failure) {
        if (failure instanceof TaskFailure.UserError error) {
            return error.message() == null || error.message().isEmpty()
                    ? error.className()
                    : error.className() + ": " + error.message();
        }
        return failure.message();
    }

    /** The words and, of an exception of the user's code, the line of that code on top of its stack. */
    static String told(TaskFailure failure) {
        if (failure instanceof TaskFailure.UserError error) {
            Matcher frames = FRAME.matcher(error.stack());
            while (frames.find()) {
                if (ENGINE_OR_JDK.stream().noneMatch(frames.group(1)::startsWith)) {
                    return words(failure) + ", thrown at " + frames.group(2);
                }
            }
        }
        return words(failure);
    }

    /** A lost map output came back with other rows after a result of the job was made from the earlier ones. */
    static String otherRows(int jobId, int partition, StageState writer, AttemptId earlier, AttemptId rebuilt) {
        return "map partition " + earlier.partition() + " of " + writer
                + " is not deterministic: its output by attempt "
                + earlier + " was lost, and attempt " + rebuilt + " has written other rows. Result partition "
                + partition
                + " of job " + jobId
                + " was computed from the earlier rows already; with what would be computed from the new ones, rows"
                + " could be missing or occur twice. Either a function returns different rows for the same input, or"
                + " it depends on the order of rows that come from a shuffle, as repartition() does. Make the function"
                + " deterministic, sort before repartition(), or save the set first and go on from what is saved";
    }

    /** The task has ended the executors it ran on. */
    static String describeDeath(String words, AttemptId task, RunningAttempt attempt, TaskSet.Failures seen) {
        int limit = attempt.stage.maxTaskFailures;
        return describe(words, task, attempt, Math.min(seen.charged, limit), limit, seen.executorsOfLast)
                + "; no other task ran there, so this task is what ends its executors";
    }

    /** The tasks of a job that may be why its executors end, worst first. */
    static String describeDeadly(List<TaskSet.Deadly> tasks) {
        List<String> words = tasks.stream()
                .sorted(Comparator.comparingInt(task -> -task.deaths()))
                .limit(DEADLY_TOLD)
                .map(task -> "[task " + task.lastAttempt() + ": partition "
                        + task.lastAttempt().partition() + " of "
                        + task.stage().spec.partitionCount() + " of " + task.stage() + ", "
                        + task.deaths() + (task.deaths() == 1 ? " executor]" : " executors]"))
                .toList();
        return words.isEmpty() ? "" : "; executors ended while they ran " + String.join(", ", words);
    }

    /** The user's words first, then which task, where, how often. */
    static String describe(
            String words, AttemptId task, RunningAttempt attempt, int failureCount, int limit, List<String> sameOn) {
        StringBuilder text = new StringBuilder(words)
                .append(" [task ")
                .append(task)
                .append(": partition ")
                .append(task.partition())
                .append(" of ")
                .append(attempt.stage.spec.partitionCount())
                .append(" of ")
                .append(attempt.stage)
                .append(", on executor ")
                .append(attempt.executor);
        if (limit > 0) {
            text.append(", failure ")
                    .append(failureCount)
                    .append(" of ")
                    .append(limit)
                    .append(" allowed");
        } else {
            text.append(", not worth another try");
        }
        if (sameOn.size() > 1) {
            text.append("; the same failure on executors ").append(String.join(", ", sameOn));
        }
        return text.append(']').toString();
    }
}
