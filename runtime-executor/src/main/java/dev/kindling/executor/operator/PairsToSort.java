package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.BlockSource.FetchedBlock;
import dev.kindling.serde.HeapSize;
import dev.kindling.serde.RowReader;
import java.io.IOException;

/** Where {@link SortedRows} get their pairs. Owned by the task's thread. */
final class PairsToSort {
    private PairsToSort() {}

    /** One partition of a shuffle. */
    record OfShuffle(ShuffleLeaf leaf, TaskScope scope) implements SortedRows.Source {
        @Override
        public void addAllTo(SortedRows sorted) throws IOException {
            BlockSource blocks = leaf.openBlocks();
            RowReader reader = scope.newRowReader();
            Object[] rows = new Object[scope.batchRows()];
            long[] rowsOfMap = new long[leaf.mapCount()];
            for (FetchedBlock block = blocks.next(); block != null; block = blocks.next()) {
                reader.reset(block.bytes(), block.offset(), block.length());
                int map = block.mapIndex();
                long heapBytes = reader.heapBytes();
                for (int count = reader.read(rows, 0, rows.length);
                        count > 0;
                        count = reader.read(rows, 0, rows.length)) {
                    scope.checkCancelled();
                    sorted.makeRoom(count, reader.heapBytes() - heapBytes);
                    heapBytes = reader.heapBytes();
                    for (int row = 0; row < count; row++) {
                        sorted.add(rows[row], map, rowsOfMap[map]++);
                    }
                    scope.counters().shuffleRecordsRead += count;
                }
            }
        }

        @Override
        public void close() throws IOException {
            leaf.close();
        }
    }

    /** One partition of a set, as the steps below make it. */
    record OfRows(Operator child, TaskScope scope) implements SortedRows.Source {
        @Override
        public void addAllTo(SortedRows sorted) throws Exception {
            Batch batch = new Batch(scope.batchRows());
            long index = 0;
            while (child.read(batch) > 0) {
                scope.checkCancelled();
                for (int row = 0; row < batch.count; row++) {
                    Object kept = scope.keep(batch.rows[row]);
                    sorted.makeRoom(1, HeapSize.of(kept));
                    sorted.add(kept, 0, index++);
                }
            }
        }

        @Override
        public void close() throws IOException {
            child.close();
        }
    }
}
