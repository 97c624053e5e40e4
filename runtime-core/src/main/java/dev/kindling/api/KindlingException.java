package dev.kindling.api;

import dev.kindling.api.KindlingListener.ExitReason;
import java.io.Serial;
import java.util.Objects;
import java.util.Optional;

/**
 * The one exception this library throws. The message is for the person who must act: what happened, to which thing,
 * with which values, and what to try. A failed job carries the user's own exception as its cause.
 */
public final class KindlingException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient ExitReason exitReason;

    public KindlingException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public KindlingException(ErrorCode code, String message, Throwable cause) {
        this(code, message, cause, Optional.empty());
    }

    /** @param exitReason of the executor whose end failed the job */
    public KindlingException(ErrorCode code, String message, Throwable cause, Optional<ExitReason> exitReason) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
        this.exitReason = exitReason.orElse(null);
    }

    public ErrorCode code() {
        return code;
    }

    /** Why the executor went whose end failed the job; empty for failures of other kinds, and after serialization. */
    public Optional<ExitReason> exitReason() {
        return Optional.ofNullable(exitReason);
    }
}
