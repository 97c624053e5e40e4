package dev.kindling.executor.task;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.data.Batch;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.executor.operator.LineWriter;
import dev.kindling.executor.operator.MapSideCombine;
import dev.kindling.executor.operator.Operator;
import dev.kindling.executor.operator.PulledRows;
import dev.kindling.executor.operator.TaskCounters;
import dev.kindling.executor.operator.TaskScope;
import dev.kindling.executor.operator.UserFunctionFailed;
import dev.kindling.executor.shuffle.ShuffleWriter;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.TaskResult;
import dev.kindling.serde.ResultCodec;
import dev.kindling.storage.OutputStore;
import dev.kindling.storage.OutputStores;
import java.io.OutputStream;
import java.util.Arrays;

/** The three ends of a chain: each pulls all rows it wants and says what the attempt leaves behind. */
final class TaskSinks {
    /** What came out, and the bytes to keep for it where the result is {@link TaskResult.Stored}. */
    record Drained(TaskResult result, byte[] stored) {}

    private TaskSinks() {}

    static Drained drain(Operator chain, StageBody.Sink sink, TaskScope scope) throws Exception {
        if (sink instanceof StageBody.Sink.MapOutput output) {
            return new Drained(writeMapOutput(chain, output, scope), new byte[0]);
        }
        if (sink instanceof StageBody.Sink.TextOutput output) {
            return new Drained(writeText(chain, output, scope), new byte[0]);
        }
        return callFunction(chain, ((StageBody.Sink.Result) sink).function(), scope);
    }

    private static TaskResult writeMapOutput(Operator chain, StageBody.Sink.MapOutput sink, TaskScope scope)
            throws Exception {
        try (ShuffleWriter writer = new ShuffleWriter(sink, scope.environment())) {
            Operator combined = MapSideCombine.over(chain, sink.reduceSide(), scope);
            Batch batch = new Batch(scope.batchRows());
            while (combined.read(batch) > 0) {
                scope.checkCancelled();
                add(batch, writer);
            }
            TaskResult.MapWritten written = writer.finish();
            TaskCounters counters = scope.counters();
            counters.diskSpilled += writer.spilledBytes();
            counters.shuffleRecordsWritten += written.rowCount();
            counters.shuffleBytesWritten +=
                    Arrays.stream(written.partitionBytes()).sum();
            return combined instanceof MapSideCombine combine
                    ? new TaskResult.MapWritten(
                            written.shuffleId(), written.partitionBytes(), combine.rowsRead(), combine.digestOfRead())
                    : written;
        }
    }

    private static void add(Batch batch, ShuffleWriter writer) throws Exception {
        try {
            writer.add(batch.rows, batch.count);
        } catch (KindlingException e) {
            throw e;
        } catch (RuntimeException e) {
            // The key's hashCode, or the user's own partitioner.
            throw UserFunctionFailed.ofKey(e);
        }
    }

    // ---- text -------------------------------------------------------------------------------------------------------

    private static TaskResult writeText(Operator chain, StageBody.Sink.TextOutput sink, TaskScope scope)
            throws Exception {
        TaskEnvironment environment = scope.environment();
        OutputStore store = OutputStores.forPath(sink.target());
        OutputStore.AttemptOutput output = store.openAttempt(
                sink.target(),
                environment.attempt().partition(),
                environment.attempt().toString());
        boolean isWritten = false;
        try {
            LineWriter lines;
            try (OutputStream stream = output.stream()) {
                lines = new LineWriter(stream);
                lines.writeAll(chain, scope);
            }
            isWritten = true;
            scope.counters().recordsWritten += lines.rowCount();
            scope.counters().bytesWritten += lines.byteCount();
            return new TaskResult.PartWritten(
                    output.attemptFile(), output.finalName(), lines.rowCount(), lines.byteCount());
        } finally {
            if (!isWritten) {
                store.discardAttempt(sink.target(), output.attemptFile());
            }
        }
    }

    // ---- results ----------------------------------------------------------------------------------------------------

    private static Drained callFunction(Operator chain, PartitionFunction function, TaskScope scope) throws Exception {
        PulledRows rows = new PulledRows(chain, scope, function.rowLimit());
        byte[] bytes = ResultCodec.encode(rows.callUserCode(
                () -> function.call(scope.environment().attempt().partition(), rows)));
        scope.counters().resultBytes += bytes.length;
        TaskSettings settings = scope.environment().settings();
        if (bytes.length > settings.maxResultBytes()) {
            throw new KindlingException(
                    ErrorCode.RESULT_TOO_LARGE,
                    "the result of partition " + scope.environment().attempt().partition() + " has " + bytes.length
                            + " bytes, more than the " + settings.maxResultBytes()
                            + " that the driver takes; read it piece by piece with toLocalIterator, write it with"
                            + " saveAsTextFile, or use more partitions");
        }
        return bytes.length <= settings.maxDirectResultBytes()
                ? new Drained(new TaskResult.Direct(bytes), new byte[0])
                : new Drained(new TaskResult.Stored(bytes.length), bytes);
    }
}
