package dev.kindling.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.rpc.Handshake.Plane;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class HandshakeTest {
    private final ApplicationCredentials credentials = ApplicationCredentials.withoutCertificate();
    private final SharedKey secret = credentials.secret();
    private final Recorder atServer = new Recorder();
    private final Recorder atClient = new Recorder();

    @Test
    void aClientWithAnotherSecretSaysNothingToTheServer() throws Exception {
        try (RpcServer server = start(RpcSettings.defaults());
                RpcClient stranger =
                        new RpcClient(RpcSettings.defaults(), ApplicationCredentials.withoutCertificate())) {
            IOException refusal = assertThrows(
                    IOException.class, () -> stranger.connectControl(server.host(), server.port(), atClient));

            assertTrue(refusal.getMessage().contains("does not know this application's secret"), refusal.getMessage());
            assertFalse(atServer.hasOpened());
            assertFalse(atClient.hasOpened());
        }
    }

    @Test
    void aWrongProofIsAnsweredWithAClosedConnectionAndNothingElse() throws Exception {
        try (RpcServer server = start(RpcSettings.defaults());
                Socket socket = connect(server)) {
            byte[] nonce = Handshake.newNonce();
            socket.getOutputStream().write(Handshake.hello(Plane.CONTROL, nonce));
            byte[] answer = socket.getInputStream().readNBytes(Handshake.ANSWER_BYTES);
            byte[] context = Handshake.context(Plane.CONTROL, server.port(), nonce, Handshake.nonceInAnswer(answer));

            socket.getOutputStream().write(Handshake.askerProof(SharedKey.random(), context));

            assertTrue(isClosedWithoutAWord(socket));
            assertFalse(atServer.hasOpened());
        }
    }

    @Test
    void theServersOwnProofSentBackIsNoProof() throws Exception {
        try (RpcServer server = start(RpcSettings.defaults());
                Socket socket = connect(server)) {
            socket.getOutputStream().write(Handshake.hello(Plane.CONTROL, Handshake.newNonce()));
            byte[] answer = socket.getInputStream().readNBytes(Handshake.ANSWER_BYTES);

            socket.getOutputStream().write(Handshake.proofInAnswer(answer));

            assertTrue(isClosedWithoutAWord(socket));
            assertFalse(atServer.hasOpened());
        }
    }

    @Test
    void aRecordedHandshakeProvesNothingASecondTime() throws Exception {
        try (RpcServer server = start(RpcSettings.defaults())) {
            byte[] nonce = Handshake.newNonce();
            byte[] hello = Handshake.hello(Plane.CONTROL, nonce);
            byte[] proof;
            try (Socket first = connect(server)) {
                first.getOutputStream().write(hello);
                byte[] answer = first.getInputStream().readNBytes(Handshake.ANSWER_BYTES);
                proof = Handshake.askerProof(
                        secret,
                        Handshake.context(Plane.CONTROL, server.port(), nonce, Handshake.nonceInAnswer(answer)));
                first.getOutputStream().write(proof);
                atServer.nextOpened();
            }
            try (Socket replay = connect(server)) {
                replay.getOutputStream().write(hello);
                replay.getInputStream().readNBytes(Handshake.ANSWER_BYTES);
                replay.getOutputStream().write(proof);

                assertTrue(isClosedWithoutAWord(replay));
                assertFalse(atServer.hasOpened());
            }
        }
    }

    @Test
    void aRelayToAnotherListenerOfTheApplicationIsNoticed() throws Exception {
        try (RpcServer server = start(RpcSettings.defaults());
                ServerSocket impostor = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            Thread relay = new Thread(() -> {
                try (Socket asker = impostor.accept();
                        Socket holder = connect(server)) {
                    holder.getOutputStream().write(asker.getInputStream().readNBytes(Handshake.HELLO_BYTES));
                    asker.getOutputStream().write(holder.getInputStream().readNBytes(Handshake.ANSWER_BYTES));
                    asker.getInputStream().read();
                } catch (IOException e) {
                    // The client has gone, as it should.
                }
            });
            relay.start();

            assertThrows(
                    IOException.class, () -> client.connectControl("127.0.0.1", impostor.getLocalPort(), atClient));

            relay.join(10_000);
            assertFalse(atServer.hasOpened());
        }
    }

    @Test
    void anImpostorThatDoesNotKnowTheSecretGetsOneHelloAndNoFrame() throws Exception {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        try (ServerSocket impostor = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            Thread listening = new Thread(() -> {
                try (Socket asker = impostor.accept()) {
                    heard.write(asker.getInputStream().readNBytes(Handshake.HELLO_BYTES));
                    asker.getOutputStream().write(Handshake.answer(Handshake.newNonce(), new byte[32]));
                    asker.getInputStream().transferTo(heard);
                } catch (IOException e) {
                    // A reset is an end as well.
                }
            });
            listening.start();

            assertThrows(
                    IOException.class, () -> client.connectControl("127.0.0.1", impostor.getLocalPort(), atClient));

            listening.join(10_000);
            assertEquals(Handshake.HELLO_BYTES, heard.size());
            assertFalse(atClient.hasOpened());
        }
    }

    @Test
    void bothSidesAreToldOfAnotherVersion() throws Exception {
        int version = FrameCodec.VERSION;
        refusesAndIsRefusedBy(
                message -> ByteBuffer.wrap(message).putShort(4, (short) 77), "version 77", "version " + version);
    }

    @Test
    void bothSidesAreToldOfAnotherBuild() throws Exception {
        String own = Build.words(Build.NUMBER);
        refusesAndIsRefusedBy(
                message -> ByteBuffer.wrap(message).putLong(6, 0xCAFEL), "build 000000000000cafe", "build " + own);
    }

    /** At once: sockets that wait for longer than a second fail here. */
    private void refusesAndIsRefusedBy(Consumer<byte[]> changed, String others, String own) throws Exception {
        try (RpcServer server = start(RpcSettings.defaults());
                Socket socket = connect(server)) {
            socket.setSoTimeout(1_000);
            byte[] hello = Handshake.hello(Plane.CONTROL, Handshake.newNonce());
            changed.accept(hello);
            socket.getOutputStream().write(hello);

            byte[] answer = socket.getInputStream().readAllBytes();

            assertArrayEquals(Handshake.versionOnly(), answer);
            assertFalse(atServer.hasOpened());
        }
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            Thread listening = new Thread(() -> {
                try (Socket asker = other.accept()) {
                    byte[] answer = Handshake.versionOnly();
                    changed.accept(answer);
                    asker.getOutputStream().write(answer);
                    asker.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // Closed by the client.
                }
            });
            listening.start();

            IOException refusal = assertThrows(
                    IOException.class, () -> client.connectControl("127.0.0.1", other.getLocalPort(), atClient));

            assertTrue(
                    refusal.getMessage().contains(others)
                            && refusal.getMessage().contains(own),
                    refusal.getMessage());
            listening.join(10_000);
        }
    }

    @Test
    void whoSaysNothingOrTooLittleIsClosedAfterTheTimeout() throws Exception {
        RpcSettings s = RpcSettings.defaults();
        RpcSettings impatient = new RpcSettings(1, 200, 8, 8, 100, s.sendQueueBytes(), s.dataIdleMs());
        try (RpcServer server = start(impatient);
                Socket silent = connect(server);
                Socket slow = connect(server)) {
            slow.getOutputStream().write("KNDL".getBytes(StandardCharsets.US_ASCII));

            assertTrue(isClosedWithoutAWord(silent));
            assertTrue(isClosedWithoutAWord(slow));
            assertEquals(0, server.halfOpenCount());
        }
    }

    @Test
    void oneHalfOpenConnectionTooManyClosesTheOldestAndStillLetsTheRightOnesIn() throws Exception {
        RpcSettings s = RpcSettings.defaults();
        RpcSettings narrow = new RpcSettings(1, 60_000, 4, 4, 100, s.sendQueueBytes(), s.dataIdleMs());
        List<Socket> sockets = new ArrayList<>();
        try (RpcServer server = start(narrow);
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            for (int i = 0; i < 40; i++) {
                sockets.add(connect(server));
            }

            client.connectControl(server.host(), server.port(), atClient);

            atServer.nextOpened();
            for (int i = 0; i < 36; i++) {
                assertTrue(isClosedWithoutAWord(sockets.get(i)));
            }
            assertTrue(server.halfOpenCount() <= 4);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void aMillionRandomBytesAreNotDecodedAndCostNothing() throws Exception {
        byte[] noise = new byte[1_000_000];
        new SplittableRandom(1).nextBytes(noise);
        try (RpcServer server = start(RpcSettings.defaults())) {
            try (Socket first = connect(server)) {
                send(first, noise); // loads the classes
            }
            long before = allocatedByIoThreads();

            for (int i = 0; i < 20; i++) {
                try (Socket socket = connect(server)) {
                    send(socket, i % 2 == 0 ? noise : withHello(noise));
                    assertTrue(isClosedWithoutAWord(socket) || i % 2 == 1);
                }
            }

            long perConnection = (allocatedByIoThreads() - before) / 20;
            assertTrue(perConnection < 64 << 10, perConnection + " bytes were allocated for each connection");
            assertFalse(atServer.hasOpened());
        }
    }

    @Test
    void aProofIsWhatEveryOtherHmacSha256Says() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        secret.writeTo(out);
        byte[] key = out.toByteArray();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        byte[] text = "what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII);

        assertArrayEquals(mac.doFinal(text), secret.proofOf(text));
        assertArrayEquals(
                secret.proofOf(text), secret.proofOf(Arrays.copyOf(text, 5), Arrays.copyOfRange(text, 5, 28)));
        assertArrayEquals(mac.doFinal(new byte[200]), secret.proofOf(new byte[200]));
    }

    // ---- tools ----------------------------------------------------------------------------------------------------

    private RpcServer start(RpcSettings settings) throws IOException {
        return RpcServer.start(ListenAddress.loopback(), settings, credentials, atServer, BlockService.none());
    }

    private static Socket connect(RpcServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getByName(server.host()), server.port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static byte[] withHello(byte[] noise) {
        byte[] bytes = noise.clone();
        byte[] hello = Handshake.hello(Plane.DATA, Handshake.newNonce());
        System.arraycopy(hello, 0, bytes, 0, hello.length);
        return bytes;
    }

    /** Sends as much as the peer takes. */
    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            // It was closed in the middle, as hoped.
        }
    }

    /** Waits for the end of the connection; false when a byte came before it. */
    private static boolean isClosedWithoutAWord(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private static long allocatedByIoThreads() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("rpc-io-"))
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getId()))
                .sum();
    }
}
