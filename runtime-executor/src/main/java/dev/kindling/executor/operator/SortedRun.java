package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import java.io.IOException;

/** Sorted pairs on disk, with each row's place in the input; read once, from the start. */
final class SortedRun implements AutoCloseable {
    private final RowStore store;
    private final RowStore.Lane rows;
    private final RowStore.Lane places;
    private final Object[] rowBuffer = new Object[RowStore.MAX_CHUNK_ROWS];
    private final Object[] placeBuffer = new Object[RowStore.MAX_CHUNK_ROWS];
    private StoredRows.Cursor rowCursor;
    private StoredRows.Cursor placeCursor;
    private int nextRow;
    private int rowCount;
    private int nextPlace;
    private int placeCount;

    private Object row;
    private long place;
    private long prefix;

    SortedRun(TaskScope scope) {
        store = new RowStore(scope, true);
        rows = store.openLane();
        places = store.openLane();
    }

    void add(Object sortedRow, long itsPlace) throws IOException {
        rows.add(sortedRow);
        places.add(itsPlace);
    }

    void finish() throws IOException {
        rows.finish();
        places.finish();
        rowCursor = rows.open();
        placeCursor = places.open();
    }

    /** Moves to the next row; false after the last. */
    boolean advance(SortPrefix prefixOf) throws IOException {
        if (nextRow == rowCount) {
            nextRow = 0;
            rowCount = rowCursor.read(rowBuffer, 0, rowBuffer.length);
            if (rowCount == 0) {
                return false;
            }
        }
        if (nextPlace == placeCount) {
            nextPlace = 0;
            placeCount = placeCursor.read(placeBuffer, 0, placeBuffer.length);
        }
        row = rowBuffer[nextRow++];
        place = (Long) placeBuffer[nextPlace++];
        prefix = prefixOf.of(((Tuple2<?, ?>) row)._1());
        return true;
    }

    Object row() {
        return row;
    }

    long place() {
        return place;
    }

    long prefix() {
        return prefix;
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
