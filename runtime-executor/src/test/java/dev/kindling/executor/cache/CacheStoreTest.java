package dev.kindling.executor.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import dev.kindling.api.StorageLevel;
import dev.kindling.block.BlockFormat;
import dev.kindling.executor.block.BlockStore;
import dev.kindling.executor.memory.AttemptMemory;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.CachedBlockStatus;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool of 16 chunks for storage; half of the pool's 1 MiB is protected against running tasks. */
class CacheStoreTest {
    private static final int POOL_BYTES = 1 << 20;
    private static final int CHUNK_BYTES = 48 << 10;

    @TempDir
    Path directory;

    private final MemoryPool memory = new MemoryPool(POOL_BYTES, 1);
    private final TreeMap<CachedBlockId, CachedBlockStatus> told = new TreeMap<>();
    private BlockStore files;
    private CacheStore cache;

    private CacheStore cache() {
        if (cache == null) {
            files = new BlockStore(List.of(directory), "e1", memory);
            cache = new CacheStore(memory, files.cacheDisk(), status -> told.put(status.block(), status));
        }
        return cache;
    }

    @AfterEach
    void close() {
        if (cache != null) {
            cache.close();
            files.close();
        }
    }

    private static CachedBlockId block(int set, int partition) {
        return new CachedBlockId(set, 1, partition);
    }

    /** A block of so many chunks, each full of its own number; false when it was given up. */
    private boolean store(CachedBlockId id, StorageLevel level, int chunks) throws IOException {
        try (CacheWriter writer = cache().begin(id, level).orElseThrow()) {
            boolean isKept = true;
            for (int chunk = 0; isKept && chunk < chunks; chunk++) {
                isKept = writer.add(chunk(chunk), 10);
            }
            writer.commit();
            return isKept;
        }
    }

    private static byte[] chunk(int number) {
        byte[] chunk = new byte[CHUNK_BYTES];
        java.util.Arrays.fill(chunk, BlockFormat.HEADER_BYTES, CHUNK_BYTES, (byte) number);
        return chunk;
    }

