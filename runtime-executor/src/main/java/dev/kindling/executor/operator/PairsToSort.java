package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.BlockSource.FetchedBlock;
import dev.kindling.serde.HeapSize;
import dev.kindling.serde.PagePairs;
import dev.kindling.serde.RowReader;
import java.io.IOException;
import java.util.Optional;

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
                // Its pages are kept.
                FetchedBlock alone = block.alone();
                reader.reset(alone.bytes(), alone.offset(), alone.length());
                int map = block.mapIndex();
                for (int count = addSome(reader, rows, map, rowsOfMap[map], sorted);
                        count > 0;
                        count = addSome(reader, rows, map, rowsOfMap[map], sorted)) {
                    scope.checkCancelled();
                    rowsOfMap[map] += count;
                    scope.counters().shuffleRecordsRead += count;
                }
            }
        }

        /** Adds the next page, or as many rows as {@code rows} holds; returns how many, 0 at the end. */
        private static int addSome(RowReader reader, Object[] rows, int map, long firstIndex, SortedRows sorted)
                throws IOException {
            if (sorted.takesPages()) {
                Optional<PagePairs> page = reader.pagePairs();
                if (page.isPresent()) {
                    sorted.makeRoom(page.get().count(), page.get().heldBytes());
                    sorted.add(page.get(), map, firstIndex);
                    return page.get().count();
                }
            }
            long heapBytes = reader.heapBytes();
            int count = reader.read(rows, 0, rows.length);
            sorted.makeRoom(count, reader.heapBytes() - heapBytes);
            for (int row = 0; row < count; row++) {
                sorted.add(rows[row], map, firstIndex + row);
            }
            return count;
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
