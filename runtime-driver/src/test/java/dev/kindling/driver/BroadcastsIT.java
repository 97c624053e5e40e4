package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Broadcast;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Broadcast values over executor processes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BroadcastsIT extends BroadcastContract {
    @TempDir
    static Path scratch;

    private static KindlingContext kindling;

    @BeforeAll
    static void open() {
        kindling = new KindlingContext(
                "local-cluster[2,1,128]", "test", new KindlingConf().set("kindling.scratch.dirs", scratch.toString()));
    }

    @AfterAll
    static void nothingIsLeft() {
        kindling.close();
        assertEquals(List.of(), Leftovers.processes(), "processes");
        assertEquals(List.of(), Leftovers.files(scratch), "files");
    }

    @Override
    KindlingContext kindling() {
        return kindling;
    }

    /** Ends the first process that reads it, in the middle. */
    private static final class Deadly implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        private final String mark;
        private final byte[] bytes;

        private Deadly(String mark, byte[] bytes) {
            this.mark = mark;
            this.bytes = bytes;
        }

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            if (new File(mark).createNewFile()) {
                Runtime.getRuntime().halt(137);
            }
        }
    }

    @Test
    void executorThatDiesWhileItReadsTheValueCostsTimeAndNothingElse() throws IOException {
        File mark = File.createTempFile("read", "");
        assertTrue(mark.delete());
        byte[] bytes = new byte[9 << 20];
        new Random(2).nextBytes(bytes);
        Broadcast<Deadly> broadcast = kindling.broadcast(new Deadly(mark.getPath(), bytes));

        List<Integer> sums = kindling.range(0, 8, 1, 8)
                .map(n -> Arrays.hashCode(broadcast.value().bytes))
                .distinct()
                .collect();

        assertEquals(List.of(Arrays.hashCode(bytes)), sums);
        assertTrue(mark.delete());
        broadcast.destroy(true);
    }

    /** What executors hold of a destroyed value goes from their disks, and from the driver's. */
    @Test
    void destroyedValueLeavesNoFile() {
        Broadcast<byte[]> broadcast = kindling.broadcast(new byte[5 << 20]);
        kindling.range(0, 8, 1, 8).foreach(n -> broadcast.value());
        long before = filesOfBroadcasts();

        broadcast.destroy(true);

        assertTrue(filesOfBroadcasts() < before, before + " files before");
    }

    private static long filesOfBroadcasts() {
        return Leftovers.files(scratch).stream()
                .filter(file -> file.getParent().endsWith("broadcast"))
                .count();
    }
}
