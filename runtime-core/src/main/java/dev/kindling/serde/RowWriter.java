package dev.kindling.serde;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Rows into pages that describe themselves. The first row of a page decides how it is written: rows of numbers, strings,
 * byte arrays, pairs, records and lists of these as columns, numbers packed into as few bits as the page needs; other
 * rows, and those with nulls, by Kryo. A row that does not fit the open page closes it, and the next page is one of Kryo,
 * so that rows of changing classes do not make a page each. Used by one thread.
 */
public final class RowWriter {
    private static final byte[][] NO_PAGES = {};

    private final RowCodecs codecs;
    private final int pageBytes;
    private byte[][] closed = NO_PAGES;
    private int closedCount;
    private long closedBytes;
    private OpenPage open;
    private int openHeldBytes;
    private long rowCount;

    /**
     * @param userClasses the application's class loader
     * @param pageBytes a page is closed when its rows take this much before packing; a larger row makes a larger page
     */
    public RowWriter(ClassLoader userClasses, int pageBytes) {
        this(new RowCodecs(userClasses), pageBytes);
    }

    RowWriter(RowCodecs codecs, int pageBytes) {
        this.codecs = codecs;
        this.pageBytes = pageBytes;
    }

    /**
     * @throws dev.kindling.api.KindlingException {@code NOT_SERIALIZABLE}, naming the class and the path of fields to
     *     it; the writer is of no use then
     */
    public void append(Object row) {
        OpenPage page = open;
        if (page == null || !page.add(row)) {
            page = openPageFor(row);
        }
        rowCount++;
        if (page.rawBytes() >= pageBytes) {
            closePage();
        } else if (page.heldBytes() != openHeldBytes) {
            countOpenPage(page.heldBytes());
        }
    }

    public void append(Object[] rows, int from, int to) {
        for (int i = from; i < to; i++) {
            append(rows[i]);
        }
    }

    private OpenPage openPageFor(Object row) {
        boolean isMisfit = open != null;
        closePage();
        Optional<Column> column = isMisfit ? Optional.empty() : Column.forValue(row);
        if (column.isPresent()) {
            open = new OpenPage.OfColumns(column.get());
            if (open.add(row)) {
                return open;
            }
            // A list whose later elements are not like its first one.
        }
        open = codecs.kryo().openPage();
        open.add(row);
        return open;
    }

    private void closePage() {
        if (open == null) {
            return;
        }
        byte[] page = open.close();
        if (closedCount == closed.length) {
            closed = Arrays.copyOf(closed, Math.max(4, closedCount * 2));
        }
        closed[closedCount++] = page;
        closedBytes += page.length;
        codecs.addHeldBytes(page.length);
        countOpenPage(0);
        open = null;
    }

    private void countOpenPage(int heldBytes) {
        codecs.addHeldBytes(heldBytes - openHeldBytes);
        openHeldBytes = heldBytes;
    }

    /** Rows appended since the last {@link #takeBytes} or {@link #drainTo}. */
    public long rowCount() {
        return rowCount;
    }

    /** Exact size of these rows if they were taken now. */
    public long byteCount() {
        return closedBytes + (open == null ? 0 : open.encodedBytes());
    }

    /** Bytes held in memory for them, spare room of the open page included. */
    public long heldBytes() {
        return closedBytes + openHeldBytes;
    }

    /** All pages; the writer is empty then and may be used again. */
    public byte[] takeBytes() {
        closePage();
        byte[] bytes = new byte[Math.toIntExact(closedBytes)];
        int at = 0;
        for (int i = 0; i < closedCount; i++) {
            System.arraycopy(closed[i], 0, bytes, at, closed[i].length);
            at += closed[i].length;
        }
        clear();
        return bytes;
    }

    /** Hands all pages out one by one, without a copy of the whole; the writer is empty then and may be used again. */
    public void drainTo(PageConsumer consumer) throws IOException {
        closePage();
        for (int i = 0; i < closedCount; i++) {
            consumer.accept(closed[i], 0, closed[i].length);
        }
        clear();
    }

    /** Rows in a page handed out by {@link #drainTo}. */
    public static int rowsOf(byte[] page, int offset) {
        return Varint.read(page, offset + 1);
    }

    private void clear() {
        codecs.addHeldBytes(-closedBytes);
        closed = NO_PAGES;
        closedCount = 0;
        closedBytes = 0;
        rowCount = 0;
    }
}
