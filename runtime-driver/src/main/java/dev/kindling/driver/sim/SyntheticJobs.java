package dev.kindling.driver.sim;

import static dev.kindling.driver.sim.SyntheticTasks.KEYS;
import static dev.kindling.driver.sim.SyntheticTasks.KEY_LIMIT;
import static dev.kindling.driver.sim.SyntheticTasks.ROWS;
import static dev.kindling.driver.sim.SyntheticTasks.ROW_BYTES;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.driver.sim.SyntheticTasks.Kind;
import dev.kindling.event.JobProperties;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.plan.JobSelection;
import dev.kindling.plan.LeafInput;
import dev.kindling.protocol.TaskLaunch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Jobs that cost nearly nothing, for many seeds: rows of (key, value) are generated, summed by key over a first
 * shuffle, turned around and summed over a second; results are collected and saved. All tasks read a broadcast value
 * and add to accumulators. Every kind of result and commit occurs, two jobs share a shuffle, some are cancelled, some
 * contexts closed in the middle; some disks are full of a shuffle that the program has let go of. The tasks write and read real blocks.
 *
 * <p>Or, instead of those, one job that is not deterministic: it deals the rows to its reduce tasks otherwise in every
 * attempt, sums them there, writes them again and collects. Such a job may fail when a map output is lost, but what it
 * delivers is right.
 */
final class SyntheticJobs implements SimJobs {
    /** In the name of every stage whose rows depend on the attempt, its own or one that it reads from. */
    static final String NON_DETERMINISTIC = "DEALT";

    /** Of the job that brings too much: in its description, with bytes for each task. */
    static final String TOO_MUCH = Kind.BRING_TOO_MUCH.name();

    private static final int LARGE_TASKS = 40;
    /** For each executor, so that all slots are filled for longer than a task has to wait for an empty one. */
    private static final int BUSY_TASKS = 40;
    /** A busy task runs for about a second: few long ones fill the slots for as long as many short ones, and cost less. */
    private static final int MIN_BUSY_RUN_MS = 600;

    private static final int BUSY_RUN_STEP_MS = 100;
    private static final int BUSY_RUN_STEPS = 9;

    private static final int BUSY_IN = 6;

    private static final int BUSY_JOB = 5;
    private static final int BUSY_STAGE = 14;
    private static final int SLOW_JOB = 6;
    /** Of so many programs each kind of slow job is in one. */
    private static final int SLOW_IN = 40;

    private static final int SLOW_STAGE = 15;

    private static final int LET_GO_JOB = 7;
    private static final int LET_GO_SHUFFLE = 2;
    /** In one program of so many the first job's shuffle fills the disks, and nobody needs it any more. */
    private static final int LETTING_GO_IN = 12;

    private static final List<List<String>> HOSTS = Stream.of("e1", "e2", "e3", "e4", "e5")
            .map(id -> List.of("host-" + id))
            .toList();

    private final SimInputs inputs;
    private final SimOutputs outputs;
    /** Numbers of jobs that are not submitted. */
    private final TreeSet<Integer> leftOut = new TreeSet<>();

    private final int maps;
    /** Whether nobody named the numbers of partitions: then several of them may be one task. */
    private final boolean hasDefaultCounts;

    private final int firstReduces;
    private final int secondReduces;
    private final byte[][] rows;
    /** What tasks are given for them. */
    private final byte[][] planned;

    private final long[] firstSums = new long[KEY_LIMIT];
    private final boolean isOneCancelled;
    private final boolean isClosedEarly;
    private final boolean isOneTooLarge;
    private final boolean isSavingCancelled;
    private final boolean isBusy;
    private final boolean isLettingGo;
    private final Optional<Slow> slow;
    private final int blocks;
    private Optional<BroadcastKey> broadcast = Optional.empty();
    private byte[] broadcastBytes = {};
    private final boolean isDealt;
    private final SkewOracle skew;
    private final List<SimDriver.JobRun> runs = new ArrayList<>();

