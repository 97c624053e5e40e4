package dev.kindling.executor.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.block.BlockParser;
import dev.kindling.executor.memory.AttemptMemory;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.protocol.AttemptId;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockStoreTest {
    private static final AttemptId ATTEMPT = new AttemptId(4, 17, 1);
    private static final int WINDOW = HostOutputs.SMALL_WINDOW_BYTES;

    @TempDir
    private Path local;

    private final MemoryPool memory = new MemoryPool(1 << 20, 1);
    private final List<BlockStore> stores = new ArrayList<>();

    @AfterEach
    void closeStores() {
        stores.forEach(BlockStore::close);
    }

    private BlockStore open(Path... directories) {
        BlockStore store = new BlockStore(List.of(directories), "e1", memory);
        stores.add(store);
        return store;
    }

    private static List<Path> filesBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static byte[] random(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Buckets 2, 5 (two blocks) and 9 of ten. */
    private static long[] writeOutput(BlockStore store, int shuffleId) throws IOException {
        try (MapOutputWriter writer = store.openMapOutput(shuffleId, ATTEMPT, 10)) {
            writer.startBlock(2, 20);
            writer.write(random(500_000, 2), 0, 500_000);
            writer.startBlock(5, 50);
            writer.write(random(100, 5), 0, 60);
            writer.write(random(100, 5), 60, 40);
            writer.startBlock(5, 51);
            writer.write(random(10, 51), 0, 10);
            writer.startBlock(9, 90);
            writer.write(random(1, 9), 0, 1);
            return writer.commit();
        }
    }

    private static boolean isPresent(Optional<ServedRange> found) throws IOException {
        if (found.isPresent()) {
            found.get().close();
        }
        return found.isPresent();
    }

    private static Map<Integer, Integer> rowsByBucket(ServedRange opened) throws IOException {
        Map<Integer, Integer> rows = new TreeMap<>();
        BlockParser parser = new BlockParser();
        byte[] bytes = new byte[(int) opened.byteCount()];
        try (opened) {
            opened.read(0, ByteBuffer.wrap(bytes));
        }
        parser.feed(bytes, 0, bytes.length);
        while (parser.next()) {
            assertEquals(ATTEMPT.partition(), parser.header().mapPartition());
            rows.merge(parser.header().bucket(), parser.header().rowCount(), Integer::sum);
        }
        parser.finish();
        return rows;
    }

    @Test
    void anyRangeOfBucketsIsReadBack() throws IOException {
        BlockStore store = open(local);
        long[] bytes = writeOutput(store, 3);
        assertEquals(500_036, bytes[2]);
        assertEquals(110 + 72, bytes[5]);
        Map<Integer, Integer> all = Map.of(2, 20, 5, 101, 9, 90);
        for (int first = 0; first <= 10; first++) {
            for (int end = first; end <= 10; end++) {
                Map<Integer, Integer> expected = new TreeMap<>(all);
                int from = first;
                int to = end;
                expected.keySet().removeIf(bucket -> bucket < from || bucket >= to);
                assertEquals(
                        expected,
                        rowsByBucket(store.openRange(3, ATTEMPT, first, end).orElseThrow()));
                assertEquals(
                        expected,
                        rowsByBucket(store.hostOutputs()
                                .of(store.scratchDirectory())
                                .open(3, ATTEMPT, first, end, WINDOW)
                                .orElseThrow()));
            }
        }
    }

    @Test
    void smallOutputIsHeldInMemoryUntilOthersNeedTheRoom() throws IOException {
        MemoryPool larger = new MemoryPool(2 << 20, 1);
        BlockStore store = new BlockStore(List.of(local), "e1", larger, ScratchCipher.NONE, 600_000);
        stores.add(store);
        int before = filesBelow(local).size();
        writeOutput(store, 3);
        writeOutput(store, 4);
        writeOutput(store, 5);
        assertEquals(before, filesBelow(local).size());
        BlockStore inFile = open(local);
        writeOutput(inFile, 3);

        assertArrayEquals(
                inFile.whole(3, ATTEMPT).orElseThrow().readFully(),
                store.whole(3, ATTEMPT).orElseThrow().readFully());
        assertEquals(
                Map.of(5, 101, 9, 90),
                rowsByBucket(store.openRange(3, ATTEMPT, 3, 10).orElseThrow()));
        int filesOfBoth = filesBelow(local).size();

        // More than is free beside the three; the oldest goes.
        try (AttemptMemory task = larger.openTask()) {
            assertTrue(task.tryAcquire(900_000));
        }

        assertEquals(filesOfBoth + 1, filesBelow(local).size());
        assertEquals(
                Map.of(2, 20, 5, 101, 9, 90),
                rowsByBucket(store.openRange(3, ATTEMPT, 0, 10).orElseThrow()));
        store.dropMapOutput(3, ATTEMPT);
        assertEquals(filesOfBoth, filesBelow(local).size());
    }

    @Test
    void outputThatIsHeldGivesItsMemoryBackWhenItIsDropped() throws IOException {
        BlockStore store = new BlockStore(List.of(local), "e1", memory, ScratchCipher.NONE, 600_000);
        stores.add(store);
        writeOutput(store, 3);
        assertFalse(memory.tryAcquireStorage(600_000));

        store.dropShuffle(3);

        assertFalse(isPresent(store.openRange(3, ATTEMPT, 0, 10)));
        assertTrue(memory.tryAcquireStorage(600_000));
        memory.releaseStorage(600_000);
    }

    @Test
    void anotherAttemptsOutputIsNotTakenForIt() throws IOException {
        BlockStore store = open(local);
        writeOutput(store, 3);
        AttemptId other = new AttemptId(4, 17, 0);

        assertEquals(Optional.empty(), store.openRange(3, other, 0, 10));
        assertEquals(Optional.empty(), store.openRange(2, ATTEMPT, 0, 10));
        assertEquals(
                Optional.empty(),
                store.hostOutputs().of(store.scratchDirectory()).open(3, other, 0, 10, WINDOW));
    }

    @Test
    void anOutputThatIsNotCommittedLeavesNothing() throws IOException {
        BlockStore store = open(local);
        int before = filesBelow(local).size();
        MapOutputWriter writer = store.openMapOutput(3, ATTEMPT, 10);
        writer.startBlock(2, 20);
        writer.write(new byte[600_000], 0, 600_000);
        writer.startBlock(3, 20);
        assertEquals(Optional.empty(), store.openRange(3, ATTEMPT, 0, 10));

        writer.close();

        assertEquals(before, filesBelow(local).size());
    }

    @Test
    void aCopyOfAnOutputIsReadLikeTheOriginalAndADamagedOneIsNotKept(@TempDir Path elsewhere) throws IOException {
        BlockStore holder = open(local);
        writeOutput(holder, 3);
        byte[] bytes = bytesOf(holder.whole(3, ATTEMPT).orElseThrow());
        BlockStore other = open(elsewhere);
        int before = filesBelow(elsewhere).size();
        for (int at : new int[] {0, 13, bytes.length / 2, bytes.length - 1}) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 4;
            assertThrows(Exception.class, () -> other.copyMapOutput(3, ATTEMPT, taker -> taker.take(damaged)));
        }
        byte[] cut = Arrays.copyOf(bytes, bytes.length - 20);
        assertThrows(Exception.class, () -> other.copyMapOutput(3, ATTEMPT, taker -> taker.take(cut)));
        assertThrows(IOException.class, () -> other.copyMapOutput(3, ATTEMPT, taker -> {}));
        assertEquals(Optional.empty(), other.openRange(3, ATTEMPT, 0, 10));
        assertEquals(before, filesBelow(elsewhere).size());

        other.copyMapOutput(3, ATTEMPT, taker -> {
            taker.take(Arrays.copyOf(bytes, 1_000));
            taker.take(Arrays.copyOfRange(bytes, 1_000, bytes.length));
        });
        other.copyMapOutput(3, ATTEMPT, taker -> fail("it is there already"));

        assertArrayEquals(bytes, bytesOf(other.whole(3, ATTEMPT).orElseThrow()));
        assertEquals(
                rowsByBucket(holder.openRange(3, ATTEMPT, 0, 10).orElseThrow()),
                rowsByBucket(other.openRange(3, ATTEMPT, 0, 10).orElseThrow()));
    }

    private static byte[] bytesOf(BlockRange range) throws IOException {
        return Files.readAllBytes(((BlockRange.InFile) range).file());
    }

    @Test
    void whatIsDroppedIsGone() throws IOException {
        BlockStore store = open(local);
        int before = filesBelow(local).size();
        writeOutput(store, 3);
        writeOutput(store, 4);

        store.dropMapOutput(3, ATTEMPT);
        store.dropMapOutput(3, ATTEMPT);
        store.dropMapOutput(99, ATTEMPT);
        store.dropShuffle(4);
        store.dropShuffle(4);

        assertEquals(Optional.empty(), store.openRange(3, ATTEMPT, 0, 10));
        assertEquals(Optional.empty(), store.openRange(4, ATTEMPT, 0, 10));
        assertEquals(before, filesBelow(local).size());
    }

    @Test
    void everyDamagedByteOfAFileIsNoticed() throws IOException {
        BlockStore store = open(local);
        try (MapOutputWriter writer = store.openMapOutput(3, ATTEMPT, 2)) {
            writer.startBlock(0, 5);
            writer.write(random(40, 1), 0, 40);
            writer.startBlock(1, 5);
            writer.write(random(40, 2), 0, 40);
            writer.commit();
        }
        Path file = filesBelow(local).stream()
                .filter(f -> f.toString().endsWith(".blocks"))
                .findFirst()
                .orElseThrow();
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, damaged);
            assertThrows(
                    KindlingException.class,
                    () -> {
                        rowsByBucket(store.openRange(3, ATTEMPT, 0, 1).orElseThrow());
                        rowsByBucket(store.openRange(3, ATTEMPT, 1, 2).orElseThrow());
                    },
                    "bit " + bit + " of " + whole.length);
        }
    }

    @Test
    void bucketsComeInOrder() throws IOException {
        try (MapOutputWriter writer = open(local).openMapOutput(1, ATTEMPT, 4)) {
            writer.startBlock(2, 1);
            assertThrows(KindlingException.class, () -> writer.startBlock(1, 1));
            assertThrows(KindlingException.class, () -> writer.startBlock(4, 1));
        }
    }

    @Test
    void resultWrittenAsItIsMadeIsThereOnceItWasCommitted() throws IOException {
        BlockStore store = open(local);
        int before = filesBelow(local).size();
        byte[] body = random(900_000, 1);
        byte[] header = random(5, 2);
        try (ResultOutput output = store.openResult(ATTEMPT)) {
            output.append(new byte[5], 0, 5);
            output.append(body, 0, 400_000);
            output.append(body, 400_000, 500_000);
            assertEquals(Optional.empty(), store.readResult(ATTEMPT));
            output.commit(header);
        }

        byte[] expected = new byte[900_005];
        System.arraycopy(header, 0, expected, 0, 5);
        System.arraycopy(body, 0, expected, 5, 900_000);
        assertArrayEquals(expected, store.readResult(ATTEMPT).orElseThrow().readFully());

        store.dropResult(ATTEMPT);
        try (ResultOutput abandoned = store.openResult(ATTEMPT)) {
            abandoned.append(body, 0, 900_000);
        }
        assertEquals(Optional.empty(), store.readResult(ATTEMPT));
        assertEquals(before, filesBelow(local).size());
    }

    @Test
    void resultsStayInMemoryUntilExecutionNeedsIt() throws IOException {
        BlockStore store = open(local);
        int before = filesBelow(local).size();
        byte[] small = random(300_000, 1);
        byte[] large = random(2_000_000, 2);
        store.putResult(ATTEMPT, small);
        assertEquals(before, filesBelow(local).size());
        AttemptId second = new AttemptId(4, 18, 0);
        store.putResult(second, large);
        assertEquals(before + 1, filesBelow(local).size());
        AttemptId third = new AttemptId(4, 19, 0);
        store.putResult(third, random(400_000, 3));

        AttemptMemory task = memory.openTask();
        assertTrue(task.tryAcquire(500_000), "stored results make room");

        assertEquals(before + 2, filesBelow(local).size());
        assertArrayEquals(small, store.readResult(ATTEMPT).orElseThrow().readFully());
        assertArrayEquals(large, store.readResult(second).orElseThrow().readFully());
        assertArrayEquals(
                random(400_000, 3), store.readResult(third).orElseThrow().readFully());
        for (AttemptId attempt : List.of(ATTEMPT, second, third)) {
            store.dropResult(attempt);
            assertEquals(Optional.empty(), store.readResult(attempt));
        }
        assertEquals(before, filesBelow(local).size());
        task.close();
        assertTrue(memory.tryAcquireStorage(700_000), "all was given back");
    }

    @Test
    void theDirectoryIsTheOwnersAndGoneAfterClose() throws IOException {
        BlockStore store = open(local);
        writeOutput(store, 3);
        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(store.scratchDirectory())));

        store.close();

        assertEquals(List.of(), filesBelow(local));
        assertFalse(Files.exists(store.scratchDirectory()));
    }

    @Test
    void leftoversOfADeadProcessAreDeletedAndThoseOfTheLivingAreNot() throws IOException {
        BlockStore living = open(local);
        writeOutput(living, 3);
        Path dead = Files.createDirectories(local.resolve("kindling-scratch-e7-123/shuffle-1"));
        Files.write(dead.resolve("s0p0a0.blocks"), new byte[10]);
        Files.createFile(local.resolve("kindling-scratch-e7-123/alive.lock"));
        Path outside = Files.createFile(local.resolve("not-ours"));
        Files.createSymbolicLink(dead.resolve("link"), outside);

        open(local);

        assertFalse(Files.exists(local.resolve("kindling-scratch-e7-123")));
        assertTrue(Files.exists(outside));
        assertTrue(isPresent(living.openRange(3, ATTEMPT, 0, 10)));
    }

    @Test
    void aDirectoryThatCannotBeUsedIsLeftOutAndNoneAtAllIsAnError() throws IOException {
        Path file = Files.createFile(local.resolve("a-file"));
        BlockStore store = open(file, local.resolve("fine"));
        writeOutput(store, 3);
        assertTrue(isPresent(store.openRange(3, ATTEMPT, 0, 10)));

        KindlingException failure = assertThrows(KindlingException.class, () -> open(file));

        assertEquals(ErrorCode.OUT_OF_RESOURCES, failure.code());
        assertTrue(failure.getMessage().contains(file.toString()), failure.getMessage());
    }

    @Test
    void outputsInSeveralDirectoriesAreFoundByNeighbours() throws IOException {
        BlockStore store = open(local.resolve("a"), local.resolve("b"));
        for (int shuffle = 0; shuffle < 40; shuffle++) {
            writeOutput(store, shuffle);
        }
        long inFirst = filesBelow(local.resolve("a")).stream()
                .filter(f -> f.toString().endsWith(".blocks"))
                .count();
        assertTrue(inFirst > 0 && inFirst < 40, inFirst + " of 40 in the first directory");
        for (int shuffle = 0; shuffle < 40; shuffle++) {
            assertTrue(
                    isPresent(store.hostOutputs().of(store.scratchDirectory()).open(shuffle, ATTEMPT, 0, 10, WINDOW)));
        }
    }

    @Test
    void whenADirectoryBreaksTheFileMovesToTheNext() throws IOException {
        BlockStore store = open(local.resolve("a"), local.resolve("b"));
        for (int round = 0; round < 10; round++) {
            MapOutputWriter writer = store.openMapOutput(round, ATTEMPT, 10);
            writer.startBlock(1, 7);
            writer.write(random(700_000, 1), 0, 700_000);
            writer.startBlock(2, 8);
            writer.commit();
            assertEquals(
                    Map.of(1, 7, 2, 8),
                    rowsByBucket(store.openRange(round, ATTEMPT, 0, 10).orElseThrow()));
        }
        Path first = store.scratchDirectory();
        Files.move(first, local.resolve("gone"));
        Files.createFile(first); // nothing can be created below a file
        for (int round = 10; round < 30; round++) {
            writeOutput(store, round);
            assertTrue(isPresent(store.openRange(round, ATTEMPT, 0, 10)));
        }
        Files.delete(first);
    }

    @Test
    void whenAllDirectoriesBreakTheErrorNamesThemAndTheBytes() throws IOException {
        BlockStore store = open(local.resolve("a"), local.resolve("b"));
        List<Path> roots;
        try (Stream<Path> found = Files.walk(local, 2)) {
            roots = found.filter(p -> p.getFileName().toString().startsWith("kindling-scratch-"))
                    .toList();
        }
        for (Path root : roots) {
            Files.move(root, local.resolve("gone-" + root.getParent().getFileName()));
            Files.createFile(root);
        }

        KindlingException failure = assertThrows(KindlingException.class, () -> writeOutput(store, 1));

        assertEquals(ErrorCode.SCRATCH_FULL, failure.code());
        for (Path root : roots) {
            assertTrue(failure.getMessage().contains(root.toString()), failure.getMessage());
            Files.delete(root);
        }
        assertTrue(failure.getMessage().contains(" needed, "), failure.getMessage());
    }

    @Test
    void spilledChunksAreReadBackInAnyOrder() throws IOException {
        BlockStore store = open(local);
        Random random = new Random(8);
        try (SpillFile spill = store.openSpill()) {
            List<Long> positions = new ArrayList<>();
            List<byte[]> chunks = new ArrayList<>();
            byte[] target = new byte[400_000];
            for (int i = 0; i < 500; i++) {
                byte[] chunk = random(random.nextInt(i % 50 == 0 ? 300_000 : 500), i);
                positions.add(spill.append(chunk, 0, chunk.length));
                chunks.add(chunk);
                int any = random.nextInt(chunks.size());
                assertEquals(chunks.get(any).length, spill.read(positions.get(any), target));
                assertArrayEquals(chunks.get(any), java.util.Arrays.copyOf(target, chunks.get(any).length));
            }
            for (int i = 0; i < 500; i++) {
                assertEquals(chunks.get(i).length, spill.read(positions.get(i), target));
                assertArrayEquals(chunks.get(i), java.util.Arrays.copyOf(target, chunks.get(i).length));
            }
        }
    }

    @Test
    void aDamagedSpillFileIsNoticed() throws IOException {
        BlockStore store = open(local);
        try (SpillFile spill = store.openSpill()) {
            byte[] chunk = random(100_000, 1);
            long position = spill.append(chunk, 0, chunk.length);
            Path file = filesBelow(local).stream()
                    .filter(f -> f.toString().contains("spill"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(file);
            bytes[50_000] ^= 4;
            Files.write(file, bytes);

            KindlingException failure =
                    assertThrows(KindlingException.class, () -> spill.read(position, new byte[100_000]));

            assertEquals(ErrorCode.CORRUPT_DATA, failure.code());
        }
        assertTrue(filesBelow(local).stream().noneMatch(f -> f.toString().contains("spill")));
    }

    @Test
    void aSmallSpillNeverTouchesTheDisk() throws IOException {
        BlockStore store = open(local);
        int before = filesBelow(local).size();
        try (SpillFile spill = store.openSpill()) {
            spill.append(new byte[1000], 0, 1000);
            assertEquals(before, filesBelow(local).size());
        }
    }

    @Test
    void directoriesAreDrawnByTheirFreeSpace() {
        long[] freeBytes = {300L << 30, 0, 100L << 30};
        int[] drawn = new int[freeBytes.length];
        int draws = 10_000;
        for (int i = 0; i < draws; i++) {
            drawn[ScratchDirectories.drawn(freeBytes, (double) i / draws)]++;
        }
        assertEquals(7_500, drawn[0], 5);
        assertEquals(0, drawn[1], 5);
        assertEquals(2_500, drawn[2], 5);
        assertEquals(2, ScratchDirectories.drawn(freeBytes, Math.nextDown(1.0)));
        assertEquals(1, ScratchDirectories.drawn(new long[] {0, 0}, 0.75), "full ones are drawn alike");
    }
}
