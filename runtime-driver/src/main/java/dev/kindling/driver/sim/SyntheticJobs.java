package dev.kindling.driver.sim;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.event.JobProperties;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.plan.JobSelection;
import dev.kindling.plan.LeafInput;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Jobs that cost nearly nothing, for many seeds: rows of (key, value) are generated, summed by key over a first
 * shuffle, turned around and summed over a second; results are collected and saved. All tasks read a broadcast value
 * and add to accumulators. Every kind of result and commit occurs, two jobs share a shuffle, some are cancelled. The
 * tasks write and read real blocks.
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
    private static final int LARGE_RESULT_BYTES = 4_000;

    private static final String TARGET = "sim:/out";
    private static final int ROWS = 16;
    private static final int KEYS = 11;
    private static final int MAX_MAPS = 6;
    /** More than any key: the second shuffle's keys are sums of ones. */
    private static final int KEY_LIMIT = 1 + ROWS * MAX_MAPS;

    private static final List<List<String>> HOSTS = Stream.of("e1", "e2", "e3", "e4", "e5")
            .map(id -> List.of("host-" + id))
            .toList();

    /** What a stage does, as its program says. */
    private enum Kind {
        GENERATE,
        TURN_AROUND,
        DEALT_OUT,
        DEALT_SUMMED,
        COLLECT,
        SAVE,
        BRING_TOO_MUCH
    }

    private final SimOutputs outputs;
    private final int maps;
    private final int firstReduces;
    private final int secondReduces;
    private final byte[][] rows;
    private final long[] firstSums = new long[KEY_LIMIT];
    private final boolean isOneCancelled;
    private final boolean isDealt;
    private final boolean isOneTooLarge;
    private final int blocks;
    private Optional<BroadcastKey> broadcast = Optional.empty();
    private byte[] broadcastBytes = {};

    SyntheticJobs(SplittableRandom random, SimOutputs outputs, boolean isDealt) {
        this.outputs = outputs;
        maps = 1 + random.nextInt(MAX_MAPS);
        firstReduces = 1 + random.nextInt(4);
        secondReduces = 1 + random.nextInt(3);
        rows = new byte[maps][];
        for (int map = 0; map < maps; map++) {
            rows[map] = rowsDrawnBy(random);
            add(rows[map], 0, rows[map].length, firstSums);
        }
        isOneCancelled = random.nextInt(6) == 0;
        this.isDealt = isDealt;
        isOneTooLarge = random.nextInt(8) == 0;
        blocks = 1 + random.nextInt(3);
    }

    // ---- the jobs -----------------------------------------------------------------------------------------------

    @Override
    public int run(SimCluster cluster) {
        return isDealt ? runDealt(cluster) : runAll(cluster);
    }

    private int runDealt(SimCluster cluster) {
        JobGraph.StageSpec deal = stage(0, maps, 0, firstReduces, -1, Kind.DEALT_OUT);
        JobGraph.StageSpec sum = stage(1, firstReduces, 1, secondReduces, 0, Kind.DEALT_SUMMED);
        SimDriver.JobRun first =
                cluster.submit(job(1, List.of(deal, sum, stage(10, secondReduces, -1, 0, 1, Kind.COLLECT)), false));
        SimDriver.JobRun second =
                cluster.submit(job(2, List.of(deal, stage(11, firstReduces, -1, 0, 0, Kind.COLLECT)), false));
        List<SimDriver.JobRun> jobs = List.of(first, second);
        jobs.forEach(cluster::await);
        compare(first, expected(firstSums, secondReduces));
        compareDealt(second);
        return (int) jobs.stream().filter(job -> job.isComplete).count();
    }

    private int runAll(SimCluster cluster) {
        broadcast = Optional.of(cluster.broadcasts.publish(0, blocks, cluster.world.random("broadcast")));
        broadcastBytes = cluster.broadcasts.valueOf(0);
        JobGraph.StageSpec generate = stage(0, maps, 0, firstReduces, -1, Kind.GENERATE);
        JobGraph.StageSpec turn = stage(1, firstReduces, 1, secondReduces, 0, Kind.TURN_AROUND);
        SimDriver.JobRun first =
                cluster.submit(job(1, List.of(generate, stage(10, firstReduces, -1, 0, 0, Kind.COLLECT)), false));
        if (isOneCancelled) {
            cluster.pass(cluster.random.nextInt(6_000));
            cancel(cluster, first);
        } else {
            cluster.await(first);
        }
        SimDriver.JobRun second = cluster.submit(
                job(2, List.of(generate, turn, stage(11, secondReduces, -1, 0, 1, Kind.COLLECT)), false));
        SimDriver.JobRun saving =
                cluster.submit(job(3, List.of(generate, stage(12, firstReduces, -1, 0, 0, Kind.SAVE)), true));
        List<SimDriver.JobRun> jobs = List.of(first, second, saving);
        if (isOneTooLarge) {
            bringTooMuch(cluster);
        }
        jobs.forEach(cluster::await);
        compare(first, expected(firstSums, firstReduces));
        compare(second, expected(secondSums(), secondReduces));
        compareSaved(saving, expected(firstSums, firstReduces));
        for (SimDriver.JobRun job : jobs) {
            compareCounts(job, cluster.driver);
        }
        return (int) jobs.stream().filter(job -> job.isComplete).count();
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
    public List<Integer> shuffles() {
        return List.of(0, 1);
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
                isSaving ? Optional.of(TARGET) : Optional.empty(),
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
        byte[] program = ByteBuffer.allocate(12)
                .putInt(kind.ordinal())
                .putInt(shuffleId)
                .putInt(reduces)
                .array();
        JobGraph.TaskInputs inputs = new JobGraph.TaskInputs() {
            @Override
            public List<LeafInput> of(int partition) {
                return List.of(
                        reads < 0
                                ? new LeafInput.Bytes(stageId, partition, rows[partition % maps])
                                : new LeafInput.ShufflePartition(reads, partition, reads));
            }

            @Override
            public List<String> preferredHosts(int partition) {
                return partition % 3 == 0 ? HOSTS.get(partition % 5) : List.of();
            }
        };
        List<Integer> readsShuffles = reads < 0 ? List.of() : List.of(reads);
        return new JobGraph.StageSpec(
                stageId, kind + " " + stageId, tasks, shuffleId, reduces, readsShuffles, program, inputs);
    }

    // ---- the expected rows --------------------------------------------------------------------------------------

    /** Of (key, 1); keys begin at 1, so that no sum is 0. */
    private static byte[] rowsDrawnBy(SplittableRandom random) {
        ByteBuffer rows = ByteBuffer.allocate(16 * ROWS);
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
            expected.add(encode(own));
        }
        return expected;
    }

    private static void compare(SimDriver.JobRun job, List<byte[]> expected) {
        if (!job.isComplete) {
            return;
        }
        for (int partition = 0; partition < expected.size(); partition++) {
            requireEqual(job, partition, expected.get(partition), job.results.get(partition));
        }
    }

    /** Which result a row is in depends on the attempts; but each row is in one. */
    private void compareDealt(SimDriver.JobRun job) {
        if (job.isComplete) {
            long[] sums = new long[KEY_LIMIT];
            job.results.values().forEach(rows -> add(rows, 0, rows.length, sums));
            requireEqual(job, 0, encode(firstSums), encode(sums));
        }
    }

    /** The tasks of each stage count the rows they read, in an accumulator of the stage's number. */
    private void compareCounts(SimDriver.JobRun job, SimDriver driver) {
        if (!job.isComplete) {
            return;
        }
        for (JobGraph.StageSpec stage : job.graph.stages()) {
            long counted = 0;
            for (byte[] partial : driver.merged(stage.stageId()).values()) {
                counted += ByteBuffer.wrap(partial).getLong();
            }
            long expected = rowsReadBy(stage);
            if (counted != expected) {
                throw new SimViolation("accumulator " + stage.stageId() + " is " + counted + " after job "
                        + job.graph.jobId() + ", the rows are " + expected);
            }
        }
    }

    private long rowsReadBy(JobGraph.StageSpec stage) {
        if (stage.readsShuffles().isEmpty()) {
            long rowCount = 0;
            for (int map = 0; map < maps; map++) {
                long[] sums = new long[KEY_LIMIT];
                add(rows[map], 0, 16 * ROWS, sums);
                rowCount += rowCount(sums);
            }
            return rowCount;
        }
        return rowCount(stage.readsShuffles().contains(0) ? firstSums : secondSums());
    }

    private static long rowCount(long[] sums) {
        return Arrays.stream(sums).filter(sum -> sum != 0).count();
    }

    private void compareSaved(SimDriver.JobRun job, List<byte[]> expected) {
        TreeMap<String, byte[]> published = outputs.published(TARGET);
        if (!job.isComplete) {
            if (!published.isEmpty()) {
                throw new SimViolation("the failed job " + job.graph.jobId() + " has published " + published.keySet());
            }
            return;
        }
        if (published.size() != expected.size()) {
            throw new SimViolation("published are " + published.keySet() + " of " + expected.size() + " parts");
        }
        List<byte[]> parts = new ArrayList<>(published.values());
        for (int partition = 0; partition < expected.size(); partition++) {
            requireEqual(job, partition, expected.get(partition), parts.get(partition));
        }
    }

    private static void requireEqual(SimDriver.JobRun job, int partition, byte[] expected, byte[] found) {
        if (!Arrays.equals(expected, found)) {
            throw new SimViolation("result " + partition + " of job " + job.graph.jobId() + " is wrong");
        }
    }

    // ---- the tasks ----------------------------------------------------------------------------------------------

    @Override
    public int bucketsPerPartition(TaskLaunch task, byte[] program, int leafId) {
        return 1;
    }

    @Override
    public Optional<BroadcastKey> broadcastOf(byte[] program) {
        return broadcast;
    }

    private void checkBroadcast(AttemptId attempt, TaskEnvironment environment) {
        if (broadcast.isPresent()) {
            Object found = environment.broadcasts().valueOf(broadcast.get()).value();
            if (!Arrays.equals(broadcastBytes, (byte[]) found)) {
                throw new SimViolation(attempt + " reads a broadcast value that is wrong");
            }
        }
    }

    @Override
    public TaskOutcome run(TaskLaunch task, byte[] program, TaskEnvironment environment) {
        checkBroadcast(task.attempt(), environment);
        ByteBuffer what = ByteBuffer.wrap(program);
        Kind kind = Kind.values()[what.getInt()];
        try {
            long[] sums = sums(task, environment);
            TaskResult result = switch (kind) {
                case GENERATE, TURN_AROUND, DEALT_OUT, DEALT_SUMMED ->
                    write(task.attempt(), kind, sums, what.getInt(), what.getInt(), environment);
                case BRING_TOO_MUCH -> new TaskResult.Direct(new byte[LARGE_RESULT_BYTES]);
                case COLLECT -> new TaskResult.Direct(encode(sums));
                case SAVE ->
                    outputs.write(
                            TARGET,
                            task.attempt().partition(),
                            task.attempt() + " of job " + task.jobId(),
                            encode(sums));
            };
            byte[] rowsRead = ByteBuffer.allocate(8).putLong(rowCount(sums)).array();
            return success(
                    result,
                    environment.settings().maxDirectResultBytes(),
                    List.of(new AccumulatorUpdate(task.attempt().stageId(), rowsRead)));
        } catch (KindlingException e) {
            TaskFailure failure = e.code() == ErrorCode.SCRATCH_FULL
                    ? new TaskFailure.ScratchFull(e.getMessage())
                    : new TaskFailure.OutOfResources(e.getMessage());
            return new TaskOutcome.Failure(failure, TaskMetrics.NONE);
        } catch (IOException e) {
            return new TaskOutcome.Failure(new TaskFailure.InputOutput(e.toString(), false, ""), TaskMetrics.NONE);
        }
    }

    private static long[] sums(TaskLaunch task, TaskEnvironment environment) throws IOException {
        long[] sums = new long[KEY_LIMIT];
        for (TaskInput input : task.inputs()) {
            if (input instanceof TaskInput.Bytes bytes) {
                add(bytes.bytes(), 0, bytes.bytes().length, sums);
            } else if (input instanceof TaskInput.ShuffleInput shuffle) {
                try (BlockSource blocks =
                        environment.openShuffle(shuffle, shuffle.leafPartition(), shuffle.leafPartition() + 1)) {
                    for (BlockSource.FetchedBlock block = blocks.next(); block != null; block = blocks.next()) {
                        add(block.bytes(), block.offset(), block.length(), sums);
                    }
                }
            }
        }
        return sums;
    }

    private static TaskResult write(
            AttemptId attempt, Kind kind, long[] sums, int shuffleId, int reduces, TaskEnvironment environment)
            throws IOException {
        long[][] buckets = new long[reduces][KEY_LIMIT];
        int[] rowsOfBucket = new int[reduces];
        int turn = kind == Kind.DEALT_OUT ? attempt.attempt() : 0;
        long rowCount = 0;
        long rowDigest = 0;
        for (int key = 1; key < KEY_LIMIT; key++) {
            if (sums[key] == 0) {
                continue;
            }
            int outKey = kind == Kind.TURN_AROUND ? (int) sums[key] : key;
            long outValue = kind == Kind.TURN_AROUND ? key : sums[key];
            int bucket = (outKey + turn) % reduces;
            rowsOfBucket[bucket] += buckets[bucket][outKey] == 0 ? 1 : 0;
            buckets[bucket][outKey] += outValue;
            rowCount++;
            rowDigest += new SplittableRandom((long) outKey << 32 | outValue << 8 | bucket).nextLong();
        }
        try (MapOutputWriter writer = environment.openMapOutput(shuffleId, reduces)) {
            for (int bucket = 0; bucket < reduces; bucket++) {
                if (rowsOfBucket[bucket] > 0) {
                    byte[] encoded = encode(buckets[bucket]);
                    writer.startBlock(bucket, rowsOfBucket[bucket]);
                    writer.write(encoded, 0, encoded.length);
                }
            }
            return new TaskResult.MapWritten(shuffleId, writer.commit(), rowCount, rowDigest);
        }
    }

    private static TaskOutcome success(TaskResult result, long maxDirectBytes, List<AccumulatorUpdate> updates) {
        if (result instanceof TaskResult.Direct direct && direct.bytes().length > maxDirectBytes) {
            return new TaskOutcome.Success(
                    TaskResult.Stored.of(direct.bytes()), direct.bytes(), TaskMetrics.NONE, updates);
        }
        return new TaskOutcome.Success(result, new byte[0], TaskMetrics.NONE, updates);
    }

    private static byte[] encode(long[] sums) {
        ByteBuffer bytes = ByteBuffer.allocate(16 * KEY_LIMIT);
        for (int key = 1; key < KEY_LIMIT; key++) {
            if (sums[key] != 0) {
                bytes.putLong(key).putLong(sums[key]);
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static void add(byte[] bytes, int offset, int length, long[] sums) {
        ByteBuffer rows = ByteBuffer.wrap(bytes, offset, length);
        while (rows.hasRemaining()) {
            sums[(int) rows.getLong()] += rows.getLong();
        }
    }
}
