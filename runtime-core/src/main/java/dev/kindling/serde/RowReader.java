package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Pages back into rows. Used by one thread; {@link #reset} points it at other pages. The bytes must have been checked
 * before: a page is believed.
 */
public final class RowReader {
    private static final byte[] NO_BYTES = {};

    private final RowCodecs codecs;
    private byte[] bytes = NO_BYTES;
    private int position;
    private int end;
    private int pageEnd;

    /** Rows of the current page not handed out, and where they come from: a column, or Kryo when that is null. */
    private int remaining;

    private int pageRows;
    private int pageStart;
    private ColumnReader column;
    private KryoRows.PageRows kryoRows;

    /** Schema and reader of the last page of columns: the next page mostly has the same. */
    private byte[] schema = NO_BYTES;

    private ColumnReader schemaColumn;

    private long heapBytes;
    private long heapBytesAtOnce = Long.MAX_VALUE;

    /** @param userClasses loads the classes that pages name */
    public RowReader(ClassLoader userClasses) {
        this(new RowCodecs(userClasses));
    }

    RowReader(RowCodecs codecs) {
        this.codecs = codecs;
    }

    /** Reads the pages in {@code length} bytes from {@code offset} next; what was left of others is forgotten. */
    public void reset(byte[] pages, int offset, int length) {
        bytes = pages;
        position = offset;
        end = offset + length;
        remaining = 0;
    }

    /**
     * From here on a {@link #read} ends with the page in which its rows reach so many heap bytes, even if there is room
     * for more: a thousand small rows are a good batch, a thousand large ones are none.
     */
    public RowReader readAtOnce(long rowHeapBytes) {
        heapBytesAtOnce = rowHeapBytes;
        return this;
    }

    /**
     * Fills {@code target} from {@code from} up to {@code to}; returns how many rows came, 0 when there are no more.
     */
    public int read(Object[] target, int from, int to) {
        int at = from;
        long heapBytesBefore = heapBytes;
        while (at < to) {
            if (remaining == 0 && (heapBytes - heapBytesBefore >= heapBytesAtOnce || !openPage())) {
                break;
            }
            int count = Math.min(to - at, remaining);
            if (column != null) {
                count = Math.min(count, ColumnReader.CHUNK);
                heapBytes += column.read(target, at, count);
            } else {
                heapBytes += kryoRows.read(target, at, count);
            }
            at += count;
            remaining -= count;
        }
        return at - from;
    }

    /** Heap bytes of all rows that {@link #read} has made. */
    public long heapBytes() {
        return heapBytes;
    }

    /**
     * Fills {@code target} with the next rows where they are pairs of {@code Integer}s or {@code Long}s, all of the
     * same classes. Returns how many came; 0 when there are no more rows, -1 when the next one is no such pair and has
     * to be got by {@link #read}.
     */
    public int readNumbers(NumberPairs target) {
        target.count = 0;
        while (target.count < target.keys.length) {
            if (remaining == 0 && !openPage()) {
                break;
            }
            if (!(column instanceof ColumnReader.Pairs pairs) || !pairs.areNumbers()) {
                return target.count > 0 ? target.count : -1;
            }
            if (target.count > 0 && !pairs.areLike(target)) {
                break;
            }
            int count = Math.min(ColumnReader.CHUNK, Math.min(target.keys.length - target.count, remaining));
            pairs.readNumbers(target, count);
            remaining -= count;
        }
        return target.count;
    }

    /**
     * Fills {@code target} with the next rows, at most {@code limit}, where they are {@code Integer}s, {@code Long}s or
     * pairs of such, or {@code String}s. Returns how many came; 0 when there are no more rows, -1 when the next one is
     * something else and has to be got by {@link #read}.
     */
    public int readPacked(PackedRows target, int limit) {
        if (remaining == 0 && !openPage()) {
            return 0;
        }
        int most = Math.min(limit, remaining);
        int count = Math.min(ColumnReader.CHUNK, most);
        if (column instanceof ColumnReader.Strings strings) {
            count = most;
            target.fillWith(strings, count);
        } else if (column instanceof ColumnReader.Pairs pairs && pairs.areNumbers()) {
            target.numbers.count = 0;
            pairs.readNumbers(target.numbers, count);
            target.fillWithPairs();
        } else if (ColumnReader.isWhole(column)) {
            ColumnReader.readNumbers(column, target.numbers.keys, 0, count);
            target.numbers.keysAreInts = ColumnReader.isInt(column);
            target.fillWithNumbers();
        } else {
            return -1;
        }
        remaining -= count;
        return count;
    }

    /**
     * All rows of the next page, where they are pairs that can be had one by one. None when they cannot, when some rows of
     * the page have been read, or when no page is left: {@link #read} tells then.
     */
    public Optional<PagePairs> pagePairs() {
        if (remaining == 0 && !openPage() || remaining < pageRows || !(column instanceof ColumnReader.Pairs pairs)) {
            return Optional.empty();
        }
        Optional<PagePairs> found =
                pairs.pairsByNumber(pageRows).map(values -> new PagePairs(values, pageRows, pageEnd - pageStart));
        if (found.isPresent()) {
            remaining = 0;
        }
        return found;
    }

    /** Moves to the next page that has rows. */
    private boolean openPage() {
        while (position < end) {
            byte format = bytes[position];
            pageStart = position;
            int rows = Varint.read(bytes, position + 1);
            int at = Varint.skip(bytes, position + 1);
            int length = Varint.read(bytes, at);
            at = Varint.skip(bytes, at);
            pageEnd = at + length;
            if (length < 0 || pageEnd > end || rows < 0) {
                throw new KindlingException(
                        ErrorCode.CORRUPT_DATA, "a page of " + length + " bytes ends behind the pages that hold it");
            }
            position = pageEnd;
            switch (format) {
                case OpenPage.COLUMNS -> openColumns(at, rows);
                case OpenPage.KRYO -> {
                    column = null;
                    kryoRows = codecs.kryo().readPage(bytes, at, length);
                }
                default ->
                    throw new KindlingException(ErrorCode.CORRUPT_DATA, "a page has the unknown format " + format);
            }
            remaining = rows;
            pageRows = rows;
            if (rows > 0) {
                return true;
            }
        }
        return false;
    }

    private void openColumns(int at, int rows) {
        int schemaEnd = at + schema.length;
        boolean isSame = schemaColumn != null
                && schemaEnd <= pageEnd
                && Arrays.equals(schema, 0, schema.length, bytes, at, schemaEnd);
        if (!isSame) {
            ColumnReader.Schema parser = new ColumnReader.Schema(bytes, at, codecs.classes());
            schemaColumn = parser.column();
            schemaEnd = parser.end();
            schema = Arrays.copyOfRange(bytes, at, schemaEnd);
        }
        column = schemaColumn;
        int columnsEnd = column.open(bytes, schemaEnd, rows);
        if (columnsEnd != pageEnd) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA, "columns of a page end " + (columnsEnd - pageEnd) + " bytes off its end");
        }
    }
}
