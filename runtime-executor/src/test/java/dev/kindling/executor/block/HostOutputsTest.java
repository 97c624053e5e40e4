package dev.kindling.executor.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.executor.memory.AttemptMemory;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.protocol.AttemptId;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostOutputsTest {
    private static final AttemptId ATTEMPT = new AttemptId(4, 17, 1);
    private static final int WINDOW = HostOutputs.SMALL_WINDOW_BYTES;
    private static final int BUCKETS = 600;
    private static final int POOL_BYTES = 1 << 20;

    @TempDir
    Path local;

    private final MemoryPool memory = new MemoryPool(POOL_BYTES, 1);
    private BlockStore writer;
    private BlockStore reader;

    @BeforeEach
    void open() {
        writer = new BlockStore(List.of(local), "writer", new MemoryPool(POOL_BYTES, 1));
        reader = new BlockStore(List.of(local), "reader", memory);
    }

    @AfterEach
    void close() {
        writer.close();
        reader.close();
    }

    private void write(int shuffleId, int blockBytes) throws IOException {
        try (MapOutputWriter output = writer.openMapOutput(shuffleId, ATTEMPT, BUCKETS)) {
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                output.startBlock(bucket, 1);
                output.write(new byte[blockBytes], 0, blockBytes);
            }
            output.commit();
        }
    }

    private Optional<byte[]> read(int shuffleId, int first, int end) throws IOException {
        Optional<ServedRange> found =
                reader.hostOutputs().of(writer.scratchDirectory()).open(shuffleId, ATTEMPT, first, end, WINDOW);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (ServedRange range = found.get()) {
            byte[] bytes = new byte[(int) range.byteCount()];
            range.read(0, ByteBuffer.wrap(bytes));
            return Optional.of(bytes);
        }
    }

    private void deleteFiles() throws IOException {
        try (Stream<Path> all = Files.walk(writer.scratchDirectory())) {
            for (Path file :
                    all.filter(path -> path.toString().endsWith(".blocks")).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void everyRangeOfTinyBlocksIsTheOneThatWasWritten() throws IOException {
        write(3, 20);

        for (int first = 0; first < BUCKETS; first++) {
            int end = Math.min(BUCKETS, first + 1 + first % 3);
            ServedRange expected = writer.openRange(3, ATTEMPT, first, end).orElseThrow();
            byte[] bytes = new byte[(int) expected.byteCount()];
            expected.read(0, ByteBuffer.wrap(bytes));
            expected.close();
            assertArrayEquals(bytes, read(3, first, end).orElseThrow(), "from bucket " + first);
        }
    }

    @Test
    void tinyBlockIsReadWithThoseBehindIt() throws IOException {
        write(3, 20);
        byte[] second = read(3, 1, 2).orElseThrow();
        read(3, 0, 1);

        deleteFiles();

        assertArrayEquals(second, read(3, 1, 2).orElseThrow());
        assertFalse(read(3, BUCKETS - 1, BUCKETS).isPresent());
    }

    @Test
    void moreIsReadAheadOfFewOutputsThanOfMany() {
        HostOutputs outputs = reader.hostOutputs();

        assertEquals(4 * WINDOW, outputs.windowBytesFor(1));
        assertTrue(outputs.windowBytesFor(7) > WINDOW);
        assertEquals(WINDOW, outputs.windowBytesFor(100_000));
    }

    @Test
    void largeBlocksAreNotReadAhead() throws IOException {
        write(3, 1_000);
        read(3, 0, 1);

        deleteFiles();

        assertFalse(read(3, 1, 2).isPresent());
    }

    @Test
    void whatWasReadAheadGoesWhenATaskWantsStorageBackAndWhenTheShuffleIsDropped() throws IOException {
        write(3, 20);
        write(4, 20);
        read(3, 0, 1);
        read(4, 0, 1);
        deleteFiles();

        reader.dropShuffle(3);

        assertFalse(read(3, 0, 1).isPresent());
        assertTrue(read(4, 0, 1).isPresent());
        for (int bytes = POOL_BYTES; bytes > 0; bytes /= 2) {
            memory.tryAcquireStorage(bytes);
        }
        try (AttemptMemory task = memory.openTask()) {
            task.tryAcquire(POOL_BYTES / 2);
        }
        assertFalse(read(4, 0, 1).isPresent());
    }

    @Test
    void whatIsKeptOfShufflesReadBeforeGoesForThoseReadNow() throws IOException {
        int shuffles = 4 * POOL_BYTES / 8 / WINDOW;
        for (int shuffle = 0; shuffle < shuffles; shuffle++) {
            write(shuffle, 20);
            read(shuffle, 0, 1);
        }

        deleteFiles();

        assertFalse(read(0, 1, 2).isPresent());
        assertTrue(read(shuffles - 2, 1, 2).isPresent());
        assertTrue(read(shuffles - 1, 1, 2).isPresent());
    }

    @Test
    void outputThatIsWrittenAnewIsReadAnew() throws IOException {
        write(3, 20);
        int before = own(0).length;

        write(3, 30);

        assertEquals(before + 10, own(0).length);
    }

    private byte[] own(int bucket) throws IOException {
        try (ServedRange range =
                writer.openRange(3, ATTEMPT, bucket, bucket + 1).orElseThrow()) {
            byte[] bytes = new byte[(int) range.byteCount()];
            range.read(0, ByteBuffer.wrap(bytes));
            return bytes;
        }
    }
}
