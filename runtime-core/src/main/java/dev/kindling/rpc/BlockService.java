package dev.kindling.rpc;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.CachedBlockId;
import java.io.IOException;

/**
 * Finds the bytes that peers ask for. Called by {@code rpc-io} threads, by several at once; it may open a file but
 * reads none.
 */
public interface BlockService {
    /**
     * The stored bytes of a range of buckets of one map output: one contiguous range.
     *
     * @throws BlockAbsentException when there is no such output and never will be
     * @throws IOException when it cannot be read now
     */
    ServedRange openMapOutput(int shuffleId, AttemptId mapAttempt, int firstBucket, int endBucket) throws IOException;

    /**
     * All of a map output as it is stored.
     *
     * @throws BlockAbsentException when it is not here
     */
    default ServedRange openWholeMapOutput(int shuffleId, AttemptId mapAttempt) throws IOException {
        throw new BlockAbsentException("this process holds no whole map outputs");
    }

    /**
     * A result kept until the driver has fetched it.
     *
     * @throws BlockAbsentException when there is none
     */
    ServedRange openResult(AttemptId attempt) throws IOException;

    /**
     * The stored chunks of a cached block, as {@code BlockFormat} lays them out.
     *
     * @throws BlockAbsentException when it is not here
     */
    default ServedRange openCachedBlock(CachedBlockId block) throws IOException {
        throw new BlockAbsentException("this process caches nothing, so not " + block);
    }

    /**
     * Something published under a name; only a driver has any.
     *
     * @throws BlockAbsentException when there is nothing of this name
     */
    default ServedRange openResource(String name) throws IOException {
        throw new BlockAbsentException("this process publishes nothing, so not " + name);
    }

    /** For processes that hold no blocks, such as a driver. */
    static BlockService none() {
        return new BlockService() {
            @Override
            public ServedRange openMapOutput(int shuffleId, AttemptId mapAttempt, int firstBucket, int endBucket)
                    throws IOException {
                throw new BlockAbsentException("this process holds no map outputs");
            }

            @Override
            public ServedRange openResult(AttemptId attempt) throws IOException {
                throw new BlockAbsentException("this process holds no results");
            }
        };
    }
}
