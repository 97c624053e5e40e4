package dev.kindling.storage;

import java.util.List;

/**
 * What one task reads of the input: one byte range of one file, or several small files one after the other.
 *
 * @param ranges in reading order, never empty
 * @param preferredHosts where the bytes lie, best first; empty when it does not matter
 */
public record Split(List<FileRange> ranges, List<String> preferredHosts) {
    public Split {
        ranges = List.copyOf(ranges);
        preferredHosts = List.copyOf(preferredHosts);
    }

    /**
     * A byte range of one file. A text range owns every line that begins in it (the first range of a file also the
     * line at byte 0); it reads on past its end to finish its last line.
     *
     * @param path full path with scheme
     * @param offset first byte
     * @param length bytes; to the end of the file for a compressed one
     * @param fileBytes size of the whole file when planned
     * @param version ETag, or modification time and size: reading another version is refused; empty when unknown
     */
    public record FileRange(String path, long offset, long length, long fileBytes, String version) {}

    public long byteCount() {
        return ranges.stream().mapToLong(FileRange::length).sum();
    }
}
