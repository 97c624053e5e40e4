package dev.kindling.rpc;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/** The dialler's part of the {@link Handshake}. */
final class ClientHandshake extends FixedReader {
    private final SharedKey secret;
    private final Handshake.Plane plane;
    private final int port;
    private final int timeoutMs;
    private final ChannelHandler next;
    private final Consumer<String> onFailure;

    private final byte[] nonce = Handshake.newNonce();
    private boolean isVersionKnown;
    private byte[] version;
    private boolean isOver;
    private Future<?> timeout;

    /**
     * @param port as dialled
     * @param next serves the connection once the peer has proved itself
     * @param onFailure called once, with a sentence, when it has not
     */
    ClientHandshake(
            SharedKey secret,
            Handshake.Plane plane,
            int port,
            int timeoutMs,
            ChannelHandler next,
            Consumer<String> onFailure) {
        super(Handshake.VERSION_BYTES);
        this.secret = secret;
        this.plane = plane;
        this.port = port;
        this.timeoutMs = timeoutMs;
        this.next = next;
        this.onFailure = onFailure;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        timeout = context.executor()
                .schedule(
                        () -> fail(context, "the peer did not prove itself within " + timeoutMs + " ms"),
                        timeoutMs,
                        TimeUnit.MILLISECONDS);
        context.writeAndFlush(Unpooled.wrappedBuffer(Handshake.hello(plane, nonce)));
    }

    @Override
    int onMessage(ChannelHandlerContext context, byte[] message) {
        if (!isVersionKnown) {
            return onVersion(context, message);
        }
        byte[] answer = new byte[Handshake.ANSWER_BYTES];
        System.arraycopy(version, 0, answer, 0, version.length);
        System.arraycopy(message, 0, answer, version.length, message.length);
        byte[] proofContext = Handshake.context(plane, port, nonce, Handshake.nonceInAnswer(answer));
        if (!Handshake.isSame(Handshake.proofInAnswer(answer), Handshake.holderProof(secret, proofContext))) {
            fail(context, "the process that listens there does not know this application's secret");
            return 0;
        }
        isOver = true;
        timeout.cancel(false);
        context.writeAndFlush(Unpooled.wrappedBuffer(Handshake.askerProof(secret, proofContext)));
        context.pipeline().remove(Unproved.class);
        context.pipeline().addLast(next);
        return 0;
    }

    /** The version comes first, and alone when it differs. */
    private int onVersion(ChannelHandlerContext context, byte[] message) {
        if (!Handshake.isOurs(message)) {
            fail(context, "the process that listens there is not of this kind");
            return 0;
        }
        String difference = Handshake.differenceOf(message);
        if (difference != null) {
            fail(context, "the peer speaks " + difference + "; both must be of one build");
            return 0;
        }
        isVersionKnown = true;
        version = message;
        return Handshake.ANSWER_BYTES - Handshake.VERSION_BYTES;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(context, "the peer closed the connection before it proved itself: it is busy or has another secret");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable why = Tls.causeOf(cause);
        // What TLS says about it may quote what the peer sent.
        fail(
                context,
                why instanceof SSLException
                        ? "the process that listens there does not speak TLS with this application's certificate"
                        : String.valueOf(why.getMessage()));
    }

    private void fail(ChannelHandlerContext context, String why) {
        fail(why);
        context.close();
    }

    /** The peer sent what it should not. */
    void refuse(Channel channel, String why) {
        fail(why);
        channel.pipeline().firstContext().close();
    }

    /** Also called when there was nobody to shake hands with. */
    void fail(String why) {
        if (!isOver) {
            isOver = true;
            if (timeout != null) {
                timeout.cancel(false);
            }
            onFailure.accept(why);
        }
    }
}
