package dev.kindling.executor.task;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.data.Batch;
import dev.kindling.executor.block.ResultOutput;
import dev.kindling.executor.operator.Operator;
import dev.kindling.executor.operator.TaskScope;
import dev.kindling.protocol.TaskResult;
import dev.kindling.serde.ResultCodec;
import dev.kindling.serde.RowWriter;
import dev.kindling.util.ByteSizes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * All rows of a partition as the list that the driver decodes. Rows become pages as they come; pages are held while the
 * result is small enough to travel with the outcome, then they go to a file. Owned by the task's thread.
 */
final class ResultRows implements AutoCloseable {
    private static final long DRAIN_BYTES = 256 << 10;

    private final TaskScope scope;
    private final RowWriter rows;
    private final ResultCodec.ListPages list = new ResultCodec.ListPages();
    private final List<byte[]> held = new ArrayList<>();
    private ResultOutput output;

    ResultRows(TaskScope scope) {
        this.scope = scope;
        this.rows = scope.newRowWriter();
    }

    TaskSinks.Drained drain(Operator chain) throws Exception {
        Batch batch = new Batch(scope.batchRows());
        while (chain.read(batch) > 0) {
            scope.checkCancelled();
            rows.append(batch.rows, 0, batch.count);
            if (rows.heldBytes() >= DRAIN_BYTES) {
                rows.drainTo(this::add);
            }
        }
        rows.drainTo(this::add);
        scope.counters().resultBytes += list.byteCount();
        if (output == null) {
            return new TaskSinks.Drained(new TaskResult.Direct(bytes()), new byte[0]);
        }
        output.commit(list.header());
        return new TaskSinks.Drained(new TaskResult.Stored(list.byteCount(), list.crc()), new byte[0]);
    }

    private void add(byte[] page, int offset, int length) throws IOException {
        list.add(page, offset, length);
        requireWanted(list.byteCount(), scope);
        if (output == null && list.byteCount() > scope.environment().settings().maxDirectResultBytes()) {
            output = scope.environment().openResult();
            byte[] header = list.header();
            output.append(header, 0, header.length);
            for (byte[] earlier : held) {
                output.append(earlier, 0, earlier.length);
            }
            held.clear();
        }
        if (output == null) {
            held.add(page);
        } else {
            output.append(page, offset, length);
        }
    }

    private byte[] bytes() {
        byte[] header = list.header();
        byte[] bytes = new byte[(int) list.byteCount()];
        System.arraycopy(header, 0, bytes, 0, header.length);
        int at = header.length;
        for (byte[] page : held) {
            System.arraycopy(page, 0, bytes, at, page.length);
            at += page.length;
        }
        return bytes;
    }

    /** Fails with the first byte that the driver would refuse, not after all of them. */
    static void requireWanted(long resultBytes, TaskScope scope) {
        long maxBytes = scope.environment().settings().maxResultBytes();
        if (maxBytes > 0 && resultBytes > maxBytes) {
            throw new KindlingException(
                    ErrorCode.RESULT_TOO_LARGE,
                    "the result of partition " + scope.environment().attempt().partition() + " takes "
                            + ByteSizes.format(resultBytes) + " or more, the driver takes at most "
                            + ByteSizes.format(maxBytes) + " (kindling.result.maxBytes); read it piece by piece with"
                            + " toLocalIterator, write it with saveAsTextFile, or use more partitions");
        }
    }

    @Override
    public void close() {
        if (output != null) {
            output.close();
        }
    }
}
