package dev.kindling.serde;

/**
 * A page being filled. It counts what it holds: its columns report their arrays as these grow, so nobody has to ask
 * them row by row. An array that grew also means that the page may be full: {@link #checkAtRow} says when to look.
 */
abstract class OpenPage {
    /**
     * First byte of a page, its format; then {@code varint rows | varint length}, and {@code length} bytes. A page of
     * columns starts with their schema.
     */
    static final byte COLUMNS = 1;

    static final byte KRYO = 2;

    private final RowCodecs codecs;
    private int heldBytes;

    /** The page's size is to be looked at when it has so many rows. */
    int checkAtRow;

    OpenPage(RowCodecs codecs) {
        this.codecs = codecs;
    }

    /** Appends the row; returns how many there are then, or 0: it needs a page of another kind. */
    abstract int add(Object row);

    /** As {@link #add(Object)}, of a pair that is no object yet. */
    int add(NumberPairs pairs, int index) {
        return add(pairs.row(index));
    }

    /** Appends rows until one is refused or the page's size is to be looked at; returns how many were taken. */
    abstract int addAll(Object[] some, int from, int to);

    abstract int rows();

    /** Bytes the rows take in the open page. */
    abstract int rawBytes();

    /** Exact size of what stands behind the page's header. */
    abstract int bodyBytes();

    abstract void writeBody(byte[] target, int at);

    abstract byte format();

    /** Makes it an empty page of the same kind, its arrays kept; false when the next page is to be chosen anew. */
    abstract boolean empty();

    final int encodedBytes() {
        int body = bodyBytes();
        return 1 + Varint.bytesOf(rows()) + Varint.bytesOf(body) + body;
    }

    final byte[] encode() {
        int body = bodyBytes();
        byte[] page = new byte[1 + Varint.bytesOf(rows()) + Varint.bytesOf(body) + body];
        page[0] = format();
        int at = Varint.write(body, page, Varint.write(rows(), page, 1));
        writeBody(page, at);
        return page;
    }

    // ---- memory ---------------------------------------------------------------------------------------------------

    /**
     * Called before an array grows by so much. A page that is full is closed, so it is one row that makes an array
     * large; such an array doubles, so by what it grows is what the row has filled.
     */
    final void grow(int bytes) {
        if (bytes > codecs.maxRowBytes()) {
            throw RowTooLarge.above(codecs.maxRowBytes());
        }
        heldBytes += bytes;
        codecs.addHeldBytes(bytes);
        checkAtRow = 0;
    }

    /** Bytes of its arrays, spare room included. */
    final int heldBytes() {
        return heldBytes;
    }

    /** Its arrays are given up. */
    final void leave() {
        codecs.addHeldBytes(-heldBytes);
        heldBytes = 0;
    }

    /**
     * An array to use within one call: the same for all pages, so that encoding one allocates nothing but its bytes.
     */
    final int[] scratch(int number, int length) {
        return codecs.scratch(number, length);
    }

    /** A page of columns. */
    static final class OfColumns extends OpenPage {
        private Column column;

        /** The column where it is one of int pairs: called without a look at its class. Null otherwise. */
        private IntPairColumn intPairs;

        OfColumns(RowCodecs codecs) {
            super(codecs);
        }

        void setColumn(Column ofRows) {
            column = ofRows;
            intPairs = ofRows instanceof IntPairColumn pairs ? pairs : null;
        }

        @Override
        int add(Object row) {
            if (intPairs != null) {
                return intPairs.append(row);
            }
            return column.add(row) ? column.count : 0;
        }

        @Override
        int add(NumberPairs pairs, int index) {
            if (intPairs != null && pairs.keysAreInts && pairs.valuesAreInts) {
                return intPairs.append((int) pairs.keys[index], (int) pairs.values[index]);
            }
            if (column instanceof PairColumn ofPairs) {
                return ofPairs.add(pairs, index) ? column.count : 0;
            }
            return add(pairs.row(index));
        }

        @Override
        int addAll(Object[] some, int from, int to) {
            return column.addAll(some, from, to);
        }

        @Override
        int rows() {
            return column.count;
        }

        @Override
        int rawBytes() {
            return column.rawBytes();
        }

        @Override
        int bodyBytes() {
            return column.schemaBytes() + column.encodedBytes();
        }

        @Override
        void writeBody(byte[] target, int at) {
            column.encode(target, column.writeSchema(target, at));
        }

        @Override
        byte format() {
            return COLUMNS;
        }

        @Override
        boolean empty() {
            column.truncate(0);
            checkAtRow = 0;
            return true;
        }
    }
}
