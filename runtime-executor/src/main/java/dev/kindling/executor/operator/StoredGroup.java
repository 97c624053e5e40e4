package dev.kindling.executor.operator;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import dev.kindling.data.Group;
import dev.kindling.util.ByteSizes;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.StringJoiner;

/** A group too large to be held as objects: its pairs are decoded a chunk at a time whenever it is walked. */
final class StoredGroup implements Group<Object> {
    private final StoredRows rows;
    private final TaskScope scope;

    StoredGroup(StoredRows rows, TaskScope scope) {
        this.rows = rows;
        this.scope = scope;
    }

    @Override
    public long size() {
        return rows.rowCount();
    }

    @Override
    public Iterator<Object> iterator() {
        scope.checkGroupsReadable();
        return new Values();
    }

    @Override
    public String toString() {
        return print(this, scope);
    }

    /** As a list prints itself; for groups small enough to be one line. */
    static String print(Group<?> group, TaskScope scope) {
        StringJoiner text = new StringJoiner(", ", "[", "]");
        long maxBytes = scope.memory().maxRowBytes();
        for (Object value : group) {
            text.add(String.valueOf(value));
            if (text.length() > maxBytes) {
                throw new KindlingException(
                        ErrorCode.OUT_OF_RESOURCES,
                        "the text of a group of " + group.size() + " values takes more than "
                                + ByteSizes.format(maxBytes) + ", the most that one row may take in this heap of "
                                + ByteSizes.format(Runtime.getRuntime().maxMemory())
                                + "; write its values one by one, as flatMapValues does, or raise"
                                + " kindling.executor.memory");
            }
        }
        return text.toString();
    }

    private final class Values implements Iterator<Object> {
        private final Object[] chunk = new Object[(int) Math.min(RowStore.MAX_CHUNK_ROWS, rows.rowCount())];
        private StoredRows.Cursor cursor;
        private int next;
        private int count;

        @Override
        public boolean hasNext() {
            return next < count || refill();
        }

        @Override
        public Object next() {
            if (next == count && !refill()) {
                throw new NoSuchElementException();
            }
            scope.checkGroupsReadable();
            Object pair = chunk[next];
            chunk[next++] = null; // a large row is not kept beside the next one
            return ((Tuple2<?, ?>) pair)._2();
        }

        private boolean refill() {
            if (count < 0 || chunk.length == 0) {
                return false;
            }
            scope.checkGroupsReadable();
            try {
                scope.checkCancelled();
                if (cursor == null) {
                    cursor = rows.open();
                }
                next = 0;
                count = cursor.read(chunk, 0, chunk.length);
            } catch (IOException | RuntimeException e) {
                throw scope.failedBelowUserCode(e);
            }
            if (count == 0) {
                count = -1;
                next = -1;
                return false;
            }
            return true;
        }
    }
}
