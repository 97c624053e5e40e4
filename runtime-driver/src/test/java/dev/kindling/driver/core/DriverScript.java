package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.config.MemoryMap;
import dev.kindling.plan.LeafInput;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import dev.kindling.util.Secret;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A driver's core and the world around it, as a test tells it: jobs are submitted, attempts finish and fail, executors
 * are lost. After each event the core's invariants are checked; expectations are about its effects, in order.
 */
final class DriverScript {
    private final DriverCore core;
    /** By name, of a launch that has not registered; by process, of one that has. */
    private final Map<String, Secret> awaitedNonces = new TreeMap<>();

    private final Map<String, Secret> nonces = new TreeMap<>();
    private int lastNonce;

    private final ArrayDeque<DriverEffect> unseen = new ArrayDeque<>();
    private final List<DriverEffect> all = new ArrayList<>();
    private final StringBuilder transcript = new StringBuilder();
    private final Map<String, ExecutorAddress> executors = new LinkedHashMap<>();
    private final Map<AttemptId, TaskLaunch> launches = new TreeMap<>();
    private final Map<AttemptId, TaskGroup> groups = new TreeMap<>();
    private final Map<AttemptId, String> places = new TreeMap<>();
    private final Map<Integer, JobGraph.StageSpec> stages = new TreeMap<>();
    private long nowMs;
    private long sequence;
    private long busyMs = 1;

    /** An executor to start with. */
    record Executor(String id, int cores, String host) {}

    private DriverScript(DriverCore core) {
        this.core = core;
    }

    static Executor executor(String id, int cores) {
        return new Executor(id, cores, "host-" + id);
    }

    static Executor executor(String id, int cores, String host) {
        return new Executor(id, cores, host);
    }

    static DriverScript with(Executor... executors) {
        return with(DriverSettings.defaults(), executors);
    }

    static DriverScript with(DriverSettings settings, Executor... executors) {
        return with(new DriverCore(settings), executors);
    }

    static DriverScript with(DriverCore core, Executor... executors) {
        DriverScript script = new DriverScript(core);
        for (Executor executor : executors) {
            script.asksFor(executor.id());
            script.registers(executor, 1);
        }
        script.unseen.clear();
        return script;
    }

    // ---- what happens -------------------------------------------------------------------------------------------

    DriverScript on(DriverEvent event) {
        transcript.append(String.format("%6d ms  %s%n", nowMs, Sentences.of(event)));
        List<DriverEffect> effects = new ArrayList<>();
        core.on(nowMs, event, effects::add);
        for (DriverEffect effect : effects) {
            remember(effect);
            transcript.append("             ").append(Sentences.of(effect)).append(System.lineSeparator());
        }
        Invariants.check(core);
        return this;
    }

    private void remember(DriverEffect effect) {
        unseen.add(effect);
        all.add(effect);
        if (effect instanceof DriverEffect.Send send && send.frame() instanceof Frame.LaunchTasks launch) {
            for (TaskGroup group : launch.groups()) {
                group.tasks().forEach(task -> launches.put(task.attempt(), task));
                groups.put(group.attempt(), group);
                places.put(group.attempt(), send.executorId());
            }
        }
    }

    /** A process is started under this name, and the driver told so. */
    DriverScript asksFor(String executorId) {
        awaitedNonces.put(executorId, Secret.of("nonce " + ++lastNonce));
        return on(new DriverEvent.ExecutorRequested(executorId, awaitedNonces.get(executorId)));
    }

    /** One of the base, where others are not. */
    DriverScript asksForOneOfTheBase(String executorId) {
        return asksFor(executorId, new ExecutorPlace("", true));
    }

    DriverScript asksFor(String executorId, ExecutorPlace place) {
        awaitedNonces.put(executorId, Secret.of("nonce " + ++lastNonce));
        return on(new DriverEvent.ExecutorRequested(executorId, awaitedNonces.get(executorId), place));
    }

    Secret awaitedNonce(String executorId) {
        return awaitedNonces.get(executorId);
    }

    /** For the first time by the launch that was asked for last, or one that is asked for just before; or again. */
    DriverScript registers(Executor executor, long incarnation) {
        String process = executor.id() + "@" + incarnation;
        if (!nonces.containsKey(process) && !awaitedNonces.containsKey(executor.id())) {
            awaitedNonces.put(executor.id(), Secret.of("nonce " + ++lastNonce));
            core.on(
                    nowMs,
                    new DriverEvent.ExecutorRequested(executor.id(), awaitedNonces.get(executor.id())),
                    this::remember);
        }
        Secret nonce = nonces.computeIfAbsent(process, id -> awaitedNonces.remove(executor.id()));
        return registersWith(nonce, executor, incarnation);
    }

