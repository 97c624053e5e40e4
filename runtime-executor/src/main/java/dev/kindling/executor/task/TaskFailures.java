package dev.kindling.executor.task;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.executor.attempt.CancelledException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.FetchFailedException;
import dev.kindling.executor.cache.CacheMissedException;
import dev.kindling.executor.operator.InputPosition;
import dev.kindling.executor.operator.UserFunctionFailed;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.serde.ResultCodec;
import dev.kindling.storage.LineNumbers;
import dev.kindling.storage.Stores;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/** Turns whatever ended an attempt into the failure that is reported for it. */
public final class TaskFailures {
    // A frame is for control: a larger exception stays behind, its text goes.
    private static final int MAX_EXCEPTION_BYTES = 256 << 10;
    private static final int MAX_STACK_FRAMES = 64;
    private static final int MAX_CAUSES = 8;
    private static final List<String> OWN_FRAMES = List.of("dev.kindling.executor.", "dev.kindling.rdd.");

    private TaskFailures() {}

    public static TaskFailure of(Throwable thrown, TaskEnvironment environment) {
        Optional<TaskFailure> cancelled = cancellation(thrown, environment);
        if (cancelled.isPresent()) {
            return cancelled.get();
        }
        if (thrown instanceof UserFunctionFailed failed) {
            return ofUserCode(failed.getCause(), failed.position().map(at -> describe(environment.stores(), at)));
        }
        if (thrown instanceof FetchFailedException fetch) {
            return new TaskFailure.FetchFailed(
                    fetch.shuffleId(), fetch.mapAttempt(), fetch.executorId(), messageOf(fetch));
        }
        if (thrown instanceof CacheMissedException missed) {
            return new TaskFailure.CacheMissed(
                    missed.block(), missed.executorId(), missed.incarnation(), messageOf(missed));
        }
        if (thrown instanceof KindlingException known) {
            return known.code() == ErrorCode.OUT_OF_RESOURCES
                    ? new TaskFailure.OutOfResources(
                            messageOf(known) + " (" + environment.memory().map() + ")")
                    : ofCode(known);
        }
        if (thrown instanceof IOException io) {
            boolean isFinal = io instanceof NoSuchFileException
                    || io instanceof FileNotFoundException
                    || io instanceof AccessDeniedException;
            return new TaskFailure.InputOutput(
                    isFinal ? ErrorCode.INPUT_NOT_FOUND : ErrorCode.TASK_FAILED,
                    io.getClass().getSimpleName() + ": " + messageOf(io),
                    isFinal,
                    stackOf(io));
        }
        return new TaskFailure.Internal(
                "task " + environment.attempt() + ": " + thrown.getClass().getName() + ": " + messageOf(thrown),
                stackOf(thrown));
    }

    /** Whoever was told to stop has stopped for this reason, whatever the interrupted code threw. */
    private static Optional<TaskFailure> cancellation(Throwable thrown, TaskEnvironment environment) {
        if (thrown instanceof CancelledException || thrown.getCause() instanceof CancelledException) {
            return Optional.of(new TaskFailure.Cancelled(
                    messageOf(thrown instanceof CancelledException ? thrown : thrown.getCause())));
        }
        try {
            environment.checkCancelled();
            return Optional.empty();
        } catch (CancelledException e) {
            return Optional.of(new TaskFailure.Cancelled(messageOf(e)));
        }
    }

    private static TaskFailure ofCode(KindlingException known) {
        ErrorCode code = known.code();
        return switch (code) {
            case NOT_SERIALIZABLE -> new TaskFailure.NotSerializable(messageOf(known));
            case RESULT_TOO_LARGE -> new TaskFailure.ResultTooLarge(messageOf(known), 0);
            case OUT_OF_RESOURCES -> new TaskFailure.OutOfResources(messageOf(known));
            case SCRATCH_FULL -> new TaskFailure.ScratchFull(messageOf(known));
            case INPUT_NOT_FOUND, INPUT_CHANGED, BAD_INPUT, NO_CREDENTIALS, BAD_CREDENTIALS, ACCESS_DENIED, NO_REGION ->
                new TaskFailure.InputOutput(code, messageOf(known), true, stackOf(known));
            case CORRUPT_DATA, COMMIT_FAILED, OUTPUT_EXISTS, INPUT_TRUNCATED, THROTTLED ->
                new TaskFailure.InputOutput(code, messageOf(known), false, stackOf(known));
            case USER_CODE_FAILED, CLOSED, BAD_ARGUMENT, BAD_CONFIGURATION -> ofUserCode(known, Optional.empty());
            case TASK_FAILED, EXECUTORS_LOST, NO_PROGRESS, NON_DETERMINISTIC, CANCELLED, DRIVER_LOST, INTERNAL ->
                new TaskFailure.Internal(messageOf(known), stackOf(known));
        };
    }

    // ---- user code --------------------------------------------------------------------------------------------------

    private static TaskFailure ofUserCode(Throwable thrown, Optional<String> place) {
        if (thrown instanceof KindlingException known && known.code() == ErrorCode.NOT_SERIALIZABLE) {
            return ofCode(known);
        }
        String message = messageOf(thrown) + place.orElse("");
        return new TaskFailure.UserError(thrown.getClass().getName(), message, stackOf(thrown), encode(thrown));
    }

    private static String describe(Stores stores, InputPosition position) {
        return " (at " + lineOf(stores, position) + "byte " + position.offset() + " of " + position.path() + ")";
    }

    private static String lineOf(Stores stores, InputPosition position) {
        try {
            return "line " + LineNumbers.lineOf(stores, position.path(), position.offset()) + ", ";
        } catch (IOException | RuntimeException e) {
            // The failure to be reported is another one; it is reported without its line number.
            return "";
        }
    }

    private static byte[] encode(Throwable thrown) {
        try {
            byte[] bytes = ResultCodec.encode(thrown);
            return bytes.length <= MAX_EXCEPTION_BYTES ? bytes : new byte[0];
        } catch (RuntimeException | StackOverflowError e) {
            // An exception that cannot travel is told by its class, message and stack.
            return new byte[0];
        }
    }

    private static String messageOf(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? "no message" : message;
    }

    // ---- stacks -----------------------------------------------------------------------------------------------------

    /** The frames of user code; what called it is ours and the same each time. */
    static String stackOf(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        Throwable current = thrown;
        for (int depth = 0; current != null && depth < MAX_CAUSES; depth++) {
            text.append(depth == 0 ? "" : "Caused by: ")
                    .append(current.getClass().getName());
            if (current.getMessage() != null) {
                text.append(": ").append(current.getMessage());
            }
            text.append('\n');
            appendFrames(text, current.getStackTrace());
            current = current.getCause() == current ? null : current.getCause();
        }
        return text.toString();
    }

    private static boolean isOwn(StackTraceElement frame) {
        return OWN_FRAMES.stream().anyMatch(frame.getClassName()::startsWith);
    }

    private static void appendFrames(StringBuilder text, StackTraceElement[] frames) {
        int end = 0;
        while (end < frames.length && !isOwn(frames[end])) {
            end++;
        }
        // A stack that begins with our frames is our defect: then they are what is wanted.
        int shown = Math.min(MAX_STACK_FRAMES, end == 0 ? frames.length : end);
        for (int frame = 0; frame < shown; frame++) {
            text.append("    at ").append(frames[frame]).append('\n');
        }
        if (shown < frames.length) {
            text.append("    ... ").append(frames.length - shown).append(" more\n");
        }
    }
}