    private void assertHolds(CachedBlockId id, int chunks) throws IOException {
        try (ChunkReader reader = cache().read(id).orElseThrow()) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                assertTrue(reader.next());
                assertEquals(CHUNK_BYTES - BlockFormat.HEADER_BYTES, reader.length());
                assertEquals((byte) chunk, reader.bytes()[reader.offset() + 100]);
                assertEquals(10, reader.rowCount());
            }
            assertFalse(reader.next());
        }
    }

    private boolean isHeld(CachedBlockId id) {
        return told.containsKey(id) && told.get(id).isHeld();
    }

    private long fileCount() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(file -> file.toString().endsWith(".blocks")).count();
        }
    }

    @Test
    void blockIsReadAsItWasWrittenFromMemoryAndFromDisk() throws IOException {
        assertTrue(store(block(1, 0), StorageLevel.MEMORY_ONLY, 3));
        assertTrue(store(block(1, 1), StorageLevel.DISK_ONLY, 3));
        assertTrue(store(block(1, 2), StorageLevel.DISK_ONLY, 0));

        assertHolds(block(1, 0), 3);
        assertHolds(block(1, 1), 3);
        assertHolds(block(1, 2), 0);
        assertEquals(new CachedBlockStatus(block(1, 0), 1, true, 3 * CHUNK_BYTES, 0), told.get(block(1, 0)));
        assertEquals(new CachedBlockStatus(block(1, 1), 2, true, 0, 3 * CHUNK_BYTES), told.get(block(1, 1)));
    }

    @Test
    void theBytesServedFromMemoryAreThoseOnDisk() throws IOException {
        store(block(1, 0), StorageLevel.MEMORY_ONLY, 3);

        try (ServedRange range = cache().serve(block(1, 0)).orElseThrow()) {
            byte[] all = new byte[(int) range.byteCount()];
            range.read(0, ByteBuffer.wrap(all));
            byte[] middle = new byte[CHUNK_BYTES + 10];
            range.read(CHUNK_BYTES - 5, ByteBuffer.wrap(middle));

            assertEquals(3 * CHUNK_BYTES, all.length);
            assertEquals(ByteBuffer.wrap(all, CHUNK_BYTES - 5, middle.length), ByteBuffer.wrap(middle));
            RangeChunks chunks = new RangeChunks(block(1, 0), ServedRange.of(all, 0, all.length));
            assertTrue(chunks.next() && chunks.next() && chunks.next() && !chunks.next());
        }
    }

    @Test
    void changedByteAndForeignBlockAreRefused() throws IOException {
        store(block(1, 0), StorageLevel.MEMORY_ONLY, 1);
        byte[] bytes = new byte[CHUNK_BYTES];
        try (ServedRange range = cache().serve(block(1, 0)).orElseThrow()) {
            range.read(0, ByteBuffer.wrap(bytes));
        }

        assertThrows(
                KindlingException.class,
                () -> new RangeChunks(block(1, 7), ServedRange.of(bytes, 0, bytes.length)).next());
        bytes[500] ^= 1;
        assertThrows(
                KindlingException.class,
                () -> new RangeChunks(block(1, 0), ServedRange.of(bytes, 0, bytes.length)).next());
    }

    @Test
    void leastRecentlyReadBlockOfAnotherSetGivesWay() throws IOException {
        store(block(1, 0), StorageLevel.MEMORY_ONLY, 5);
        store(block(1, 1), StorageLevel.MEMORY_ONLY, 5);
        assertHolds(block(1, 0), 5);

        assertTrue(store(block(2, 0), StorageLevel.MEMORY_ONLY, 8));

        assertTrue(isHeld(block(1, 0)));
        assertFalse(isHeld(block(1, 1)));
        assertTrue(cache().read(block(1, 1)).isEmpty());
    }

    @Test
    void blockOfTheSameSetDoesNotGiveWay() throws IOException {
        store(block(1, 0), StorageLevel.MEMORY_ONLY, 10);

        assertFalse(store(block(1, 1), StorageLevel.MEMORY_ONLY, 10));

        assertTrue(isHeld(block(1, 0)));
        assertFalse(isHeld(block(1, 1)));
        assertTrue(store(block(1, 2), StorageLevel.MEMORY_ONLY, 5), "what was given up has left its memory");
    }

    @Test
    void whatDoesNotFitGoesToDiskWhole() throws IOException {
        assertTrue(store(block(1, 0), StorageLevel.MEMORY_AND_DISK, 30));

        assertHolds(block(1, 0), 30);
        assertEquals(0, told.get(block(1, 0)).memoryBytes());
        assertTrue(store(block(1, 1), StorageLevel.MEMORY_ONLY, 15), "nothing of it is left in memory");
    }

    @Test
    void runningTaskTakesMemoryDownToTheProtectedHalfAndBlocksGoToDisk() throws IOException {
        for (int partition = 0; partition < 15; partition++) {
            store(block(1, partition), StorageLevel.MEMORY_AND_DISK, 1);
        }
        AttemptMemory attempt = memory.openTask();

        assertTrue(attempt.tryAcquire(POOL_BYTES / 2 - CHUNK_BYTES));

        long inMemory = told.values().stream()
                .filter(status -> status.memoryBytes() > 0)
                .count();
        assertTrue(inMemory >= POOL_BYTES / 2 / CHUNK_BYTES && inMemory < 15, inMemory + " blocks in memory");
        for (int partition = 0; partition < 15; partition++) {
            assertHolds(block(1, partition), 1);
        }
        attempt.close();
    }

    @Test
    void blockThatIsBeingReadKeepsItsMemory() throws IOException {
        store(block(1, 0), StorageLevel.MEMORY_ONLY, 10);
        ChunkReader reader = cache().read(block(1, 0)).orElseThrow();
        assertTrue(reader.next());

        assertFalse(store(block(2, 0), StorageLevel.MEMORY_ONLY, 10));
        cache().dropSet(1, 1);
        assertFalse(isHeld(block(1, 0)));
        assertFalse(store(block(2, 1), StorageLevel.MEMORY_ONLY, 10));

        reader.close();
        assertTrue(store(block(2, 2), StorageLevel.MEMORY_ONLY, 10));
    }

    @Test
    void droppedSetLeavesNeitherMemoryNorFilesNorUnfinishedBlocks() throws IOException {
        store(block(1, 0), StorageLevel.MEMORY_ONLY, 5);
        store(block(1, 1), StorageLevel.DISK_ONLY, 5);
        CacheWriter unfinished =
                cache().begin(block(1, 2), StorageLevel.MEMORY_ONLY).orElseThrow();
        unfinished.add(chunk(0), 10);

        cache().dropSet(1, 1);
        unfinished.commit();
        unfinished.close();

        assertEquals(List.of(), cache().statuses());
        assertEquals(0, fileCount());
        assertTrue(cache().begin(block(1, 3), StorageLevel.MEMORY_ONLY).isEmpty(), "of an epoch that is over");
        assertTrue(store(block(2, 0), StorageLevel.MEMORY_ONLY, 15), "all memory is free again");
        assertTrue(cache().begin(new CachedBlockId(1, 2, 0), StorageLevel.MEMORY_ONLY)
                .isPresent());
    }

    @Test
    void blockWhoseUpdatesAreLostIsDroppedAndOthersStay() throws IOException {
        CacheWriter adding =
                cache().begin(block(1, 0), StorageLevel.MEMORY_ONLY).orElseThrow();
        adding.add(chunk(0), 10);
        adding.commitWithUpdates();
        store(block(1, 1), StorageLevel.MEMORY_ONLY, 1);

        assertTrue(cache().statuses().get(0).hasUpdates());
        cache().dropWithUpdates(1, 0);
        cache().dropWithUpdates(1, 1);

        assertFalse(isHeld(block(1, 0)));
        assertTrue(isHeld(block(1, 1)), "nothing was added for it");
    }

    @Test
    void blockIsWrittenByOneAtATime() throws IOException {
        CacheWriter first = cache().begin(block(1, 0), StorageLevel.MEMORY_ONLY).orElseThrow();
        assertTrue(cache().begin(block(1, 0), StorageLevel.MEMORY_ONLY).isEmpty());
        first.close();

        assertTrue(cache().begin(block(1, 0), StorageLevel.MEMORY_ONLY).isPresent());
        assertTrue(cache().read(block(1, 0)).isEmpty());
    }

    @Test
    void laterChangesHaveHigherNumbersAlsoThatAnUnknownBlockIsGone() throws IOException {
        List<Long> versions = new ArrayList<>();
        store(block(1, 0), StorageLevel.MEMORY_ONLY, 1);
        versions.add(told.get(block(1, 0)).version());
        cache().drop(block(1, 0));
        versions.add(told.get(block(1, 0)).version());
        cache().drop(block(1, 0));
        versions.add(told.get(block(1, 0)).version());

        assertEquals(versions.stream().sorted().distinct().toList(), versions);
        assertFalse(isHeld(block(1, 0)));
    }

    @Test
    void copyOfABlockIsTheBlock() throws IOException {
        store(block(1, 0), StorageLevel.MEMORY_ONLY, 3);
        TreeMap<CachedBlockId, CachedBlockStatus> toldByOther = new TreeMap<>();
        MemoryPool otherMemory = new MemoryPool(POOL_BYTES, 1);
        try (BlockStore otherFiles = new BlockStore(List.of(directory), "e2", otherMemory);
                CacheStore other = new CacheStore(
                        otherMemory, otherFiles.cacheDisk(), status -> toldByOther.put(status.block(), status))) {
            CacheCopy.copy(
                    other,
                    block(1, 0),
                    StorageLevel.MEMORY_ONLY_2,
                    () -> cache().read(block(1, 0)).orElseThrow());
            CacheCopy.copy(other, block(1, 1), StorageLevel.MEMORY_ONLY_2, () -> {
                throw new IOException("nobody answers");
            });

            assertEquals(3 * CHUNK_BYTES, toldByOther.get(block(1, 0)).memoryBytes());
            assertFalse(toldByOther.get(block(1, 1)).isHeld());
            try (ChunkReader copied = other.read(block(1, 0)).orElseThrow()) {
                assertTrue(copied.next() && copied.next() && copied.next() && !copied.next());
            }
        }
    }
}