    DriverScript registersWith(Secret nonce, Executor executor, long incarnation) {
        ExecutorAddress address =
                new ExecutorAddress(executor.id(), incarnation, executor.host(), 7000, executor.host(), "/scratch");
        executors.put(executor.id(), address);
        return sends(new Frame.Register(executor.id(), incarnation, nonce, address, executor.cores(), 1 << 26, 1));
    }

    DriverScript sends(Frame.ToDriver frame) {
        return on(new DriverEvent.FrameReceived(frame));
    }

    DriverScript submit(JobGraph job) {
        job.stages().forEach(stage -> stages.put(stage.stageId(), stage));
        return on(new DriverEvent.JobSubmitted(job));
    }

    /** The usual job: one map stage 0 writing shuffle 0, one result stage 1 that reads it. */
    DriverScript submit(int maps, int reduces) {
        return submit(
                job(1).mapStage(0, maps, reduces).resultStage(1, reduces, 0).build());
    }

    /** All attempts of the stage that were launched and have not ended succeed. */
    DriverScript finishAll(int stageId) {
        for (AttemptId attempt : new ArrayList<>(places.keySet())) {
            if (attempt.stageId() == stageId) {
                finishes(attempt.toString());
            }
        }
        return this;
    }

    DriverScript finishes(String attempt) {
        return finishes(attempt, usualResult(id(attempt)));
    }

    private TaskResult usualResult(AttemptId task) {
        JobGraph.StageSpec stage = stages.get(task.stageId());
        return stage.isMapStage()
                ? new TaskResult.MapWritten(stage.shuffleId(), sizes(stage.reducePartitions()), 1, 1)
                : new TaskResult.Direct(new byte[] {(byte) task.partition()});
    }

    DriverScript finishes(String attempt, TaskResult result) {
        ExecutorAddress at = takePlace(attempt);
        return sends(new Frame.AttemptFinished(
                at.executorId(), at.incarnation(), id(attempt), List.of(done(id(attempt), result))));
    }

    private static TaskDone done(AttemptId task, TaskResult result) {
        return new TaskDone(task, result, TaskMetrics.NONE, List.of());
    }

    /** Its outcome, with what it added to accumulator 7; it may come a second time. */
    DriverScript finishesAdding(String attempt, TaskResult result) {
        String executorId = places.get(id(attempt));
        return finishesAddingAt(executorId, attempt, result);
    }

    /** As {@link #finishesAdding}, from a named executor, whether it was launched there or not. */
    DriverScript finishesAddingAt(String executorId, String attempt, TaskResult result) {
        return finishesAt(executorId, attempt, result, List.of(new AccumulatorUpdate(7, new byte[] {1})));
    }

    /** Its outcome, with what it added to accumulators; it may come a second time. */
    DriverScript finishesAt(String executorId, String attempt, TaskResult result, List<AccumulatorUpdate> updates) {
        long incarnation = executors.get(executorId).incarnation();
        return sends(new Frame.AttemptFinished(
                executorId,
                incarnation,
                id(attempt),
                List.of(new TaskDone(id(attempt), result, TaskMetrics.NONE, updates))));
    }

    /** The attempts whose updates were to be merged, in order. */
    List<String> merged() {
        return all.stream()
                .filter(DriverEffect.MergeUpdates.class::isInstance)
                .map(effect -> ((DriverEffect.MergeUpdates) effect).attempt().toString())
                .toList();
    }

    /** The first attempt of the stage that runs, if any does. */
    boolean finishesAny(int stageId, TaskResult result) {
        for (AttemptId attempt : places.keySet()) {
            if (attempt.stageId() == stageId) {
                finishes(attempt.toString(), result);
                return true;
            }
        }
        return false;
    }

    /** Of the group with that name, so many tasks are done: all of them, or it ended early. */
    DriverScript finishes(String group, int done) {
        ExecutorAddress at = takePlace(group);
        return sends(new Frame.AttemptFinished(at.executorId(), at.incarnation(), id(group), done(group, done)));
    }

    /** Of the group with that name, so many tasks are done, and the next one fails. */
    DriverScript fails(String group, int done, TaskFailure failure) {
        ExecutorAddress at = takePlace(group);
        AttemptId failed = groups.get(id(group)).tasks().get(done).attempt();
        return sends(new Frame.AttemptFailed(
                at.executorId(), at.incarnation(), id(group), done(group, done), failed, failure, TaskMetrics.NONE));
    }

