package dev.kindling.executor.block;

import dev.kindling.protocol.AttemptId;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/**
 * The blocks of one reduce partition in the order they arrive; the single hand-off between the network and a task.
 * Bytes in flight are bounded, so a slow reader slows the senders.
 */
public interface BlockSource extends Closeable {
    /**
     * The next block, or null when all have come. Blocks without rows are not handed out.
     *
     * @throws FetchFailedException names the map attempt whose output cannot be had
     */
    FetchedBlock next() throws IOException;

    /** Bytes that came from this machine, and from others, so far; nanoseconds spent waiting. */
    long localBytes();

    long remoteBytes();

    long waitNanos();

    /**
     * One block, its checksum verified. The array belongs to the receiver from now on.
     *
     * @param mapIndex position of the map output in the task's {@code ShuffleInput.sources}
     * @param bytes array holding the pages, from {@code offset}, {@code length} bytes
     */
    record FetchedBlock(
            int mapIndex, AttemptId mapAttempt, int bucket, long rowCount, byte[] bytes, int offset, int length) {
        private static final int NO_GAP = 1 << 10;

        /** The block to be kept: alone in its array, so that nothing else is held with it, uncounted. */
        public FetchedBlock alone() {
            return bytes.length <= length + NO_GAP
                    ? this
                    : new FetchedBlock(
                            mapIndex,
                            mapAttempt,
                            bucket,
                            rowCount,
                            Arrays.copyOfRange(bytes, offset, offset + length),
                            0,
                            length);
        }
    }
}
