package dev.kindling.rpc;

/**
 * Gets the answer to one request, in order, from an {@code rpc-io} thread; must not wait. For each map output asked
 * for: {@code started} and then its bytes, or {@code refused}. The last call is one of {@code ended} and
 * {@code failed}, unless the stream was cancelled.
 */
public interface BlockReceiver {
    /**
     * The bytes of one map output (or a result) follow.
     *
     * @param index position in the request; 0 for a result
     * @param byteCount how many will come; skipped ones are not counted
     */
    void started(int index, long byteCount);

    /** The next bytes of the output started last, in an array that belongs to the receiver from now on. */
    void arrived(byte[] bytes);

    /**
     * This one, or what is left of it, will not come.
     *
     * @param isAbsent whether asking again is of no use
     */
    void refused(int index, boolean isAbsent, String why);

    void ended();

    /** Nothing more will come: the connection could not be made or was lost. */
    void failed(String why);
}
