package dev.kindling.api;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * An action that runs while the program goes on. As a {@link Future} it is waited for or cancelled, as a
 * {@link CompletionStage} it is continued; a failed one fails with the {@link KindlingException} that the action would
 * have thrown. Its jobs have the properties of the thread that started it. Safe for many threads.
 *
 * <p>{@code cancel} ends its jobs as {@link KindlingContext#cancelJob} does, whatever its argument. Functions given to
 * this stage run on threads of the context, or on the calling thread when the action has ended already; they may wait
 * and start jobs of their own.
 */
public interface FutureAction<T> extends Future<T>, CompletionStage<T> {
    /** Those begun so far, in order: {@code takeAsync} may need several. */
    List<Integer> jobIds();

    /** How far it is now; after its end, how far it came. */
    Progress progress();

    /**
     * Calls {@code watcher} when the action has come further, now and then and once at its end, with ever later
     * pictures, one call at a time. What it throws is logged and ends nothing.
     */
    FutureAction<T> onProgress(Consumer<? super Progress> watcher);

    /**
     * A picture of all jobs begun so far.
     *
     * @param stages of these jobs, the skipped ones included
     * @param stagesDone that have all their results
     * @param stagesSkipped whose results were there before
     * @param tasks of the stages that are not skipped
     * @param running attempts of tasks that run now
     * @param done tasks that have a result
     * @param failed attempts that ended without a result
     */
    record Progress(int stages, int stagesDone, int stagesSkipped, int tasks, int running, int done, int failed) {
        public static final Progress NONE = new Progress(0, 0, 0, 0, 0, 0, 0);

        public Progress plus(Progress other) {
            return new Progress(
                    stages + other.stages,
                    stagesDone + other.stagesDone,
                    stagesSkipped + other.stagesSkipped,
                    tasks + other.tasks,
                    running + other.running,
                    done + other.done,
                    failed + other.failed);
        }
    }
}