    /** A job that takes longer than nothing may move, and gives one sign of life. */
    private enum Slow {
        /** No task ends, but the executor uses its processor. */
        COMPUTING(1, 75_000),
        /** Tasks wait for something outside and use no processor; on a single slot one after the other ends. */
        WAITING(12, 6_000);

        final int tasks;
        final int runMs;

        Slow(int tasks, int runMs) {
            this.tasks = tasks;
            this.runMs = runMs;
        }

        static Optional<Slow> drawnBy(SplittableRandom random) {
            int drawn = random.nextInt(SLOW_IN);
            return drawn < values().length ? Optional.of(values()[drawn]) : Optional.empty();
        }
    }

    SyntheticJobs(SplittableRandom random, SimSize size, SimInputs inputs, SimOutputs outputs, boolean isDealt) {
        this.inputs = inputs;
        this.outputs = outputs;
        maps = 1 + random.nextInt(size.maxMaps());
        hasDefaultCounts = random.nextInt(3) == 0;
        firstReduces = 1 + random.nextInt(hasDefaultCounts ? size.manyReduces() : size.maxReduces());
        secondReduces = 1 + random.nextInt(size.maxSecondReduces());
        rows = new byte[maps][];
        planned = new byte[maps][];
        for (int map = 0; map < maps; map++) {
            rows[map] = rowsDrawnBy(random);
            planned[map] = inputs.plan(map, rows[map]);
            SyntheticTasks.add(rows[map], 0, rows[map].length, firstSums);
        }
        isOneCancelled = random.nextInt(4) == 0;
        isClosedEarly = random.nextInt(25) == 0;
        isOneTooLarge = random.nextInt(size.tooMuchIn()) == 0;
        blocks = 1 + random.nextInt(3);
        isSavingCancelled = random.nextInt(6) == 0;
        isBusy = random.nextInt(BUSY_IN) == 0 && size.canBeBusy();
        Optional<Slow> drawn = Slow.drawnBy(random);
        // Where one slot is left, both together would take longer than a good cluster may.
        slow = isBusy ? Optional.empty() : drawn;
        this.isDealt = isDealt;
        skew = skewOracle();
        if (size.isLeavingOut()) {
            leaveOut(random);
        }
        isLettingGo = !isDealt && random.nextInt(LETTING_GO_IN) == 0;
    }

    /** One or two of the usual jobs. */
    private void leaveOut(SplittableRandom random) {
        int usual = isDealt ? 2 : 3;
        leftOut.add(1 + random.nextInt(usual));
        if (!isDealt) {
            leftOut.add(1 + random.nextInt(usual));
        }
    }

    // ---- the jobs -----------------------------------------------------------------------------------------------

    @Override
    public int run(SimCluster cluster) {
        if (isDealt) {
            submitDealt(cluster);
        } else {
            submitAll(cluster);
        }
        if (isClosedEarly) {
            cluster.pass(cluster.random.nextInt(4_000), cluster.driver::close);
            cluster.close();
        } else {
            runs.forEach(cluster::await);
        }
        check(cluster);
        return (int) runs.stream().filter(run -> run.isComplete).count();
    }

    private void submitDealt(SimCluster cluster) {
        JobGraph.StageSpec deal = stage(0, maps, 0, firstReduces, -1, Kind.DEALT_OUT);
        JobGraph.StageSpec sum = stage(1, firstReduces, 1, secondReduces, 0, Kind.DEALT_SUMMED);
        if (!leftOut.contains(1)) {
            submit(cluster, job(1, List.of(deal, sum, stage(10, secondReduces, -1, 0, 1, Kind.COLLECT)), false));
        }
        if (!leftOut.contains(2)) {
            submit(cluster, job(2, List.of(deal, stage(11, firstReduces, -1, 0, 0, Kind.COLLECT)), false));
        }
    }

