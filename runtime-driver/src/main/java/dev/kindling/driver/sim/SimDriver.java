package dev.kindling.driver.sim;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.driver.core.DrainReason;
import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.ExitReasons;
import dev.kindling.driver.core.Invariants;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.driver.core.Sentences;
import dev.kindling.event.JobProperties;
import dev.kindling.plan.JobSelection;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskResult;
import dev.kindling.sim.FaultKind;
import dev.kindling.sim.SimClock;
import dev.kindling.util.Secret;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The simulated driver: the real core, and what its shell would do. Checks after every event that the core's state is
 * sound, and at every effect that it may come now: each result once, an end once, an error only with a cause.
 */
final class SimDriver implements SimLinks.Dialler {
    /** The shell ticks every 100 ms, later when the machine is busy; heartbeats bear a little more. */
    private static final int MAX_TICK_MS = 700;

    private static final int MIN_TICK_MS = 100;

    private static final int MAX_COLLECTION_MS = 2_000;

    private static final int FETCH_TIMEOUT_MS = 4_000;
    private static final int FETCH_TRIES = 3;

    final DriverCore core;
    final SimAccumulators accumulators = new SimAccumulators();
    final SimPublications publications;

    private final SimCluster cluster;
    private final TreeMap<Integer, JobRun> jobs = new TreeMap<>();

    /** Incarnations that an order to drop something did not reach. */
    private final TreeSet<Long> undelivered = new TreeSet<>();

    /** Shuffles that the program cannot reach any more, which only a collection shows. */
    private final TreeSet<Integer> letGo = new TreeSet<>();

    /** Executors that somebody wanted back: at the end of their time they go, whatever happened before. */
    private final TreeSet<String> askedToLeave = new TreeSet<>();

    /** Of each name that the driver has been told to expect. */
    private final TreeMap<String, Secret> lastNonces = new TreeMap<>();

    private final SuspectWatch suspects;
    /** To executors that hold large results. */
    private final SimLinks links;

    private final int tickMs;
    private final SimClock clock;
    private long pausedUntilMs;
    /** What comes while it stands still. */
    private final Deque<Runnable> mailbox = new ArrayDeque<>();

    private boolean isCloseAsked;
    private boolean isClosing;
    private boolean isClosed;
    private boolean isDead;

    /** A job and what has come of it. */
    static final class JobRun {
        final JobGraph graph;
        final long submittedMs;
        final TreeMap<Integer, byte[]> results = new TreeMap<>();
        /** Stored results on their way, by partition. */
        final TreeMap<Integer, AttemptId> fetching = new TreeMap<>();

        boolean isComplete;
        boolean isCancelAsked;
        Optional<DriverEffect.FailJob> failure = Optional.empty();

        private JobRun(JobGraph graph, long submittedMs) {
            this.graph = graph;
            this.submittedMs = submittedMs;
        }

        boolean isEnded() {
            return isComplete || failure.isPresent();
        }
    }

    SimDriver(SimCluster cluster) {
        this.cluster = cluster;
        this.core = cluster.cores.driver().apply(cluster.settings);
        this.clock = new SimClock(cluster.world);
        this.suspects = new SuspectWatch(cluster);
        this.links = new SimLinks(this, cluster);
        this.publications = new SimPublications(cluster, this);
        this.tickMs = cluster.random.nextInt(MIN_TICK_MS, MAX_TICK_MS);
    }

    void start() {
        tickLater();
    }

    private void tickLater() {
        cluster.world.in(tickMs, () -> {
            if (!isClosed) {
                on(new DriverEvent.Tick());
                tickLater();
            }
        });
    }

    // ---- what strikes it ------------------------------------------------------------------------------------------

    void pause(long ms) {
        cluster.world.note("driver", "stands still for " + ms + " ms");
        holdUntil(cluster.world.nowMs() + ms);
    }

    /** From when on it hears what happens now: its patience begins then. */
    long listensMs() {
        return Math.max(pausedUntilMs, cluster.world.nowMs());
    }

    /** As {@link #pause}, and its clock with it. */
    void standStill(long ms) {
        cluster.world.note("driver", "and its clock stand still for " + ms + " ms");
        clock.standStill(holdUntil(cluster.world.nowMs() + ms));
    }

