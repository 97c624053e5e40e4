package dev.kindling.rdd;

import dev.kindling.api.FutureAction;
import dev.kindling.api.KindlingException;
import dev.kindling.plan.JobSelection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An action without a thread that waits for it: its jobs, one after the other, and what is made of their results. The
 * engine's threads bring results and ends; the last end completes it.
 *
 * <p>Only where a sort has to be sampled first does a thread wait, for the sample.
 */
final class AsyncAction<T> extends CompletableFuture<T> implements FutureAction<T> {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncAction.class);

    private final JobRunner runner;
    private final List<Integer> jobIds = new CopyOnWriteArrayList<>();
    private final List<Consumer<? super Progress>> watchers = new CopyOnWriteArrayList<>();
    private Progress ofEarlierJobs = Progress.NONE;
    private JobRunner.StartedJob current;
    /** Of {@code current}: what its set is made of must stay reachable while it runs. */
    private JobRequest request;

    private Thread sampling;

    AsyncAction(JobRunner runner) {
        this.runner = runner;
    }

    // ---- its jobs ---------------------------------------------------------------------------------------------------

    /** Runs a job; {@code afterwards}, when all its results were accepted. Not before the job of an earlier call ended. */
    void run(JobRequest request, JobRunner.PartitionResults results, Runnable afterwards) {
        if (!runner.needsSample(request.root())) {
            start(request, results, afterwards);
            return;
        }
        Thread thread = new Thread(() -> sample(request, results, afterwards), "action-sample");
        thread.setDaemon(true);
        synchronized (this) {
            sampling = thread;
        }
        thread.start();
    }

    private void sample(JobRequest request, JobRunner.PartitionResults results, Runnable afterwards) {
        try {
            runner.findBounds(request);
            synchronized (this) {
                sampling = null;
            }
            start(request, results, afterwards);
        } catch (KindlingException e) {
            completeExceptionally(e);
        }
    }

    /** Nothing of the program's runs under the lock. */
    private void start(JobRequest request, JobRunner.PartitionResults results, Runnable afterwards) {
        try {
            startUnlessDone(request, new Follower(results, afterwards));
        } catch (KindlingException e) {
            completeExceptionally(e);
        }
    }

    private synchronized void startUnlessDone(JobRequest next, Follower follower) {
        if (isDone()) {
            return;
        }
        if (current != null) {
            ofEarlierJobs = ofEarlierJobs.plus(current.progress());
        }
        request = next;
        current = runner.start(next, follower);
        jobIds.add(current.jobId());
    }

    private final class Follower implements JobFollower {
        private final JobRunner.PartitionResults results;
        private final Runnable afterwards;

        Follower(JobRunner.PartitionResults results, Runnable afterwards) {
            this.results = results;
            this.afterwards = afterwards;
        }

        @Override
        public void accept(int partition, Object result) {
            results.accept(partition, result);
        }

        @Override
        public boolean wantsProgress() {
            return !watchers.isEmpty();
        }

        @Override
        public void onProgress() {
            if (!watchers.isEmpty()) {
                Progress progress = progress();
                watchers.forEach(watcher -> tell(watcher, progress));
            }
        }

        @Override
        public void onEnd(Optional<KindlingException> failure) {
            if (failure.isPresent()) {
                completeExceptionally(failure.get());
            } else {
                afterwards.run();
            }
        }
    }

    private static void tell(Consumer<? super Progress> watcher, Progress progress) {
        try {
            watcher.accept(progress);
        } catch (RuntimeException e) {
            LOG.warn("a watcher of an action's progress failed", e);
        }
    }

    // ---- what the program asks --------------------------------------------------------------------------------------

    @Override
    public List<Integer> jobIds() {
        return List.copyOf(jobIds);
    }

    @Override
    public synchronized Progress progress() {
        return current == null ? ofEarlierJobs : ofEarlierJobs.plus(current.progress());
    }

    @Override
    public FutureAction<T> onProgress(Consumer<? super Progress> watcher) {
        watchers.add(watcher);
        return this;
    }

    /** Ends the job that runs; none is begun after it. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (!super.cancel(mayInterruptIfRunning)) {
            return isCancelled();
        }
        String by = CallSite.of("FutureAction.cancel").toString();
        synchronized (this) {
            if (sampling != null) {
                sampling.interrupt();
            }
            if (current != null) {
                runner.cancel(new JobSelection.ById(current.jobId()), by);
            }
        }
        return true;
    }
}
