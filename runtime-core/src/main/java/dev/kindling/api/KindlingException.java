package dev.kindling.api;

import java.io.Serial;
import java.util.Objects;

/**
 * The one exception this library throws. The message is for the person who must act: what happened, to which thing,
 * with which values, and what to try. A failed job carries the user's own exception as its cause.
 */
public final class KindlingException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public KindlingException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public KindlingException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    public ErrorCode code() {
        return code;
    }
}