    /** Its patience stands still with it: what it waits for comes so much later. Returns how much. */
    private long holdUntil(long ms) {
        long addedMs = Math.max(0, ms - listensMs());
        pausedUntilMs = Math.max(pausedUntilMs, ms);
        suspects.beginAnew(pausedUntilMs);
        long disturbedMs = Math.max(cluster.network.lastDisturbanceMs(), cluster.world.nowMs());
        cluster.network.disturbedUntil(Math.max(pausedUntilMs, disturbedMs + addedMs));
        cluster.launcher.processes().forEach(process -> process.driverPauses(addedMs));
        return addedMs;
    }

    void leap(long ms) {
        cluster.world.note("driver", "has its clock leap by " + ms + " ms");
        clock.leap(ms);
        suspects.beginAnew(cluster.world.nowMs());
        cluster.network.disturbedUntil(cluster.world.nowMs());
    }

    /** Its process ends, between any two things it does. */
    void die(String why) {
        cluster.world.note("driver", "ends: " + why);
        isDead = true;
        isClosed = true;
        cluster.network.disturbedUntil(cluster.world.nowMs());
        cluster.launcher.driverDied();
    }

    boolean isDead() {
        return isDead;
    }

    boolean wasAskedToLeave(String executorId) {
        return askedToLeave.contains(executorId);
    }

    /** Somebody wants the executor back after so long. */
    void drain(SimExecutor executor, SplittableRandom random, long withinMs) {
        DrainReason reason = DrainReason.values()[random.nextInt(DrainReason.values().length)];
        if (reason == DrainReason.SPOT_NOTICE) {
            askedToLeave.add(executor.id);
            executor.takenBack(withinMs);
        } else {
            drain(executor.id, reason, withinMs);
        }
    }

    void drain(String executorId, DrainReason reason, long withinMs) {
        askedToLeave.add(executorId);
        on(new DriverEvent.DrainRequested(executorId, reason, withinMs));
    }

    // ---- what the program does ------------------------------------------------------------------------------------

    JobRun submit(JobGraph graph) {
        cluster.oracles.areSubmitted(graph.stages());
        JobRun job = new JobRun(graph, cluster.world.nowMs());
        jobs.put(graph.jobId(), job);
        on(new DriverEvent.JobSubmitted(graph));
        return job;
    }

    /** The program has no use for the shuffle, whose outputs leave no room where they lie. */
    void letGo(int shuffleId) {
        letGo.add(shuffleId);
        cluster.launcher.processes().forEach(process -> process.disk.crowdWith(shuffleId));
    }

    int submittedCount() {
        return jobs.size();
    }

    void cancel(JobRun job) {
        job.isCancelAsked = true;
        on(new DriverEvent.CancelJob(job.graph.jobId(), "the program asked"));
    }

    /** Jobs that are not meant have to go on. */
    void cancel(JobSelection which, String by) {
        for (JobRun job : jobs.values()) {
            job.isCancelAsked |= isIn(which, job.graph);
        }
        on(new DriverEvent.CancelJobs(which, by));
    }

    private static boolean isIn(JobSelection which, JobGraph job) {
        if (which instanceof JobSelection.ById one) {
            return one.jobId() == job.jobId();
        }
        if (which instanceof JobSelection.ByGroup group) {
            return group.group().equals(job.properties().get(JobProperties.GROUP));
        }
        return !(which instanceof JobSelection.ByTag tag)
                || List.of(job.properties().getOrDefault(JobProperties.TAGS, "").split(","))
                        .contains(tag.tag());
    }

    /** The application is over; a second call does nothing. */
    void close() {
        if (!isCloseAsked) {
            isCloseAsked = true;
            on(new DriverEvent.CloseRequested());
        }
    }

    /** Whether it has told its executors to end, or is gone. */
    boolean isClosing() {
        return isClosing || isClosed;
    }

    /** Whether it hears and says nothing any more: an output that is being published is waited for. */
    boolean isClosed() {
        isClosed |= isClosing && publications.areOver();
        return isClosed;
    }

    boolean hasEndedAllJobs() {
        return jobs.values().stream().allMatch(JobRun::isEnded);
    }

    // ---- its core -------------------------------------------------------------------------------------------------

    void receive(byte[] bytes) {
        Frame.ToDriver frame = (Frame.ToDriver) FrameCodec.decode(bytes);
        if (frame instanceof Frame.AttemptFinished finished) {
            cluster.oracles.wereDone(finished);
        }
        on(new DriverEvent.FrameReceived(frame), Arrays.hashCode(bytes));
    }

