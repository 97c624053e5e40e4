package dev.kindling.executor.operator;

import java.io.Serial;
import java.util.Optional;

/** A user's function threw: what, and over which input line. Travels from the operator to the task's runner only. */
public final class UserFunctionFailed extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Optional<InputPosition> position;

    private UserFunctionFailed(Throwable cause, Optional<InputPosition> position) {
        super(null, cause, false, false);
        this.position = position;
    }

    /**
     * What to throw when user code ended with {@code thrown}: itself when it stems from an operator below, which knows
     * more, or from the JVM.
     */
    public static RuntimeException of(Throwable thrown, Optional<InputPosition> position) {
        if (thrown instanceof UserFunctionFailed known) {
            return known;
        }
        if (thrown instanceof OutOfMemoryError error) {
            throw error;
        }
        return new UserFunctionFailed(thrown, position);
    }

    /** What to throw when {@code equals}, {@code hashCode} or a comparison of keys threw. */
    public static RuntimeException ofKey(RuntimeException thrown) {
        return of(thrown, Optional.empty());
    }

    public Optional<InputPosition> position() {
        return position;
    }
}
