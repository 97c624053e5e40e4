package dev.kindling.driver.sim;

import java.util.Optional;

/**
 * Who makes executors of a simulated world exist, as the driver wishes: hosts that start whatever is asked for, or a cluster
 * that gives containers. What is told to the driver is told by its mailbox.
 */
interface SimSupply {
    /** So many are wanted from now on, besides those there are. */
    void begin(int executors);

    /** So many more, as soon as there is room. */
    void more(int executors);

    /** So many fewer, of those for which there was no room yet: the launcher is told how many will not come. */
    void fewer(int executors);

    /** One in the place of another, which is gone or is about to leave. */
    void replace(String lostExecutorId);

    /** Whether a process that was asked for may start now. */
    boolean mayStart(String executorId);

    /** The driver knows the process now. */
    void registered(String executorId);

    /** The driver has given it up: it is ended if it can be reached. */
    void release(String executorId, long incarnation, String reason);

    /** A process that was asked for has ended before it did anything. */
    void neverBegan(String executorId, int launchNumber);

    /**
     * Within how long the driver hears from here of the end of a process.
     *
     * @param isSeen whether whoever started it sees it end
     */
    long endToldWithinMs(boolean isSeen);

    /** @param isSeen as it was before */
    void ended(SimExecutor executor, int exitCode, String output, boolean isSeen);

    /**
     * What there should not be when nothing happens any more.
     *
     * @param alive processes
     */
    Optional<String> leftOver(int alive);

    /** The driver has closed. */
    void close();
}
