package dev.kindling.driver.cli;

import java.io.Serial;

/** What the caller got wrong, in one line that also says what would be right; exit code 2. */
public final class UsageError extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public UsageError(String message) {
        super(message);
    }
}
