package dev.kindling.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.protocol.Frame;
import dev.kindling.rpc.Handshake.Plane;
import dev.kindling.util.PortRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;

/** A listener that others reach, and those who should not get in. */
class TlsTest {
    private static final int ANSWER_WITHIN_MS = 60_000;

    private final ApplicationCredentials credentials = ApplicationCredentials.withCertificate();
    private final Recorder atServer = new Recorder();
    private final Recorder atClient = new Recorder();

    @Test
    void framesPassBothWaysAndNothingOfThemIsSeenOnTheWire() throws Exception {
        String word = "a word that is easily found";
        ListenAddress address = ListenAddress.loopback();
        RpcServer server = RpcServer.start(address, RpcSettings.defaults(), credentials, atServer, BlockService.none());
        RpcClient client = new RpcClient(RpcSettings.defaults(), credentials);
        try (Wire wire = new Wire(server)) {
            ControlConnection toServer = client.connectControl(Wire.HOST, server.port(), atClient);
            toServer.send(new Frame.Shutdown(word));
            assertEquals(new Frame.Shutdown(word), atServer.nextFrame());
            atServer.nextOpened().send(new Frame.StageProgram(7, new byte[200_000]));
            assertEquals(7, ((Frame.StageProgram) atClient.nextFrame()).stageId());
            client.close();
            server.close();
            wire.relay.join(ANSWER_WITHIN_MS);

            assertTrue(wire.toClient.size() > 200_000, wire.toClient.size() + " bytes went to the client");
            for (byte[] heard : new byte[][] {wire.toServer.toByteArray(), wire.toClient.toByteArray()}) {
                String text = new String(heard, StandardCharsets.ISO_8859_1);
                assertEquals(0x16, heard[0], "a TLS handshake comes first");
                assertFalse(text.contains(word) || text.contains("KNDL"));
            }
        }
    }

    @Test
    void aClientWithoutACertificateIsSentAway() throws Exception {
        try (RpcServer server = start(RpcSettings.defaults())) {
            assertTrue(isSentAway(stranger(server, new KeyManager[0], "TLSv1.3"), hello()));
        }
        assertFalse(atServer.hasOpened());
    }

    @Test
    void aClientWithACertificateOfItsOwnIsSentAway() throws Exception {
        ApplicationCredentials other = ApplicationCredentials.withCertificate();
        try (RpcServer server = start(RpcSettings.defaults());
                RpcClient stranger = new RpcClient(RpcSettings.defaults(), other)) {
            assertTrue(isSentAway(stranger(server, keyOf(other), "TLSv1.3"), hello()));
            IOException refusal = assertThrows(
                    IOException.class, () -> stranger.connectControl(server.host(), server.port(), atClient));
            assertTrue(refusal.getMessage().contains("this application's certificate"), refusal.getMessage());
        }
        assertFalse(atServer.hasOpened() || atClient.hasOpened());
    }

    @Test
    void theRightCertificateWithoutTheSecretIsNotEnough() throws Exception {
        ApplicationCredentials wrongSecret = withOtherSecret(credentials);
        try (RpcServer server = start(RpcSettings.defaults());
                RpcClient stranger = new RpcClient(RpcSettings.defaults(), wrongSecret)) {
            IOException refusal = assertThrows(
                    IOException.class, () -> stranger.connectControl(server.host(), server.port(), atClient));

            assertTrue(refusal.getMessage().contains("does not know this application's secret"), refusal.getMessage());
        }
        assertFalse(atServer.hasOpened() || atClient.hasOpened());
    }

    @Test
    void anOlderTlsIsNotSpoken() throws Exception {
        try (RpcServer server = start(RpcSettings.defaults())) {
            assertTrue(isSentAway(stranger(server, keyOf(credentials), "TLSv1.2"), hello()));
        }
        assertFalse(atServer.hasOpened());
    }

    @Test
    void aListenerWithAnotherCertificateHearsNoHello() throws Exception {
        ApplicationCredentials other = withSecretOf(ApplicationCredentials.withCertificate(), credentials);
        Recorder atImpostor = new Recorder();
        try (RpcServer impostor = RpcServer.start(
                        ListenAddress.loopback(), RpcSettings.defaults(), other, atImpostor, BlockService.none());
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            IOException refusal = assertThrows(
                    IOException.class, () -> client.connectControl(impostor.host(), impostor.port(), atClient));

            assertTrue(refusal.getMessage().contains("this application's certificate"), refusal.getMessage());
        }
        assertFalse(atImpostor.hasOpened() || atClient.hasOpened());
    }