    private List<TaskDone> done(String group, int count) {
        List<TaskDone> done = new ArrayList<>();
        for (TaskLaunch task : groups.get(id(group)).tasks().subList(0, count)) {
            AttemptId attempt = task.attempt();
            List<AccumulatorUpdate> updates = List.of(new AccumulatorUpdate(7, new byte[] {1}));
            done.add(new TaskDone(attempt, usualResult(attempt), TaskMetrics.NONE, updates));
        }
        return done;
    }

    /** The groups that were launched and have not ended, by the numbers of their partitions. */
    List<List<Integer>> runningGroups() {
        return places.keySet().stream()
                .map(name -> groups.get(name).tasks().stream()
                        .map(task -> task.attempt().partition())
                        .toList())
                .toList();
    }

    DriverScript fails(String attempt, TaskFailure failure) {
        ExecutorAddress at = takePlace(attempt);
        return sends(new Frame.AttemptFailed(
                at.executorId(), at.incarnation(), id(attempt), List.of(), id(attempt), failure, TaskMetrics.NONE));
    }

    private ExecutorAddress takePlace(String attempt) {
        String executorId = places.remove(id(attempt));
        assertNotNull(executorId, attempt + " does not run");
        return executors.get(executorId);
    }

    /** As {@link #finishes}, from a named executor, whether it was launched there or not. */
    DriverScript finishesAt(String executorId, String attempt, TaskResult result) {
        ExecutorAddress at = executors.get(executorId);
        return sends(new Frame.AttemptFinished(
                executorId, at.incarnation(), id(attempt), List.of(done(id(attempt), result))));
    }

    DriverScript loses(String executorId) {
        places.values().removeIf(executorId::equals);
        return on(new DriverEvent.ConnectionClosed(
                executorId, executors.get(executorId).incarnation(), "end of stream"));
    }

    /** Its process ends, of 64 MiB, having written nothing. */
    DriverScript exits(String executorId, int code) {
        places.values().removeIf(executorId::equals);
        return on(new DriverEvent.ExecutorExited(
                executorId, ExitReasons.ofProcess(code, MemoryMap.ofProcess(64 << 20, 1), "")));
    }

    DriverScript heartbeats(String executorId, String... attempts) {
        return heartbeatsOf(executorId, 0, 0, attempts);
    }

    DriverScript heartbeatsOf(String executorId, long heapBytes, long residentBytes, String... attempts) {
        List<AttemptId> ids = new ArrayList<>();
        for (String attempt : attempts) {
            ids.add(id(attempt));
        }
        long incarnation = executors.get(executorId).incarnation();
        busyMs += ids.isEmpty() ? 0 : 1_000;
        return sends(new Frame.Heartbeat(
                executorId, incarnation, sequence++, ids, heapBytes, residentBytes, busyMs, Frame.Heartbeat.STAYS));
    }

    /** Its tasks are there, and have not used any processor since the last time. */
    DriverScript heartbeatsIdle(String executorId, String... attempts) {
        busyMs -= 1_000;
        return heartbeatsOf(executorId, 0, 0, attempts);
    }

    /** The executor reports that the attempt goes on although it was interrupted. */
    DriverScript stuck(String executorId, String attempt, long sinceMs) {
        long incarnation = executors.get(executorId).incarnation();
        return sends(new Frame.AttemptStuck(executorId, incarnation, id(attempt), sinceMs, "    at User.java:7"));
    }

    /** Nothing but ticks for so long. */
    DriverScript passes(long ms) {
        long untilMs = nowMs + ms;
        while (nowMs < untilMs) {
            nowMs += 100;
            List<DriverEffect> effects = new ArrayList<>();
            core.on(nowMs, new DriverEvent.Tick(), effects::add);
            if (!effects.isEmpty()) {
                transcript.append(String.format("%6d ms  tick%n", nowMs));
            }
            for (DriverEffect effect : effects) {
                remember(effect);
                transcript.append("             ").append(Sentences.of(effect)).append(System.lineSeparator());
            }
            Invariants.check(core);
        }
        return this;
    }

    /** As {@link #passes}, the executors showing every second that they live and run what they were given. */
    DriverScript passesAlive(long ms) {
        for (long left = ms; left > 0; left -= 1_000) {
            for (String executorId : new ArrayList<>(executors.keySet())) {
                List<String> running = new ArrayList<>();
                places.forEach((attempt, place) -> {
                    if (place.equals(executorId)) {
                        running.add(attempt.toString());
                    }
                });
                if (core.executors.registered(executorId).isPresent()) {
                    heartbeats(executorId, running.toArray(new String[0]));
                }
            }
            passes(Math.min(left, 1_000));
        }
        return this;
    }

