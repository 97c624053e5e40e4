package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.plan.PlanNode;
import dev.kindling.serde.PackedRows;
import dev.kindling.storage.Split.FileRange;
import dev.kindling.storage.TextCodec.CutText;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Latin1;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The lines of a {@link Split}, or some columns of each, a batch at a time. Used by one thread.
 *
 * <p>A range owns the lines that begin after its first byte, up to and with the byte after its last; a range at byte 0
 * also owns the line that begins there. So ranges that meet share no line and lose none, whatever their sizes. A line
 * ends with LF, CR, CRLF or the file; a byte order mark at byte 0 is dropped. Bytes become characters as UTF-8, what is
 * malformed as U+FFFD. All of this is what Hadoop's {@code LineRecordReader} and {@code Text.toString} do.
 *
 * <p>With a delimiter, records stand in the place of lines. A range owns those before which a delimiter stands that begins
 * in the range. Hadoop has the same rule; where a part of a delimiter comes in it again it errs, and the scan is right.
 *
 * <p>Per row it costs one scan at eight bytes a step and one copy into the string. Each block of bytes read is looked
 * over once: without a negative byte its lines are copied as Latin-1, without a CR only LF is searched for.
 */
public final class LineReader implements Closeable {
    /** A longer line fails the task: a String cannot hold twice as much. */
    private static final int MAX_LINE_BYTES = 1 << 30;

    // A line is held in a buffer, and as characters of two bytes while it becomes a String: half of the heap for one
    // row.
    private static final int HEAP_SHARE = 8;

    // Measured over 16 KiB to 512 KiB: larger blocks leave the second-level cache between read, scan and copy.
    private static final int BUFFER_BYTES = 128 * 1024;
    // The last line of most files ends within it.
    private static final int READ_PAST_END_BYTES = 8 * 1024;

    private static final Object[] NO_LINES = {};

    private final Stores stores;
    private final Split split;
    private final RecordDelimiter delimiter;

    /** Null for rows that are the lines, as {@code String}s. */
    private final LineForm form;

    private final int maxLineBytes;

    private int rangeIndex = -1;
    private FileRange range;
    private InputStream in;
    /** Offset in the file's text of the last byte at which a line of this range may begin. */
    private long lastStart;

    /** The text that knows where that of the range ends; null when it is known from the beginning. */
    private CutText ownText;

    /** Where the text ends, or {@code Long.MAX_VALUE} while that is unknown. */
    private long textEnd;

    private byte[] buffer;
    /** Bytes not yet given out are {@code buffer[start..limit)}; {@code buffer[0]} is at {@code bufferOffset}. */
    private int start;

    private int limit;
    private long bufferOffset;
    private boolean isAllRead;
    private boolean isSingleByte;
    private boolean hasReturns;

    /** Where the rows of a call go that wants numbers; else null. */
    private PackedRows numbers;

    private int[] ends = new int[0];
    private long[] offsets = new long[0];
    private int rowCount;
    private long bytesRead;

    /** Of lines. */
    public LineReader(Stores stores, Split split) {
        this(stores, split, "");
    }

    /** @param delimiter what stands between records; empty for ends of lines */
    public LineReader(Stores stores, Split split, String delimiter) {
        this(stores, split, delimiter, null, BUFFER_BYTES, maxLineBytes());
    }

    /** Of which each row is some columns of a line. */
    public LineReader(Stores stores, Split split, String delimiter, PlanNode.FileInput.Columns columns) {
        this(stores, split, delimiter, new TextColumns(columns), BUFFER_BYTES, maxLineBytes());
    }

    LineReader(Stores stores, Split split, String delimiter, int bufferBytes, int maxLineBytes) {
        this(stores, split, delimiter, null, bufferBytes, maxLineBytes);
    }

    private LineReader(Stores stores, Split split, String delimiter, LineForm form, int bufferBytes, int maxLineBytes) {
        this.form = form;
        this.stores = stores;
        this.split = split;
        this.delimiter = new RecordDelimiter(delimiter);
        this.buffer = new byte[bufferBytes];
        this.maxLineBytes = maxLineBytes;
    }