    private SkewOracle skewOracle() {
        List<TreeMap<Long, Long>> rowsOfKeys = new ArrayList<>();
        for (int map = 0; map < maps; map++) {
            TreeMap<Long, Long> ofMap = new TreeMap<>();
            long[] sums = sumsOf(map);
            for (int key = 1; key < KEY_LIMIT; key++) {
                if (sums[key] > 0) {
                    ofMap.put((long) key, sums[key]);
                }
            }
            rowsOfKeys.add(ofMap);
        }
        return new SkewOracle(0, 0, rowsOfKeys, firstReduces);
    }

    @Override
    public void hear(Event event) {
        if (!isDealt) {
            skew.hear(event);
        }
    }

    private void submitAll(SimCluster cluster) {
        broadcast = Optional.of(cluster.broadcasts.publish(0, blocks, cluster.world.random("broadcast")));
        broadcastBytes = cluster.broadcasts.valueOf(0);
        JobGraph.StageSpec generate = stage(0, maps, 0, firstReduces, -1, Kind.GENERATE);
        JobGraph.StageSpec turn = stage(1, firstReduces, 1, secondReduces, 0, Kind.TURN_AROUND);
        if (isLettingGo) {
            letGo(cluster);
        }
        if (isBusy) {
            int tasks = BUSY_TASKS * cluster.launcher.wantedCount();
            submit(cluster, job(BUSY_JOB, List.of(stage(BUSY_STAGE, tasks, -1, 0, -1, Kind.NUMBER)), false));
        }
        if (!leftOut.contains(1)) {
            collectOnce(cluster, job(1, List.of(generate, stage(10, firstReduces, -1, 0, 0, Kind.COLLECT)), false));
        }
        if (!leftOut.contains(2)) {
            submit(cluster, job(2, List.of(generate, turn, stage(11, secondReduces, -1, 0, 1, Kind.COLLECT)), false));
        }
        if (!leftOut.contains(3)) {
            save(cluster, job(3, List.of(generate, stage(12, firstReduces, -1, 0, 0, Kind.SAVE)), true));
        }
        if (isOneTooLarge && !isClosedEarly) {
            bringTooMuch(cluster);
        } else if (slow.isPresent() && !isClosedEarly) {
            int tasks = slow.get().tasks;
            submit(cluster, job(SLOW_JOB, List.of(stage(SLOW_STAGE, tasks, -1, 0, -1, Kind.NUMBER)), false));
        }
    }

    private void letGo(SimCluster cluster) {
        JobGraph.StageSpec generate = stage(16, maps, LET_GO_SHUFFLE, firstReduces, -1, Kind.GENERATE);
        JobGraph.StageSpec collect = stage(17, firstReduces, -1, 0, LET_GO_SHUFFLE, Kind.COLLECT);
        cluster.await(submit(cluster, job(LET_GO_JOB, List.of(generate, collect), false)));
        cluster.driver.letGo(LET_GO_SHUFFLE);
    }

    private void collectOnce(SimCluster cluster, JobGraph job) {
        SimDriver.JobRun first = submit(cluster, job);
        if (isOneCancelled) {
            cluster.pass(cluster.random.nextInt(3_000), () -> cancel(cluster, first));
        } else {
            cluster.await(first);
        }
    }

    /** Unless the program did before, when its driver died just after. */
    private void save(SimCluster cluster, JobGraph job) {
        if (!cluster.driver.publications.claim(SyntheticTasks.TARGET)) {
            compareParts(job.jobId());
            return;
        }
        SimDriver.JobRun saving = submit(cluster, job);
        if (isSavingCancelled) {
            cluster.pass(cluster.random.nextInt(3_000), () -> cancel(cluster, saving));
        }
    }

