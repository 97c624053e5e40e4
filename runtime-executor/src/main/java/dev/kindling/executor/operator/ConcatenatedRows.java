package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import java.io.IOException;
import java.util.Optional;

/** Several partitions one after the other; each is opened when its turn comes and closed when it is read. */
final class ConcatenatedRows implements Operator {
    /** Opens the operator of part {@code index}. */
    @FunctionalInterface
    interface Parts {
        Operator open(int index) throws Exception;
    }

    private final Parts parts;
    private final int end;
    private int next;
    private Operator current;

    ConcatenatedRows(Parts parts, int first, int end) {
        this.parts = parts;
        this.next = first;
        this.end = end;
    }

    @Override
    public int read(Batch batch) throws Exception {
        for (; ; ) {
            if (current == null) {
                if (next == end) {
                    batch.count = 0;
                    return 0;
                }
                current = parts.open(next++);
            }
            int count = current.read(batch);
            if (count > 0) {
                return count;
            }
            Operator ended = current;
            current = null;
            ended.close();
        }
    }

    @Override
    public Optional<InputPosition> positionOf(int index) {
        return current == null ? Optional.empty() : current.positionOf(index);
    }

    @Override
    public void close() throws IOException {
        if (current != null) {
            current.close();
        }
    }
}