    /** Does it when the driver does not stand still, behind what came before. */
    void run(Runnable action) {
        if (mailbox.isEmpty() && pausedUntilMs <= cluster.world.nowMs()) {
            if (!isClosed) {
                action.run();
            }
            return;
        }
        mailbox.add(action);
        if (mailbox.size() == 1) {
            cluster.world.in(listensMs() - cluster.world.nowMs(), this::emptyMailbox);
        }
    }

    private void emptyMailbox() {
        while (!mailbox.isEmpty() && !isClosed) {
            long waitMs = pausedUntilMs - cluster.world.nowMs();
            if (waitMs > 0) {
                cluster.world.in(waitMs, this::emptyMailbox);
                return;
            }
            mailbox.remove().run();
        }
    }

    @Override
    public long in(long delayMs, Runnable action) {
        cluster.world.in(delayMs, () -> run(action));
        return cluster.world.nowMs() + delayMs;
    }

    @Override
    public void disturbedUntil(long ms) {
        cluster.network.disturbedUntil(ms);
    }

    void on(DriverEvent event) {
        on(event, digestOf(event));
    }

    private void on(DriverEvent event, long digest) {
        run(() -> step(event, digest));
    }

    /** A tick that has no effect has changed nothing. */
    private void step(DriverEvent event, long digest) {
        countDeaths(event);
        boolean isStale = isStaleFetchFailure(event);
        boolean isOfOldLaunch = isOfOldLaunch(event);
        boolean isFirstRequest = event instanceof DriverEvent.DrainRequested e && !core.isLeaving(e.executorId());
        List<DriverEffect> effects = new ArrayList<>();
        cluster.stepping.step(core, clock.nowMs(), event, effects::add);
        if (isOfOldLaunch && effects.stream().anyMatch(SimDriver::isNewExecutor)) {
            throw new SimViolation(
                    "a process is registered whose name was given to another launch: " + Sentences.of(event));
        }
        requireDistrusted(event, effects);
        accumulators.note(event);
        if (event instanceof DriverEvent.Tick && effects.isEmpty()) {
            return;
        }
        cluster.world.note("driver", digest, () -> Sentences.of(event));
        isClosing |= event instanceof DriverEvent.CloseRequested;
        for (DriverEffect effect : effects) {
            if (isDead) {
                return;
            }
            perform(effect);
        }
        if (isStale && effects.stream().anyMatch(SimDriver::isLossOfOutputs)) {
            throw new SimViolation(
                    "map outputs are dropped although another was the unreadable one: " + Sentences.of(event));
        }
        if (isFirstRequest && isScaledDown(effects)) {
            cluster.launcher.wantFewer();
        }
        if (event instanceof DriverEvent.Tick) {
            effects.forEach(this::noteLeaving);
            Invariants.checkNewCopies(core);
        }
        effects.forEach(this::checkDrained);
        if (!isOnlySignOfLife(event, effects)) {
            suspects.look(core.longestWaitingSuspect());
            Invariants.check(core);
            accumulators.requireKeptSetsCounted(core);
        }
    }

    /** A heartbeat that has no effect but its answer has changed nothing: every second event is one. */
    private static boolean isOnlySignOfLife(DriverEvent event, List<DriverEffect> effects) {
        return event instanceof DriverEvent.FrameReceived e
                && e.frame() instanceof Frame.Heartbeat
                && effects.size() == 1;
    }

    /** Whether a process registers that is not of the launch which the driver has last been told of for its name. */
    private boolean isOfOldLaunch(DriverEvent event) {
        if (event instanceof DriverEvent.ExecutorRequested e) {
            lastNonces.put(e.executorId(), e.nonce());
        }
        return event instanceof DriverEvent.FrameReceived e
                && e.frame() instanceof Frame.Register register
                && !register.nonce().equals(lastNonces.get(register.executorId()));
    }

    private static boolean isNewExecutor(DriverEffect effect) {
        return effect instanceof DriverEffect.Emit emit && emit.event() instanceof Event.ExecutorAdded;
    }

