package dev.kindling.loop;

/**
 * Tells a loop that does not come back from what it does from one that is busy, and from one whose whole process stood
 * still: time counts only as far as it was looked at. Has no clock and no thread; whoever looks is one thread.
 */
public final class LoopWatch {
    /** A longer time between two looks means that the process stood still. */
    static final long LONGEST_AWAKE_GAP_MS = 2_000;

    private final long slowAfterMs;
    private final long hungAfterMs;
    private long lastLookMs = Long.MIN_VALUE;
    private long lastTurns;
    private long sameForMs;

    /** What a look finds; each but the first is found once for one thing that the loop does. */
    public enum Finding {
        WELL,
        SLOW,
        HUNG
    }

    /**
     * @param slowAfterMs when it is worth a line in the log
     * @param hungAfterMs when nobody waits for it any more
     */
    public LoopWatch(long slowAfterMs, long hungAfterMs) {
        if (slowAfterMs < 1 || hungAfterMs <= slowAfterMs) {
            throw new IllegalArgumentException("slow after " + slowAfterMs + " ms, hung after " + hungAfterMs + " ms");
        }
        this.slowAfterMs = slowAfterMs;
        this.hungAfterMs = hungAfterMs;
    }

    /** @param turns those of {@link EventLoop#turns} */
    public Finding look(long nowMs, long turns) {
        long before = sameForMs;
        boolean isBusyWithTheSame = turns % 2 == 1 && turns == lastTurns;
        sameForMs = isBusyWithTheSame ? before + Math.min(nowMs - lastLookMs, LONGEST_AWAKE_GAP_MS) : 0;
        lastLookMs = nowMs;
        lastTurns = turns;
        if (before < hungAfterMs && sameForMs >= hungAfterMs) {
            return Finding.HUNG;
        }
        return before < slowAfterMs && sameForMs >= slowAfterMs ? Finding.SLOW : Finding.WELL;
    }

    /** For how long the loop has been seen to do what it does. */
    public long sameForMs() {
        return sameForMs;
    }
}
