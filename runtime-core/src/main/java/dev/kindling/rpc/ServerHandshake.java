package dev.kindling.rpc;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;

/** The listener's part of the {@link Handshake}. Until it is over this is all that an unknown peer can make us hold. */
final class ServerHandshake extends FixedReader {
    private final SharedKey secret;
    private final HalfOpen halfOpen;
    private final int timeoutMs;
    private final Function<Handshake.Plane, ChannelHandler> handlers;

    private Handshake.Plane plane;
    private byte[] proofContext;
    private Future<?> timeout;

    /** @param handlers makes what serves a connection once its peer has proved itself */
    ServerHandshake(
            SharedKey secret, HalfOpen halfOpen, int timeoutMs, Function<Handshake.Plane, ChannelHandler> handlers) {
        super(Handshake.HELLO_BYTES);
        this.secret = secret;
        this.halfOpen = halfOpen;
        this.timeoutMs = timeoutMs;
        this.handlers = handlers;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        halfOpen.add(context.channel());
        timeout = context.executor()
                .schedule(
                        () -> halfOpen.refuse(context.channel(), "it did not prove itself within " + timeoutMs + " ms"),
                        timeoutMs,
                        TimeUnit.MILLISECONDS);
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        over(context);
        context.fireChannelInactive();
    }

    @Override
    int onMessage(ChannelHandlerContext context, byte[] message) {
        return plane == null ? onHello(context, message) : onProof(context, message);
    }

    private int onHello(ChannelHandlerContext context, byte[] hello) {
        if (!Handshake.isOurs(hello)) {
            halfOpen.refuse(context.channel(), "it does not speak this protocol");
            return 0;
        }
        String difference = Handshake.differenceOf(hello);
        if (difference != null) {
            // The answer tells a process of another build why; it is no secret.
            context.writeAndFlush(Unpooled.wrappedBuffer(Handshake.versionOnly()));
            halfOpen.refuse(context.channel(), "it speaks " + difference);
            return 0;
        }
        plane = Handshake.planeIn(hello);
        if (plane == null) {
            halfOpen.refuse(context.channel(), "it asked for an unknown kind of connection");
            return 0;
        }
        byte[] nonce = Handshake.newNonce();
        int port = ((InetSocketAddress) context.channel().localAddress()).getPort();
        proofContext = Handshake.context(plane, port, Handshake.nonceInHello(hello), nonce);
        byte[] answer = Handshake.answer(nonce, Handshake.holderProof(secret, proofContext));
        context.writeAndFlush(Unpooled.wrappedBuffer(answer)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        return Handshake.PROOF_BYTES;
    }

    private int onProof(ChannelHandlerContext context, byte[] proof) {
        if (!Handshake.isSame(proof, Handshake.askerProof(secret, proofContext))) {
            halfOpen.refuse(context.channel(), "it does not know this application's secret");
            return 0;
        }
        over(context);
        context.pipeline().remove(Unproved.class);
        context.pipeline().addLast(handlers.apply(plane));
        return 0;
    }

    private void over(ChannelHandlerContext context) {
        halfOpen.remove(context.channel());
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable why = Tls.causeOf(cause);
        if (why instanceof SSLException) {
            halfOpen.refuse(context.channel(), "it does not speak TLS with this application's certificate");
        } else {
            context.close();
        }
    }
}
