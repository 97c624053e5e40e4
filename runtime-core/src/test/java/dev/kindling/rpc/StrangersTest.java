package dev.kindling.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.kindling.protocol.DataFrame;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.FrameSamples;
import dev.kindling.protocol.Mutations;
import dev.kindling.rpc.Handshake.Plane;
import dev.kindling.util.LogLevels;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random and mutated frames at the very pipeline that a listening process gives to a connection, without sockets: a
 * build sends twenty thousand, {@code -Dtests.long=true} a million.
 */
class StrangersTest {
    private static final int FRAMES = Boolean.getBoolean("tests.long") ? 1_000_000 : 20_000;
    private static final int FRAMES_OF_ONE = 8;
    private static final int MAX_COST_BYTES = 64 << 10;
    private static final int PORT = 7337;

    /** A refusal is a line of the log. */
    @BeforeAll
    static void beQuiet() {
        LogLevels.setRoot("ERROR");
    }

    @AfterAll
    static void beAsBefore() {
        LogLevels.setRoot("INFO");
    }

    private final Recorder heard = new Recorder();
    private final SplittableRandom random = new SplittableRandom(1);
    private final Mutations mutations = new Mutations(2);
    private final FrameSamples samples = new FrameSamples(3);
    private final List<Class<?>> controlTypes = FrameSamples.recordsOf(Frame.class);
    private final List<Class<?>> dataTypes = FrameSamples.recordsOf(DataFrame.class);

    @Test
    void framesOfWhoProvedNothingAreNotDecodedAndCostLessThan64KiBAConnection() throws Exception {
        ApplicationCredentials credentials = ApplicationCredentials.withoutCertificate();
        try (RpcServer server = start(credentials)) {
            byte[] recorded = recordedHandshake(server, credentials);
            long most = 0;
            for (int sent = 0; sent < FRAMES; sent += FRAMES_OF_ONE) {
                most = Math.max(most, costOfStranger(server, openingOf(recorded), sent > FRAMES / 10));
            }
            assertTrue(most > 0, "nothing was measured");
            assertTrue(most < MAX_COST_BYTES, most + " bytes were allocated for a connection");
        }
    }

    @Test
    void framesInsteadOfAHandshakeOfTlsAreNotDecoded() throws Exception {
        try (RpcServer server = start(ApplicationCredentials.withCertificate())) {
            byte[] opening = Handshake.hello(Plane.CONTROL, Handshake.newNonce());
            for (int sent = 0; sent < FRAMES / 20; sent += FRAMES_OF_ONE) {
                costOfStranger(server, sent % 16 == 0 ? recordOfTls(opening) : opening, false);
            }
        }
    }

    @Test
    void mutatedFramesOfWhoIsInEndTheConnectionWithASentenceAndNothingElse() throws Exception {
        ApplicationCredentials credentials = ApplicationCredentials.withoutCertificate();
        int refused = 0;
        try (RpcServer server = start(credentials)) {
            for (int connection = 0; connection < FRAMES / 20; connection++) {
                Plane plane = connection % 2 == 0 ? Plane.CONTROL : Plane.DATA;
                EmbeddedChannel channel = connect(server);
                prove(channel, credentials, plane);
                assertTrue(channel.isOpen());

                for (int frame = 0; channel.isOpen() && frame < FRAMES_OF_ONE; frame++) {
                    writeInPieces(channel, withLength(mutations.of(sample(plane))));
                }
                boolean isRefused = !channel.isOpen();
                refused += isRefused ? 1 : 0;
                // It throws what no handler took for its own.
                channel.checkException();
                channel.finishAndReleaseAll();
                if (plane == Plane.CONTROL) {
                    String why = heard.nextClosed();
                    assertTrue(!isRefused || why.startsWith("the peer broke the protocol: "), why);
                    heard.forget();
                }
            }
        }
        assertTrue(refused > FRAMES / 100, refused + " connections were closed");
    }

    // ---- tools ----------------------------------------------------------------------------------------------------

    /** Opens a connection, sends until it is closed or enough was sent; the bytes that the listener allocated. */
    private long costOfStranger(RpcServer server, byte[] opening, boolean isMeasured) {
        List<ByteBuf> pieces = new ArrayList<>(piecesOf(opening));
        for (int frame = 0; frame < FRAMES_OF_ONE; frame++) {
            Plane plane = random.nextBoolean() ? Plane.CONTROL : Plane.DATA;
            byte[] bytes = random.nextInt(3) == 0 ? mutations.noise(1 + random.nextInt(300)) : sample(plane);
            pieces.addAll(piecesOf(withLength(random.nextBoolean() ? bytes : mutations.of(bytes))));
        }
        long before = allocatedBytes();
        EmbeddedChannel channel = connect(server);
        for (ByteBuf piece : pieces) {
            if (channel.isOpen()) {
                channel.writeInbound(piece);
            } else {
                piece.release();
            }
        }
        long allocated = allocatedBytes() - before;
        assertNull(channel.pipeline().get(ControlChannel.class));
        assertNull(channel.pipeline().get(DataChannel.class));
        assertFalse(heard.hasOpened());
        channel.finishAndReleaseAll();
        return isMeasured ? allocated : 0;
    }

