package dev.kindling.bench.work;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Digests by which answers are compared. */
public final class Digest {
    public static final long FIRST = 0x9E3779B97F4A7C15L;
    public static final long SECOND = 0xC2B2AE3D27D4EB4FL;
    public static final long THIRD = 0x165667B19E3779F9L;
    private static final int BUFFER_BYTES = 1 << 20;

    private Digest() {}

    /** Wraps around. Also said in SQL: keep both alike. */
    public static long mix(long a, long b) {
        long mixed = a * FIRST + b * SECOND;
        mixed = (mixed ^ (mixed >>> 32)) * THIRD;
        return mixed ^ (mixed >>> 29);
    }

    /** A list in its order: swapping two rows changes it. */
    public static long ordered(long before, long row) {
        return mix(before, row);
    }

    /**
     * The lines of the part files of a directory in the order of their names; the digest is that of their bytes. Deletes
     * the directory, or runs that save would fill the disk.
     */
    public static Rows.Answer takeParts(Path directory) throws IOException {
        List<Path> parts;
        try (Stream<Path> files = Files.list(directory)) {
            parts = files.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .sorted()
                    .toList();
        }
        CRC32C bytes = new CRC32C();
        long lines = 0;
        byte[] buffer = new byte[BUFFER_BYTES];
        for (Path part : parts) {
            try (InputStream in = Files.newInputStream(part)) {
                for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                    bytes.update(buffer, 0, count);
                    for (int at = 0; at < count; at++) {
                        lines += buffer[at] == '\n' ? 1 : 0;
                    }
                }
            }
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        return new Rows.Answer(lines, bytes.getValue());
    }
}
