package dev.kindling.storage;

import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.io.InputStream;

/**
 * What {@link RangeReader} needs of a store: one object, of which it gives ranges, and what is left to try of reading it,
 * over all requests. Used by one thread.
 */
public interface RangedObject {
    /** For people. */
    String path();

    /**
     * Asks for bytes; what fails for the time being is tried again.
     *
     * @param end behind the last one; {@link Long#MAX_VALUE} for all there are
     * @param tag of the version that is wanted; empty for any
     * @throws Refused by an object that does not have them, or is another one
     */
    Body open(long from, long end, String tag) throws IOException;

    /** An answer: what it says it holds, and the bytes that come. */
    record Body(ObjectVersion version, long from, long to, InputStream bytes, Runnable abort) {}

    /** Notes a body that was cut off, and pauses; false, at once, when nothing is left to try. */
    boolean mayTryAgain() throws IOException;

    /** The work went on: what failed before is forgotten. */
    void startAgain();

    /** To be thrown when bodies were cut off until nothing was left to try. */
    KindlingException cutOff(long position, IOException cause);

    /** The object has not what was asked for. */
    final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        /** Why not. */
        public enum Reason {
            BEHIND_ITS_END,
            OTHER_VERSION,
            GONE
        }

        private final Reason reason;

        public Refused(Reason reason, Throwable cause) {
            super("refused: " + reason, cause);
            this.reason = reason;
        }

        public Reason reason() {
            return reason;
        }
    }
}
