package dev.kindling.serde;

import dev.kindling.api.Tuple2;
import java.util.Arrays;
import java.util.Optional;

/** The values of a column, each to be had by its number; those of other rows stay bytes. Used by one thread. */
interface ColumnValues {
    Object get(int index);

    /**
     * Reads a byte of the value and forgets it: after some of these the values lie in the cache, and their waits for memory
     * have overlapped.
     */
    int touch(int index);

    /** Heap bytes of what finds them, beside the page. */
    long heapBytes();

    /** Numbers in as many bits each. */
    record Numbers(byte[] page, int at, long min, int width, boolean areInts) implements ColumnValues {
        @Override
        public Object get(int index) {
            long number = BitPacking.unpackOne(page, at, index, min, width);
            return areInts ? (Object) (int) number : (Object) number;
        }

        @Override
        public int touch(int index) {
            // Numbers that are all the same take no bytes, and may end the page.
            return page[Math.min(page.length - 1, at + (int) ((long) index * width >>> 3))];
        }

        @Override
        public long heapBytes() {
            return 0;
        }
    }

    record Doubles(byte[] page, int at) implements ColumnValues {
        @Override
        public Object get(int index) {
            return Double.longBitsToDouble((long) BitPacking.LONG.get(page, at + 8 * index));
        }

        @Override
        public int touch(int index) {
            return page[at + 8 * index];
        }

        @Override
        public long heapBytes() {
            return 0;
        }
    }

    /**
     * Strings, or byte arrays.
     *
     * @param places where the length of each stands
     */
    record Stretches(byte[] page, int[] places, boolean areTexts) implements ColumnValues {
        static Stretches of(byte[] page, int at, int count, boolean areTexts) {
            int[] places = new int[count];
            int next = at;
            for (int i = 0; i < count; i++) {
                places[i] = next;
                int prefix = Varint.read(page, next);
                next = Varint.skip(page, next) + (areTexts ? StringColumn.bytesOf(prefix) : prefix);
            }
            return new Stretches(page, places, areTexts);
        }

        @Override
        public Object get(int index) {
            int prefix = Varint.read(page, places[index]);
            int at = Varint.skip(page, places[index]);
            return areTexts ? StringColumn.read(page, at, prefix) : Arrays.copyOfRange(page, at, at + prefix);
        }

        @Override
        public int touch(int index) {
            return page[places[index]];
        }

        @Override
        public long heapBytes() {
            return 4L * places.length;
        }
    }

    record Pairs(ColumnValues firsts, ColumnValues seconds) implements ColumnValues {
        @Override
        public Tuple2<?, ?> get(int index) {
            return new Tuple2<>(firsts.get(index), seconds.get(index));
        }

        @Override
        public int touch(int index) {
            return firsts.touch(index) ^ seconds.touch(index);
        }

        @Override
        public long heapBytes() {
            return firsts.heapBytes() + seconds.heapBytes();
        }
    }

    record Records(RecordShape shape, ColumnValues[] columns) implements ColumnValues {
        /** None when one of the columns has none. */
        static Optional<ColumnValues> of(RecordShape shape, ColumnReader[] readers, int count) {
            ColumnValues[] columns = new ColumnValues[readers.length];
            for (int i = 0; i < columns.length; i++) {
                Optional<ColumnValues> values = readers[i].byNumber(count);
                if (values.isEmpty()) {
                    return Optional.empty();
                }
                columns[i] = values.get();
            }
            return Optional.of(new Records(shape, columns));
        }

        @Override
        public Object get(int index) {
            Object[] components = new Object[columns.length];
            for (int i = 0; i < columns.length; i++) {
                components[i] = columns[i].get(index);
            }
            return shape.create(components);
        }

        @Override
        public int touch(int index) {
            int touched = 0;
            for (ColumnValues column : columns) {
                touched ^= column.touch(index);
            }
            return touched;
        }

        @Override
        public long heapBytes() {
            long bytes = 0;
            for (ColumnValues column : columns) {
                bytes += column.heapBytes();
            }
            return bytes;
        }
    }
}
