package dev.kindling.driver.launch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.api.spi.BroadcastValues;
import dev.kindling.block.BroadcastResource;
import dev.kindling.executor.block.BlockServer;
import dev.kindling.executor.block.BlockStore;
import dev.kindling.executor.block.BroadcastReader;
import dev.kindling.executor.cache.CacheStore;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.rpc.BlockService;
import dev.kindling.rpc.ServedRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way of a broadcast value from the driver's shelf to executors and between them; the network is a map. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BroadcastTransferTest {
    private static final int BLOCK_BYTES = 1 << 10;
    private static final int DRIVER = 1;

    @TempDir
    Path directory;

    private final Map<Integer, BlockService> processes = new ConcurrentHashMap<>();
    private final List<BlockStore> stores = new ArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private Predicate<String> isCorrupted = asking -> false;
    private BroadcastShelf shelf;
    private byte[] bytes;

    @BeforeEach
    void open() {
        ClassLoader loader = getClass().getClassLoader();
        shelf = new BroadcastShelf(directory, loader, false, false, BLOCK_BYTES);
        processes.put(DRIVER, new Published(new Program(loader, directory), shelf));
        bytes = new byte[20 * BLOCK_BYTES];
        new Random(3).nextBytes(bytes);
    }

    @AfterEach
    void close() {
        stores.forEach(BlockStore::close);
    }

    /** Its data port is its number. */
    private BroadcastReader executor(int port) {
        MemoryPool memory = new MemoryPool(1 << 20, 1);
        BlockStore blocks = new BlockStore(List.of(directory.resolve("e" + port)), "e" + port, memory);
        stores.add(blocks);
        processes.put(port, new BlockServer(blocks, new CacheStore(memory, blocks.cacheDisk(), status -> {})));
        BroadcastReader.Self self = new BroadcastReader.Self("driver", DRIVER, "e" + port, "host", port);
        return new BroadcastReader(
                (host, peer, name, target) -> fetch(port, peer, name, target),
                self,
                getClass().getClassLoader(),
                blocks);
    }

    private BlockStore storeOf(int executor) {
        return stores.get(executor - 2);
    }

    private void fetch(int from, int to, String name, ByteArrayOutputStream target) throws IOException {
        asked.add(from + ">" + to + " " + name);
        BlockService service = processes.get(to);
        if (service == null) {
            throw new IOException("connection refused");
        }
        try (ServedRange range = service.openResource(name)) {
            ByteBuffer all = ByteBuffer.allocate((int) range.byteCount());
            range.read(0, all);
            byte[] answer = all.array();
            if (isCorrupted.test(from + ">" + to + " " + name)) {
                answer[answer.length / 2] ^= 1;
            }
            target.write(answer);
        }
    }

    private long blocksAsked(String of) {
        return asked.stream()
                .filter(asking -> asking.contains(of + " ") && asking.contains("/block/"))
                .count();
    }

    private static byte[] read(BroadcastReader executor, BroadcastKey key) {
        return (byte[]) executor.valueOf(key).value();
    }

    @Test
    void firstExecutorGetsAllFromTheDriverAndTheSecondNearlyAllFromTheFirst() {
        BroadcastKey key = shelf.put(bytes, "here");

        assertArrayEquals(bytes, read(executor(2), key));
        assertArrayEquals(bytes, read(executor(3), key));

        assertEquals(key.blockCount(), blocksAsked("2>1"));
        assertEquals(key.blockCount(), blocksAsked("3>2"));
        assertEquals(0, blocksAsked("3>1"));
    }

    @Test
    void encryptedCopyOfTheDriverIsReadAsItWasAndSaysNothingOnDisk() throws IOException {
        for (boolean isEncrypted : new boolean[] {false, true}) {
            Path scratch = directory.resolve("encrypted " + isEncrypted);
            ClassLoader loader = getClass().getClassLoader();
            shelf = new BroadcastShelf(scratch, loader, false, isEncrypted, BLOCK_BYTES);
            processes.put(DRIVER, new Published(new Program(loader, directory), shelf));
            String said = "a value that everybody reads. ".repeat(1_000);

            BroadcastKey key = shelf.put(said, "here");

            assertEquals(said, executor(isEncrypted ? 3 : 2).valueOf(key).value());
            Path copy = scratch.resolve("broadcast").resolve(Long.toString(key.id()));
            String onDisk = new String(Files.readAllBytes(copy), StandardCharsets.ISO_8859_1);
            assertEquals(!isEncrypted, onDisk.contains("everybody"), "encrypted: " + isEncrypted);
        }
    }

    @Test
    void valueIsReadOnceAndIsOneObject() {
        BroadcastKey key = shelf.put(bytes, "here");
        BroadcastReader executor = executor(2);

        BroadcastValues.Value value = executor.valueOf(key);
        int questions = asked.size();

        assertSame(value, executor.valueOf(key));
        assertEquals(questions, asked.size());
    }

    @Test
    void corruptBlockOfAPeerComesFromTheDriver() {
        BroadcastKey key = shelf.put(bytes, "here");
        read(executor(2), key);
        isCorrupted = asking -> asking.startsWith("3>2") && asking.contains("/block/");

        assertArrayEquals(bytes, read(executor(3), key));

        assertEquals(1, blocksAsked("3>2"));
        assertEquals(key.blockCount(), blocksAsked("3>1"));
    }

    @Test
    void peerThatDiesInTheMiddleIsReplacedByTheDriver() {
        BroadcastKey key = shelf.put(bytes, "here");
        read(executor(2), key);
        isCorrupted = asking -> {
            if (blocksAsked("3>2") == 7) {
                processes.remove(2);
            }
            return false;
        };

        assertArrayEquals(bytes, read(executor(3), key));

        assertTrue(blocksAsked("3>2") <= 9 && blocksAsked("3>1") >= key.blockCount() - 8, asked::toString);
    }

    @Test
    void driverThatSendsRubbishForEverIsGivenUp() {
        BroadcastKey key = shelf.put(bytes, "here");
        isCorrupted = asking -> asking.contains("/block/");

        KindlingException failure = assertThrows(KindlingException.class, () -> read(executor(2), key));

        assertEquals(ErrorCode.CORRUPT_DATA, failure.code());
        assertTrue(failure.getMessage().contains("from the driver fails its checksum"), failure.getMessage());
    }

    @Test
    void driverThatDoesNotAnswerForAWhileIsAskedAgain() {
        BroadcastKey key = shelf.put(bytes, "here");
        BlockService driver = processes.remove(DRIVER);
        BroadcastReader executor = executor(2);
        isCorrupted = asking -> false;
        Thread later = new Thread(() -> {
            while (asked.size() < 3) {
                Thread.onSpinWait();
            }
            processes.put(DRIVER, driver);
        });
        later.start();

        assertArrayEquals(bytes, read(executor, key));
    }

    @Test
    void destroyedValueIsRefusedWithTheReason() {
        BroadcastKey key = shelf.put(bytes, "broadcast at Job.java:3");
        shelf.remove(key.id(), "it was destroyed by destroy at Job.java:7");

        KindlingException failure = assertThrows(KindlingException.class, () -> read(executor(2), key));

        assertEquals(ErrorCode.CLOSED, failure.code());
        assertTrue(failure.getMessage().startsWith("broadcast 0 (broadcast at Job.java:3) cannot be used any more: "));
        assertTrue(failure.getMessage().endsWith("it was destroyed by destroy at Job.java:7"), failure.getMessage());
    }

    @Test
    void droppedValueIsFetchedAgainAndLeavesNoFile() throws IOException {
        BroadcastKey key = shelf.put(bytes, "here");
        BroadcastReader executor = executor(2);
        BroadcastValues.Value before = executor.valueOf(key);

        storeOf(2).dropBroadcast(key.id());

        assertEquals(0, broadcastFiles(2));
        BroadcastValues.Value after = executor.valueOf(key);
        assertTrue(before != after);
        assertArrayEquals(bytes, (byte[]) after.value());
        assertEquals(key.blockCount(), broadcastFiles(2));
    }

    /** An order to drop that comes in the middle: what comes later is not kept for a value that nobody knows. */
    @Test
    void valueDroppedWhileItIsFetchedIsFetchedAgain() throws IOException {
        BroadcastKey key = shelf.put(bytes, "here");
        BroadcastReader executor = executor(2);
        isCorrupted = asking -> {
            if (asking.contains("/block/") && blocksAsked("2>1") == 5) {
                storeOf(2).dropBroadcast(key.id());
            }
            return false;
        };

        assertArrayEquals(bytes, read(executor, key));

        assertEquals(key.blockCount(), broadcastFiles(2));
    }

    private long broadcastFiles(int executor) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("e" + executor))) {
            return files.filter(file -> file.getParent().endsWith("broadcast")).count();
        }
    }

    @Test
    void fileThatHasRottenIsFetchedAgain() throws Exception {
        BroadcastKey key = shelf.put(bytes, "here");
        BroadcastReader executor = executor(2);
        interruptAtBlock(10, executor, key);
        Path rotten;
        try (Stream<Path> files = Files.walk(directory.resolve("e2"))) {
            rotten = files.filter(file -> file.getParent().endsWith("broadcast"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] content = Files.readAllBytes(rotten);
        content[0] ^= 1;
        Files.write(rotten, content);

        assertArrayEquals(bytes, read(executor, key));
    }

    @Test
    void interruptedReaderStopsAndLeavesWhatItHasToTheNext() throws InterruptedException {
        BroadcastKey key = shelf.put(bytes, "here");
        BroadcastReader executor = executor(2);

        KindlingException failure = interruptAtBlock(5, executor, key);

        assertTrue(failure.getMessage().startsWith("interrupted while fetching broadcast 0"));
        assertArrayEquals(bytes, read(executor, key));
        assertTrue(blocksAsked("2>1") <= key.blockCount() + 1, asked::toString);
    }

    private KindlingException interruptAtBlock(int block, BroadcastReader executor, BroadcastKey key)
            throws InterruptedException {
        List<KindlingException> failures = new CopyOnWriteArrayList<>();
        isCorrupted = asking -> {
            if (blocksAsked("2>1") == block) {
                Thread.currentThread().interrupt();
            }
            return false;
        };
        Thread reader =
                new Thread(() -> failures.add(assertThrows(KindlingException.class, () -> executor.valueOf(key))));
        reader.start();
        reader.join();
        isCorrupted = asking -> false;
        return failures.get(0);
    }

    @Test
    void executorsThatAreGoneAreNotNamedAsPeers() throws IOException {
        BroadcastKey key = shelf.put(bytes, "here");
        read(executor(2), key);

        assertEquals("host 2", peersNamedTo("e9", key));
        shelf.executorGone("e2");
        assertEquals("", peersNamedTo("e8", key).replace("host 9", ""));
    }

    private String peersNamedTo(String executorId, BroadcastKey key) throws IOException {
        try (ServedRange range = shelf.open(new BroadcastResource.Peers(key.id(), executorId, "host", 9))) {
            ByteBuffer all = ByteBuffer.allocate((int) range.byteCount());
            range.read(0, all);
            return new String(all.array());
        }
    }

    @Test
    void checksumsAreThoseOfTheBlocks() throws IOException {
        BroadcastKey key = shelf.put(bytes, "here");

        assertEquals((key.byteCount() + BLOCK_BYTES - 1) / BLOCK_BYTES, key.blockCount());
        assertTrue(key.byteCount() > bytes.length && key.byteCount() < bytes.length + 100);
        assertEquals(key.byteCount(), Files.size(directory.resolve("broadcast/0")));
        assertEquals(key.byteCount(), Arrays.stream(blockLengths(key)).sum() + 0L);
    }

    private static int[] blockLengths(BroadcastKey key) {
        int[] lengths = new int[key.blockCount()];
        Arrays.setAll(lengths, key::bytesOf);
        return lengths;
    }
}
