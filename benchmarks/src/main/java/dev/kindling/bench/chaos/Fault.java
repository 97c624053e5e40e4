package dev.kindling.bench.chaos;

import dev.kindling.api.ErrorCode;
import java.util.Optional;

/**
 * One way of doing harm to a job.
 *
 * <p>{@code error} is how the job must end; without one it must have its result. {@code maxRatio} and {@code maxMoreMs} say
 * what the fault may cost beside a job without one; what has no limit is bounded by the deadline of every job.
 */
enum Fault {
    KILLED("executor killed (SIGKILL)", Optional.empty(), 1.15, 1_000),
    STOPPED("executor stopped (SIGSTOP) for 1 to 60 s", Optional.empty(), 1.2, 12_000),
    SLOW("executor that runs a tenth of the time (SIGSTOP, SIGCONT)", Optional.empty(), 1.2, 0),
    EXIT("task that calls System.exit, once", Optional.empty(), 0, 0),
    HEAP("task that fills the heap, once", Optional.empty(), 0, 0),
    LOOP("cancelled loop that ignores interrupts", Optional.of(ErrorCode.CANCELLED), 0, 0),
    CORRUPTED("map output with flipped bits", Optional.empty(), 0, 0),
    UNSERIALIZABLE("result that cannot be serialized", Optional.of(ErrorCode.NOT_SERIALIZABLE), 0, 0),
    OVERSIZED("results larger than the driver takes", Optional.of(ErrorCode.RESULT_TOO_LARGE), 0, 0),
    LINKS("fetches delayed, stalled, cut or reset by a proxy", Optional.empty(), 0, 0),
    DISK_FULL("one of two local disks full (tmpfs)", Optional.empty(), 0, 0),
    DISKS_FULL("all local disks full (tmpfs)", Optional.of(ErrorCode.SCRATCH_FULL), 1, 5_000);

    final String words;
    final Optional<ErrorCode> error;
    final double maxRatio;
    final long maxMoreMs;

    Fault(String words, Optional<ErrorCode> error, double maxRatio, long maxMoreMs) {
        this.words = words;
        this.error = error;
        this.maxRatio = maxRatio;
        this.maxMoreMs = maxMoreMs;
    }

    boolean isOfDisks() {
        return this == DISK_FULL || this == DISKS_FULL;
    }

    boolean hasLimit() {
        return maxRatio > 0;
    }

    /** The longest that a job may take with it, where one without takes {@code plainMs}. */
    long maxMs(long plainMs) {
        return Math.round(plainMs * maxRatio) + maxMoreMs;
    }
}
