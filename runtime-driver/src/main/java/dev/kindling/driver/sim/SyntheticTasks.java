package dev.kindling.driver.sim;

import dev.kindling.api.KindlingException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.executor.task.TaskFailures;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.HotKey;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What the tasks of {@link SyntheticJobs} do: they sum rows of (key, value) by key, within counted memory, spill where
 * there is none, and write real blocks. Keys begin at 1 and no sum is 0, so a table of sums is an array.
 */
final class SyntheticTasks {
    static final int MAX_MAPS = 6;
    static final int ROWS = 16;
    static final int KEYS = 11;
    static final int ROW_BYTES = 16;
    /** More than any key: the second shuffle's keys are sums of ones. */
    static final int KEY_LIMIT = 1 + ROWS * MAX_MAPS;

    static final String TARGET = "sim:/out";

    private static final int LARGE_RESULT_BYTES = 4_000;

    /** What a stage does, as its program says. */
    enum Kind {
        GENERATE,
        TURN_AROUND,
        DEALT_OUT,
        DEALT_SUMMED,
        COLLECT,
        SAVE,
        /** Answers with its number only. */
        NUMBER,
        BRING_TOO_MUCH
    }

    private SyntheticTasks() {}

    static byte[] program(Kind kind, int shuffleId, int reduces) {
        return ByteBuffer.allocate(12)
                .putInt(kind.ordinal())
                .putInt(shuffleId)
                .putInt(reduces)
                .array();
    }

    static TaskOutcome run(
            TaskLaunch task, byte[] program, TaskEnvironment environment, SimInputs inputs, SimOutputs outputs) {
        ByteBuffer what = ByteBuffer.wrap(program);
        Kind kind = Kind.values()[what.getInt()];
        try {
            Summed summed = sums(task, environment, inputs);
            long[] sums = summed.sums;
            TaskResult result = switch (kind) {
                case GENERATE, TURN_AROUND, DEALT_OUT, DEALT_SUMMED ->
                    write(task.attempt(), kind, sums, what.getInt(), what.getInt(), environment);
                case BRING_TOO_MUCH -> new TaskResult.Direct(new byte[LARGE_RESULT_BYTES]);
                case COLLECT -> new TaskResult.Direct(encode(sums));
                case NUMBER -> new TaskResult.Direct(number(task.attempt().partition()));
                case SAVE ->
                    outputs.write(TARGET, environment.settings().applicationId(), task.attempt(), encode(sums));
            };
            byte[] rowsRead = ByteBuffer.allocate(8).putLong(rowCount(sums)).array();
            return success(
                    result,
                    environment.settings().maxDirectResultBytes(),
                    SimMetrics.ofSpills(summed.memorySpilled, summed.diskSpilled),
                    List.of(new AccumulatorUpdate(task.attempt().stageId(), rowsRead)));
        } catch (KindlingException | IOException e) {
            return new TaskOutcome.Failure(withoutStack(TaskFailures.of(e, environment)), TaskMetrics.NONE);
        }
    }

    /** Which is not the same on every JDK, and would make the same seed another run. */
    private static TaskFailure withoutStack(TaskFailure failure) {
        return failure instanceof TaskFailure.InputOutput io
                ? new TaskFailure.InputOutput(io.code(), io.message(), io.isFinal(), "")
                : failure;
    }

    private record Summed(long[] sums, long memorySpilled, long diskSpilled) {}

    private static Summed sums(TaskLaunch task, TaskEnvironment environment, SimInputs inputs) throws IOException {
        try (SpillingSums sums = new SpillingSums(environment)) {
            for (TaskInput input : task.inputs()) {
                if (input instanceof TaskInput.Bytes bytes) {
                    byte[] rows = inputs.read(task.attempt(), bytes.bytes());
                    sums.add(rows, 0, rows.length);
                } else if (input instanceof TaskInput.ShuffleInput shuffle) {
                    read(shuffle, environment, sums);
                }
            }
            return new Summed(sums.total(), sums.memorySpilled(), sums.diskSpilled());
        }
    }

    private static void read(TaskInput.ShuffleInput shuffle, TaskEnvironment environment, SpillingSums sums)
            throws IOException {
        int partition = shuffle.leafPartition();
        try (BlockSource blocks = environment.openShuffle(shuffle, partition, partition + 1)) {
            for (BlockSource.FetchedBlock block = blocks.next(); block != null; block = blocks.next()) {
                sums.add(block.bytes(), block.offset(), block.length());
            }
        }
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
            List<HotKey> keys = kind == Kind.GENERATE ? rowsOfKeys(sums, reduces) : List.of();
            return new TaskResult.MapWritten(shuffleId, writer.commit(), rowCount, rowDigest, keys);
        }
    }

    /** Each row is a one, so the sum of a key is the number of its rows. */
    private static List<HotKey> rowsOfKeys(long[] sums, int reduces) {
        List<HotKey> keys = new ArrayList<>();
        for (int key = 1; key < KEY_LIMIT; key++) {
            if (sums[key] > 0) {
                keys.add(new HotKey(Integer.toString(key), key % reduces, sums[key]));
            }
        }
        return keys;
    }

    private static TaskOutcome success(
            TaskResult result, long maxDirectBytes, TaskMetrics metrics, List<AccumulatorUpdate> updates) {
        if (result instanceof TaskResult.Direct direct && direct.bytes().length > maxDirectBytes) {
            return new TaskOutcome.Success(TaskResult.Stored.of(direct.bytes()), direct.bytes(), metrics, updates);
        }
        return new TaskOutcome.Success(result, new byte[0], metrics, updates);
    }

    static byte[] number(int partition) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(partition).array();
    }

    // ---- rows -----------------------------------------------------------------------------------------------------

    static byte[] encode(long[] sums) {
        ByteBuffer bytes = ByteBuffer.allocate(ROW_BYTES * rowCount(sums));
        for (int key = 1; key < KEY_LIMIT; key++) {
            if (sums[key] != 0) {
                bytes.putLong(key).putLong(sums[key]);
            }
        }
        return bytes.array();
    }

    static void add(byte[] bytes, int offset, int length, long[] sums) {
        ByteBuffer rows = ByteBuffer.wrap(bytes, offset, length);
        while (rows.hasRemaining()) {
            sums[(int) rows.getLong()] += rows.getLong();
        }
    }

    static int rowCount(long[] sums) {
        int rowCount = 0;
        for (int key = 1; key < KEY_LIMIT; key++) {
            rowCount += sums[key] == 0 ? 0 : 1;
        }
        return rowCount;
    }
}
