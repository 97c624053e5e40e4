package dev.kindling.storage;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The lines of a whole file by the plainest code there is: what {@link LineReader} has to agree with. */
final class UnsplitScan {
    /**
     * @param begin the byte at which the line begins
     * @param textBegin the same, after a byte order mark
     */
    record Line(long begin, long textBegin, String text) {}

    private UnsplitScan() {}

    static List<Line> linesOf(byte[] file) {
        List<Line> lines = new ArrayList<>();
        int begin = 0;
        int at = 0;
        while (at < file.length) {
            byte b = file[at];
            if (b == '\n' || b == '\r') {
                lines.add(line(file, begin, at));
                boolean isPair = b == '\r' && at + 1 < file.length && file[at + 1] == '\n';
                at += isPair ? 2 : 1;
                begin = at;
            } else {
                at++;
            }
        }
        boolean isOnlyMark = begin == 0 && hasMark(file) && file.length == 3;
        if (begin < file.length && !isOnlyMark) {
            lines.add(line(file, begin, file.length));
        }
        return lines;
    }

    /** The lines of bytes {@code [from, to)} by Hadoop's rule. */
    static List<Line> linesOf(byte[] file, long from, long to) {
        return linesOf(file).stream()
                .filter(line -> from == 0 && line.begin() == 0 || line.begin() > from && line.begin() <= to)
                .toList();
    }

    /** The records with a delimiter between them: what begins before each of those that a scan finds, and the rest. */
    static List<Line> recordsOf(byte[] file, byte[] delimiter) {
        List<Line> records = new ArrayList<>();
        int begin = 0;
        int at = hasMark(file) ? 3 : 0;
        while (at < file.length) {
            boolean isEnd = at + delimiter.length <= file.length
                    && Arrays.equals(file, at, at + delimiter.length, delimiter, 0, delimiter.length);
            if (isEnd) {
                records.add(line(file, begin, at));
                at += delimiter.length;
                begin = at;
            } else {
                at++;
            }
        }
        boolean isOnlyMark = begin == 0 && hasMark(file) && file.length == 3;
        if (begin < file.length && !isOnlyMark) {
            records.add(line(file, begin, file.length));
        }
        return records;
    }

    private static Line line(byte[] file, int begin, int end) {
        int textBegin = begin == 0 && hasMark(file) ? 3 : begin;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE)
                    .decode(ByteBuffer.wrap(file, textBegin, end - textBegin))
                    .toString();
            return new Line(begin, textBegin, text);
        } catch (CharacterCodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean hasMark(byte[] file) {
        return file.length >= 3 && (file[0] & 0xff) == 0xEF && (file[1] & 0xff) == 0xBB && (file[2] & 0xff) == 0xBF;
    }
}
