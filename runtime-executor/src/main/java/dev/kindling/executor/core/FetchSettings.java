package dev.kindling.executor.core;

/**
 * Bounds and patience of one reduce task's fetching.
 *
 * @param maxBytesInFlight bytes asked for and not yet taken by the task, over all peers
 * @param windowBytes the share of one request in that
 * @param maxTries how often a peer is asked without getting on before its map output is given up
 * @param timeoutMs how long a waiting task bears a peer that sends nothing
 * @param backoffMs pause before the second try, doubled before each further one
 */
public record FetchSettings(long maxBytesInFlight, long windowBytes, int maxTries, int timeoutMs, int backoffMs) {
    // With less, every answer of a peer is one block.
    private static final long MIN_BYTES_IN_FLIGHT = 256 << 10;

    /** 16 MiB in flight, 4 MiB a peer, three tries of 4 s. */
    public static FetchSettings defaults() {
        return new FetchSettings(16 << 20, 4 << 20, 3, 4_000, 200);
    }

    /** For a task that is sure of so much memory: a quarter of it may be in flight, uncounted. */
    public FetchSettings within(long guaranteedBytes) {
        long inFlight = Math.max(MIN_BYTES_IN_FLIGHT, Math.min(maxBytesInFlight, guaranteedBytes / 4));
        return new FetchSettings(inFlight, Math.min(inFlight, windowBytes), maxTries, timeoutMs, backoffMs);
    }

    public FetchSettings {
        if (windowBytes < 1 || maxBytesInFlight < windowBytes || maxTries < 1 || timeoutMs < 1 || backoffMs < 0) {
            throw new IllegalArgumentException("fetch settings out of range: " + windowBytes + " of " + maxBytesInFlight
                    + " bytes, " + maxTries + " tries, " + timeoutMs + " ms, " + backoffMs + " ms");
        }
    }
}
