package dev.kindling.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Rows into pages. Used by one thread.
 */
public final class RowWriter {
    private final int pageBytes;
    private final KryoRows kryo;
    private final ByteArrayOutputStream closed = new ByteArrayOutputStream();
    private KryoRows.OpenPage open;
    private long rowCount;

    /**
     * @param userClasses the application's class loader
     * @param pageBytes a page is closed when it reaches this size; a larger row makes a larger page
     */
    public RowWriter(ClassLoader userClasses, int pageBytes) {
        this.pageBytes = pageBytes;
        this.kryo = new KryoRows(userClasses);
    }

    public void append(Object row) {
        if (open == null) {
            open = kryo.openPage();
        }
        open.append(row);
        rowCount++;
        if (open.byteCount() >= pageBytes) {
            closePage();
        }
    }

    public void append(Object[] rows, int from, int to) {
        for (int i = from; i < to; i++) {
            append(rows[i]);
        }
    }

    /** Rows appended since the last {@link #takeBytes} or {@link #drainTo}. */
    public long rowCount() {
        return rowCount;
    }

    /** Encoded bytes of these rows, those of the page still open included. */
    public long byteCount() {
        return closed.size() + (open == null ? 0 : open.byteCount());
    }

    /** All pages; the writer is empty then and may be used again. */
    public byte[] takeBytes() {
        closePage();
        byte[] bytes = closed.toByteArray();
        closed.reset();
        rowCount = 0;
        return bytes;
    }

    /** As {@link #takeBytes}, without a copy of the whole. */
    public void drainTo(PageConsumer consumer) throws IOException {
        byte[] bytes = takeBytes();
        if (bytes.length > 0) {
            consumer.accept(bytes, 0, bytes.length);
        }
    }

    private void closePage() {
        if (open != null) {
            try {
                closed.write(open.close());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            open = null;
        }
    }
}
