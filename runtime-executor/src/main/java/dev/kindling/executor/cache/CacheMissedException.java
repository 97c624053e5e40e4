package dev.kindling.executor.cache;

import dev.kindling.protocol.CachedBlockId;
import java.io.IOException;
import java.io.Serial;

/** A cached block that should have been with that process could not be read there; the task is run again without it. */
public final class CacheMissedException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final CachedBlockId block;
    private final String executorId;
    private final long incarnation;

    public CacheMissedException(CachedBlockId block, String executorId, long incarnation, String message) {
        super(message);
        this.block = block;
        this.executorId = executorId;
        this.incarnation = incarnation;
    }

    public CachedBlockId block() {
        return block;
    }

    public String executorId() {
        return executorId;
    }

    public long incarnation() {
        return incarnation;
    }
}
