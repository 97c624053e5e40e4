package dev.kindling.rdd;

import dev.kindling.api.KindlingException;
import java.util.Optional;

/**
 * Hears what becomes of a job for which no thread waits. Called by threads of the engine, one call at a time; a call may
 * come before the one that started the job has returned.
 */
public interface JobFollower extends JobRunner.PartitionResults {
    /** Whether {@link #onProgress} shall be called before the end. */
    boolean wantsProgress();

    /** The job has come further; many steps may make one call. The last call comes before the end. */
    void onProgress();

    /** The last call. Empty when all results were accepted before. */
    void onEnd(Optional<KindlingException> failure);
}
