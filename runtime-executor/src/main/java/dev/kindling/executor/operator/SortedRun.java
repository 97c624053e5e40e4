package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import dev.kindling.plan.SortPrefix;
import java.io.IOException;

/** Sorted pairs on disk, with each row's place in the input: two lanes of the sort's store; read once, from the start. */
final class SortedRun {
    private final RowStore.Lane rows;
    private final RowStore.Lane places;
    private Object[] rowBuffer;
    private Object[] placeBuffer;
    private StoredRows.Cursor rowCursor;
    private StoredRows.Cursor placeCursor;
    private int nextRow;
    private int rowCount;
    private int nextPlace;
    private int placeCount;

    private Object row;
    private long place;
    private long prefix;

    SortedRun(RowStore store) {
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
    }

    /** The most rows it has in memory while it is read. */
    int chunkRows() {
        return rows.maxChunkRows();
    }

    /** To be called before the first {@link #advance}: from here on it holds a chunk of rows in memory. */
    void open() {
        rowBuffer = new Object[rows.maxChunkRows()];
        placeBuffer = new Object[places.maxChunkRows()];
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

    /** The run has been read. */
    void forget() {
        rows.forget();
        places.forget();
        rowBuffer = null;
        placeBuffer = null;
        row = null;
    }
}