    static int maxLineBytes() {
        return (int) Math.min(MAX_LINE_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /**
     * Puts the next lines into {@code lines[from..to)} as {@code String}s; all of one call are from one file.
     *
     * @return how many, at least 1; 0 at the end of the split, and when {@code from == to}
     */
    public int read(Object[] lines, int from, int to) throws IOException {
        rowCount = 0;
        if (from == to) {
            return 0;
        }
        reserve(to - from);
        while (rowCount == 0) {
            if (in == null && !openNextRange()) {
                return 0;
            }
            readFromRange(lines, from, to);
            if (rowCount == 0) {
                closeRange();
            }
        }
        return rowCount;
    }

    /**
     * As {@link #read}, where rows are whole numbers or pairs of such, as many as {@code target} has room for; -1 where
     * they are not.
     */
    public int readPacked(PackedRows target, int limit) throws IOException {
        if (form == null || !form.givesNumbers()) {
            return -1;
        }
        form.describe(target);
        numbers = target;
        try {
            return read(NO_LINES, 0, Math.min(limit, PackedRows.CAPACITY));
        } finally {
            numbers = null;
        }
    }

    /** Whether {@link #offsetOf} says where a row lies in its file: nobody knows how much text is before a part of .bz2. */
    public boolean knowsOffsets() {
        return range.offset() == 0 || !Compression.of(range.path()).isCompressed();
    }

    /** Byte offset in its file at which a row of the last batch begins; in the decompressed text of a compressed one. */
    public long offsetOf(int rowInBatch) {
        return offsets[rowInBatch];
    }

    /** The file of a row of the last batch. */
    public String pathOf(int rowInBatch) {
        if (rowInBatch < 0 || rowInBatch >= rowCount) {
            throw new IndexOutOfBoundsException(rowInBatch + " of " + rowCount + " rows");
        }
        return range.path();
    }

    /** Bytes of text read so far. */
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    public void close() throws IOException {
        rangeIndex = split.ranges().size();
        closeRange();
    }

    // ---- ranges ---------------------------------------------------------------------------------------------------

    private boolean openNextRange() throws IOException {
        if (rangeIndex + 1 >= split.ranges().size()) {
            return false;
        }
        rangeIndex++;
        range = split.ranges().get(rangeIndex);
        openRange(Compression.of(range.path()));
        if (range.offset() == 0) {
            skipByteOrderMark();
        } else if (delimiter.isLineEnd()) {
            skipLineOfEarlierRange();
        } else {
            skipRecordsOfEarlierRange();
        }
        return true;
    }

    private void openRange(Compression compression) throws IOException {
        boolean isPlain = !compression.isCompressed();
        long opened = isPlain ? delimiter.scanStartOf(stores, range) : range.offset();
        long skipped = range.offset() - opened;
        in = compression.open(
                stores,
                new FileRange(range.path(), opened, range.length() + skipped, range.fileBytes(), range.version()));
        ownText = in instanceof CutText cut ? cut : null;
        ownBytes(isPlain ? range.offset() + range.length() : Long.MAX_VALUE);
        textEnd = isPlain ? range.fileBytes() : Long.MAX_VALUE;
        bufferOffset = isPlain ? opened : 0;
        start = 0;
        limit = 0;
        isAllRead = false;
    }

    /** Behind a delimiter that begins in the last of them, the record is the range's own. */
    private void ownBytes(long end) {
        lastStart = Math.max(end, end + delimiter.byteCount() - 1);
    }

    private void closeRange() throws IOException {
        if (in != null) {
            InputStream closing = in;
            in = null;
            closing.close();
        }
    }

    private void skipByteOrderMark() throws IOException {
        fill();
        if (limit >= 3 && buffer[0] == (byte) 0xEF && buffer[1] == (byte) 0xBB && buffer[2] == (byte) 0xBF) {
            start = 3;
            // The line belongs to whom byte 0 belongs to, even if the range ends inside the mark.
            lastStart = Math.max(lastStart, 3);
        }
    }

    /** The line that reaches into this range, or begins with it, was read by the range before. */
    private void skipLineOfEarlierRange() throws IOException {
        fill();
        while (true) {
            int found = ByteScan.findLineEnds(buffer, start, limit, ends, 1, hasReturns);
            if (found > 0 && !isOpenReturn(ends[0])) {
                start = endOfTerminator(ends[0]);
                return;
            }
            if (isAllRead) {
                start = limit;
                return;
            }
            start = found > 0 ? ends[0] : limit;
            fill();
        }
    }

    private void skipRecordsOfEarlierRange() throws IOException {
        fill();
        boolean isPlain = ownText == null;
        while (true) {
            int found = delimiter.find(buffer, start, limit, ends, 1);
            if (found > 0) {
                start = ends[0] + delimiter.byteCount();
                if (!isPlain || bufferOffset + ends[0] >= range.offset()) {
                    return;
                }
            } else if (isAllRead) {
                start = limit;
                return;
            } else {
                // The delimiter may have begun.
                start = Math.max(start, limit - delimiter.byteCount() + 1);
                fill();
            }
        }
    }

    // ---- lines ----------------------------------------------------------------------------------------------------

    private void readFromRange(Object[] lines, int from, int to) throws IOException {
        while (bufferOffset + start <= lastStart) {
            int wanted = Math.min(to - from, limit);
            if (hasReturns) {
                takeLinesOfAnyEnd(lines, from, wanted);
            } else {
                takeRecords(lines, from, wanted);
            }
            if (rowCount > 0) {
                return;
            }
            if (isAllRead) {
                takeUnfinishedLine(lines, from);
                return;
            }
            fill();
        }
    }

    private void takeRecords(Object[] lines, int from, int wanted) {
        int delimiterBytes = delimiter.byteCount();
        int found = delimiter.find(buffer, start, limit, ends, wanted);
        long lastIndex = lastStart - bufferOffset;
        while (found > 1 && ends[found - 2] + delimiterBytes > lastIndex) {
            found--;
        }
        if (found == 0) {
            return;
        }
        noteOffsets(bufferOffset, start, ends, found, delimiterBytes, offsets);
        if (form != null) {
            formRows(found, delimiterBytes, lines, from);
        } else if (isSingleByte) {
            latin1Lines(buffer, start, ends, found, delimiterBytes, lines, from);
        } else {
            utf8Lines(buffer, start, ends, found, delimiterBytes, lines, from);
        }
        start = ends[found - 1] + delimiterBytes;
        rowCount = found;
    }

    private void takeLinesOfAnyEnd(Object[] lines, int from, int wanted) {
        int found = ByteScan.findLineEnds(buffer, start, limit, ends, Math.min(ends.length, 2 * wanted), true);
        for (int i = 0; i < found && rowCount < wanted && bufferOffset + start <= lastStart; i++) {
            int end = ends[i];
            if (isOpenReturn(end)) {
                return;
            }
            if (end < start) {
                continue; // the LF of the CRLF before
            }
            take(lines, from, end);
            start = endOfTerminator(end);
        }
    }

    private void takeUnfinishedLine(Object[] lines, int from) {
        if (start < limit) {
            take(lines, from, hasReturns && buffer[limit - 1] == '\r' ? limit - 1 : limit);
            start = limit;
        }
    }

    private void take(Object[] lines, int from, int end) {
        offsets[rowCount] = bufferOffset + start;
        if (form == null) {
            lines[from + rowCount] = line(end);
        } else {
            formRow(start, end, lines, from, rowCount);
        }
        rowCount++;
    }

    private String line(int end) {
        int length = end - start;
        return isSingleByte
                ? Latin1.read(buffer, start, length)
                : new String(buffer, start, length, StandardCharsets.UTF_8);
    }

    private void formRows(int count, int delimiterBytes, Object[] rows, int from) {
        int lineStart = start;
        for (int i = 0; i < count; i++) {
            formRow(lineStart, ends[i], rows, from, i);
            lineStart = ends[i] + delimiterBytes;
        }
    }

    private void formRow(int lineStart, int lineEnd, Object[] rows, int from, int index) {
        try {
            if (numbers == null) {
                rows[from + index] = form.row(buffer, lineStart, lineEnd, isSingleByte);
            } else {
                form.putNumbers(buffer, lineStart, lineEnd, numbers, index);
            }
        } catch (LineForm.LineRefusedException e) {
            throw new KindlingException(
                    ErrorCode.BAD_INPUT,
                    "the line at byte " + (bufferOffset + lineStart) + " of " + range.path() + " " + e.getMessage());
        }
    }

    /** Whether this is a CR of which it is not known yet if an LF follows. */
    private boolean isOpenReturn(int end) {
        return buffer[end] == '\r' && end + 1 == limit && !isAllRead;
    }

    private int endOfTerminator(int end) {
        return buffer[end] == '\r' && end + 1 < limit && buffer[end + 1] == '\n' ? end + 2 : end + 1;
    }

    private void reserve(int rows) {
        if (offsets.length < rows) {
            offsets = new long[rows];
            ends = new int[2 * rows];
        }
    }

    // ---- bytes ----------------------------------------------------------------------------------------------------

    /** Reads more behind the unread bytes; afterwards there are more of them or {@code isAllRead}. */
    private void fill() throws IOException {
        makeRoom();
        long position = bufferOffset + limit;
        // Doubling what is read behind the range's end keeps the repeated scan of one long line linear.
        long past = Math.max(READ_PAST_END_BYTES, limit - start);
        long wanted = Math.max(0, lastStart - position) + past;
        int room = (int)
                Math.min(Math.min(buffer.length - limit, wanted < 0 ? Long.MAX_VALUE : wanted), textEnd - position);
        int end = limit + room;
        while (limit < end) {
            int count = readSome(end - limit);
            if (count < 0) {
                onEarlyEnd();
                break;
            }
            limit += count;
            bytesRead += count;
        }
        if (ownText != null) {
            ownBytes(ownText.ownBytes());
        }
        if (bufferOffset + limit == textEnd) {
            isAllRead = true;
        }
        int kinds = ByteScan.kindsOf(buffer, start, limit);
        isSingleByte = (kinds & ByteScan.HAS_NEGATIVE) == 0;
        hasReturns = delimiter.isLineEnd() && (kinds & ByteScan.HAS_RETURN) != 0;
    }

    private int readSome(int max) throws IOException {
        try {
            return in.read(buffer, limit, max);
        } catch (IOException e) {
            throw Inputs.unreadable(range, bufferOffset + limit, e);
        }
    }

    private void makeRoom() {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, limit - start);
            bufferOffset += start;
            limit -= start;
            start = 0;
        }
        if (limit < buffer.length) {
            return;
        }
        if (limit >= maxLineBytes) {
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    "the line at byte " + bufferOffset + " of " + range.path() + " is longer than "
                            + ByteSizes.format(maxLineBytes) + ", the most a row of text can be with a heap of "
                            + ByteSizes.format(Runtime.getRuntime().maxMemory())
                            + "; is it a text file? If so, raise kindling.executor.memory");
        }
        buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, maxLineBytes));
    }

    private void onEarlyEnd() {
        if (textEnd != Long.MAX_VALUE) {
            throw Inputs.changed(range, "it ends at byte " + (bufferOffset + limit));
        }
        isAllRead = true;
    }

    // ---- hot loops ------------------------------------------------------------------------------------------------

    private static void noteOffsets(
            long bufferOffset, int start, int[] ends, int count, int delimiterBytes, long[] offsets) {
        long lineStart = bufferOffset + start;
        for (int i = 0; i < count; i++) {
            offsets[i] = lineStart;
            lineStart = bufferOffset + ends[i] + delimiterBytes;
        }
    }

    private static void latin1Lines(
            byte[] bytes, int start, int[] ends, int count, int delimiterBytes, Object[] lines, int from) {
        int lineStart = start;
        for (int i = 0; i < count; i++) {
            int end = ends[i];
            lines[from + i] = Latin1.read(bytes, lineStart, end - lineStart);
            lineStart = end + delimiterBytes;
        }
    }

    private static void utf8Lines(
            byte[] bytes, int start, int[] ends, int count, int delimiterBytes, Object[] lines, int from) {
        int lineStart = start;
        for (int i = 0; i < count; i++) {
            int end = ends[i];
            lines[from + i] = new String(bytes, lineStart, end - lineStart, StandardCharsets.UTF_8);
            lineStart = end + delimiterBytes;
        }
    }
}