    /** Whether it says that an output cannot be read which the driver does not know any more, or never did. */
    private boolean isStaleFetchFailure(DriverEvent event) {
        return event instanceof DriverEvent.FrameReceived e
                && e.frame() instanceof Frame.AttemptFailed failed
                && failed.failure() instanceof TaskFailure.FetchFailed fetch
                && !core.holdsMapOutput(fetch.shuffleId(), fetch.mapAttempt(), fetch.executorId());
    }

    /** A copy of a cached block that a task could not read is not there, whoever believed in it. */
    private void requireDistrusted(DriverEvent event, List<DriverEffect> effects) {
        if (event instanceof DriverEvent.FrameReceived e
                && e.frame() instanceof Frame.AttemptFailed failed
                && failed.failure() instanceof TaskFailure.CacheMissed missed
                && effects.stream().anyMatch(SimDriver::isEndOfTask)
                && core.isCached(missed.block(), missed.executorId(), missed.incarnation())) {
            throw new SimViolation(missed.executorId() + " is believed to cache " + missed.block() + " although "
                    + failed.failed() + " could not read it");
        }
    }

    private static boolean isEndOfTask(DriverEffect effect) {
        return effect instanceof DriverEffect.Emit emit && emit.event() instanceof Event.TaskEnd;
    }

    private static boolean isScaledDown(List<DriverEffect> effects) {
        return effects.stream()
                        .anyMatch(effect -> effect instanceof DriverEffect.Emit emit
                                && emit.event() instanceof Event.ExecutorDraining)
                && effects.stream().noneMatch(DriverEffect.ReplaceExecutor.class::isInstance);
    }

    /** At a tick nobody has asked for it: it has nothing to do. */
    private void noteLeaving(DriverEffect effect) {
        if (effect instanceof DriverEffect.Emit emit && emit.event() instanceof Event.ExecutorDraining e) {
            askedToLeave.add(e.id());
            cluster.launcher.wantFewer();
        }
    }

    /** An executor that left without loss has taken nothing with it, and what was moved is where it shall be. */
    private void checkDrained(DriverEffect effect) {
        if (!(effect instanceof DriverEffect.Emit emit)) {
            return;
        }
        if (emit.event() instanceof Event.MapOutputsLost e && e.reason().contains(ExitReasons.DRAINED)) {
            throw new SimViolation("a drained executor took map outputs with it: " + Sentences.of(effect));
        }
        boolean isDrained = emit.event() instanceof Event.ExecutorRemoved e && ExitReasons.isDrained(e.reason());
        // What is gone from a disk is believed there until somebody wants it.
        if (isDrained && cluster.faults.struckCount(FaultKind.LOSE_FILE) == 0) {
            core.believedOutputs().forEach(this::requireThere);
        }
    }

    private void requireThere(DriverCore.BelievedOutput output) {
        SimExecutor holder = cluster.process(output.executorId(), output.incarnation());
        if (holder != null && holder.isAlive() && holder.disk.whole(output.shuffleId(), output.attempt()) == null) {
            throw new SimViolation(output + " is not there after an executor was drained");
        }
    }

    private static boolean isLossOfOutputs(DriverEffect effect) {
        return effect instanceof DriverEffect.Emit emit && emit.event() instanceof Event.MapOutputsLost;
    }

    /** What it is; what it carries shows in what follows from it. */
    private static long digestOf(Object eventOrEffect) {
        return eventOrEffect.getClass().getName().hashCode();
    }

    /** Attempts the driver believes to run on a process of whose end it is about to learn. */
    private void countDeaths(DriverEvent event) {
        if (event instanceof DriverEvent.ConnectionClosed e) {
            countDeaths(e.executorId());
        } else if (event instanceof DriverEvent.ExecutorExited e) {
            countDeaths(e.executorId());
        } else if (event instanceof DriverEvent.FrameReceived e && e.frame() instanceof Frame.Register register) {
            countDeaths(register.executorId());
        }
    }

    private void countDeaths(String executorId) {
        List<AttemptId> under = new ArrayList<>();
        for (DriverCore.BelievedAttempt attempt : core.believedAttempts()) {
            if (attempt.executorId().equals(executorId)) {
                under.addAll(attempt.tasks());
            }
        }
        under.forEach(attempt -> cluster.causes.processEndedUnder(attempt, under.size() == 1));
    }

    // ---- effects ------------------------------------------------------------------------------------------------

