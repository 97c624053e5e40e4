package dev.kindling.storage;

import dev.kindling.storage.Split.FileRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What stands between two records of text: an end of line, or a text that the program named, as UTF-8. Of such a text those
 * places count that a scan from the file's first byte finds one behind the other. Immutable.
 */
final class RecordDelimiter {
    private static final int MIN_LOOK_BACK_BYTES = 4 << 10;
    private static final int MAX_LOOK_BACK_BYTES = 1 << 20;

    private final boolean isLineEnd;
    private final byte[] bytes;
    /** At byte 0 a mark of the byte order is none of the text, so a delimiter that begins with one cannot stand there. */
    private final long leastOffset;

    /** @param text empty for ends of lines */
    RecordDelimiter(String text) {
        isLineEnd = text.isEmpty();
        bytes = (isLineEnd ? "\n" : text).getBytes(StandardCharsets.UTF_8);
        leastOffset = text.startsWith("\ufeff") ? 1 : 0;
    }

    /** Whether LF, CR and CRLF stand between records. */
    boolean isLineEnd() {
        return isLineEnd;
    }

    /** How many; of ends of lines, those of LF. */
    int byteCount() {
        return bytes.length;
    }

    /** Whether it may begin inside itself, as {@code aba} does in {@code ababa}: then the text before says where it counts. */
    boolean overlapsItself() {
        for (int length = 1; length < bytes.length; length++) {
            if (Arrays.equals(bytes, 0, length, bytes, bytes.length - length, bytes.length)) {
                return true;
            }
        }
        return false;
    }

    /** Where the first {@code max} that count stand in {@code text[from..to)}, of which none before reaches to the first byte. */
    int find(byte[] text, int from, int to, int[] found, int max) {
        return isLineEnd
                ? ByteScan.findLineEnds(text, from, to, found, max, false)
                : ByteScan.findAll(text, from, to, bytes, found, max);
    }

    /**
     * The last byte, at most the first of the range, over which none that counts can reach; a scan from there finds those of
     * the range. Looks back as far as each place overlaps one before; of a text of {@code a}s only and the delimiter
     * {@code aa}, to the beginning of the file.
     */
    long scanStartOf(Stores stores, FileRange range) throws IOException {
        long start = range.offset();
        if (overlapsItself()) {
            LookBack text = new LookBack(stores, range);
            long before = text.lastPlaceThatReachesOver(start);
            while (before >= 0) {
                start = before;
                before = text.lastPlaceThatReachesOver(start);
            }
        }
        return start;
    }

    /** The text before a range, some of it in memory; each time it goes back further, twice as much. */
    private final class LookBack {
        private final Stores stores;
        private final FileRange range;
        private byte[] text = new byte[0];
        private long textOffset = Long.MAX_VALUE;
        private int nextBytes = MIN_LOOK_BACK_BYTES;

        LookBack(Stores stores, FileRange range) {
            this.stores = stores;
            this.range = range;
        }

        /** The last offset before {@code offset} at which the delimiter stands and ends behind it, or -1. */
        long lastPlaceThatReachesOver(long offset) throws IOException {
            long least = Math.max(leastOffset, offset - bytes.length + 1);
            if (least < textOffset && least < offset) {
                read(offset);
            }
            for (long at = offset - 1; at >= least; at--) {
                int index = (int) (at - textOffset);
                if (index + bytes.length <= text.length && ByteScan.standsAt(text, index, bytes)) {
                    return at;
                }
            }
            return -1;
        }

        private void read(long offset) throws IOException {
            long from = Math.max(0, offset - Math.max(nextBytes, bytes.length));
            int wanted = (int) (Math.min(range.fileBytes(), offset + bytes.length) - from);
            nextBytes = Math.min(2 * nextBytes, MAX_LOOK_BACK_BYTES);
            try (InputStream in =
                    stores.open(new FileRange(range.path(), from, wanted, range.fileBytes(), range.version()))) {
                text = in.readNBytes(wanted);
            } catch (IOException e) {
                throw Inputs.unreadable(range, from, e);
            }
            textOffset = from;
            if (text.length < wanted) {
                throw Inputs.changed(range, "it ends at byte " + (from + text.length));
            }
        }
    }
}
