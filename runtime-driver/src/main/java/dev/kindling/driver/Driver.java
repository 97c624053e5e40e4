package dev.kindling.driver;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.FutureAction;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.StorageLevel;
import dev.kindling.driver.core.DrainReason;
import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.ExecutorPlace;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.driver.journal.JournaledCore;
import dev.kindling.driver.launch.BroadcastShelf;
import dev.kindling.driver.launch.ClusterLauncher;
import dev.kindling.driver.launch.DriverInbox;
import dev.kindling.driver.launch.ExecutorLink;
import dev.kindling.driver.launch.ResultFetcher;
import dev.kindling.driver.plan.JobSubmitter;
import dev.kindling.event.EventBus;
import dev.kindling.loop.Core;
import dev.kindling.loop.EventLoop;
import dev.kindling.loop.Story;
import dev.kindling.metrics.OutputPublishEvent;
import dev.kindling.metrics.Recorder;
import dev.kindling.metrics.ResultFetchEvent;
import dev.kindling.plan.JobSelection;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskResult;
import dev.kindling.rdd.AccumulatorRegistry;
import dev.kindling.rdd.JobRunner;
import dev.kindling.storage.OutputStore;
import dev.kindling.storage.Stores;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell of {@link DriverCore}: its loop, the links to executors, the jobs that threads of the program wait for, and
 * the few threads {@code driver-io-n} on which files are published and large results fetched. It decides nothing.
 *
 * <p>Methods may be called by any thread; effects are done by {@code driver-loop}.
 */