    private void perform(DriverEffect effect) {
        cluster.decisions.accept(effect);
        if (!(effect instanceof DriverEffect.Send)) {
            Object what = effect instanceof DriverEffect.Emit emit ? emit.event() : effect;
            cluster.world.note("driver", digestOf(what), () -> "-> " + Sentences.of(effect));
        }
        if (effect instanceof DriverEffect.Emit e) {
            cluster.jobs.hear(e.event());
            suspects.told(e.event());
        }
        if (effect instanceof DriverEffect.Emit e && e.event() instanceof Event.ExecutorAdded added) {
            cluster.launcher.registered(added.id());
        }
        if (effect instanceof DriverEffect.Send e) {
            send(e);
        } else if (effect instanceof DriverEffect.Emit e && e.event() instanceof Event.TaskEnd ended) {
            cluster.causes.justify(ended);
        } else if (effect instanceof DriverEffect.Emit e && e.event() instanceof Event.ExecutorRemoved lost) {
            cluster.oracles.mayLose(lost);
        } else if (effect instanceof DriverEffect.Emit e && e.event() instanceof Event.ExecutorLossExplained known) {
            cluster.oracles.mustBeTrue(known.id(), known.reason());
        } else if (effect instanceof DriverEffect.DeliverResult e) {
            deliver(e);
        } else if (effect instanceof DriverEffect.MergeUpdates e) {
            merge(e);
        } else if (effect instanceof DriverEffect.CompleteJob e) {
            complete(jobs.get(e.jobId()));
        } else if (effect instanceof DriverEffect.FailJob e) {
            fail(jobs.get(e.jobId()), e);
        } else if (effect instanceof DriverEffect.RefuseJob e) {
            fail(
                    jobs.get(e.jobId()),
                    new DriverEffect.FailJob(e.jobId(), e.code(), e.message(), Optional.empty(), Optional.empty()));
        } else if (effect instanceof DriverEffect.PublishOutput e) {
            publications.publish(e);
        } else if (effect instanceof DriverEffect.DiscardOutput e) {
            publications.discard(e.target());
        } else if (effect instanceof DriverEffect.DiscardPart e) {
            publications.discardPart(e);
        } else if (effect instanceof DriverEffect.ReleaseExecutor e) {
            cluster.launcher.release(e.executorId(), e.incarnation(), e.reason());
        } else if (effect instanceof DriverEffect.ReplaceExecutor e) {
            cluster.launcher.replace(e.lostExecutorId());
        } else if (effect instanceof DriverEffect.AddExecutors e) {
            cluster.launcher.addLater(e.count());
        } else if (effect instanceof DriverEffect.CancelExecutors e) {
            cluster.launcher.cancel(e.count());
        } else if (effect instanceof DriverEffect.CollectGarbage) {
            collectGarbage();
        }
    }

    private void collectGarbage() {
        in(1 + cluster.world.random("garbage").nextInt(MAX_COLLECTION_MS), () -> {
            letGo.forEach(shuffle -> on(new DriverEvent.ForgetShuffle(shuffle)));
            letGo.clear();
            on(new DriverEvent.GarbageCollected());
        });
    }

    private void send(DriverEffect.Send e) {
        if (e.frame() instanceof Frame.LaunchTasks launch) {
            launch.groups().forEach(cluster.oracles::mayLaunch);
        }
        if (cluster.faults.strikes(FaultKind.DRIVER_DEATH)) {
            boolean isSent = cluster.faults.random(FaultKind.DRIVER_DEATH).nextBoolean();
            if (isSent) {
                transmit(e);
            }
            die("killed just " + (isSent ? "after" : "before") + " it sent "
                    + e.frame().getClass().getSimpleName());
            return;
        }
        transmit(e);
    }

    private void transmit(DriverEffect.Send e) {
        SimExecutor to = cluster.process(e.executorId(), e.incarnation());
        if (to != null && e.frame() instanceof Frame.DropShuffle) {
            to.disk.uncrowd();
        }
        long lostBefore = cluster.network.lostCount();
        cluster.network.send(SimCluster.DRIVER, (int) e.incarnation(), FrameCodec.encode(e.frame()), bytes -> {
            if (to != null) {
                to.receive(bytes);
            }
        });
        if (cluster.network.lostCount() > lostBefore && isDrop(e.frame())) {
            undelivered.add(e.incarnation());
        }
    }

