package dev.kindling.executor.block;

import dev.kindling.protocol.AttemptId;
import java.io.IOException;
import java.io.Serial;

/** A map output that cannot be read; becomes a {@code TaskFailure.FetchFailed}. */
public final class FetchFailedException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int shuffleId;
    private final transient AttemptId mapAttempt;
    private final String executorId;

    public FetchFailedException(
            int shuffleId, AttemptId mapAttempt, String executorId, String message, Throwable cause) {
        super(message, cause);
        this.shuffleId = shuffleId;
        this.mapAttempt = mapAttempt;
        this.executorId = executorId;
    }

    public int shuffleId() {
        return shuffleId;
    }

    public AttemptId mapAttempt() {
        return mapAttempt;
    }

    public String executorId() {
        return executorId;
    }
}
