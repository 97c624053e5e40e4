package dev.kindling.storage;

import dev.kindling.storage.Split.FileRange;
import java.util.ArrayList;
import java.util.List;

/** A few pieces of a split of text, spread evenly over it, for those who want a sample of its lines. */
public final class SplitSample {
    /** Large enough that the lines cut at its ends do not matter, and one read of a disk or a store. */
    private static final long PIECE_BYTES = 64L << 10;

    private SplitSample() {}

    /** The split itself where it is less than twice {@code maxBytes}, or is compressed: that cannot be entered inside. */
    public static Split of(Split split, long maxBytes) {
        long bytes = split.byteCount();
        boolean canBeCut = split.ranges().stream()
                .noneMatch(range -> Compression.of(range.path()).isCompressed());
        if (!canBeCut || bytes < 2 * maxBytes) {
            return split;
        }
        int pieces = (int) Math.max(1, maxBytes / PIECE_BYTES);
        List<FileRange> sampled = new ArrayList<>();
        long rangeStart = 0;
        int piece = 0;
        for (FileRange range : split.ranges()) {
            while (piece < pieces && bytes * piece / pieces < rangeStart + range.length()) {
                long from = Math.max(0, bytes * piece / pieces - rangeStart);
                long length = Math.min(PIECE_BYTES, range.length() - from);
                sampled.add(
                        new FileRange(range.path(), range.offset() + from, length, range.fileBytes(), range.version()));
                piece++;
            }
            rangeStart += range.length();
        }
        return new Split(sampled, split.preferredHosts());
    }
}
