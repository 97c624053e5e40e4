package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.executor.block.BlockSource;
import dev.kindling.executor.block.BlockSource.FetchedBlock;
import dev.kindling.executor.shuffle.ShuffleReader;
import dev.kindling.serde.HeapSize;
import dev.kindling.serde.PagePairs;
import dev.kindling.serde.RowReader;
import java.io.IOException;
import java.util.Optional;

/** Where {@link SortedRows} get their pairs. Owned by the task's thread. */
final class PairsToSort {
    private PairsToSort() {}

    /** One partition of a shuffle: as a whole, or one range of its keys after the other. */
    static final class OfShuffle implements SortedRows.Source {
        private final ShuffleLeaf leaf;
        private final TaskScope scope;
        private final RowReader rowReader;
        private final Object[] rows;

        /** Of a partition in ranges; else null. */
        private ShuffleReader ranges;

        private boolean isOpen;

        OfShuffle(ShuffleLeaf leaf, TaskScope scope) {
            this.leaf = leaf;
            this.scope = scope;
            this.rowReader = scope.newRowReader();
            this.rows = new Object[scope.batchRows()];
        }

        @Override
        public boolean next() throws IOException {
            boolean isFirst = !isOpen;
            if (isFirst) {
                isOpen = true;
                ranges = leaf.isInRanges() ? leaf.open() : null;
            }
            return ranges == null ? isFirst : ranges.nextBucket();
        }

        @Override
        public void addAllTo(SortedRows sorted) throws IOException {
            long[] rowsOfMap = new long[leaf.mapCount()];
            if (ranges != null) {
                ranges.takeBucket((map, bytes, offset, length) -> add(map, bytes, offset, length, rowsOfMap, sorted));
                return;
            }
            BlockSource blocks = leaf.openBlocks();
            for (FetchedBlock block = blocks.next(); block != null; block = blocks.next()) {
                // Its pages are kept.
                FetchedBlock alone = block.alone();
                add(block.mapIndex(), alone.bytes(), alone.offset(), alone.length(), rowsOfMap, sorted);
            }
        }

        private void add(int map, byte[] bytes, int offset, int length, long[] rowsOfMap, SortedRows sorted)
                throws IOException {
            rowReader.reset(bytes, offset, length);
            for (int count = addSome(map, rowsOfMap[map], sorted);
                    count > 0;
                    count = addSome(map, rowsOfMap[map], sorted)) {
                scope.checkCancelled();
                rowsOfMap[map] += count;
                scope.counters().shuffleRecordsRead += count;
            }
        }

        /** Adds the next page, or as many rows as {@code rows} holds; returns how many, 0 at the end. */
        private int addSome(int map, long firstIndex, SortedRows sorted) throws IOException {
            if (sorted.takesPages()) {
                Optional<PagePairs> page = rowReader.pagePairs();
                if (page.isPresent()) {
                    sorted.makeRoom(page.get().count(), page.get().heldBytes());
                    sorted.add(page.get(), map, firstIndex);
                    return page.get().count();
                }
            }
            long heapBytes = rowReader.heapBytes();
            int count = rowReader.read(rows, 0, rows.length);
            sorted.makeRoom(count, rowReader.heapBytes() - heapBytes);
            for (int row = 0; row < count; row++) {
                sorted.add(rows[row], map, firstIndex + row);
            }
            return count;
        }

        @Override
        public void shed(long bytes) throws IOException {
            if (ranges != null) {
                ranges.shed(bytes);
            }
        }

        @Override
        public void close() throws IOException {
            leaf.close();
        }
    }

    /** One partition of a set, as the steps below make it. */
    static final class OfRows implements SortedRows.Source {
        private final Operator child;
        private final TaskScope scope;
        private boolean isOpen;

        OfRows(Operator child, TaskScope scope) {
            this.child = child;
            this.scope = scope;
        }

        @Override
        public boolean next() {
            boolean isFirst = !isOpen;
            isOpen = true;
            return isFirst;
        }

        @Override
        public void shed(long bytes) {
            // It holds nothing.
        }

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
