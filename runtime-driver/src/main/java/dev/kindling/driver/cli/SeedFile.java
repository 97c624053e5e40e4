package dev.kindling.driver.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Seeds that once failed, in a text file: one a line, the seed, then in a few words what it found; {@code #} comments. */
public final class SeedFile {
    private SeedFile() {}

    /** In the order of the file; those of no file are none. */
    public static List<Long> read(Path file) throws IOException {
        List<Long> seeds = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    seeds.add(Long.parseLong(line.split(" ")[0]));
                }
            }
        }
        return seeds;
    }

    /** Appends the seed unless it is there; says whether it was added. */
    static boolean add(Path file, long seed, String found) throws IOException {
        if (read(file).contains(seed)) {
            return false;
        }
        boolean isLineOpen = Files.exists(file)
                && Files.size(file) > 0
                && !Files.readString(file).endsWith("\n");
        String line = (isLineOpen ? "\n" : "") + seed + " " + found.strip().replaceAll("\\s+", " ") + "\n";
        Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return true;
    }
}