    /** Ends at its first tasks: what all of them would bring is far more than the driver may hold. */
    private void bringTooMuch(SimCluster cluster) {
        JobGraph.StageSpec stage = stage(13, LARGE_TASKS, -1, 0, -1, Kind.BRING_TOO_MUCH);
        SimDriver.JobRun large = cluster.submit(job(4, List.of(stage), false));
        cluster.await(large);
        int byteCount =
                large.results.values().stream().mapToInt(bytes -> bytes.length).sum();
        if (large.isComplete || byteCount > SimCores.MAX_RESULT_BYTES) {
            throw new SimViolation("job 4 has brought " + byteCount + " bytes");
        }
    }

    private SimDriver.JobRun submit(SimCluster cluster, JobGraph job) {
        SimDriver.JobRun run = cluster.submit(job);
        runs.add(run);
        return run;
    }

    /** Jobs that are complete are right, whatever became of the others, or of the driver. */
    @Override
    public void check(SimCluster cluster) {
        for (SimDriver.JobRun run : runs) {
            if (run.graph.outputTarget().isPresent()) {
                compareSaved(run, cluster.driver.publications.mayLeaveTemporary());
            }
            if (run.isComplete) {
                compare(run);
                compareCounts(run, cluster.driver);
            }
        }
    }

    private void compare(SimDriver.JobRun run) {
        if (isDealt && run.graph.jobId() == 2) {
            compareDealt(run);
        } else if (isDealt) {
            compare(run, expected(firstSums, secondReduces));
        } else if (run.graph.jobId() == 2) {
            compare(run, expected(secondSums(), secondReduces));
        } else if (run.graph.jobId() == BUSY_JOB || run.graph.jobId() == SLOW_JOB) {
            compareNumbers(run);
        } else if (run.graph.outputTarget().isEmpty()) {
            compare(run, expected(firstSums, firstReduces));
        }
    }

    private void compareNumbers(SimDriver.JobRun run) {
        for (int partition : run.graph.resultPartitions()) {
            requireEqual(run.graph.jobId(), partition, SyntheticTasks.number(partition), run.results.get(partition));
        }
    }

    /** In each of the ways there are. */
    private static void cancel(SimCluster cluster, SimDriver.JobRun job) {
        int way = cluster.world.random("cancel").nextInt(4);
        if (way == 0 && !job.isEnded()) {
            cluster.driver.cancel(job);
        } else if (way == 1) {
            cluster.driver.cancel(new JobSelection.ById(job.graph.jobId()), "the program");
        } else if (way == 2) {
            cluster.driver.cancel(new JobSelection.ByGroup(groupOf(job.graph.jobId())), "the program");
        } else if (way == 3) {
            cluster.driver.cancel(new JobSelection.ByTag("job-" + job.graph.jobId()), "the program");
        }
    }

    private static String groupOf(int jobId) {
        return "group " + jobId % 2;
    }

    @Override
    public boolean isSaving() {
        return !isDealt && !leftOut.contains(3);
    }

    @Override
    public List<Integer> shuffles() {
        return List.of(0, 1, LET_GO_SHUFFLE);
    }

    private static JobGraph job(int jobId, List<JobGraph.StageSpec> stages, boolean isSaving) {
        List<Integer> partitions = new ArrayList<>();
        for (int partition = 0; partition < stages.get(stages.size() - 1).partitionCount(); partition++) {
            partitions.add(partition);
        }
        return new JobGraph(
                jobId,
                stages.get(stages.size() - 1).name(),
                stages,
                partitions,
                isSaving ? Optional.of(SyntheticTasks.TARGET) : Optional.empty(),
                Simulation.MAX_TASK_FAILURES,
                propertiesOf(jobId));
    }

    /** Tasks of every third job are not interrupted when it is cancelled. */
    private static TreeMap<String, String> propertiesOf(int jobId) {
        TreeMap<String, String> properties = new TreeMap<>();
        properties.put(JobProperties.GROUP, groupOf(jobId));
        properties.put(JobProperties.TAGS, "all,job-" + jobId);
        properties.put(JobProperties.POOL, List.of("a", "b", "").get(jobId % 3));
        properties.put(JobProperties.INTERRUPT, Boolean.toString(jobId % 3 != 0));
        return properties;
    }

