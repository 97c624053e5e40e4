package dev.kindling.bench.storage;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Texts whose lines cost a reader differently. */
public enum TextShape {
    /** Lines of about 12 bytes, digits only. */
    SHORT,
    /** Lines of 100 bytes, ASCII only. */
    LONG,
    /** Lines of about 60 bytes with characters of one to four bytes. */
    UTF8;

    private static final String[] WORDS = {
        "Stra\u00dfe", "caf\u00e9", "\u6771\u4eac", "Z\u00fcrich", "plain", "words", "\u20ac5", "\ud83d\ude80"
    };

    /** A file of at least {@code bytes}, the same each time. */
    public void write(Path file, long bytes) throws IOException {
        Random random = new Random(ordinal());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            long written = 0;
            while (written < bytes) {
                byte[] line = line(random).getBytes(StandardCharsets.UTF_8);
                out.write(line);
                out.write('\n');
                written += line.length + 1;
            }
        }
    }

    private String line(Random random) {
        return switch (this) {
            case SHORT -> random.nextInt(1_000) + "," + (1_000_000 + random.nextInt(9_000_000));
            case LONG -> Long.toString(random.nextLong() >>> 1, 36).repeat(99).substring(0, 99);
            case UTF8 -> {
                StringBuilder line = new StringBuilder();
                for (int i = 0; i < 9; i++) {
                    line.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
                }
                yield line.toString();
            }
        };
    }
}
