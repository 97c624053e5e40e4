package dev.kindling.rpc;

import java.io.IOException;
import java.io.Serial;

/** What was asked for is not here and will not come: asking again is of no use. */
public final class BlockAbsentException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public BlockAbsentException(String message) {
        super(message);
    }
}
