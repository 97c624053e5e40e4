package dev.kindling.executor.task;

import dev.kindling.plan.StageBody;
import dev.kindling.serde.ClosureCodec;
import dev.kindling.serde.Stateless;

/**
 * A stage's program as it was sent. Each task gets one of its own, so that what its functions carry along is shared
 * with no other task; only one that carries nothing is read once for all of them. Reading takes half of the time of a
 * task that has nothing to do. Any thread.
 */
public final class StageProgram {
    private final byte[] bytes;
    private volatile StageBody shared;

    public StageProgram(byte[] bytes) {
        this.bytes = bytes;
    }

    /** For one task; runs code of the user's classes. */
    StageBody read(ClassLoader userClasses) {
        StageBody known = shared;
        if (known != null) {
            return known;
        }
        StageBody own = (StageBody) ClosureCodec.decode(bytes, userClasses);
        if (Stateless.isAll(own)) {
            shared = own;
        }
        return own;
    }
}