    @Test
    void whoSpeaksInTheClearIsSentAwayOnBothSides() throws Exception {
        ApplicationCredentials plain = withSecretOf(ApplicationCredentials.withoutCertificate(), credentials);
        try (RpcServer encrypted = start(RpcSettings.defaults());
                RpcServer inTheClear = RpcServer.start(
                        ListenAddress.loopback(), RpcSettings.defaults(), plain, atServer, BlockService.none());
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials);
                RpcClient clientInTheClear = new RpcClient(RpcSettings.defaults(), plain)) {
            assertThrows(
                    IOException.class,
                    () -> clientInTheClear.connectControl(encrypted.host(), encrypted.port(), atClient));
            assertThrows(
                    IOException.class, () -> client.connectControl(inTheClear.host(), inTheClear.port(), atClient));
        }
        assertFalse(atServer.hasOpened() || atClient.hasOpened());
    }

    @Test
    void noiseAndEndlessHandshakesAreCutOff() throws Exception {
        byte[] hugeRecord = {0x16, 3, 3, (byte) 0xFF, (byte) 0xFF, 1};
        // Records that TLS 1.3 ignores, and a handshake message that says it has 16 MB.
        byte[] ignored = {0x14, 3, 3, 0, 1, 1};
        byte[] endless = {0x16, 3, 3, 0, 5, 1, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0};
        try (RpcServer server = start(RpcSettings.defaults())) {
            for (int seed = 0; seed < 10; seed++) {
                byte[] noise = new byte[100_000];
                new SplittableRandom(seed).nextBytes(noise);
                assertTrue(isCutOff(server, noise));
            }
            for (byte[] record : new byte[][] {hugeRecord, ignored, endless}) {
                byte[] many = new byte[2 * Unproved.MAX_BYTES];
                for (int i = 0; i < many.length; i++) {
                    many[i] = record[i % record.length];
                }
                assertTrue(isCutOff(server, many), Arrays.toString(record));
            }
            assertStillServes(server);
        }
    }

    @Test
    void whoSendsAByteNowAndThenIsClosedAfterTheTimeoutInEveryStep() throws Exception {
        RpcSettings impatient = settings(300, 8, 8, 100);
        try (RpcServer server = start(impatient);
                Socket silent = connect(server, "127.0.0.1");
                Socket slow = connect(server, "127.0.0.1");
                SSLSocket mute = stranger(server, keyOf(credentials), "TLSv1.3")) {
            byte[] beginning = {0x16, 3, 3, 2, 0, 1, 0, 1, (byte) 0xFC, 3, 3};
            Thread dripping = new Thread(() -> drip(slow, beginning));
            dripping.start();
            boolean isMuteClosed = isSentAway(mute, new byte[0]);

            assertTrue(isMuteClosed);
            assertTrue(isClosed(silent));
            assertTrue(isClosed(slow));
            dripping.join(ANSWER_WITHIN_MS);
            assertEquals(0, server.halfOpenCount());
        }
    }

    @Test
    void oneAddressDoesNotTakeTheRoomOfAll() throws Exception {
        try (RpcServer server = start(settings(60_000, 8, 4, 100));
                Socket neighbour = connect(server, "127.0.0.3")) {
            Socket[] greedy = new Socket[20];
            for (int i = 0; i < greedy.length; i++) {
                greedy[i] = connect(server, "127.0.0.2");
            }
            for (int i = 0; i < greedy.length - 4; i++) {
                assertTrue(isClosed(greedy[i]), "connection " + i);
            }
            assertEquals(5, server.halfOpenCount());
            assertStillServes(server);
            neighbour.getOutputStream().write(1);
            for (Socket socket : greedy) {
                socket.close();
            }
        }
    }

    @Test
    void oneConnectionMoreThanThereIsRoomForIsClosedAtOnce() throws Exception {
        try (RpcServer server = start(settings(60_000, 8, 8, 2));
                Socket first = connect(server, "127.0.0.1");
                Socket second = connect(server, "127.0.0.1")) {
            awaitHalfOpen(server, 2);
            try (Socket third = connect(server, "127.0.0.1")) {
                assertTrue(isClosed(third));
            }
            first.close();
            awaitHalfOpen(server, 1);
            assertStillServes(server);
            assertFalse(second.isClosed());
        }
    }

    // ---- tools ----------------------------------------------------------------------------------------------------

    private static RpcSettings settings(int handshakeTimeoutMs, int halfOpen, int halfOpenPerPeer, int connections) {
        RpcSettings s = RpcSettings.defaults();
        return new RpcSettings(
                1, handshakeTimeoutMs, halfOpen, halfOpenPerPeer, connections, s.sendQueueBytes(), s.dataIdleMs());
    }

    private RpcServer start(RpcSettings settings) throws IOException {
        ListenAddress all = new ListenAddress("0.0.0.0", PortRange.ANY, "127.0.0.1");
        return RpcServer.start(all, settings, credentials, atServer, BlockService.none());
    }

    private void assertStillServes(RpcServer server) throws Exception {
        Recorder served = new Recorder();
        try (RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            assertTrue(
                    client.connectControl(server.host(), server.port(), served).isOpen());
            atServer.nextOpened();
        }
    }

    private static void awaitHalfOpen(RpcServer server, int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_WITHIN_MS);
        while (server.halfOpenCount() != count && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        assertEquals(count, server.halfOpenCount());
    }

    private static Socket connect(RpcServer server, String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(server.host(), server.port()));
        socket.setSoTimeout(ANSWER_WITHIN_MS);
        return socket;
    }

    private static void drip(Socket socket, byte[] beginning) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(beginning);
            while (true) {
                TimeUnit.MILLISECONDS.sleep(20);
                out.write(0);
            }
        } catch (IOException | InterruptedException e) {
            // Closed by the server, as it should be.
        }
    }

    private static boolean isCutOff(RpcServer server, byte[] sent) throws IOException {
        try (Socket socket = connect(server, "127.0.0.1")) {
            try {
                socket.getOutputStream().write(sent);
            } catch (IOException e) {
                return true; // in the middle
            }
            return isClosed(socket);
        }
    }

    /** Reads what may come, such as an alert, up to the end of the connection. */
    private static boolean isClosed(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                continue;
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static byte[] hello() {
        return Handshake.hello(Plane.CONTROL, Handshake.newNonce());
    }

    /** Whether a TLS client gets no answer to what it says: with TLS 1.3 it notices at its first read. */
    private static boolean isSentAway(SSLSocket socket, byte[] said) throws IOException {
        try (socket) {
            socket.startHandshake();
            socket.getOutputStream().write(said);
            return socket.getInputStream().readNBytes(1).length == 0;
        } catch (SSLException | SocketException e) {
            return true;
        }
    }

    private static SSLSocket stranger(RpcServer server, KeyManager[] keys, String protocol) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {new TrustsAll()}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(server.host(), server.port());
        socket.setEnabledProtocols(new String[] {protocol});
        socket.setSoTimeout(ANSWER_WITHIN_MS);
        return socket;
    }

    private static KeyManager[] keyOf(ApplicationCredentials credentials) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", credentials.key(), new char[0], new Certificate[] {credentials.certificate()});
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static ApplicationCredentials withOtherSecret(ApplicationCredentials credentials) throws IOException {
        return withSecretOf(credentials, ApplicationCredentials.withoutCertificate());
    }

    private static ApplicationCredentials withSecretOf(
            ApplicationCredentials certificate, ApplicationCredentials secret) throws IOException {
        ByteArrayOutputStream ofCertificate = new ByteArrayOutputStream();
        certificate.writeTo(ofCertificate);
        ByteArrayOutputStream ofSecret = new ByteArrayOutputStream();
        secret.writeTo(ofSecret);
        byte[] bytes = ofCertificate.toByteArray();
        System.arraycopy(ofSecret.toByteArray(), 0, bytes, 0, 32);
        return ApplicationCredentials.read(new ByteArrayInputStream(bytes));
    }

    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            // Whoever it is.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // Whoever it is.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** A relay on another address, with the server's port number as the handshake wants it; it keeps what it hears. */
    private static final class Wire implements Closeable {
        private static final String HOST = "127.0.0.9";

        private final ServerSocket listener;
        private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
        private final ByteArrayOutputStream toClient = new ByteArrayOutputStream();
        private final Thread relay;

        Wire(RpcServer server) throws IOException {
            listener = new ServerSocket(server.port(), 1, InetAddress.getByName(HOST));
            relay = new Thread(() -> relay(server));
            relay.start();
        }

        private void relay(RpcServer server) {
            try (Socket client = listener.accept();
                    Socket holder = connect(server, "127.0.0.1")) {
                Thread answers = new Thread(() -> copy(holder, client, toClient));
                answers.start();
                copy(client, holder, toServer);
                answers.join();
            } catch (IOException | InterruptedException e) {
                // The test is over.
            }
        }

        private static void copy(Socket from, Socket to, ByteArrayOutputStream heard) {
            byte[] bytes = new byte[8_192];
            try {
                for (int n = from.getInputStream().read(bytes);
                        n >= 0;
                        n = from.getInputStream().read(bytes)) {
                    heard.write(bytes, 0, n);
                    to.getOutputStream().write(bytes, 0, n);
                }
                to.shutdownOutput();
            } catch (IOException e) {
                // The test is over.
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
