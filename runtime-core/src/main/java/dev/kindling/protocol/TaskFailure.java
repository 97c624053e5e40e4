package dev.kindling.protocol;

import dev.kindling.api.ErrorCode;

/** Why an attempt ended without a result: a value, on the wire and in the story. */
public sealed interface TaskFailure {
    /** For people: one sentence. Never contains a row. */
    String message();

    /** The user's function threw. {@code exception} is its encoded form, empty when it cannot travel. */
    record UserError(String className, String message, String stack, byte[] exception) implements TaskFailure {}

    /** A map output could not be read; names the very attempt, so that only that output is rebuilt. */
    record FetchFailed(int shuffleId, AttemptId mapAttempt, String executorId, String message) implements TaskFailure {}

    /**
     * A cached block that the launch named could not be read; the task is run again without it. Names the process that
     * should have held it, so that only that copy is given up.
     */
    record CacheMissed(CachedBlockId block, String executorId, long incarnation, String message)
            implements TaskFailure {}

    /**
     * Input that cannot be parsed, read or found, output that cannot be written: not worth another try if final. The code
     * is what the job fails with.
     */
    record InputOutput(ErrorCode code, String message, boolean isFinal, String stack) implements TaskFailure {}

    /** The result or a row cannot be serialized; never retried. */
    record NotSerializable(String message) implements TaskFailure {}

    /** The result is larger than allowed; never retried. */
    record ResultTooLarge(String message, long byteCount) implements TaskFailure {}

    /** Memory grant or memory outside the heap did not suffice; tried elsewhere. */
    record OutOfResources(String message) implements TaskFailure {}

    /** None of the executor's local directories took what had to be written; tried elsewhere, not the task's fault. */
    record ScratchFull(String message) implements TaskFailure {}

    /** Stopped on the driver's request. */
    record Cancelled(String message) implements TaskFailure {}

    /** The executor does not run this attempt and never will: it is draining, full, or lost its state. */
    record NotAccepted(String message) implements TaskFailure {}

    /** A defect of ours. */
    record Internal(String message, String stack) implements TaskFailure {}
}
