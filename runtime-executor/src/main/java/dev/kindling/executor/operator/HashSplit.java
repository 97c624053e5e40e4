package dev.kindling.executor.operator;

import dev.kindling.api.Tuple2;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Pair rows of one or several inputs cut into lanes by the hash of their keys, for what does not fit in memory at once.
 * Each level mixes the hash with another number, so what fell into one lane spreads over all lanes of the next level.
 *
 * <p>Keys that share their whole hash never spread. A level that put everything into one lane is therefore followed by
 * one that gives its first keys a lane each. And a key that is frequent among the first rows gets a lane at once: it
 * would drag its rows through every level.
 */
final class HashSplit implements AutoCloseable {
    /** Lanes by hash: many more, and their row buffers outgrow a small task's memory. */
    static final int LANES = 16;

    private static final int GOLDEN_RATIO = 0x9e3779b9;

    private final TaskScope scope;
    private final RowStore store;
    private final int inputs;
    private final int level;
    private final boolean isByFirstKeys;
    private final boolean onDisk;
    private final RowStore.Lane[][] lanes;
    private final Object[] firstKeys;
    private final boolean[] hasRows;
    private final boolean[] isMixed;
    private final KeyTable ownLanes = new KeyTable();
    private int partsOpen;
    private boolean isClosed;

    /**
     * @param inputs how many inputs are cut alike
     * @param level 0 for the first cut, then one more for each cut of a part
     * @param isByFirstKeys the level above could not part the keys by their hash
     * @param onDisk rows are not kept in memory even where there is some
     */
    HashSplit(TaskScope scope, int inputs, int level, boolean isByFirstKeys, boolean onDisk) {
        this.scope = scope;
        this.onDisk = onDisk;
        this.inputs = inputs;
        this.level = level;
        this.isByFirstKeys = isByFirstKeys;
        int laneCount = LANES + 1;
        // One input is cut after the other.
        this.store = new RowStore(scope, laneCount, onDisk);
        this.lanes = new RowStore.Lane[laneCount][inputs];
        this.firstKeys = new Object[laneCount];
        this.hasRows = new boolean[laneCount];
        this.isMixed = new boolean[laneCount];
    }

    /** {@code key} gets a lane of its own; before the first row. */
    void giveOwnLane(Object key) {
        ownLanes.idOf(key);
    }

    /** Adds the first {@code count} of {@code rows}, each a {@code Tuple2}. */
    void add(int input, Object[] rows, int count) throws IOException {
        for (int row = 0; row < count; row++) {
            Object pair = rows[row];
            add(input, ((Tuple2<?, ?>) pair)._1(), pair);
        }
    }

    void add(int input, Object key, Object pair) throws IOException {
        int lane;
        try {
            lane = laneOf(key);
            if (!hasRows[lane]) {
                hasRows[lane] = true;
                firstKeys[lane] = scope.keep(key);
            } else if (!isMixed[lane]) {
                isMixed[lane] = !KeyTable.areEqual(firstKeys[lane], key);
            }
        } catch (RuntimeException e) {
            throw UserFunctionFailed.ofKey(e);
        }
        RowStore.Lane target = lanes[lane][input];
        if (target == null) {
            target = store.openLane();
            lanes[lane][input] = target;
        }
        target.add(pair);
    }

    private int laneOf(Object key) {
        if (isByFirstKeys) {
            if (ownLanes.count() < LANES) {
                return ownLanes.idOf(key);
            }
            int known = ownLanes.find(key);
            return known >= 0 ? known : LANES;
        }
        if (ownLanes.count() > 0 && ownLanes.find(key) >= 0) {
            return LANES;
        }
        return KeyTable.spread(KeyTable.hashOf(key) + (level + 1) * GOLDEN_RATIO) >>> 28;
    }

    /** All rows of {@code input} are in. */
    void finish(int input) throws IOException {
        for (RowStore.Lane[] lane : lanes) {
            if (lane[input] != null) {
                lane[input].finish();
            }
        }
    }

    /** The lanes that have rows; when each of them was {@link Part#close}d, so is this. */
    List<Part> parts() throws IOException {
        List<Part> parts = new ArrayList<>();
        for (int lane = 0; lane < lanes.length; lane++) {
            if (hasRows[lane]) {
                parts.add(new Part(lane));
            }
        }
        partsOpen = parts.size();
        for (Part part : parts) {
            part.isAlone = parts.size() == 1;
        }
        if (parts.isEmpty()) {
            close();
        }
        return parts;
    }

    boolean isClosed() {
        return isClosed;
    }

    /** Moves what lies in memory to disk; returns how many bytes that were. */
    long spill() throws IOException {
        return store.spill();
    }

    @Override
    public void close() throws IOException {
        isClosed = true;
        store.close();
    }

    /** What fell into one lane, of each input. */
    final class Part implements AutoCloseable {
        private final int lane;
        private boolean isAlone;

        private Part(int lane) {
            this.lane = lane;
        }

        /** The part's rows of {@code input}. */
        StoredRows rows(int input) {
            RowStore.Lane rows = lanes[lane][input];
            return rows == null ? StoredRows.NONE : rows;
        }

        StoredRows[] rows() {
            StoredRows[] all = new StoredRows[inputs];
            for (int input = 0; input < inputs; input++) {
                all[input] = rows(input);
            }
            return all;
        }

        boolean isSingleKey() {
            return !isMixed[lane];
        }

        /** The key of a part that has only one. */
        Object key() {
            return firstKeys[lane];
        }

        /** A further cut of this part. */
        HashSplit cut() {
            return new HashSplit(scope, inputs, level + 1, isAlone && !isByFirstKeys, onDisk);
        }

        int level() {
            return level;
        }

        HashSplit owner() {
            return HashSplit.this;
        }

        /** Its rows are not read again. */
        @Override
        public void close() throws IOException {
            for (RowStore.Lane rows : lanes[lane]) {
                if (rows != null) {
                    rows.forget();
                }
            }
            if (--partsOpen == 0) {
                HashSplit.this.close();
            }
        }
    }
}