    /** What a stranger begins with: frames at once, a right hello, a nearly right one, or all that somebody else said. */
    private byte[] openingOf(byte[] recorded) {
        return switch (random.nextInt(4)) {
            case 0 -> new byte[0];
            case 1 -> Handshake.hello(Plane.values()[random.nextInt(2)], mutations.noise(32));
            case 2 -> mutations.of(Handshake.hello(Plane.CONTROL, mutations.noise(32)));
            default -> recorded;
        };
    }

    private static byte[] recordedHandshake(RpcServer server, ApplicationCredentials credentials) {
        byte[] nonce = Handshake.newNonce();
        byte[] proof = Handshake.askerProof(
                credentials.secret(), Handshake.context(Plane.CONTROL, PORT, nonce, Handshake.newNonce()));
        return ByteBuffer.allocate(Handshake.HELLO_BYTES + Handshake.PROOF_BYTES)
                .put(Handshake.hello(Plane.CONTROL, nonce))
                .put(proof)
                .array();
    }

    private static byte[] recordOfTls(byte[] content) {
        return ByteBuffer.allocate(5 + content.length)
                .put((byte) 22)
                .putShort((short) 0x0301)
                .putShort((short) content.length)
                .put(content)
                .array();
    }

    private void prove(EmbeddedChannel channel, ApplicationCredentials credentials, Plane plane) throws Exception {
        byte[] nonce = Handshake.newNonce();
        channel.writeInbound(Unpooled.wrappedBuffer(Handshake.hello(plane, nonce)));
        ByteBuf said = channel.readOutbound();
        byte[] answer = new byte[Handshake.ANSWER_BYTES];
        said.readBytes(answer);
        said.release();
        byte[] context = Handshake.context(plane, PORT, nonce, Handshake.nonceInAnswer(answer));
        channel.writeInbound(Unpooled.wrappedBuffer(Handshake.askerProof(credentials.secret(), context)));
        if (plane == Plane.CONTROL) {
            heard.nextOpened();
        }
        assertEquals(plane == Plane.CONTROL, channel.pipeline().get(ControlChannel.class) != null);
    }

    private byte[] sample(Plane plane) {
        List<Class<?>> types = plane == Plane.CONTROL ? controlTypes : dataTypes;
        Object frame = samples.value(types.get(random.nextInt(types.size())));
        return plane == Plane.CONTROL ? FrameCodec.encode((Frame) frame) : FrameCodec.encode((DataFrame) frame);
    }

    /** Mostly the right length; sometimes any. */
    private byte[] withLength(byte[] frame) {
        int length = random.nextInt(10) == 0 ? random.nextInt() : frame.length;
        return ByteBuffer.allocate(4 + frame.length).putInt(length).put(frame).array();
    }

    private void writeInPieces(EmbeddedChannel channel, byte[] bytes) {
        for (ByteBuf piece : piecesOf(bytes)) {
            if (channel.isOpen()) {
                channel.writeInbound(piece);
            }
        }
    }

    private List<ByteBuf> piecesOf(byte[] bytes) {
        int cut = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        return List.of(Unpooled.wrappedBuffer(bytes, 0, cut), Unpooled.wrappedBuffer(bytes, cut, bytes.length - cut));
    }

    private RpcServer start(ApplicationCredentials credentials) throws IOException {
        return RpcServer.start(
                ListenAddress.loopback(), RpcSettings.defaults(), credentials, heard, BlockService.none());
    }

    private EmbeddedChannel connect(RpcServer server) {
        return new WithoutSocket(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel accepted) {
                server.take(accepted, heard, BlockService.none());
            }
        });
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    /** Has addresses as a socket has. */
    private static final class WithoutSocket extends EmbeddedChannel {
        private WithoutSocket(ChannelInitializer<Channel> initializer) {
            super(initializer);
        }

        @Override
        protected SocketAddress localAddress0() {
            return new InetSocketAddress("127.0.0.1", PORT);
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress("127.0.0.1", PORT + 1);
        }
    }
}
