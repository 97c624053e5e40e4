package dev.kindling.serde;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Rows into pages that describe themselves. The first row of a page decides how it is written: rows of numbers,
 * strings, byte arrays, pairs, records and lists of these as columns, numbers packed into as few bits as the page
 * needs; other rows, and those with nulls, by Kryo. A row that does not fit the open page closes it, and the next page
 * is one of Kryo, so that rows of changing classes do not make a page each. Used by one thread.
 */
public final class RowWriter {
    private static final byte[][] NO_PAGES = {};
    // A page's columns are doubled arrays: together they may hold some times what the page does.
    private static final int KEPT_PAGES = 4;

    private final RowCodecs codecs;
    private final int pageBytes;
    private byte[][] closed = NO_PAGES;
    private int closedCount;
    private long closedBytes;
    private OpenPage open;
    private long closedRows;

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
        int rows = page == null ? 0 : page.add(row);
        if (rows == 0) {
            page = openPageFor(row);
            rows = page.rows();
        }
        if (rows >= page.checkAtRow) {
            checkSize(page);
        }
    }

    /** As {@link #append(Object)}, of a pair that is no object yet. */
    public void append(NumberPairs pairs, int index) {
        OpenPage page = open;
        int rows = page == null ? 0 : page.add(pairs, index);
        if (rows == 0) {
            append(pairs.row(index));
        } else if (rows >= page.checkAtRow) {
            checkSize(page);
        }
    }

    /** @see #append(Object) */
    public void append(Object[] rows, int from, int to) {
        int at = from;
        while (at < to) {
            if (open != null) {
                at += open.addAll(rows, at, to);
            }
            if (at < to) {
                append(rows[at++]);
            }
        }
    }

    /** Closes the page when it is full; else says when it could be, should the next rows be like the ones before. */
    private void checkSize(OpenPage page) {
        long raw = page.rawBytes();
        if (raw >= pageBytes) {
            closePage();
        } else {
            long rowsLeft = (pageBytes - raw) * page.rows() / Math.max(1, raw);
            page.checkAtRow = (int) Math.min(Integer.MAX_VALUE, page.rows() + Math.max(1, rowsLeft));
        }
    }

    private OpenPage openPageFor(Object row) {
        boolean isMisfit = open != null && open.rows() > 0;
        closePage();
        leavePage();
        if (!isMisfit) {
            OpenPage.OfColumns page = new OpenPage.OfColumns(codecs);
            Optional<Column> column = Column.forValue(row, page);
            if (column.isPresent()) {
                page.setColumn(column.get());
                if (page.add(row) > 0) {
                    open = page;
                    return page;
                }
                // A list whose later elements are not like its first one.
            }
            page.leave();
        }
        open = codecs.kryo().openPage(codecs);
        open.add(row);
        return open;
    }

    /** Encodes the rows of the open page, and leaves it open for more rows like them. */
    private void closePage() {
        if (open == null) {
            return;
        }
        if (open.rows() > 0) {
            byte[] page = open.encode();
            if (closedCount == closed.length) {
                closed = Arrays.copyOf(closed, Math.max(4, closedCount * 2));
            }
            closed[closedCount++] = page;
            closedBytes += page.length;
            closedRows += open.rows();
            codecs.addHeldBytes(page.length);
        }
        // Arrays as large as a large row are not kept for the small ones that follow.
        if (!open.empty() || open.heldBytes() > KEPT_PAGES * (long) pageBytes) {
            leavePage();
        }
    }

    private void leavePage() {
        if (open != null) {
            open.leave();
            open = null;
        }
    }

    /** Rows appended since the last {@link #takeBytes} or {@link #drainTo}. */
    public long rowCount() {
        return closedRows + (open == null ? 0 : open.rows());
    }

    /** Whether some of these rows fill a page, or do not fit the one that is open. */
    public boolean hasClosedPages() {
        return closedCount > 0;
    }

    /** Gives up the buffers that an empty writer keeps for the next rows. */
    public void leave() {
        leavePage();
        clear();
    }

    /** Exact size of these rows if they were taken now. */
    public long byteCount() {
        return closedBytes + (open == null || open.rows() == 0 ? 0 : open.encodedBytes());
    }

    /** Bytes held in memory for them, spare room of the open page included. */
    public long heldBytes() {
        return closedBytes + (open == null ? 0 : open.heldBytes());
    }

    /** All pages; the writer is empty then and may be used again: its page buffers are kept for that. */
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

    /**
     * Hands all pages out one by one, without a copy of the whole; the writer is empty then, holds nothing, and may be
     * used again.
     */
    public void drainTo(PageConsumer consumer) throws IOException {
        closePage();
        leavePage();
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
        closedRows = 0;
    }
}
