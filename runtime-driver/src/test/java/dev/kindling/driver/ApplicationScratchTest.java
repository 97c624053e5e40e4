package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationScratchTest {
    /** Ends with 0 when it can take the lock, which is how another driver finds out that ours is gone. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) throws IOException {
            try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                System.exit(lock == null ? 1 : 0);
            }
        }
    }

    private static boolean isFreeForOthers(Path directory) throws Exception {
        Process probe = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Probe.class.getName(),
                        directory.resolve("driver.lock").toString())
                .inheritIO()
                .start();
        return probe.waitFor() == 0;
    }

    @Test
    void aSecondContextOfTheJvmDoesNotFreeTheFirstOnesLock(@TempDir Path root) throws Exception {
        try (ApplicationScratch first = new ApplicationScratch(List.of(root), "app-1");
                ApplicationScratch second = new ApplicationScratch(List.of(root), "app-2")) {
            assertTrue(Files.isDirectory(second.first()));

            assertFalse(isFreeForOthers(first.first()));
        }
    }

    @Test
    void whatAKilledDriverLeftIsDeletedAtTheNextStart(@TempDir Path root) throws Exception {
        Path left = Files.createDirectory(root.resolve("kindling-app-dead"));
        Path lock = Files.createFile(left.resolve("driver.lock"));
        Files.setLastModifiedTime(lock, FileTime.fromMillis(0));

        try (ApplicationScratch next = new ApplicationScratch(List.of(root), "app-3")) {
            assertEquals(List.of(next.first()), next.directories());
            assertFalse(Files.exists(left));
        }
    }
}
