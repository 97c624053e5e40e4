package dev.kindling.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.kindling.protocol.DataFrame;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.util.PortRange;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ControlPlaneTest {
    private final ApplicationCredentials credentials = ApplicationCredentials.withoutCertificate();
    private final Recorder atServer = new Recorder();
    private final Recorder atClient = new Recorder();

    @Test
    void framesTravelBothWaysInOrder() throws Exception {
        try (RpcServer server = start(RpcSettings.defaults());
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            ControlConnection toServer = client.connectControl(server.host(), server.port(), atClient);
            ControlConnection toClient = atServer.nextOpened();

            for (int i = 0; i < 10_000; i++) {
                assertTrue(toServer.send(new Frame.NeedStageProgram("e1", 7, i)));
                assertTrue(toClient.send(new Frame.ForgetStage(i)));
            }

            for (int i = 0; i < 10_000; i++) {
                assertEquals(new Frame.NeedStageProgram("e1", 7, i), atServer.nextFrame());
                assertEquals(new Frame.ForgetStage(i), atClient.nextFrame());
            }
        }
    }

    @Test
    void aFrameOfSixteenMegabytesArrivesWhole() throws Exception {
        byte[] body = new byte[(16 << 20) - 16];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31 >> 3);
        }
        try (RpcServer server = start(RpcSettings.defaults());
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            client.connectControl(server.host(), server.port(), atClient);

            atServer.nextOpened().send(new Frame.StageProgram(3, body));

            Frame.StageProgram arrived = assertInstanceOf(Frame.StageProgram.class, atClient.nextFrame());
            assertEquals(Arrays.hashCode(body), Arrays.hashCode(arrived.body()));
        }
    }

    @Test
    void theClosingOfEitherEndIsHeardAtBoth() throws Exception {
        try (RpcServer server = start(RpcSettings.defaults());
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            ControlConnection connection = client.connectControl(server.host(), server.port(), atClient);
            atServer.nextOpened();

            connection.close();

            assertEquals("closed by this process", atClient.nextClosed());
            assertEquals("the peer closed the connection", atServer.nextClosed());
            assertFalse(connection.isOpen());
            assertFalse(connection.send(new Frame.ForgetStage(1)));
        }
    }

    @Test
    void whatWasSentBeforeTheServerClosesStillArrives() throws Exception {
        try (RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            RpcServer server = start(RpcSettings.defaults());
            client.connectControl(server.host(), server.port(), atClient);
            ControlConnection toClient = atServer.nextOpened();
            for (int i = 0; i < 1_000; i++) {
                toClient.send(new Frame.ForgetStage(i));
            }
            toClient.send(new Frame.Shutdown("done"));

            server.close();

            for (int i = 0; i < 1_000; i++) {
                assertEquals(new Frame.ForgetStage(i), atClient.nextFrame());
            }
            assertEquals(new Frame.Shutdown("done"), atClient.nextFrame());
        }
    }

    @Test
    void aPeerThatDoesNotReadCostsNoMoreThanTheSendQueue() throws Exception {
        RpcSettings settings = RpcSettings.defaults();
        long bound = 1 << 20;
        RpcSettings narrow = new RpcSettings(1, settings.handshakeTimeoutMs(), 8, 8, 100, bound, settings.dataIdleMs());
        try (RpcServer server = start(narrow);
                RpcClient client = new RpcClient(settings, credentials)) {
            ControlConnection toServer = client.connectControl(server.host(), server.port(), atClient);
            ControlConnection toClient = atServer.nextOpened();
            toServer.setReading(false);
            byte[] body = new byte[100_000];

            int taken = 0;
            for (int i = 0; i < 1_000; i++) {
                taken += toClient.send(new Frame.StageProgram(i, body)) ? 1 : 0;
            }

            // The queue and what both kernels hold; the rest was dropped.
            assertTrue(taken >= 10 && taken < 500, taken + " of 1000 frames were taken");
            toServer.setReading(true);
            for (int i = 0; i < taken; i++) {
                atClient.nextFrame();
            }
        }
    }

    @Test
    void connectionsMadeBeforeThePortIsServedWait() throws Exception {
        try (ListeningPort port = ListeningPort.bind(ListenAddress.loopback(), credentials);
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            Thread connecting = new Thread(() -> {
                try {
                    client.connectControl(port.host(), port.port(), atClient)
                            .send(new Frame.NeedStageProgram("e", 1, 2));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            connecting.start();

            try (RpcServer server = RpcServer.start(port, RpcSettings.defaults(), atServer, BlockService.none())) {
                assertEquals(new Frame.NeedStageProgram("e", 1, 2), atServer.nextFrame());
                assertEquals(server.port(), port.port());
            }
            connecting.join();
        }
    }

    @Test
    void closingEndsAllThreads() throws Exception {
        RpcServer server = start(RpcSettings.defaults());
        RpcClient client = new RpcClient(RpcSettings.defaults(), credentials);
        for (int i = 0; i < 4; i++) {
            client.connectControl(server.host(), server.port(), atClient);
        }
        Set<Thread> before = ioThreads();
        assertFalse(before.isEmpty());
        assertTrue(before.stream().allMatch(Thread::isDaemon));

        client.close();
        server.close();

        for (Thread thread : before) {
            thread.join(60_000);
            assertFalse(thread.isAlive(), thread + " lives");
        }
        assertThrows(
                IOException.class,
                () -> new RpcClient(RpcSettings.defaults(), credentials)
                        .connectControl("127.0.0.1", server.port(), atClient));
    }

    @Test
    void theAdvertisedHostIsNotTheBoundOne() throws Exception {
        try (RpcServer server = start(new ListenAddress("127.0.0.1", PortRange.ANY, "localhost"));
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            assertEquals("localhost", server.host());
            assertTrue(client.connectControl(server.host(), server.port(), atClient)
                    .isOpen());
        }
    }

    @Test
    void aFrameLongerThanTheCapOrEmptyClosesTheConnection() throws Exception {
        for (int length : new int[] {FrameCodec.MAX_FRAME_BYTES + 1, Integer.MAX_VALUE, 0, -1}) {
            try (RpcServer server = start(RpcSettings.defaults());
                    Socket peer = rightPeer(server)) {
                atServer.nextOpened();
                peer.getOutputStream()
                        .write(ByteBuffer.allocate(4).putInt(length).array());

                assertTrue(atServer.nextClosed().contains("a frame of " + length + " bytes"));
                assertEquals(-1, peer.getInputStream().read());
            }
        }
    }

    @Test
    void aFrameOfTheOtherPlaneOrOfNoneClosesTheConnection() throws Exception {
        byte[] credit = FrameCodec.encode(new DataFrame.Credit(1, 2));
        for (byte[] frame : new byte[][] {credit, {0}, {127, 1, 2, 3}}) {
            try (RpcServer server = start(RpcSettings.defaults());
                    Socket peer = rightPeer(server)) {
                atServer.nextOpened();
                peer.getOutputStream()
                        .write(ByteBuffer.allocate(4 + frame.length)
                                .putInt(frame.length)
                                .put(frame)
                                .array());

                assertTrue(atServer.nextClosed().contains("broke the protocol"));
            }
        }
    }

    @Test
    void aPromisedLengthAloneMakesNobodyAllocateIt() throws Exception {
        try (RpcServer server = start(RpcSettings.defaults());
                Socket first = rightPeer(server);
                Socket second = rightPeer(server)) {
            promiseMuch(first); // also loads the classes
            long before = allocatedByIoThreads();

            promiseMuch(second);

            long allocated = allocatedByIoThreads() - before;
            assertTrue(allocated < 1 << 20, allocated + " bytes for a promise of 16 MiB");
        }
    }

    /** Says 16 MiB, sends ten bytes of it, ends, and waits until the server has seen all that. */
    private void promiseMuch(Socket peer) throws Exception {
        atServer.nextOpened();
        peer.getOutputStream()
                .write(ByteBuffer.allocate(14)
                        .putInt(FrameCodec.MAX_FRAME_BYTES)
                        .array());
        peer.shutdownOutput();
        assertEquals("the peer closed the connection", atServer.nextClosed());
    }

    /** A plain socket behind a right handshake. */
    private Socket rightPeer(RpcServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getByName(server.host()), server.port());
        socket.setSoTimeout(60_000);
        byte[] nonce = Handshake.newNonce();
        socket.getOutputStream().write(Handshake.hello(Handshake.Plane.CONTROL, nonce));
        byte[] answer = socket.getInputStream().readNBytes(Handshake.ANSWER_BYTES);
        byte[] context =
                Handshake.context(Handshake.Plane.CONTROL, server.port(), nonce, Handshake.nonceInAnswer(answer));
        socket.getOutputStream().write(Handshake.askerProof(credentials.secret(), context));
        return socket;
    }

    private static long allocatedByIoThreads() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return ioThreads().stream()
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getId()))
                .sum();
    }

    private RpcServer start(RpcSettings settings) throws IOException {
        return RpcServer.start(ListenAddress.loopback(), settings, credentials, atServer, BlockService.none());
    }

    private RpcServer start(ListenAddress address) throws IOException {
        return RpcServer.start(address, RpcSettings.defaults(), credentials, atServer, BlockService.none());
    }

    private static Set<Thread> ioThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("rpc-io-"))
                .collect(Collectors.toSet());
    }
}
