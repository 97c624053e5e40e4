package dev.kindling.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.BlockRequest;
import dev.kindling.protocol.DataFrame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.rpc.Handshake.Plane;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockTransferTest {
    private static final long WINDOW = 4 << 20;

    @TempDir
    Path directory;

    private final ApplicationCredentials credentials = newCredentials();
    private final Holder holder = new Holder();
    private RpcServer server;
    private RpcClient client;

    ApplicationCredentials newCredentials() {
        return ApplicationCredentials.withoutCertificate();
    }

    /** Of large sizes. */
    int divisor() {
        return 1;
    }

    @BeforeEach
    void open() throws IOException {
        server = RpcServer.start(ListenAddress.loopback(), RpcSettings.defaults(), credentials, new Recorder(), holder);
        client = new RpcClient(RpcSettings.defaults(), credentials);
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        assertEquals(0, holder.openRanges.get(), "ranges stayed open");
    }

    @Test
    void aThousandSmallBlocksAndALargeOneArriveWholeAndInOrder() throws Exception {
        for (int map = 0; map < 1_000; map++) {
            holder.put(map, noise(map, 100 + map % 100), map % 2 == 0);
        }
        holder.put(1_000, noise(7, (64 << 20) / divisor()), true);
        Answer answer = fetch(WINDOW, 0, 1_001);

        answer.awaitEnd();

        for (int map = 0; map <= 1_000; map++) {
            assertEquals(crcOf(holder.blocks.get(map)), answer.crcOf(map), "map " + map);
        }
        assertEquals(1_001, answer.started.size());
    }

    @Test
    void manyStreamsShareAConnectionAndAllArrive() throws Exception {
        for (int map = 0; map < 64; map++) {
            holder.put(map, noise(map, 1 + map * 20_000 / divisor()), map % 3 != 0);
        }
        List<Answer> answers = new ArrayList<>();
        for (int stream = 0; stream < 16; stream++) {
            answers.add(fetch(WINDOW / 16, stream, 64));
        }
        for (Answer answer : answers) {
            answer.awaitEnd();
            for (int map = answer.firstMap; map < 64; map++) {
                assertEquals(crcOf(holder.blocks.get(map)), answer.crcOf(map - answer.firstMap));
            }
        }
    }

    @Test
    void aWindowOfOneByteIsEnoughToGetOn() throws Exception {
        holder.put(0, noise(1, 300), true);
        holder.put(1, noise(2, 17), false);
        Answer answer = fetch(1, 0, 2);

        answer.awaitEnd();

        assertEquals(crcOf(holder.blocks.get(0)), answer.crcOf(0));
        assertEquals(crcOf(holder.blocks.get(1)), answer.crcOf(1));
    }

    @Test
    void aReaderThatTakesNothingGetsNoMoreThanItsWindow() throws Exception {
        holder.put(0, noise(1, 32 << 20), false);
        holder.put(1, noise(2, 100), true);
        Answer greedy = new Answer(0, false);
        greedy.stream = client.fetchBlocks(server.host(), server.port(), request(0, 1), WINDOW, greedy);
        greedy.awaitBytes(WINDOW);

        // Another stream of the same connection comes through: the slow one is in nobody's way.
        fetch(WINDOW, 1, 2).awaitEnd();
        assertEquals(WINDOW, greedy.byteCount());
        assertTrue(holder.bytesRead.get() <= WINDOW + (256 << 10), holder.bytesRead + " bytes were read ahead");

        greedy.takesAll();
        greedy.awaitEnd();
        assertEquals(crcOf(holder.blocks.get(0)), greedy.crcOf(0));
    }

    @Test
    void skippedBytesDoNotCome() throws Exception {
        byte[] block = noise(1, 1 << 20);
        holder.put(0, block, true);
        Answer answer = new Answer(0, true);
        BlockRequest request = new BlockRequest(3, 0, 1, List.of(new BlockRequest.MapRange(map(0), block.length - 10)));
        answer.stream = client.fetchBlocks(server.host(), server.port(), request, WINDOW, answer);

        answer.awaitEnd();

        assertEquals(10, answer.byteCount());
        assertEquals(crcOf(Arrays.copyOfRange(block, block.length - 10, block.length)), answer.crcOf(0));
    }

    @Test
    void anAbsentOutputIsRefusedAndItsNeighboursCome() throws Exception {
        holder.put(0, noise(1, 1_000), true);
        holder.put(2, noise(2, 1_000), false);
        Answer answer = fetch(WINDOW, 0, 3);

        answer.awaitEnd();

        assertEquals(Map.of(1, "absent: map output s0p1#0 is not here"), answer.refused);
        assertEquals(crcOf(holder.blocks.get(2)), answer.crcOf(2));
    }

    @Test
    void anOutputThatCannotBeReadOnTheWayIsRefusedAndItsNeighboursCome() throws Exception {
        holder.put(0, noise(1, 500_000), false);
        holder.put(1, noise(2, 1_000), false);
        holder.failingMap = 0;
        Answer answer = fetch(WINDOW, 0, 2);

        answer.awaitEnd();

        assertEquals(Map.of(0, "unreadable: the disk is gone"), answer.refused);
        assertEquals(crcOf(holder.blocks.get(1)), answer.crcOf(1));
    }

    @Test
    void aCancelledStreamStopsAndLeavesTheOthersAlone() throws Exception {
        holder.put(0, noise(1, (32 << 20) / divisor()), true);
        Answer cancelled = new Answer(0, false);
        cancelled.stream = client.fetchBlocks(server.host(), server.port(), request(0, 1), 1 << 20, cancelled);
        cancelled.awaitBytes(1 << 20);

        cancelled.stream.cancel();
        cancelled.stream.consumed(32 << 20);
        fetch(WINDOW, 0, 1).awaitEnd();

        assertEquals(1 << 20, cancelled.byteCount());
        assertFalse(cancelled.isOver());
    }

    @Test
    void aHolderThatDiesInTheMiddleFailsTheStream() throws Exception {
        holder.put(0, noise(1, 32 << 20), true);
        Answer answer = new Answer(0, false);
        answer.stream = client.fetchBlocks(server.host(), server.port(), request(0, 1), 1 << 20, answer);
        answer.awaitBytes(1 << 20);

        server.close();

        answer.awaitOver();
        assertTrue(answer.failure.contains("connection"), answer.failure);
    }

    @Test
    void aPortWithoutAListenerFailsTheStreamWithAnAnswer() throws Exception {
        int freePort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freePort = socket.getLocalPort();
        }
        Answer answer = new Answer(0, true);
        answer.stream = client.fetchBlocks("127.0.0.1", freePort, request(0, 1), WINDOW, answer);

        answer.awaitOver();

        assertTrue(answer.failure.contains("cannot connect to 127.0.0.1:" + freePort), answer.failure);
    }

    @Test
    void aConnectionThatNobodyAnswersIsLeftForANewOne() throws Exception {
        holder.put(0, noise(1, 1_000), false);
        try (ServerSocket way = new ServerSocket(server.port(), 2, InetAddress.getByName("127.0.0.2"))) {
            way.setSoTimeout(60_000);
            BlockStream unanswered =
                    client.fetchBlocks("127.0.0.2", server.port(), request(0, 1), WINDOW, new Answer(0, true));
            Socket silent = way.accept();
            unanswered.abandon();
            Answer answer = new Answer(0, true);
            answer.stream = client.fetchBlocks("127.0.0.2", server.port(), request(0, 1), WINDOW, answer);

            relay(way.accept());

            answer.awaitEnd();
            silent.close();
        }
    }

    private void relay(Socket near) throws IOException {
        Socket far = new Socket(InetAddress.getByName(server.host()), server.port());
        pass(near, far);
        pass(far, near);
    }

    private static void pass(Socket from, Socket to) {
        Thread thread = new Thread(() -> {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // One of both ends is gone.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void anUnusedConnectionIsClosedAndTheNextRequestOpensAnother() throws Exception {
        holder.put(0, noise(1, 1_000), false);
        RpcSettings s = RpcSettings.defaults();
        RpcSettings restless = new RpcSettings(1, 5_000, 8, 8, 100, s.sendQueueBytes(), 1);
        try (RpcClient hasty = new RpcClient(restless, credentials)) {
            for (int i = 0; i < 200; i++) {
                Answer answer = new Answer(0, true);
                answer.stream = hasty.fetchBlocks(server.host(), server.port(), request(0, 1), WINDOW, answer);
                answer.awaitEnd();
                if (i % 10 == 0) {
                    TimeUnit.MILLISECONDS.sleep(2);
                }
            }
        }
    }

    @Test
    void aStoredResultComesWholeOrNotAtAll() throws Exception {
        holder.results.put(new AttemptId(5, 1, 0), noise(3, 9 << 20));

        byte[] result = client.fetchResult(server.host(), server.port(), new AttemptId(5, 1, 0), 10 << 20, 10_000);

        assertEquals(crcOf(noise(3, 9 << 20)), crcOf(result));
        IOException tooLarge = assertThrows(
                IOException.class,
                () -> client.fetchResult(server.host(), server.port(), new AttemptId(5, 1, 0), 1 << 20, 10_000));
        assertTrue(tooLarge.getMessage().contains("1048576 are allowed"), tooLarge.getMessage());
        assertThrows(
                BlockAbsentException.class,
                () -> client.fetchResult(server.host(), server.port(), new AttemptId(5, 2, 0), 1 << 20, 10_000));
    }

    @Test
    void aHolderThatSendsMoreThanItAnnouncedIsCutOff() throws Exception {
        assertTrue(failureWhenSent(100, 1_000, WINDOW).contains("of a range that has 100 left"));
    }

    @Test
    void aHolderThatSendsMoreThanItHasCreditForIsCutOff() throws Exception {
        assertTrue(failureWhenSent(100_000, 50_000, 40_000).contains("beyond a window of 40000"));
    }

    /** A holder announces a range and sends one chunk of it, whatever the window. */
    private String failureWhenSent(int announcedBytes, int sentBytes, long window) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread liar = new Thread(() -> {
                try (Socket socket = shakeHands(listener)) {
                    // Frames of a stream that nobody has asked for yet would be passed over.
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    in.readNBytes(in.readInt());
                    OutputStream out = socket.getOutputStream();
                    write(out, FrameCodec.encode(new DataFrame.RangeStarted(1, 0, announcedBytes)));
                    out.write(ByteBuffer.allocate(9)
                            .putInt(5 + sentBytes)
                            .put((byte) FrameCodec.CHUNK)
                            .putInt(1)
                            .array());
                    out.write(new byte[sentBytes]);
                    socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The client resets the connection.
                }
            });
            liar.start();
            Answer answer = new Answer(0, false);
            answer.stream = client.fetchBlocks("127.0.0.1", listener.getLocalPort(), request(0, 1), window, answer);

            answer.awaitOver();

            liar.join(10_000);
            return answer.failure;
        }
    }

    @Test
    void randomBytesBehindARightHandshakeCloseTheConnectionAndCostLittle() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            try (Socket socket = new Socket(InetAddress.getByName(server.host()), server.port())) {
                byte[] nonce = Handshake.newNonce();
                socket.setSoTimeout(60_000);
                socket.getOutputStream().write(Handshake.hello(Plane.DATA, nonce));
                byte[] answer = socket.getInputStream().readNBytes(Handshake.ANSWER_BYTES);
                socket.getOutputStream()
                        .write(Handshake.askerProof(
                                credentials.secret(),
                                Handshake.context(Plane.DATA, server.port(), nonce, Handshake.nonceInAnswer(answer))));
                byte[] noise = noise(seed, 100_000);
                // Short frames of every tag, and what looks like one of 4 GiB.
                Arrays.fill(noise, 0, seed % 5, (byte) 0);
                noise[4] = (byte) (60 + seed);
                try {
                    socket.getOutputStream().write(noise);
                    // What may still be the beginning of a long frame ends here.
                    socket.shutdownOutput();
                    assertEquals(-1, socket.getInputStream().read());
                } catch (SocketException e) {
                    // Reset: closed while we wrote.
                }
            }
        }
    }

    // ---- tools ----------------------------------------------------------------------------------------------------

    private Socket shakeHands(ServerSocket listener) throws IOException {
        Socket socket = listener.accept();
        byte[] hello = socket.getInputStream().readNBytes(Handshake.HELLO_BYTES);
        byte[] nonce = Handshake.newNonce();
        byte[] context = Handshake.context(Plane.DATA, listener.getLocalPort(), Handshake.nonceInHello(hello), nonce);
        socket.getOutputStream().write(Handshake.answer(nonce, Handshake.holderProof(credentials.secret(), context)));
        socket.getInputStream().readNBytes(Handshake.PROOF_BYTES);
        return socket;
    }

    private static void write(OutputStream out, byte[] frame) throws IOException {
        out.write(ByteBuffer.allocate(4).putInt(frame.length).array());
        out.write(frame);
    }

    private Answer fetch(long window, int firstMap, int endMap) {
        Answer answer = new Answer(firstMap, true);
        answer.stream = client.fetchBlocks(server.host(), server.port(), request(firstMap, endMap), window, answer);
        return answer;
    }

    private static BlockRequest request(int firstMap, int endMap) {
        List<BlockRequest.MapRange> maps = new ArrayList<>();
        for (int map = firstMap; map < endMap; map++) {
            maps.add(new BlockRequest.MapRange(map(map), 0));
        }
        return new BlockRequest(3, 0, 1, maps);
    }

    private static AttemptId map(int partition) {
        return new AttemptId(0, partition, 0);
    }

    private static byte[] noise(long seed, int byteCount) {
        byte[] bytes = new byte[byteCount];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private static long crcOf(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }

    /** Holds blocks of shuffle 3, in files or in memory. */
    private final class Holder implements BlockService {
        private final Map<Integer, byte[]> blocks = new ConcurrentHashMap<>();
        private final Map<Integer, Path> files = new ConcurrentHashMap<>();
        private final Map<AttemptId, byte[]> results = new ConcurrentHashMap<>();
        private final AtomicInteger openRanges = new AtomicInteger();
        private final AtomicInteger bytesRead = new AtomicInteger();
        private volatile int failingMap = -1;

        void put(int map, byte[] bytes, boolean isInFile) throws IOException {
            blocks.put(map, bytes);
            if (isInFile) {
                // Some bytes before it, so that offsets count.
                Path file = directory.resolve("map" + map);
                Files.write(file, new byte[map % 7]);
                Files.write(file, bytes, StandardOpenOption.APPEND);
                files.put(map, file);
            }
        }

        @Override
        public ServedRange openMapOutput(int shuffleId, AttemptId mapAttempt, int firstBucket, int endBucket)
                throws IOException {
            byte[] bytes = blocks.get(mapAttempt.partition());
            if (bytes == null || shuffleId != 3) {
                throw new BlockAbsentException("map output " + mapAttempt + " is not here");
            }
            Path file = files.get(mapAttempt.partition());
            openRanges.incrementAndGet();
            return new TestRange(
                    ServedRange.of(bytes, 0, bytes.length),
                    file == null ? null : FileChannel.open(file, StandardOpenOption.READ),
                    mapAttempt.partition());
        }

        @Override
        public ServedRange openResult(AttemptId attempt) throws IOException {
            byte[] bytes = results.get(attempt);
            if (bytes == null) {
                throw new BlockAbsentException("no result of " + attempt);
            }
            return ServedRange.of(bytes, 0, bytes.length);
        }

        private final class TestRange implements ServedRange {
            private final ServedRange memory;
            private final FileChannel channel;
            private final int map;

            TestRange(ServedRange memory, FileChannel channel, int map) {
                this.memory = memory;
                this.channel = channel;
                this.map = map;
            }

            @Override
            public long byteCount() {
                return memory.byteCount();
            }

            @Override
            public void read(long position, ByteBuffer target) throws IOException {
                if (map == failingMap && position > 0) {
                    throw new IOException("the disk is gone");
                }
                bytesRead.addAndGet(target.remaining());
                if (channel == null) {
                    memory.read(position, target);
                } else {
                    channel.read(target, map % 7 + position);
                }
            }

            @Override
            public Optional<FilePlace> file() {
                return Optional.ofNullable(channel).map(open -> new FilePlace(open, map % 7));
            }

            @Override
            public void close() throws IOException {
                openRanges.decrementAndGet();
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    /** Gathers checksums of what arrives. */
    private static final class Answer implements BlockReceiver {
        private final int firstMap;
        private final List<Integer> started = new ArrayList<>();
        private final Map<Integer, CRC32C> crcs = new ConcurrentHashMap<>();
        private final Map<Integer, String> refused = new ConcurrentHashMap<>();
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile BlockStream stream;
        private volatile String failure;
        private boolean isTaking;
        private long bytes;
        private long untaken;

        Answer(int firstMap, boolean isTaking) {
            this.firstMap = firstMap;
            this.isTaking = isTaking;
        }

        @Override
        public synchronized void started(int index, long byteCount) {
            started.add(index);
            crcs.put(index, new CRC32C());
        }

        @Override
        public synchronized void arrived(byte[] array) {
            crcs.get(started.get(started.size() - 1)).update(array);
            bytes += array.length;
            untaken += array.length;
            notifyAll();
            take();
        }

        private void take() {
            // The stream may answer before the test has it.
            if (isTaking && stream != null) {
                stream.consumed(untaken);
                untaken = 0;
            }
        }

        @Override
        public synchronized void refused(int index, boolean isAbsent, String why) {
            refused.put(index, (isAbsent ? "absent: " : "unreadable: ") + why);
        }

        @Override
        public void ended() {
            over.countDown();
        }

        @Override
        public void failed(String why) {
            failure = why;
            over.countDown();
        }

        synchronized void takesAll() {
            isTaking = true;
            take();
        }

        synchronized long byteCount() {
            return bytes;
        }

        synchronized void awaitBytes(long byteCount) throws InterruptedException {
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (bytes < byteCount) {
                assertTrue(System.nanoTime() < deadline, bytes + " of " + byteCount + " bytes came");
                wait(100);
            }
        }

        boolean isOver() {
            return over.getCount() == 0;
        }

        void awaitOver() throws InterruptedException {
            for (int i = 0; i < 1_200 && !over.await(100, TimeUnit.MILLISECONDS); i++) {
                synchronized (this) {
                    take();
                }
            }
            assertTrue(isOver(), "the stream did not end");
        }

        void awaitEnd() throws InterruptedException {
            awaitOver();
            assertEquals(null, failure);
        }

        synchronized long crcOf(int index) {
            return crcs.get(index).getValue();
        }
    }
}