    private static boolean isDrop(Frame frame) {
        return frame instanceof Frame.DropMapOutput
                || frame instanceof Frame.DropShuffle
                || frame instanceof Frame.DropResult;
    }

    /** Whether an order to drop something was lost on its way to this process, so that what it named may stay there. */
    boolean hasUndeliveredDrops(SimExecutor executor) {
        return undelivered.contains(executor.incarnation);
    }

    // ---- results ------------------------------------------------------------------------------------------------

    private void deliver(DriverEffect.DeliverResult e) {
        JobRun job = jobs.get(e.jobId());
        if (job.isEnded() || job.results.containsKey(e.partition()) || job.fetching.containsKey(e.partition())) {
            throw new SimViolation("result " + e.partition() + " of job " + e.jobId() + " is delivered twice");
        }
        if (e.result() instanceof TaskResult.Direct direct) {
            job.results.put(e.partition(), direct.bytes());
        } else {
            job.fetching.put(e.partition(), e.attempt());
            fetch(job, e, 1);
        }
    }

    private void fetch(JobRun job, DriverEffect.DeliverResult e, int tries) {
        SimExecutor holder = cluster.process(e.holder().executorId(), e.holder().incarnation());
        if (holder == null || tries > FETCH_TRIES) {
            lost(job, e, holder == null ? "connection refused" : "no answer");
            return;
        }
        links.to(holder.node(), () -> ask(job, e, holder), why -> lost(job, e, why));
        cluster.world.in(FETCH_TIMEOUT_MS, () -> {
            if (isFetching(job, e)) {
                fetch(job, e, tries + 1);
            }
        });
    }

    private void ask(JobRun job, DriverEffect.DeliverResult e, SimExecutor holder) {
        cluster.network.send(
                SimCluster.DRIVER,
                holder.node(),
                new byte[0],
                nothing -> holder.run(() -> {
                    byte[] bytes = holder.disk.result(e.attempt());
                    cluster.network.send(
                            holder.node(), SimCluster.DRIVER, new byte[0], again -> fetched(job, e, bytes));
                }));
    }

    private boolean isFetching(JobRun job, DriverEffect.DeliverResult e) {
        return e.attempt().equals(job.fetching.get(e.partition()));
    }

    private void fetched(JobRun job, DriverEffect.DeliverResult e, byte[] bytes) {
        if (!isFetching(job, e)) {
            return;
        }
        if (bytes == null || !((TaskResult.Stored) e.result()).isOf(bytes)) {
            lost(job, e, bytes == null ? "no such result" : "its bytes fail their checksum");
            return;
        }
        job.fetching.remove(e.partition());
        job.results.put(e.partition(), bytes);
        on(new DriverEvent.ResultFetched(job.graph.jobId(), e.partition(), e.attempt()));
    }

    private void lost(JobRun job, DriverEffect.DeliverResult e, String why) {
        if (!isFetching(job, e)) {
            return;
        }
        job.fetching.remove(e.partition());
        on(new DriverEvent.ResultLost(job.graph.jobId(), e.partition(), e.attempt(), why));
    }

    private void merge(DriverEffect.MergeUpdates e) {
        JobRun job = jobs.get(e.jobId());
        if (job != null && job.isEnded()) {
            throw new SimViolation("updates of " + e.attempt() + " are merged after job " + e.jobId() + " has ended");
        }
        accumulators.merge(e);
    }

    // ---- ends ---------------------------------------------------------------------------------------------------

    private void complete(JobRun job) {
        if (job.isEnded()) {
            throw new SimViolation("job " + job.graph.jobId() + " ends twice");
        }
        if (job.graph.outputTarget().isEmpty()
                && !new ArrayList<>(job.results.keySet()).equals(job.graph.resultPartitions())) {
            throw new SimViolation("job " + job.graph.jobId() + " is complete with results " + job.results.keySet()
                    + " of " + job.graph.resultPartitions());
        }
        job.isComplete = true;
    }

    private void fail(JobRun job, DriverEffect.FailJob e) {
        if (job.isEnded()) {
            throw new SimViolation("job " + e.jobId() + " ends twice");
        }
        job.failure = Optional.of(e);
        if (!(e.code() == ErrorCode.CANCELLED && job.isCancelAsked) && e.code() != ErrorCode.CLOSED) {
            cluster.causes.justify(e);
        }
    }
}
