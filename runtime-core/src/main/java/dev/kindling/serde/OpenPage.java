package dev.kindling.serde;

/** A page being filled. */
abstract class OpenPage {
    /**
     * First byte of a page, its format; then {@code varint rows | varint length}, and {@code length} bytes. A page of
     * columns starts with their schema.
     */
    static final byte COLUMNS = 1;

    static final byte KRYO = 2;

    int rows;

    /** Appends the row, or answers false: it needs a page of another kind. */
    abstract boolean add(Object row);

    /** Bytes the rows take in the open page. */
    abstract int rawBytes();

    /** Bytes the open page holds, spare room included. */
    abstract int heldBytes();

    /** Exact size of what stands behind the page's header. */
    abstract int bodyBytes();

    abstract void writeBody(byte[] target, int at);

    abstract byte format();

    final int encodedBytes() {
        int body = bodyBytes();
        return 1 + Varint.bytesOf(rows) + Varint.bytesOf(body) + body;
    }

    final byte[] close() {
        int body = bodyBytes();
        byte[] page = new byte[1 + Varint.bytesOf(rows) + Varint.bytesOf(body) + body];
        page[0] = format();
        int at = Varint.write(body, page, Varint.write(rows, page, 1));
        writeBody(page, at);
        return page;
    }

    /** A page of columns. */
    static final class OfColumns extends OpenPage {
        private final Column column;

        OfColumns(Column column) {
            this.column = column;
        }

        @Override
        boolean add(Object row) {
            if (column.add(row)) {
                rows++;
                return true;
            }
            return false;
        }

        @Override
        int rawBytes() {
            return column.rawBytes();
        }

        @Override
        int heldBytes() {
            return column.heldBytes();
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
    }
}
