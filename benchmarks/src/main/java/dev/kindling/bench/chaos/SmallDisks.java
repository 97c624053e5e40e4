package dev.kindling.bench.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Two small file systems in memory that can be filled to the last page. Mounting them needs root, and Linux. */
final class SmallDisks implements Closeable {
    private static final int DISKS = 2;
    private static final int DISK_MB = 64;
    private static final int PAGE_BYTES = 4 << 10;

    private final List<Path> disks = new ArrayList<>();

    private final Path directory;

    SmallDisks(Path directory) {
        this.directory = directory;
    }

    /** False where this user may not. */
    boolean mount() throws IOException {
        while (disks.size() < DISKS) {
            Path disk = Files.createDirectories(directory.resolve("disk-" + (disks.size() + 1)));
            if (!isDone("mount", "-t", "tmpfs", "-o", "size=" + DISK_MB + "m", "kindling-chaos", disk.toString())) {
                return false;
            }
            disks.add(disk);
        }
        return true;
    }

    /** Where executors write: a directory of each. */
    List<Path> scratch() throws IOException {
        List<Path> scratch = new ArrayList<>();
        for (Path disk : disks) {
            scratch.add(Files.createDirectories(disk.resolve("scratch")));
        }
        return scratch;
    }

    /** Until the first one, or all, take nothing more. */
    void fill(boolean all) throws IOException {
        for (Path disk : all ? disks : disks.subList(0, 1)) {
            try (FileChannel filler =
                    FileChannel.open(fillerOf(disk), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
                while (filler.write(page.clear()) > 0) {
                    continue;
                }
            } catch (IOException e) {
                // It is full. Executors may give back some of it at once.
            }
        }
    }

    /** What was filled can be written to again. */
    void free() throws IOException {
        for (Path disk : disks) {
            Files.deleteIfExists(fillerOf(disk));
        }
    }

    private static Path fillerOf(Path disk) {
        return disk.resolve("filler");
    }

    private static boolean isDone(String... command) throws IOException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + command[0], e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Path disk : disks) {
            if (!isDone("umount", disk.toString())) {
                throw new IOException("cannot unmount " + disk);
            }
        }
    }
}