final class Driver implements JobSubmitter, DriverInbox, ClusterLauncher.Listener {
    /** A part of the two seconds in which everything is closed. */
    private static final long PUBLISHED_WITHIN_MS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Driver.class);

    /** A process that was killed is reaped within milliseconds of the end of its connections. */
    private static final long EXIT_REPORT_NANOS = 400_000_000L;

    private final DriverSetup setup;
    private final EventBus events;
    private final Executor io;
    private final BroadcastShelf broadcasts;
    private final Stores stores;
    private final ActionThreads actions = new ActionThreads();
    private final JobProgress progress = new JobProgress();
    private final EventLoop<DriverEvent, DriverEffect> loop;
    private final Optional<JournaledCore> journaled;
    private final Map<ExecutorKey, ExecutorLink> links = new ConcurrentHashMap<>();
    private final Map<Integer, RunningJob> jobs = new ConcurrentHashMap<>();
    /** Outputs of jobs that are about to fail, while they are being removed; by {@code driver-loop} only. */
    private final Map<Integer, CompletableFuture<Void>> discards = new HashMap<>();
    /** Outputs that are being published, by job; awaited by whoever closes the driver. */
    private final Map<Integer, CompletableFuture<Void>> publications = new ConcurrentHashMap<>();

    private final AccumulatorMerges merges;
    private final Map<String, Disconnection> disconnections = new ConcurrentHashMap<>();
    private final JobFailures failures;
    private final Waiters waiters = new Waiters();
    /** Those who asked whether a set is kept, when it is. */
    private final Set<Integer> keptFor = ConcurrentHashMap.newKeySet();

    private final Alarms alarms = new Alarms();

    /** Drops what the last collection has found. */
    private volatile Runnable letGo = () -> {};

    private volatile Optional<String> failureOfLastJob = Optional.empty();
    private volatile Optional<String> launcherFailure = Optional.empty();

    // Set before the loop starts.
    private ClusterLauncher launcher;
    private ResultFetcher results;

    /** One process start of one executor. */
    private record ExecutorKey(String executorId, long incarnation) {
        // Written out for the same reason as those of AttemptId.
        @Override
        public boolean equals(Object other) {
            return other instanceof ExecutorKey that
                    && incarnation == that.incarnation
                    && executorId.equals(that.executorId);
        }

        @Override
        public int hashCode() {
            return 31 * executorId.hashCode() + Long.hashCode(incarnation);
        }
    }

    /** An ended connection that has not been reported to the core yet. */
    private record Disconnection(DriverEvent.ConnectionClosed event, long deadlineNanos) {}

    Driver(
            DriverSetup setup,
            EventBus events,
            Executor io,
            AccumulatorRegistry accumulators,
            BroadcastShelf broadcasts,
            Stores stores) {
        this.setup = setup;
        this.events = events;
        this.io = io;
        this.broadcasts = broadcasts;
        this.stores = stores;
        this.failures = new JobFailures(setup.userLoader());
        this.merges = new AccumulatorMerges(
                accumulators, io, (jobId, failure) -> end(jobId, job -> job.fail(() -> inThisThread(failure))));
        DriverCore core = new DriverCore(setup.core());
        this.journaled = setup.journalDirectory().isEmpty()
                ? Optional.empty()
                : Optional.of(JournaledCore.create(
                        core, setup.core(), Path.of(setup.journalDirectory()), setup.applicationId()));
        this.loop = new EventLoop<>(
                "driver-loop",
                journaled.<Core<DriverEvent, DriverEffect>>map(j -> j).orElse(core),
                new Shell());
    }

    void start(ClusterLauncher executors, ResultFetcher storedResults) {
        launcher = executors;
        results = storedResults;
        loop.start();
    }

    /** @param dropCollected drops what the program has let go of, as the last garbage collection has found it */
    void afterCollections(Runnable dropCollected) {
        letGo = dropCollected;
    }

    /** The time on the clock of all events. */
    Instant now() {
        return Instant.ofEpochMilli(loop.nowMs());
    }

    /** What the driver did last, for people. */
    Story story() {
        return loop.story();
    }

    // ---- jobs, on the program's threads ---------------------------------------------------------------------------

    @Override
    public void run(JobGraph graph, ResultListener listener) throws InterruptedException {
        WaitedJob job = new WaitedJob();
        jobs.put(graph.jobId(), job);
        merges.begin(graph.jobId());
        boolean isEnded = false;
        Optional<KindlingException> unmerged;
        try {
            submit(graph);
            job.await(listener);
            isEnded = true;
        } finally {
            jobs.remove(graph.jobId());
            if (!isEnded) {
                // The core ignores it when the job has failed by itself.
                loop.post(new DriverEvent.CancelJob(graph.jobId(), "the waiting thread was interrupted or failed"));
            }
            // Before the action returns: the program reads what its tasks added.
            unmerged = merges.end(graph.jobId(), now(), this::publish);
        }
        if (unmerged.isPresent()) {
            throw inThisThread(unmerged.get());
        }
    }

    @Override
    public JobRunner.StartedJob start(JobGraph graph, Follower follower) {
        int jobId = graph.jobId();
        FollowedJob job = new FollowedJob(follower, actions, failure -> ended(jobId, failure));
        JobProgress.OfJob progressOfIt = progress.begin(graph, job::progressed);
        jobs.put(jobId, job);
        merges.begin(jobId);
        try {
            submit(graph);
        } catch (KindlingException e) {
            ended(jobId, Optional.of(e));
            throw e;
        }
        return new StartedJob(jobId, progressOfIt);
    }

    /** One that is known already: what ends all jobs ends it too. */
    private void submit(JobGraph graph) {
        if (launcherFailure.isPresent()) {
            throw new KindlingException(ErrorCode.INTERNAL, launcherFailure.get());
        } else if (!loop.post(new DriverEvent.JobSubmitted(graph))) {
            throw closed();
        }
    }

    private record StartedJob(int jobId, JobProgress.OfJob progressOfIt) implements JobRunner.StartedJob {
        @Override
        public FutureAction.Progress progress() {
            return progressOfIt.now();
        }
    }

    /** Before the follower of the job hears of its end. */
    private Optional<KindlingException> ended(int jobId, Optional<KindlingException> failure) {
        jobs.remove(jobId);
        progress.end(jobId);
        // The core ignores it when the job has failed by itself.
        failure.ifPresent(why -> loop.post(new DriverEvent.CancelJob(jobId, "its results cannot be used")));
        Optional<KindlingException> unmerged = merges.end(jobId, now(), this::publish);
        return failure.isPresent() ? failure : unmerged;
    }

    private static KindlingException inThisThread(KindlingException failure) {
        return new KindlingException(failure.code(), failure.getMessage(), failure.getCause());
    }

    private void merge(DriverEffect.MergeUpdates updates) {
        RunningJob job = jobs.get(updates.jobId());
        long waitingBytes = merges.add(updates);
        long maxBytes = setup.maxResultBytes();
        if (job != null && maxBytes > 0 && waitingBytes > maxBytes) {
            job.fail(() -> new KindlingException(
                    ErrorCode.RESULT_TOO_LARGE,
                    "tasks add to accumulators faster than the driver merges: " + ByteSizes.format(waitingBytes)
                            + " wait, " + ByteSizes.format(maxBytes)
                            + " is the most (kindling.result.maxBytes); add less, or make merge faster"));
        }
    }

    /** Executors forget the value; with {@code isBlocking}, they have when this returns. */
    void dropBroadcast(long broadcastId, boolean isBlocking) {
        if (isBlocking) {
            waiters.await(waiter -> loop.post(new DriverEvent.DropBroadcast(broadcastId, waiter)));
        } else {
            loop.post(new DriverEvent.DropBroadcast(broadcastId, -1));
        }
    }

    @Override
    public void cancel(JobSelection which, String by) {
        loop.post(new DriverEvent.CancelJobs(which, by));
    }

    @Override
    public void decommissionExecutor(String executorId, long withinMs) {
        executorLeaving(executorId, DrainReason.DECOMMISSION, withinMs);
    }

    @Override
    public void forgetShuffle(int shuffleId) {
        loop.offer(new DriverEvent.ForgetShuffle(shuffleId));
    }

    @Override
    public void persist(int setId, StorageLevel level, int partitionCount) {
        loop.post(new DriverEvent.PersistSet(setId, level, partitionCount));
    }

    @Override
    public void unpersist(int setId, boolean isBlocking) {
        if (isBlocking) {
            waiters.await(waiter -> loop.post(new DriverEvent.UnpersistSet(setId, waiter)));
        } else {
            loop.post(new DriverEvent.UnpersistSet(setId, -1));
        }
    }

    @Override
    public boolean isKept(int setId) {
        int[] asked = {0};
        waiters.await(waiter -> {
            asked[0] = waiter;
            return loop.post(new DriverEvent.AskWhetherKept(setId, waiter));
        });
        return keptFor.remove(asked[0]);
    }

    private static KindlingException closed() {
        return new KindlingException(ErrorCode.CLOSED, "the context is closed; make a new one to run jobs");
    }

    /** Why the job failed that ended last; empty when it did not fail, was cancelled, or never was. */
    Optional<String> failureOfLastJob() {
        return launcherFailure.isPresent() ? launcherFailure : failureOfLastJob;
    }

    /** Running jobs fail, executors are told to end. */
    void requestClose() {
        loop.post(new DriverEvent.CloseRequested());
    }

    /** Ends the loop after what is in its mailbox: an output that is being published is complete or failed by then. */
    void endLoop() {
        awaitPublications();
        loop.close();
        journaled.ifPresent(JournaledCore::close);
        jobs.values().forEach(job -> job.fail(Driver::closed));
        waiters.end();
        actions.close();
    }

    private void awaitPublications() {
        try {
            CompletableFuture.allOf(publications.values().toArray(new CompletableFuture<?>[0]))
                    .get(PUBLISHED_WITHIN_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // Who waits for the job is told that the context was closed; what is published later is complete all the
            // same.
        }
    }

    // ---- what reaches the driver ----------------------------------------------------------------------------------

    @Override
    public void received(Frame.ToDriver frame, ExecutorLink answer) {
        links.putIfAbsent(new ExecutorKey(frame.executorId(), frame.incarnation()), answer);
        loop.offer(new DriverEvent.FrameReceived(frame));
    }

    /**
     * The connection over which this incarnation spoke has ended. A process that just died is about to be reported by
     * its launcher, which knows more: for a moment that is waited for.
     */
    void disconnected(String executorId, long incarnation, String why) {
        links.remove(new ExecutorKey(executorId, incarnation));
        long deadlineNanos = System.nanoTime() + EXIT_REPORT_NANOS;
        disconnections.put(
                executorId,
                new Disconnection(new DriverEvent.ConnectionClosed(executorId, incarnation, why), deadlineNanos));
    }

    @Override
    public void executorRequested(String executorId, Secret nonce, ExecutorPlace place) {
        loop.offer(new DriverEvent.ExecutorRequested(executorId, nonce, place));
    }

    @Override
    public void executorLeaving(String executorId, DrainReason reason, long withinMs) {
        loop.offer(new DriverEvent.DrainRequested(executorId, reason, withinMs));
    }

    @Override
    public void executorExited(String executorId, ExitReason reason) {
        disconnections.remove(executorId);
        loop.post(new DriverEvent.ExecutorExited(executorId, reason));
    }

    @Override
    public void launcherFailed(String why) {
        launcherFailure = Optional.of(why);
        jobs.values().forEach(job -> job.fail(() -> new KindlingException(ErrorCode.INTERNAL, why)));
    }

    // ---- effects --------------------------------------------------------------------------------------------------

    /** Does what the core wants; by {@code driver-loop} only. */
    private final class Shell implements EventLoop.Shell<DriverEvent, DriverEffect> {
        @Override
        public DriverEvent tick() {
            disconnections
                    .values()
                    .removeIf(ended -> ended.deadlineNanos() - System.nanoTime() <= 0 && loop.offer(ended.event()));
            return new DriverEvent.Tick();
        }

        @Override
        public boolean isUrgent(DriverEvent event) {
            if (event instanceof DriverEvent.FrameReceived received) {
                return !(received.frame() instanceof Frame.AttemptFinished)
                        && !(received.frame() instanceof Frame.AttemptFailed);
            }
            // What concerns the jobs submitted before must not overtake them.
            return !(event instanceof DriverEvent.JobSubmitted)
                    && !(event instanceof DriverEvent.CancelJobs)
                    && !(event instanceof DriverEvent.ForgetShuffle)
                    && !(event instanceof DriverEvent.GarbageCollected);
        }

        @Override
        public Object inStory(Object eventOrEffect) {
            return StoryForm.of(eventOrEffect);
        }

        @Override
        public void perform(DriverEffect effect) {
            if (effect instanceof DriverEffect.Send send) {
                send(send);
            } else if (effect instanceof DriverEffect.Emit emit) {
                publish(emit.event());
            } else if (effect instanceof DriverEffect.DeliverResult deliver) {
                deliver(deliver);
            } else if (effect instanceof DriverEffect.MergeUpdates merge) {
                merge(merge);
            } else if (effect instanceof DriverEffect.CompleteJob complete) {
                events.publish(new Event.JobEnd(now(), complete.jobId(), Optional.empty()));
                failureOfLastJob = Optional.empty();
                end(complete.jobId(), RunningJob::complete);
            } else if (effect instanceof DriverEffect.FailJob fail) {
                events.publish(new Event.JobEnd(now(), fail.jobId(), Optional.of(failures.exceptionOf(fail))));
                failureOfLastJob = fail.code() == ErrorCode.CANCELLED ? Optional.empty() : Optional.of(fail.message());
                failed(fail);
            } else if (effect instanceof DriverEffect.RefuseJob refuse) {
                end(refuse.jobId(), job -> job.fail(() -> new KindlingException(refuse.code(), refuse.message())));
            } else if (effect instanceof DriverEffect.PublishOutput publish) {
                publications.put(publish.jobId(), new CompletableFuture<>());
                onIo(() -> publish(publish));
            } else if (effect instanceof DriverEffect.DiscardOutput discard) {
                discards.put(discard.jobId(), CompletableFuture.runAsync(() -> discard(discard), io));
            } else if (effect instanceof DriverEffect.DiscardPart discard) {
                onIo(() -> discardPart(discard));
            } else if (effect instanceof DriverEffect.CachedSetKept answer) {
                if (answer.isKept()) {
                    keptFor.add(answer.waiter());
                }
                waiters.done(answer.waiter());
            } else if (effect instanceof DriverEffect.CachedSetDropped dropped) {
                waiters.done(dropped.waiter());
            } else if (effect instanceof DriverEffect.BroadcastGone gone) {
                waiters.done(gone.waiter());
            } else if (effect instanceof DriverEffect.ReleaseExecutor release) {
                release(release);
            } else if (effect instanceof DriverEffect.ReplaceExecutor replace) {
                launcher.replace(replace.lostExecutorId());
            } else if (effect instanceof DriverEffect.CollectGarbage) {
                onIo(Driver.this::collectGarbage);
            } else if (effect instanceof DriverEffect.AvoidMachine avoid) {
                launcher.machineTakenBack(avoid.executorId(), avoid.withinMs());
            } else if (effect instanceof DriverEffect.AddExecutors add) {
                launcher.add(add.count());
            } else if (effect instanceof DriverEffect.CancelExecutors cancel) {
                launcher.cancel(cancel.count());
            } else if (effect instanceof DriverEffect.InputLies lies) {
                launcher.inputLies(lies.taskCounts());
            }
        }

        @Override
        public void onDefect(Throwable defect, Story story) {
            LOG.error("a defect of Kindling ended the driver's loop; it did last:\n{}", story, defect);
            String message = "a defect of Kindling ended the driver: " + defect
                    + "; please report it with the log's lines before this";
            jobs.values().forEach(job -> job.fail(() -> new KindlingException(ErrorCode.INTERNAL, message, defect)));
        }
    }

    private void publish(Event event) {
        progress.onEvent(event);
        events.publish(event);
        alarms.heard(event);
        if (event instanceof Event.ExecutorAdded added) {
            launcher.registered(added.id());
        }
    }

    private void send(DriverEffect.Send send) {
        ExecutorLink link = links.get(new ExecutorKey(send.executorId(), send.incarnation()));
        if (link != null) {
            link.send(send.frame());
        }
    }

    /** Who hears that a job has failed finds nothing of its output any more. */
    private void failed(DriverEffect.FailJob fail) {
        CompletableFuture<Void> discard = discards.remove(fail.jobId());
        Runnable end = () -> end(fail.jobId(), job -> job.fail(() -> failures.exceptionOf(fail)));
        if (discard == null) {
            end.run();
        } else {
            discard.thenRun(end);
        }
    }

    private void end(int jobId, Consumer<RunningJob> how) {
        RunningJob job = jobs.get(jobId);
        if (job != null) {
            how.accept(job);
        }
    }

    private void deliver(DriverEffect.DeliverResult deliver) {
        RunningJob job = jobs.get(deliver.jobId());
        if (deliver.result() instanceof TaskResult.Stored stored) {
            onIo(() -> fetch(job, deliver, stored));
        } else if (job != null && deliver.result() instanceof TaskResult.Direct direct) {
            job.deliver(deliver.partition(), direct.bytes());
        }
    }

    private void release(DriverEffect.ReleaseExecutor release) {
        ExecutorLink link = links.remove(new ExecutorKey(release.executorId(), release.incarnation()));
        if (link != null) {
            link.close();
        }
        broadcasts.executorGone(release.executorId());
        launcher.release(release.executorId(), release.reason());
    }

    // ---- what waits, on driver-io -----------------------------------------------------------------------------------

    private void onIo(Runnable work) {
        io.execute(work);
    }

    /** @param job null when nobody wants the result any more */
    private void fetch(RunningJob job, DriverEffect.DeliverResult deliver, TaskResult.Stored stored) {
        try {
            if (job != null && !job.isEnded()) {
                byte[] bytes = recorded(deliver, stored);
                if (!stored.isOf(bytes)) {
                    throw new IOException("its bytes fail their checksum");
                }
                job.deliver(deliver.partition(), bytes);
            }
            loop.post(new DriverEvent.ResultFetched(deliver.jobId(), deliver.partition(), deliver.attempt()));
        } catch (IOException e) {
            String why = "its result of " + stored.byteCount() + " bytes could not be fetched from executor "
                    + deliver.holder().executorId() + ": " + e.getMessage();
            loop.post(new DriverEvent.ResultLost(deliver.jobId(), deliver.partition(), deliver.attempt(), why));
        }
    }

    private byte[] recorded(DriverEffect.DeliverResult deliver, TaskResult.Stored stored) throws IOException {
        Optional<ResultFetchEvent> event = Recorder.resultFetch();
        byte[] bytes = results.fetch(deliver.holder(), deliver.attempt(), stored.byteCount());
        if (event.isPresent()) {
            record(event.get(), deliver, stored);
        }
        return bytes;
    }

    private static void record(ResultFetchEvent event, DriverEffect.DeliverResult deliver, TaskResult.Stored stored) {
        event.end();
        if (event.shouldCommit()) {
            event.jobId = deliver.jobId();
            event.partition = deliver.partition();
            event.bytes = stored.byteCount();
            event.commit();
        }
    }

    private void collectGarbage() {
        try {
            System.gc();
            letGo.run();
        } finally {
            loop.post(new DriverEvent.GarbageCollected());
        }
    }

    private void publish(DriverEffect.PublishOutput publish) {
        Optional<OutputPublishEvent> event = Recorder.outputPublish();
        try {
            stores.writing(publish.target()).publish(publish.target(), publish.parts());
            if (event.isPresent()) {
                record(event.get(), publish);
            }
            loop.post(new DriverEvent.OutputPublished(publish.jobId()));
        } catch (IOException | RuntimeException e) {
            loop.post(new DriverEvent.OutputFailed(publish.jobId(), e.toString()));
        } finally {
            publications.remove(publish.jobId()).complete(null);
        }
    }

    private static void record(OutputPublishEvent event, DriverEffect.PublishOutput publish) {
        event.end();
        if (event.shouldCommit()) {
            event.jobId = publish.jobId();
            event.parts = publish.parts().size();
            event.commit();
        }
    }

    private void discard(DriverEffect.DiscardOutput discard) {
        try {
            stores.writing(discard.target()).discard(discard.target());
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "cannot remove what job {} left of its output {}: {}",
                    discard.jobId(),
                    discard.target(),
                    e.toString());
        }
    }

    private void discardPart(DriverEffect.DiscardPart discard) {
        OutputStore store = stores.writing(discard.target());
        try {
            store.discardAttempt(discard.target(), discard.attemptFile());
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot remove {} of output {}: {}", discard.attemptFile(), discard.target(), e.toString());
        }
    }
}
