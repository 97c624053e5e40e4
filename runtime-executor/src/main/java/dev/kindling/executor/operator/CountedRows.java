package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import java.io.IOException;
import java.util.Optional;

/** The rows of a partition of a persisted set as they are computed, with what accumulators get meanwhile told apart. */
final class CountedRows implements Operator {
    private final Operator child;
    private final SetCounts.Part part;
    private boolean isEnded;

    CountedRows(Operator child, SetCounts.Part part) {
        this.child = child;
        this.part = part;
    }

    @Override
    public int read(Batch batch) throws Exception {
        int count;
        part.enter();
        try {
            count = child.read(batch);
        } finally {
            part.leave();
        }
        if (count == 0 && !isEnded) {
            isEnded = true;
            part.end();
        }
        return count;
    }

    @Override
    public Optional<InputPosition> positionOf(int index) {
        return child.positionOf(index);
    }

    @Override
    public void close() throws IOException {
        child.close();
    }
}
