package dev.kindling.driver.sim;

import dev.kindling.loop.EventLoop;
import java.util.Arrays;

/**
 * How long signs of life would have waited in the mailbox of {@link EventLoop}, had each event kept the loop as long as it
 * did here. All that comes in one millisecond comes at once, results before signs of life; the loop takes signs of life
 * first, and results so many at a time.
 */
final class MailboxWaits {
    private static final long NANOS_PER_MS = 1_000_000;

    private long[] waits = new long[1 << 12];
    private int waitCount;

    /** What came in the present millisecond. */
    private long[] urgent = new long[1 << 8];

    private int urgentCount;
    private long arrivedMs;

    /** Results that wait, oldest first, as what each of them takes. */
    private long[] ordinary = new long[1 << 8];

    private int firstOrdinary;
    /** Before it, those that came in earlier milliseconds. */
    private int earlierOrdinary;

    private int endOrdinary;
    private long freeNanos;

    /** An event came, and kept the loop for so long. */
    void came(long nowMs, boolean isUrgent, long tookNanos) {
        if (nowMs != arrivedMs) {
            take();
            arrivedMs = nowMs;
        }
        if (isUrgent) {
            urgent = withRoom(urgent, urgentCount);
            urgent[urgentCount++] = tookNanos;
        } else {
            ordinary = withRoom(ordinary, endOrdinary);
            ordinary[endOrdinary++] = tookNanos;
        }
    }

    /** The loop goes on until the millisecond in which these came, and then sees to the signs of life among them. */
    private void take() {
        long untilNanos = arrivedMs * NANOS_PER_MS;
        while (freeNanos < untilNanos && firstOrdinary < earlierOrdinary) {
            takeBatch(earlierOrdinary);
        }
        if (freeNanos <= untilNanos) {
            freeNanos = untilNanos;
            takeBatch(endOrdinary);
        }
        for (int i = 0; i < urgentCount; i++) {
            waits = withRoom(waits, waitCount);
            waits[waitCount++] = freeNanos - untilNanos;
            freeNanos += urgent[i];
        }
        urgentCount = 0;
        if (firstOrdinary == endOrdinary) {
            firstOrdinary = 0;
            endOrdinary = 0;
        }
        earlierOrdinary = endOrdinary;
    }

    private void takeBatch(int end) {
        int batchEnd = Math.min(end, firstOrdinary + EventLoop.BATCH_EVENTS);
        while (firstOrdinary < batchEnd) {
            freeNanos += ordinary[firstOrdinary++];
        }
    }

    private static long[] withRoom(long[] values, int count) {
        return count < values.length ? values : Arrays.copyOf(values, 2 * count);
    }

    /** That of so many in a thousand is not longer; 0 when none came. */
    double waitMs(int inThousand) {
        take();
        long[] sorted = Arrays.copyOf(waits, waitCount);
        Arrays.sort(sorted);
        int index = (int) Math.ceil(waitCount * (inThousand / 1e3)) - 1;
        return waitCount == 0 ? 0 : sorted[Math.max(0, index)] / (double) NANOS_PER_MS;
    }
}