    private JobGraph.StageSpec stage(int stageId, int tasks, int shuffleId, int reduces, int reads, Kind kind) {
        byte[] program = SyntheticTasks.program(kind, shuffleId, reduces);
        JobGraph.TaskInputs inputs = new JobGraph.TaskInputs() {
            @Override
            public List<LeafInput> of(int partition) {
                return List.of(
                        reads < 0
                                ? new LeafInput.Bytes(
                                        stageId, partition, planned[partition % maps], rows[partition % maps].length)
                                : new LeafInput.ShufflePartition(reads, partition, reads));
            }

            @Override
            public List<String> preferredHosts(int partition) {
                return partition % 3 == 0 ? HOSTS.get(partition % 5) : List.of();
            }
        };
        List<Integer> readsShuffles = reads < 0 ? List.of() : List.of(reads);
        return new JobGraph.StageSpec(
                stageId,
                kind + " " + stageId,
                List.of(),
                tasks,
                shuffleId,
                reduces,
                readsShuffles,
                program,
                inputs,
                List.of(),
                hasDefaultCounts);
    }

    // ---- the expected rows --------------------------------------------------------------------------------------

    /** Of (key, 1); keys begin at 1, so that no sum is 0. */
    private static byte[] rowsDrawnBy(SplittableRandom random) {
        ByteBuffer rows = ByteBuffer.allocate(ROW_BYTES * ROWS);
        for (int row = 0; row < ROWS; row++) {
            rows.putLong(1 + random.nextInt(KEYS)).putLong(1);
        }
        return rows.array();
    }

    private long[] secondSums() {
        long[] sums = new long[KEY_LIMIT];
        for (int key = 1; key < KEY_LIMIT; key++) {
            sums[(int) firstSums[key]] += key;
        }
        sums[0] = 0;
        return sums;
    }

