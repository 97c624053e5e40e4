package dev.kindling.protocol;

import java.io.Serial;

/**
 * Bytes of a peer are not what the protocol says, or a frame is too large to be sent. The connection they came from
 * is closed. The message names the field and the offset, never the content.
 */
public final class ProtocolException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }

    public ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
