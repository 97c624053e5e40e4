package dev.kindling.executor.task;

import dev.kindling.api.KindlingException;
import dev.kindling.data.Batch;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.operator.LineWriter;
import dev.kindling.executor.operator.MapSideCombine;
import dev.kindling.executor.operator.ObjectWriter;
import dev.kindling.executor.operator.Operator;
import dev.kindling.executor.operator.PulledRows;
import dev.kindling.executor.operator.TaskCounters;
import dev.kindling.executor.operator.TaskScope;
import dev.kindling.executor.operator.UserFunctionFailed;
import dev.kindling.executor.shuffle.ShuffleWriter;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.TaskResult;
import dev.kindling.serde.PackedRows;
import dev.kindling.serde.ResultCodec;
import dev.kindling.storage.OutputStore;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** The three ends of a chain: each pulls all rows it wants and says what the attempt leaves behind. */
final class TaskSinks {
    private static final int GZIP_BUFFER_BYTES = 64 << 10;

    /** What came out, and the bytes to keep for it where the result is {@link TaskResult.Stored}. */
    record Drained(TaskResult result, byte[] stored) {}

    private TaskSinks() {}

    static Drained drain(Operator chain, StageBody.Sink sink, TaskScope scope) throws Exception {
        if (sink instanceof StageBody.Sink.MapOutput output) {
            return new Drained(writeMapOutput(chain, output, scope), new byte[0]);
        }
        if (sink instanceof StageBody.Sink.FileOutput output) {
            return new Drained(writeFile(chain, output, scope), new byte[0]);
        }
        return callFunction(chain, ((StageBody.Sink.Result) sink).function(), scope);
    }

    private static TaskResult writeMapOutput(Operator chain, StageBody.Sink.MapOutput sink, TaskScope scope)
            throws Exception {
        try (ShuffleWriter writer = new ShuffleWriter(sink, scope.environment())) {
            Operator combined = MapSideCombine.over(chain, sink.reduceSide(), scope);
            Batch batch = new Batch(scope.batchRows());
            PackedRows packed = new PackedRows();
            while (writeSome(combined, packed, batch, writer) > 0) {
                scope.checkCancelled();
            }
            TaskResult.MapWritten written = writer.finish();
            TaskCounters counters = scope.counters();
            counters.diskSpilled += writer.spilledBytes();
            counters.memorySpilled += writer.freedBytes();
            counters.spillNanos += writer.spillNanos();
            counters.shuffleWriteNanos += writer.writeNanos();
            counters.shuffleRecordsWritten += written.rowCount();
            counters.shuffleBytesWritten +=
                    Arrays.stream(written.partitionBytes()).sum();
            return combined instanceof MapSideCombine combine
                    ? new TaskResult.MapWritten(
                            written.shuffleId(),
                            written.partitionBytes(),
                            combine.rowsRead(),
                            combine.digestOfRead(),
                            written.hotKeys())
                    : written;
        }
    }

    /** Returns how many rows were written; 0 when there are no more. */
    private static int writeSome(Operator chain, PackedRows packed, Batch batch, ShuffleWriter writer)
            throws Exception {
        int packedCount = chain.readPacked(packed, batch.limit());
        int count = packedCount >= 0 ? packedCount : chain.read(batch);
        try {
            if (packedCount >= 0) {
                writer.add(packed, count);
            } else {
                writer.add(batch.rows, count);
            }
            return count;
        } catch (KindlingException e) {
            throw e;
        } catch (RuntimeException e) {
            // The key's hashCode, or the user's own partitioner.
            throw UserFunctionFailed.ofKey(e);
        }
    }

    // ---- files ------------------------------------------------------------------------------------------------------

    private static TaskResult writeFile(Operator chain, StageBody.Sink.FileOutput sink, TaskScope scope)
            throws Exception {
        TaskEnvironment environment = scope.environment();
        OutputStore store = environment.stores().writing(sink.target());
        OutputStore.AttemptOutput output = store.openAttempt(
                sink.target(),
                environment.attempt().partition(),
                sink.form().suffix(),
                // Executors of an application whose driver has died may still write there.
                environment.settings().applicationId() + "-" + environment.attempt());
        boolean isWritten = false;
        try {
            CountedOutput file = new CountedOutput(output.stream());
            long rowCount;
            try (file) {
                rowCount = writeRows(chain, sink.form(), file, scope);
            }
            isWritten = true;
            scope.counters().recordsWritten += rowCount;
            scope.counters().bytesWritten += file.byteCount();
            return new TaskResult.PartWritten(output.attemptFile(), output.finalName(), rowCount, file.byteCount());
        } finally {
            if (!isWritten) {
                store.discardAttempt(sink.target(), output.attemptFile());
            }
        }
    }

    private static long writeRows(
            Operator chain, StageBody.Sink.FileOutput.Form form, OutputStream file, TaskScope scope) throws Exception {
        return switch (form) {
            case TEXT -> writeLines(chain, file, scope);
            case GZIP_TEXT -> {
                GZIPOutputStream packed = new GZIPOutputStream(file, GZIP_BUFFER_BYTES);
                long rowCount = writeLines(chain, packed, scope);
                packed.finish();
                yield rowCount;
            }
            case OBJECTS -> {
                ObjectWriter objects = new ObjectWriter(file);
                objects.writeAll(chain, scope);
                yield objects.rowCount();
            }
        };
    }

    private static long writeLines(Operator chain, OutputStream to, TaskScope scope) throws Exception {
        LineWriter lines = new LineWriter(to);
        lines.writeAll(chain, scope);
        return lines.rowCount();
    }

    // ---- results ----------------------------------------------------------------------------------------------------

    private static Drained callFunction(Operator chain, PartitionFunction function, TaskScope scope) throws Exception {
        if (function.isAllRows()) {
            try (ResultRows rows = new ResultRows(scope)) {
                return rows.drain(chain);
            }
        }
        byte[] bytes;
        try (PulledRows rows = new PulledRows(chain, scope, function.rowLimit())) {
            Object answer = rows.callUserCode(
                    () -> function.call(scope.environment().attempt().partition(), rows));
            bytes = ResultCodec.encode(answer, scope.memory().maxRowBytes());
        }
        scope.counters().resultBytes += bytes.length;
        ResultRows.requireWanted(bytes.length, scope);
        return bytes.length <= scope.environment().settings().maxDirectResultBytes()
                ? new Drained(new TaskResult.Direct(bytes), new byte[0])
                : new Drained(TaskResult.Stored.of(bytes), bytes);
    }
}