    /** The clock jumps while nothing comes. */
    DriverScript jumps(long ms) {
        nowMs += ms;
        return this;
    }

    /** Who holds the output of this map partition of shuffle 0. */
    String executorOfOutput(int mapPartition) {
        return executorOfOutput(0, mapPartition);
    }

    String executorOfOutput(int shuffleId, int mapPartition) {
        return core.executors.byIndex(core.stages.mapOutputs().find(shuffleId).executorOf(mapPartition)).id;
    }

    /** The attempt that made it. */
    String attemptOfOutput(int mapPartition) {
        MapOutputs.Shuffle shuffle = core.stages.mapOutputs().find(0);
        return new AttemptId(shuffle.mapStageId, mapPartition, shuffle.attemptOf(mapPartition)).toString();
    }

    /** How many executors take no tasks that use shuffles, since they and others do not reach each other. */
    int setAside() {
        return core.executors.brokenLinks.setAsideCount();
    }

    // ---- what is expected ---------------------------------------------------------------------------------------

    /** Among the unseen effects there is the launch of this attempt; where, is the answer of {@link #placeOf}. */
    DriverScript launched(String attempt) {
        boolean isFound = unseen.removeIf(effect -> effect instanceof DriverEffect.Send send
                && send.frame() instanceof Frame.LaunchTasks launch
                && launch.groups().stream()
                        .flatMap(group -> group.tasks().stream())
                        .anyMatch(task -> task.attempt().equals(id(attempt))));
        assertTrue(isFound || places.containsKey(id(attempt)), attempt + " was not launched; " + sentences());
        return this;
    }

    DriverScript notLaunched(String attempt) {
        assertTrue(!launches.containsKey(id(attempt)), attempt + " was launched");
        return this;
    }

    DriverScript nothingElseLaunched() {
        assertTrue(
                unseen.stream()
                        .noneMatch(effect ->
                                effect instanceof DriverEffect.Send send && send.frame() instanceof Frame.LaunchTasks),
                sentences());
        return this;
    }

    DriverScript forgetEffects() {
        unseen.clear();
        return this;
    }

    /** Exactly one unseen effect reads as this; it and those before it are seen now. */
    DriverScript says(String sentence) {
        List<String> lines = new ArrayList<>();
        while (!unseen.isEmpty()) {
            String line = Sentences.of(unseen.remove());
            if (line.contains(sentence)) {
                return this;
            }
            lines.add(line);
        }
        throw new AssertionError("none of the effects says \"" + sentence + "\":\n" + String.join("\n", lines));
    }

    DriverScript neverSays(String sentence) {
        for (DriverEffect effect : unseen) {
            assertTrue(!Sentences.of(effect).contains(sentence), Sentences.of(effect));
        }
        return this;
    }

    String sentences() {
        List<String> lines = new ArrayList<>();
        unseen.forEach(effect -> lines.add(Sentences.of(effect)));
        return String.join("\n", lines);
    }

    DriverScript delivered(int... partitions) {
        List<Integer> expected = new ArrayList<>();
        for (int partition : partitions) {
            expected.add(partition);
        }
        List<Integer> found = new ArrayList<>();
        for (DriverEffect effect : all) {
            if (effect instanceof DriverEffect.DeliverResult result) {
                found.add(result.partition());
            }
        }
        assertEquals(expected, found);
        return this;
    }

    /** By attempts that run, where they do. */
    Map<AttemptId, String> running() {
        return new TreeMap<>(places);
    }

    /** Where attempts of the stage run. */
    List<String> placesOf(int stageId) {
        List<String> found = new ArrayList<>();
        places.forEach((attempt, place) -> {
            if (attempt.stageId() == stageId) {
                found.add(place);
            }
        });
        return found;
    }

    /** Of all attempts that run there the first. */
    DriverScript finishesOneAt(String executorId) {
        for (Map.Entry<AttemptId, String> entry : places.entrySet()) {
            if (entry.getValue().equals(executorId)) {
                return finishes(entry.getKey().toString());
            }
        }
        throw new AssertionError("nothing runs on " + executorId);
    }

    String placeOf(String attempt) {
        String place = places.get(id(attempt));
        assertNotNull(place, attempt + " does not run");
        return place;
    }

    TaskLaunch launch(String attempt) {
        return launches.get(id(attempt));
    }

    int launchedCount() {
        return launches.size();
    }

