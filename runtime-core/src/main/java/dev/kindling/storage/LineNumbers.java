package dev.kindling.storage;

import dev.kindling.storage.Split.FileRange;
import java.io.IOException;
import java.io.InputStream;

/**
 * Line numbers, found after a failure by counting: reading costs nothing for them. A split starts in the middle of a
 * file and cannot know them.
 */
public final class LineNumbers {
    private static final int BUFFER_BYTES = 256 * 1024;

    private LineNumbers() {}

    /**
     * The number, from 1, of the line that begins at (or holds) byte {@code offset} of the file's text, as
     * {@link LineReader#offsetOf} gave it. Reads the file up to there.
     */
    public static long lineOf(Stores stores, String path, long offset) throws IOException {
        FileRange whole = new FileRange(path, 0, Long.MAX_VALUE, Long.MAX_VALUE, "");
        long ended = 0;
        boolean isAfterReturn = false;
        try (InputStream in = Compression.of(path).open(stores, whole)) {
            byte[] bytes = new byte[BUFFER_BYTES];
            for (long left = offset; left > 0; ) {
                int count = in.read(bytes, 0, (int) Math.min(bytes.length, left));
                if (count < 0) {
                    break;
                }
                left -= count;
                for (int i = 0; i < count; i++) {
                    if (bytes[i] == '\r' || bytes[i] == '\n' && !isAfterReturn) {
                        ended++;
                    }
                    isAfterReturn = bytes[i] == '\r';
                }
            }
        }
        return ended + 1;
    }
}
