package dev.kindling.serde;

/** Pages back into rows. Used by one thread; {@link #reset} points it at other pages. */
public final class RowReader {
    private final KryoRows kryo;
    private byte[] bytes;
    private int position;
    private int end;
    private KryoRows.PageRows page;

    /** @param userClasses loads the classes that pages name */
    public RowReader(ClassLoader userClasses) {
        this.kryo = new KryoRows(userClasses);
    }

    /** Reads the pages in {@code length} bytes from {@code offset} next; what was left of others is forgotten. */
    public void reset(byte[] pages, int offset, int length) {
        bytes = pages;
        position = offset;
        end = offset + length;
        page = null;
    }

    /** Fills {@code target} from {@code from} up to {@code to}; returns how many rows came, 0 when there are no more. */
    public int read(Object[] target, int from, int to) {
        int at = from;
        while (at < to) {
            if (page == null || page.remaining() == 0) {
                if (position >= end) {
                    break;
                }
                page = kryo.readPage(bytes, position, end);
                position = page.end();
            }
            while (at < to && page.remaining() > 0) {
                target[at++] = page.next();
            }
        }
        return at - from;
    }
}
