package dev.kindling.protocol;

/**
 * All messages of a data connection but one: the chunks of stored bytes, which are not copied into a record. A stream
 * is one request and its answer; many share a connection, and its number is the asker's choice.
 */
public sealed interface DataFrame {
    int streamId();

    // ---- asker to holder ------------------------------------------------------------------------------------------

    /**
     * Answered by {@link RangeStarted} and chunks, or {@link RangeRefused}, for each map in order, then {@link
     * StreamEnded}.
     *
     * @param windowBytes chunk bytes that may be sent before {@link Credit} comes
     */
    record FetchBlocks(int streamId, long windowBytes, BlockRequest request) implements DataFrame {}

    /** A {@link TaskResult.Stored} result; answered like one map. */
    record FetchResult(int streamId, long windowBytes, AttemptId attempt) implements DataFrame {}

    /** Something the driver publishes under a name: a jar, a file, a class; answered like one map. */
    record FetchResource(int streamId, long windowBytes, String name) implements DataFrame {}

    /** All of a map output as it is stored, for who is to hold it as well; answered like one map. */
    record FetchMapOutput(int streamId, long windowBytes, int shuffleId, AttemptId attempt) implements DataFrame {}

    /** A cached block: its stored chunks; answered like one map. */
    record FetchCachedBlock(int streamId, long windowBytes, CachedBlockId block) implements DataFrame {}

    /** So many more bytes may be sent. */
    record Credit(int streamId, long byteCount) implements DataFrame {}

    /** The rest is not wanted. */
    record CancelStream(int streamId) implements DataFrame {}

    // ---- holder to asker ------------------------------------------------------------------------------------------

    /** The next {@code byteCount} chunk bytes of the stream are this map's. */
    record RangeStarted(int streamId, int index, long byteCount) implements DataFrame {}

    /**
     * This map, or what is left of it, does not come.
     *
     * @param isAbsent whether asking again is of no use
     */
    record RangeRefused(int streamId, int index, boolean isAbsent, String why) implements DataFrame {}

    record StreamEnded(int streamId) implements DataFrame {}
}
