package dev.kindling.executor.attempt;

import java.io.Serial;

/** The attempt shall stop; becomes a {@code TaskFailure.Cancelled}. Thrown on the attempt's own thread only. */
public final class CancelledException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public CancelledException(String message) {
        super(message);
    }
}
