package dev.kindling.executor.task;

import dev.kindling.plan.ProgramForm;
import dev.kindling.plan.StageBody;
import dev.kindling.serde.FixedFunctions;

/**
 * A stage's program as it was sent. Each task gets one of its own, so that what its functions carry along is shared
 * with no other task; only one that carries nothing is read once for all of them. Reading takes half of the time of a
 * task that has nothing to do. Any thread.
 */
public final class StageProgram {
    private final byte[] bytes;
    private final FixedFunctions functions;
    private volatile StageBody shared;

    /** @param functions of all programs of the same executor */
    public StageProgram(byte[] bytes, FixedFunctions functions) {
        this.bytes = bytes;
        this.functions = functions;
    }

    /** For one task; runs code of the user's classes. */
    StageBody read(ClassLoader userClasses) {
        StageBody known = shared;
        if (known != null) {
            return known;
        }
        ProgramForm.Decoded own = ProgramForm.decode(bytes, userClasses, functions);
        if (own.isShareable()) {
            shared = own.body();
        }
        return own.body();
    }
}
