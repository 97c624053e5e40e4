package dev.kindling.serde;

import java.nio.charset.StandardCharsets;

/** Java records of one class, a column for each component. */
final class RecordColumn extends Column {
    /** Wider records gain nothing from columns: a page holds few of them. */
    private static final int MAX_COMPONENTS = 64;

    private final RecordShape shape;
    private final Column[] columns;
    private final byte[] className;

    private RecordColumn(RecordShape shape, Column[] columns, OpenPage page) {
        super(page);
        this.shape = shape;
        this.columns = columns;
        this.className = shape.type.getName().getBytes(StandardCharsets.UTF_8);
    }

    static Column like(Record row, int depth, OpenPage page) {
        RecordShape shape = RecordShape.of(row.getClass()).orElse(null);
        if (shape == null || shape.size() == 0 || shape.size() > MAX_COMPONENTS) {
            return null;
        }
        Column[] columns = new Column[shape.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = columnFor(shape.component(row, i), depth + 1, page);
            if (columns[i] == null) {
                return null;
            }
        }
        return new RecordColumn(shape, columns, page);
    }

    @Override
    boolean add(Object value) {
        if (value == null || value.getClass() != shape.type) {
            return false;
        }
        for (int i = 0; i < columns.length; i++) {
            if (!columns[i].add(shape.component(value, i))) {
                for (int added = 0; added < i; added++) {
                    columns[added].truncate(count);
                }
                return false;
            }
        }
        count++;
        return true;
    }

    @Override
    void truncate(int kept) {
        for (Column column : columns) {
            column.truncate(kept);
        }
        count = kept;
    }

    @Override
    int schemaBytes() {
        int bytes = 1 + Varint.bytesOf(className.length) + className.length + 1;
        for (Column column : columns) {
            bytes += column.schemaBytes();
        }
        return bytes;
    }

    @Override
    int writeSchema(byte[] target, int at) {
        target[at] = RECORD;
        int out = Varint.write(className.length, target, at + 1);
        System.arraycopy(className, 0, target, out, className.length);
        out += className.length;
        target[out++] = (byte) columns.length;
        for (Column column : columns) {
            out = column.writeSchema(target, out);
        }
        return out;
    }

    @Override
    int encodedBytes() {
        int bytes = 0;
        for (Column column : columns) {
            bytes += column.encodedBytes();
        }
        return bytes;
    }

    @Override
    int encode(byte[] target, int at) {
        int out = at;
        for (Column column : columns) {
            out = column.encode(target, out);
        }
        return out;
    }

    @Override
    int rawBytes() {
        int bytes = 0;
        for (Column column : columns) {
            bytes += column.rawBytes();
        }
        return bytes;
    }
}