    <F extends Frame> Stream<F> sent(Class<F> type) {
        return all.stream()
                .filter(effect -> effect instanceof DriverEffect.Send send && type.isInstance(send.frame()))
                .map(effect -> type.cast(((DriverEffect.Send) effect).frame()));
    }

    long count(Class<? extends Frame> type) {
        return all.stream()
                .filter(effect -> effect instanceof DriverEffect.Send send && type.isInstance(send.frame()))
                .count();
    }

    List<DriverEffect> effects() {
        return all;
    }

    DriverCore core() {
        return core;
    }

    /** A sentence for the reader of the transcript. */
    DriverScript note(String sentence) {
        transcript.append(System.lineSeparator()).append("# ").append(sentence).append(System.lineSeparator());
        return this;
    }

    String transcript() {
        return transcript.toString();
    }

    // ---- building blocks ----------------------------------------------------------------------------------------

    static AttemptId id(String text) {
        Matcher parts = Pattern.compile("s(\\d+)p(\\d+)#(\\d+)").matcher(text);
        assertTrue(parts.matches(), text);
        return new AttemptId(
                Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)));
    }

    static TaskFailure userError(String message) {
        return new TaskFailure.UserError("java.lang.IllegalStateException", message, "at User.java:7", new byte[0]);
    }

    static TaskFailure fetchFailed(String mapAttempt, String executorId) {
        return new TaskFailure.FetchFailed(0, id(mapAttempt), executorId, "connection refused");
    }

    private static long[] sizes(int reduces) {
        long[] sizes = new long[reduces];
        Arrays.fill(sizes, 100);
        return sizes;
    }

    static JobBuilder job(int jobId) {
        return new JobBuilder(jobId);
    }

    /** Puts a job graph together; stage n writes shuffle n. */
    static final class JobBuilder {
        private final int jobId;
        private final List<JobGraph.StageSpec> stages = new ArrayList<>();
        private List<String> hosts = List.of();
        private List<Integer> partitions;
        private Optional<String> target = Optional.empty();
        private int maxTaskFailures = 4;
        private boolean hasDefaultCounts;
        private final TreeMap<String, String> properties = new TreeMap<>();

        private JobBuilder(int jobId) {
            this.jobId = jobId;
        }

        JobBuilder mapStage(int stageId, int maps, int reduces, int... reads) {
            return stage(stageId, maps, stageId, reduces, reads);
        }

        JobBuilder resultStage(int stageId, int partitionCount, int... reads) {
            partitions = new ArrayList<>();
            for (int partition = 0; partition < partitionCount; partition++) {
                partitions.add(partition);
            }
            return stage(stageId, partitionCount, -1, 0, reads);
        }

        JobBuilder preferring(String... hosts) {
            this.hosts = List.of(hosts);
            return this;
        }

        JobBuilder only(Integer... partitions) {
            this.partitions = List.of(partitions);
            return this;
        }

        JobBuilder savingTo(String target) {
            this.target = Optional.of(target);
            return this;
        }

        /** Nobody named the numbers of the reduce partitions. */
        JobBuilder withDefaultCounts() {
            hasDefaultCounts = true;
            return this;
        }

        JobBuilder maxTaskFailures(int count) {
            maxTaskFailures = count;
            return this;
        }

        JobBuilder with(String property, String value) {
            properties.put(property, value);
            return this;
        }

        private JobBuilder stage(int stageId, int partitionCount, int shuffleId, int reduces, int... reads) {
            List<Integer> shuffles = new ArrayList<>();
            for (int shuffle : reads) {
                shuffles.add(shuffle);
            }
            List<String> preferred = hosts;
            hosts = List.of();
            stages.add(new JobGraph.StageSpec(
                    stageId,
                    (shuffleId < 0 ? "collect" : "groupByKey") + " at Lesson.java:" + (10 + stageId),
                    List.of(),
                    partitionCount,
                    shuffleId,
                    reduces,
                    shuffles,
                    new byte[] {(byte) stageId},
                    new JobGraph.TaskInputs() {
                        @Override
                        public List<LeafInput> of(int partition) {
                            List<LeafInput> inputs = new ArrayList<>();
                            shuffles.forEach(id -> inputs.add(new LeafInput.ShufflePartition(id, partition, id)));
                            return inputs;
                        }

                        @Override
                        public List<String> preferredHosts(int partition) {
                            return preferred.isEmpty()
                                    ? preferred
                                    : List.of(preferred.get(partition % preferred.size()));
                        }
                    },
                    List.of(),
                    hasDefaultCounts));
            return this;
        }

        JobGraph build() {
            return new JobGraph(jobId, "lesson", stages, partitions, target, maxTaskFailures, properties);
        }
    }
}