    private static List<byte[]> expected(long[] sums, int partitions) {
        List<byte[]> expected = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            long[] own = new long[KEY_LIMIT];
            for (int key = partition; key < KEY_LIMIT; key += partitions) {
                own[key] = sums[key];
            }
            expected.add(SyntheticTasks.encode(own));
        }
        return expected;
    }

    private static void compare(SimDriver.JobRun run, List<byte[]> expected) {
        for (int partition = 0; partition < expected.size(); partition++) {
            requireEqual(run.graph.jobId(), partition, expected.get(partition), run.results.get(partition));
        }
    }

    /** Which result a row is in depends on the attempts; but each row is in one. */
    private void compareDealt(SimDriver.JobRun run) {
        long[] sums = new long[KEY_LIMIT];
        run.results.values().forEach(rows -> SyntheticTasks.add(rows, 0, rows.length, sums));
        requireEqual(run.graph.jobId(), 0, SyntheticTasks.encode(firstSums), SyntheticTasks.encode(sums));
    }

    /** The tasks of each stage count the rows they read, in an accumulator of the stage's number. */
    private void compareCounts(SimDriver.JobRun job, SimDriver driver) {
        if (isDealt) {
            return;
        }
        for (JobGraph.StageSpec stage : job.graph.stages()) {
            long counted = 0;
            for (byte[] partial : driver.accumulators.merged(stage.stageId()).values()) {
                counted += ByteBuffer.wrap(partial).getLong();
            }
            long expected = rowsReadBy(stage);
            if (counted != expected) {
                throw new SimViolation("accumulator " + stage.stageId() + " is " + counted + " after job "
                        + job.graph.jobId() + ", the rows are " + expected);
            }
        }
    }

    private long[] sumsOf(int map) {
        long[] sums = new long[KEY_LIMIT];
        SyntheticTasks.add(rows[map], 0, ROW_BYTES * ROWS, sums);
        return sums;
    }

    private long rowsReadBy(JobGraph.StageSpec stage) {
        if (stage.readsShuffles().isEmpty()) {
            long rowCount = 0;
            for (int partition = 0; partition < stage.partitionCount(); partition++) {
                rowCount += SyntheticTasks.rowCount(sumsOf(partition % maps));
            }
            return rowCount;
        }
        return SyntheticTasks.rowCount(stage.readsShuffles().contains(1) ? secondSums() : firstSums);
    }

    /** Complete is what a job that succeeded has saved, and of a failed one nothing is visible. */
    private void compareSaved(SimDriver.JobRun run, boolean mayLeaveTemporary) {
        boolean isComplete = outputs.isComplete(SyntheticTasks.TARGET);
        TreeMap<String, byte[]> visible = outputs.visible(SyntheticTasks.TARGET);
        if (run.isEnded() && !mayLeaveTemporary && outputs.hasTemporary(SyntheticTasks.TARGET)) {
            throw new SimViolation("job " + run.graph.jobId() + " has ended and its _temporary is there");
        }
        String failed = run.failure.map(DriverEffect.FailJob::message).orElse("");
        if (run.isEnded() && isComplete != run.isComplete && !Causes.mayBeComplete(failed)) {
            throw new SimViolation("job " + run.graph.jobId() + (run.isComplete ? " succeeded" : " failed")
                    + " and its output is " + (isComplete ? "complete" : "not complete"));
        }
        if (run.failure.isPresent() && !visible.isEmpty() && !Causes.mayBeVisible(failed)) {
            throw new SimViolation("the failed job " + run.graph.jobId() + " has published " + visible.keySet());
        }
        if (isComplete) {
            compareParts(run.graph.jobId());
        }
    }

    private void compareParts(int jobId) {
        TreeMap<String, byte[]> visible = outputs.visible(SyntheticTasks.TARGET);
        List<byte[]> expected = expected(firstSums, firstReduces);
        if (visible.size() != expected.size()) {
            throw new SimViolation("published are " + visible.keySet() + " of " + expected.size() + " parts");
        }
        List<byte[]> parts = new ArrayList<>(visible.values());
        for (int partition = 0; partition < expected.size(); partition++) {
            requireEqual(jobId, partition, expected.get(partition), parts.get(partition));
        }
    }

    private static void requireEqual(int jobId, int partition, byte[] expected, byte[] found) {
        if (!Arrays.equals(expected, found)) {
            throw new SimViolation("result " + partition + " of job " + jobId + " is wrong");
        }
    }

    // ---- the tasks ------------------------------------------------------------------------------------------------

    @Override
    public int bucketsPerPartition(TaskLaunch task, byte[] program, int leafId) {
        return 1;
    }

    @Override
    public Optional<BroadcastKey> broadcastOf(byte[] program) {
        return broadcast;
    }

    private void checkBroadcast(TaskLaunch task, TaskEnvironment environment) {
        if (broadcast.isPresent()) {
            Object found = environment.broadcasts().valueOf(broadcast.get()).value();
            if (!Arrays.equals(broadcastBytes, (byte[]) found)) {
                throw new SimViolation(task.attempt() + " reads a broadcast value that is wrong");
            }
        }
    }

    @Override
    public OptionalLong runMs(TaskLaunch task) {
        return switch (task.attempt().stageId()) {
            case BUSY_STAGE ->
                OptionalLong.of(
                        MIN_BUSY_RUN_MS + BUSY_RUN_STEP_MS * (task.attempt().partition() % BUSY_RUN_STEPS));
            case SLOW_STAGE -> OptionalLong.of(slow.orElseThrow().runMs);
            default -> OptionalLong.empty();
        };
    }

    @Override
    public boolean usesProcessor(TaskLaunch task) {
        return task.attempt().stageId() != SLOW_STAGE || slow.orElseThrow() == Slow.COMPUTING;
    }

    @Override
    public TaskOutcome run(TaskLaunch task, byte[] program, TaskEnvironment environment) {
        checkBroadcast(task, environment);
        return SyntheticTasks.run(task, program, environment, inputs, outputs);
    }
}
