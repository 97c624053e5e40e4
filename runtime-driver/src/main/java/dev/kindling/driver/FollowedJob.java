package dev.kindling.driver;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.driver.plan.JobSubmitter;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A job for which no thread waits: what comes is handed to its follower by whichever thread of the pool is free, one
 * call after the other, the end last.
 */
final class FollowedJob extends PendingJob implements Runnable {
    private final JobSubmitter.Follower follower;
    private final Executor threads;
    private final Function<Optional<KindlingException>, Optional<KindlingException>> atEnd;
    private boolean isRunning;
    private boolean hasProgressed;
    /** Calls made since the end: first the last picture of the progress, then the end itself. */
    private int lastCalls;

    /** @param atEnd what the driver has to do before the follower hears of the end; makes of a failure the one it hears */
    FollowedJob(
            JobSubmitter.Follower follower,
            Executor threads,
            Function<Optional<KindlingException>, Optional<KindlingException>> atEnd) {
        this.follower = follower;
        this.threads = threads;
        this.atEnd = atEnd;
    }

    synchronized void progressed() {
        if (!hasProgressed && !isEnded() && follower.wantsProgress()) {
            hasProgressed = true;
            runSoon();
        }
    }

    @Override
    void changed() {
        runSoon();
    }

    private void runSoon() {
        if (!isRunning) {
            isRunning = true;
            threads.execute(this);
        }
    }

    @Override
    public void run() {
        for (Runnable call = next(); call != null; call = next()) {
            call.run();
        }
    }

    /** What to call now; null when there is nothing more to say. */
    private synchronized Runnable next() {
        Delivered result = poll();
        if (result != null) {
            return () -> hand(result);
        }
        if (isEnded()) {
            // Stays running at its last call: nothing comes after it.
            lastCalls++;
            return lastCalls == 1 ? follower::onProgress : lastCalls == 2 ? this::end : null;
        }
        if (hasProgressed) {
            hasProgressed = false;
            return follower::onProgress;
        }
        isRunning = false;
        return null;
    }

    private void hand(Delivered result) {
        try {
            follower.onResult(result.partition(), result.encoded());
        } catch (KindlingException e) {
            fail(() -> e);
        } catch (RuntimeException | LinkageError e) {
            fail(() -> new KindlingException(
                    ErrorCode.INTERNAL, "the result of partition " + result.partition() + " cannot be used: " + e, e));
        }
    }

    private void end() {
        follower.onEnd(atEnd.apply(Optional.ofNullable(failure()).map(Supplier::get)));
    }
}
