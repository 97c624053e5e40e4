package dev.kindling.rpc;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * Mutual TLS 1.3 within one application: both ends show the application's one certificate, and take no other. Names,
 * dates and authorities are not looked at, since the certificate is known byte for byte. BoringSSL does the work when a
 * program brings netty-tcnative, else the Java platform does. Sessions are not resumed: each connection shows the
 * certificate. Any thread.
 */
final class Tls {
    private static final String VERSION = "TLSv1.3";

    /** A peer that does not read shall not keep a connection that is being closed. */
    private static final int GOODBYE_TIMEOUT_MS = 300;

    // What is kept of sessions, although nobody asks for it.
    private static final int KEPT_SESSIONS = 1;
    private static final int KEPT_SECONDS = 1;

    private final Engines engines;
    private final int handshakeTimeoutMs;

    /** Makes the one or the other end of a connection. */
    private interface Engines {
        SSLEngine engine(boolean isDialler, ByteBufAllocator allocator);
    }

    /** @param credentials with a certificate */
    Tls(ApplicationCredentials credentials, int handshakeTimeoutMs) {
        this(credentials, handshakeTimeoutMs, OpenSsl.isAvailable());
    }

    Tls(ApplicationCredentials credentials, int handshakeTimeoutMs, boolean isNative) {
        this.handshakeTimeoutMs = handshakeTimeoutMs;
        OwnKey own = new OwnKey(credentials.certificate(), credentials.key());
        Pinned pinned = new Pinned(credentials.certificate());
        try {
            engines = isNative ? nativeEngines(own, pinned) : platformEngines(own, pinned);
        } catch (GeneralSecurityException | SSLException e) {
            throw new KindlingException(
                    ErrorCode.INTERNAL,
                    "this Java has no TLS 1.3 with P-256 certificates (" + e.getMessage()
                            + "); look for restrictions in its java.security file",
                    e);
        }
    }

    /** Without netty's contexts, which read the platform's list of authorities before they are asked for anything. */
    private static Engines platformEngines(OwnKey own, Pinned pinned) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance(VERSION);
        context.init(new KeyManager[] {own}, new TrustManager[] {pinned}, null);
        context.getServerSessionContext().setSessionCacheSize(KEPT_SESSIONS);
        context.getServerSessionContext().setSessionTimeout(KEPT_SECONDS);
        return (isDialler, allocator) -> {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(isDialler);
            engine.setEnabledProtocols(new String[] {VERSION});
            if (!isDialler) {
                engine.setNeedClientAuth(true);
            }
            return engine;
        };
    }

    private static Engines nativeEngines(OwnKey own, Pinned pinned) throws SSLException {
        SslContext listener = configured(SslContextBuilder.forServer(own), pinned)
                .clientAuth(ClientAuth.REQUIRE)
                .build();
        SslContext dialler = configured(SslContextBuilder.forClient().keyManager(own), pinned)
                .endpointIdentificationAlgorithm(null)
                .build();
        return (isDialler, allocator) -> (isDialler ? dialler : listener).newEngine(allocator);
    }

    private static SslContextBuilder configured(SslContextBuilder builder, Pinned pinned) {
        return builder.sslProvider(SslProvider.OPENSSL)
                .protocols(VERSION)
                .trustManager(pinned)
                .sessionCacheSize(KEPT_SESSIONS)
                .sessionTimeout(KEPT_SECONDS);
    }

    SslHandler atListener(ByteBufAllocator allocator) {
        return handler(engines.engine(false, allocator));
    }

    SslHandler atDialler(ByteBufAllocator allocator) {
        return handler(engines.engine(true, allocator));
    }

    private SslHandler handler(SSLEngine engine) {
        SslHandler handler = new SslHandler(engine);
        handler.setHandshakeTimeoutMillis(handshakeTimeoutMs);
        handler.setCloseNotifyFlushTimeoutMillis(GOODBYE_TIMEOUT_MS);
        return handler;
    }

    /** Whether what is written to this connection is encrypted on its way out. */
    static boolean isUsedBy(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /** What broke a connection, without the wrappings of those who noticed. */
    static Throwable causeOf(Throwable failure) {
        return failure instanceof DecoderException && failure.getCause() instanceof SSLException
                ? failure.getCause()
                : failure;
    }
}
