package dev.kindling.executor.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.executor.cache.CacheStore;
import dev.kindling.executor.core.FetchSettings;
import dev.kindling.executor.memory.MemoryPool;
import dev.kindling.metrics.FetchWaitEvent;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.MapSource;
import dev.kindling.protocol.TaskInput;
import dev.kindling.rpc.ApplicationCredentials;
import dev.kindling.rpc.BlockService;
import dev.kindling.rpc.ControlConnection;
import dev.kindling.rpc.ControlHandler;
import dev.kindling.rpc.ListenAddress;
import dev.kindling.rpc.RpcClient;
import dev.kindling.rpc.RpcServer;
import dev.kindling.rpc.RpcSettings;
import dev.kindling.rpc.ServedRange;
import dev.kindling.util.PortRange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShuffleFetcherTest {
    private static final int SHUFFLE = 9;
    private static final int BUCKETS = 8;

    /** 1 MiB in flight, 256 KiB a peer, three tries with pauses of 20 and 40 ms. */
    private static final FetchSettings SETTINGS = new FetchSettings(1 << 20, 256 << 10, 3, 10_000, 20);

    /** The same with a patience of 300 ms. */
    private static final FetchSettings IMPATIENT = new FetchSettings(1 << 20, 256 << 10, 3, 300, 20);

    @TempDir
    Path directory;

    private final ApplicationCredentials credentials = ApplicationCredentials.withoutCertificate();
    private final RpcClient client = new RpcClient(RpcSettings.defaults(), credentials);
    private final LocalPeers localPeers = new LocalPeers();
    private final List<Peer> peers = new ArrayList<>();
    private final List<MapSource> sources = new ArrayList<>();

    private BlockStore reader;

    /** What {@link #write} wrote: the sum of the bytes of each map and bucket. */
    private final Map<String, Long> written = new TreeMap<>();

    @BeforeEach
    void openReader() {
        reader = new BlockStore(List.of(directory), "reader", new MemoryPool(64 << 20, 1));
    }

    @AfterEach
    void close() {
        client.close();
        reader.close();
        peers.forEach(Peer::close);
    }

    @Test
    void blocksOfThisProcessThisMachineAndOthersArriveOnceAndRight() throws Exception {
        localPeers.add("e0", 1, peer("elsewhere").blocks);
        peer("here");
        peer("elsewhere");
        for (int map = 0; map < 30; map++) {
            write(peers.get(map % 3), map, map == 7 ? 700_000 : 1_000 * map);
        }
        try (ShuffleFetcher fetcher = open(2, 6)) {
            assertEquals(writtenIn(2, 6), drain(fetcher));

            assertTrue(fetcher.localBytes() > 0 && fetcher.remoteBytes() > 0);
            long bytes = sources.stream().mapToLong(MapSource::bytes).sum() * 4 / BUCKETS;
            assertEquals(bytes, fetcher.localBytes() + fetcher.remoteBytes(), bytes / 5.0);
        }
    }

    @Test
    void whatOtherExecutorsOfThisMachineHoldIsReadFromTheirFiles() throws Exception {
        Peer other = peer("here");
        write(other, 0, 100_000);
        other.server.close();

        try (ShuffleFetcher fetcher = open(0, BUCKETS)) {
            assertEquals(writtenIn(0, BUCKETS), drain(fetcher));
            assertEquals(0, fetcher.remoteBytes());
        }
    }

    @Test
    void aFileThatCannotBeReadHereComesOverTheNetwork() throws Exception {
        Peer other = peer("here");
        write(other, 0, 100_000);
        other.scratch = directory.resolve("nowhere").toString();

        try (ShuffleFetcher fetcher = open(0, BUCKETS)) {
            assertEquals(writtenIn(0, BUCKETS), drain(fetcher));
            assertTrue(fetcher.remoteBytes() > 100_000);
        }
    }

    @Test
    void aByteSpoiledOnTheWayIsFetchedAgainAndNoBlockComesTwice() throws Exception {
        Peer remote = peer("elsewhere");
        write(remote, 0, 600_000);
        write(remote, 1, 10_000);
        remote.spoiledReads = 1;

        try (ShuffleFetcher fetcher = open(0, BUCKETS)) {
            assertEquals(writtenIn(0, BUCKETS), drain(fetcher));
        }
        assertEquals(0, remote.spoiledReads);
    }

    @Test
    void aFileSpoiledOnDiskIsNeverReadAsRowsButNamed() throws Exception {
        for (String hostKey : List.of("here", "elsewhere")) {
            sources.clear();
            written.clear();
            Peer holder = peer(hostKey);
            write(holder, 0, 50_000);
            write(holder, 1, 50_000);
            spoil(holder, 1);

            try (ShuffleFetcher fetcher = open(0, BUCKETS)) {
                FetchFailedException failure = assertThrows(FetchFailedException.class, () -> drain(fetcher));

                assertEquals(attempt(1), failure.mapAttempt());
                assertEquals(SHUFFLE, failure.shuffleId());
                assertEquals(holder.id, failure.executorId());
                assertTrue(failure.getMessage().contains("checksum"), failure.getMessage());
                assertThrows(FetchFailedException.class, fetcher::next);
            }
        }
    }

    @Test
    void anOutputThatIsGoneIsNamedAtOnce() throws Exception {
        Peer remote = peer("elsewhere");
        write(remote, 0, 1_000);
        write(remote, 1, 1_000);
        remote.blocks.dropMapOutput(SHUFFLE, attempt(1));

        try (ShuffleFetcher fetcher = open(0, BUCKETS)) {
            assertEquals(
                    attempt(1),
                    assertThrows(FetchFailedException.class, () -> drain(fetcher))
                            .mapAttempt());
        }
    }

    @Test
    void aPeerThatDiesInMidTransferIsTriedAgainAndThenTheFirstMissingMapIsNamed() throws Exception {
        Peer remote = peer("elsewhere");
        write(remote, 0, 1_000);
        write(remote, 1, 900_000);
        write(remote, 2, 1_000);

        try (ShuffleFetcher fetcher = open(0, BUCKETS)) {
            while (fetcher.next().mapIndex() == 0) {
                // Up to the middle of the second map output.
            }
            remote.server.close();

            FetchFailedException failure = assertThrows(FetchFailedException.class, () -> drain(fetcher));

            assertEquals(attempt(1), failure.mapAttempt());
            assertTrue(failure.getMessage().contains("3 tries"), failure.getMessage());
            assertTrue(failure.getMessage().contains("cannot connect"), failure.getMessage());
        }
    }

    @Test
    void aConnectionThatBreaksInMidTransferIsMadeAgainAndNoBlockComesTwice() throws Exception {
        Peer remote = peer("elsewhere");
        write(remote, 0, 900_000);
        write(remote, 1, 900_000);

        try (ShuffleFetcher fetcher = open(0, BUCKETS)) {
            Map<String, Long> got = new TreeMap<>();
            add(got, fetcher.next());
            remote.restart();
            drain(fetcher, got);

            assertEquals(writtenIn(0, BUCKETS), got);
        }
    }

    @Test
    void aWaitForBlocksIsToldToTheFlightRecorder() throws Exception {
        write(peer("elsewhere"), 0, 600_000);

        try (Recording recording = new Recording()) {
            recording.enable(FetchWaitEvent.class).withThreshold(Duration.ZERO);
            recording.start();
            // Not before: all may have come by the time that the recorder runs.
            try (ShuffleFetcher fetcher = open(0, BUCKETS)) {
                drain(fetcher);
                assertTrue(fetcher.waitNanos() > 0);
            }
            recording.stop();
            Path file = directory.resolve("waits.jfr");
            recording.dump(file);

            List<RecordedEvent> waits = RecordingFile.readAllEvents(file);
            assertTrue(!waits.isEmpty(), "the first block is waited for");
            for (RecordedEvent wait : waits) {
                assertEquals("dev.kindling.FetchWait", wait.getEventType().getName());
                assertEquals(SHUFFLE, wait.getInt("shuffleId"));
            }
        }
    }

    @Test
    void aPeerThatSaysNothingIsGivenUpAfterItsTries() throws Exception {
        Peer remote = peer("elsewhere");
        write(remote, 0, 1_000);
        remote.isSilent = true;

        try (ShuffleFetcher fetcher = open(0, BUCKETS, IMPATIENT)) {
            FetchFailedException failure = assertThrows(FetchFailedException.class, () -> drain(fetcher));

            assertTrue(failure.getMessage().contains("nothing came for"), failure.getMessage());
            assertTrue(fetcher.waitNanos() > 900_000_000L);
        }
        remote.isSilent = false;
    }

    @Test
    void aTaskThatTakesNothingHoldsNoMoreThanTheBytesInFlight() throws Exception {
        for (int i = 0; i < 6; i++) {
            write(peer("elsewhere"), i, 2_000_000);
        }
        try (ShuffleFetcher fetcher = open(0, BUCKETS)) {
            fetcher.next();
            // Four windows fit; the senders read ahead of the credit by nothing.
            long bound = SETTINGS.maxBytesInFlight() + SETTINGS.windowBytes();
            awaitQuietAfter(SETTINGS.windowBytes());
            long sent = peers.stream().mapToLong(peer -> peer.bytesRead.get()).sum();
            assertTrue(sent > SETTINGS.windowBytes() && sent <= bound, sent + " bytes were sent");

            drain(fetcher);
        }
    }

    @Test
    void aWaitingTaskCanBeInterrupted() throws Exception {
        Peer remote = peer("elsewhere");
        write(remote, 0, 1_000);
        remote.isSilent = true;
        try (ShuffleFetcher fetcher = open(0, BUCKETS)) {
            Thread.currentThread().interrupt();

            assertThrows(InterruptedIOException.class, fetcher::next);
            assertTrue(Thread.interrupted());
        }
        remote.isSilent = false;
    }

    // ---- tools ----------------------------------------------------------------------------------------------------

    private Peer peer(String hostKey) throws IOException {
        Peer peer = new Peer("e" + peers.size(), hostKey);
        peers.add(peer);
        return peer;
    }

    private static AttemptId attempt(int map) {
        return new AttemptId(3, map, 1);
    }

    /** A map output of random bytes, spread over the buckets, in blocks of up to 64 KiB. */
    private void write(Peer peer, int map, int byteCount) throws IOException {
        SplittableRandom random = new SplittableRandom(map);
        long stored = 0;
        try (MapOutputWriter writer = peer.blocks.openMapOutput(SHUFFLE, attempt(map), BUCKETS)) {
            for (int bucket = 0; bucket < BUCKETS && byteCount > 0; bucket++) {
                for (int left = byteCount / BUCKETS + 1; left > 0; left -= 64 << 10) {
                    byte[] pages = new byte[Math.min(left, 64 << 10)];
                    random.nextBytes(pages);
                    writer.startBlock(bucket, pages.length);
                    writer.write(pages, 0, pages.length);
                    written.merge(map + "/" + bucket, sumOf(pages, 0, pages.length), Long::sum);
                }
            }
            for (long bytes : writer.commit()) {
                stored += bytes;
            }
        }
        sources.add(new MapSource(attempt(map), peers.indexOf(peer), stored));
    }

    private Map<String, Long> writtenIn(int firstBucket, int endBucket) {
        Map<String, Long> wanted = new TreeMap<>(written);
        wanted.keySet().removeIf(key -> {
            int bucket = Integer.parseInt(key.substring(key.indexOf('/') + 1));
            return bucket < firstBucket || bucket >= endBucket;
        });
        return wanted;
    }

    private ShuffleFetcher open(int firstBucket, int endBucket) {
        return open(firstBucket, endBucket, SETTINGS);
    }

    private ShuffleFetcher open(int firstBucket, int endBucket, FetchSettings settings) {
        List<ExecutorAddress> executors = peers.stream().map(Peer::address).toList();
        TaskInput.ShuffleInput input = new TaskInput.ShuffleInput(1, 0, SHUFFLE, executors, sources);
        ExecutorAddress self = new ExecutorAddress("reader", 1, "", 0, "here", "");
        return new ShuffleFetcher(input, firstBucket, endBucket, settings, self, localPeers, reader, client);
    }

    private static Map<String, Long> drain(ShuffleFetcher fetcher) throws IOException {
        Map<String, Long> got = new TreeMap<>();
        drain(fetcher, got);
        return got;
    }

    private static void drain(ShuffleFetcher fetcher, Map<String, Long> got) throws IOException {
        BlockSource.FetchedBlock block;
        while ((block = fetcher.next()) != null) {
            add(got, block);
        }
    }

    private static void add(Map<String, Long> got, BlockSource.FetchedBlock block) {
        assertEquals(block.length(), block.rowCount());
        String key = block.mapAttempt().partition() + "/" + block.bucket();
        got.merge(key, sumOf(block.bytes(), block.offset(), block.length()), Long::sum);
    }

    private static long sumOf(byte[] bytes, int offset, int length) {
        long sum = 1;
        for (int i = 0; i < length; i++) {
            sum = sum * 31 + bytes[offset + i];
        }
        return sum;
    }

    /** Changes one byte of the blocks in a map output's file. */
    private void spoil(Peer peer, int map) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(peer.scratch))) {
            String name = "s3p" + map + "a1";
            Path file = files.filter(path -> path.getFileName().toString().startsWith(name))
                    .findFirst()
                    .orElseThrow();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                long at = channel.size() - 5;
                ByteBuffer one = ByteBuffer.allocate(1);
                channel.read(one, at);
                one.put(0, (byte) (one.get(0) ^ 0x10)).rewind();
                channel.write(one, at);
            }
        }
    }

    /** Waits until peers have sent more than so much, and then nothing for a while. */
    private void awaitQuietAfter(long sentBytes) throws InterruptedException {
        long before = -1;
        long now = 0;
        while (before != now || now <= sentBytes) {
            before = now;
            Thread.sleep(100);
            now = peers.stream().mapToLong(peer -> peer.bytesRead.get()).sum();
        }
    }

    /** An executor's blocks and port, and what shall go wrong with them. */
    private final class Peer implements BlockService {
        private final String id;
        private final String hostKey;
        private final BlockStore blocks;
        private final BlockServer service;
        private final AtomicLong bytesRead = new AtomicLong();
        private RpcServer server;
        private String scratch;
        private volatile int spoiledReads;
        private volatile boolean isSilent;

        Peer(String id, String hostKey) throws IOException {
            this.id = id;
            this.hostKey = hostKey;
            MemoryPool memory = new MemoryPool(64 << 20, 1);
            blocks = new BlockStore(List.of(directory), id, memory);
            service = new BlockServer(blocks, new CacheStore(memory, blocks.cacheDisk(), status -> {}));
            scratch = blocks.scratchDirectory().toString();
            server = start(0);
        }

        private RpcServer start(int port) throws IOException {
            ListenAddress address = new ListenAddress("127.0.0.1", new PortRange(port, port), "");
            return RpcServer.start(address, RpcSettings.defaults(), credentials, new NoControl(), this);
        }

        void restart() {
            int port = server.port();
            server.close();
            try {
                server = start(port);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        ExecutorAddress address() {
            return new ExecutorAddress(id, 1, server.host(), server.port(), hostKey, scratch);
        }

        void close() {
            server.close();
            blocks.close();
        }

        @Override
        public ServedRange openMapOutput(int shuffleId, AttemptId map, int firstBucket, int endBucket)
                throws IOException {
            while (isSilent) {
                try {
                    Thread.sleep(10);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException(e);
                }
            }
            ServedRange range = service.openMapOutput(shuffleId, map, firstBucket, endBucket);
            return new ServedRange() {
                @Override
                public long byteCount() {
                    return range.byteCount();
                }

                @Override
                public void read(long position, ByteBuffer target) throws IOException {
                    int start = target.position();
                    bytesRead.addAndGet(target.remaining());
                    range.read(position, target);
                    if (spoiledReads > 0 && position > 0) {
                        spoiledReads--;
                        target.put(start + 7, (byte) ~target.get(start + 7));
                    }
                }

                @Override
                public Optional<FilePlace> file() {
                    return Optional.empty();
                }

                @Override
                public void close() throws IOException {
                    range.close();
                }
            };
        }

        @Override
        public ServedRange openResult(AttemptId attempt) throws IOException {
            return service.openResult(attempt);
        }
    }

    private static final class NoControl implements ControlHandler {
        @Override
        public void opened(ControlConnection connection) {
            connection.close();
        }

        @Override
        public void received(ControlConnection connection, Frame frame) {
            throw new AssertionError(frame);
        }

        @Override
        public void closed(ControlConnection connection, String why) {
            // Nobody waits for it.
        }
    }
}
