package dev.kindling.executor.operator;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.block.BlockFormat;
import dev.kindling.data.Batch;
import dev.kindling.executor.cache.CacheWriter;
import dev.kindling.plan.Origin;
import dev.kindling.serde.RowWriter;
import java.io.IOException;
import java.util.Optional;

/**
 * A child's rows, kept as they pass: each batch is encoded before anybody can change its rows. The partition is kept
 * when its last row has passed; one that is not read to its end is not.
 */
final class CachingRows implements Operator {
    private final Operator child;
    private final CacheWriter writer;
    private final SetCounts.Part part;
    private final Origin origin;
    private final RowWriter rows;
    private boolean isKeeping = true;
    private boolean isKept;

    /**
     * @param part takes the block when it is complete
     * @param origin of the persisted set, for messages
     */
    CachingRows(Operator child, CacheWriter writer, SetCounts.Part part, Origin origin, TaskScope scope) {
        this.child = child;
        this.writer = writer;
        this.part = part;
        this.origin = origin;
        this.rows = scope.newRowWriter();
    }

    @Override
    public int read(Batch batch) throws Exception {
        int count = child.read(batch);
        if (isKeeping && count > 0) {
            keep(batch);
        } else if (isKeeping) {
            isKeeping = false;
            addChunk();
            isKept = true;
            part.keep(writer);
        }
        return count;
    }

    private void keep(Batch batch) throws IOException {
        try {
            rows.append(batch.rows, 0, batch.count);
        } catch (KindlingException e) {
            throw e.code() == ErrorCode.NOT_SERIALIZABLE ? notSerializable(e) : e;
        }
        if (rows.heldBytes() >= BlockFormat.TARGET_BLOCK_BYTES) {
            isKeeping = addChunk();
        }
    }

    private KindlingException notSerializable(KindlingException e) {
        return new KindlingException(
                e.code(), origin + ": the set is persisted, and a row of it cannot be kept: " + e.getMessage(), e);
    }

    /** False when nothing more of the partition is kept. */
    private boolean addChunk() throws IOException {
        int rowCount = Math.toIntExact(rows.rowCount());
        if (rowCount == 0) {
            return true;
        }
        byte[] chunk = new byte[Math.toIntExact(BlockFormat.HEADER_BYTES + rows.byteCount())];
        int[] end = {BlockFormat.HEADER_BYTES};
        rows.drainTo((page, offset, length) -> {
            System.arraycopy(page, offset, chunk, end[0], length);
            end[0] += length;
        });
        return writer.add(chunk, rowCount);
    }

    @Override
    public Optional<InputPosition> positionOf(int index) {
        return child.positionOf(index);
    }

    @Override
    public void close() throws IOException {
        try {
            if (!isKept) {
                writer.close();
            }
        } finally {
            child.close();
        }
    }
}
