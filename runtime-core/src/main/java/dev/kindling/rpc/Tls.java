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
import java.net.Socket;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Mutual TLS 1.3 within one application: both ends show the application's one certificate, and take no other. Names,
 * dates and authorities are not looked at, since the certificate is known byte for byte. BoringSSL does the work when a
 * program brings netty-tcnative, else the Java platform does. Any thread.
 */
final class Tls {
    /** A peer that does not read shall not keep a connection that is being closed. */
    private static final int GOODBYE_TIMEOUT_MS = 300;

    private final SslContext server;
    private final SslContext client;
    private final int handshakeTimeoutMs;

    /** @param credentials with a certificate */
    Tls(ApplicationCredentials credentials, int handshakeTimeoutMs) {
        this(credentials, handshakeTimeoutMs, OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
    }

    Tls(ApplicationCredentials credentials, int handshakeTimeoutMs, SslProvider provider) {
        this.handshakeTimeoutMs = handshakeTimeoutMs;
        X509Certificate own = credentials.certificate();
        try {
            server = configured(SslContextBuilder.forServer(credentials.key(), own), own, provider)
                    .clientAuth(ClientAuth.REQUIRE)
                    .build();
            client = configured(SslContextBuilder.forClient().keyManager(credentials.key(), own), own, provider)
                    .endpointIdentificationAlgorithm(null)
                    .build();
        } catch (SSLException e) {
            throw new KindlingException(
                    ErrorCode.INTERNAL,
                    "this Java has no TLS 1.3 with P-256 certificates (" + e.getMessage()
                            + "); look for restrictions in its java.security file",
                    e);
        }
    }

    private static SslContextBuilder configured(SslContextBuilder builder, X509Certificate own, SslProvider provider) {
        // Sessions are not resumed: each connection shows the certificate. What is kept of them is kept for a second.
        return builder.sslProvider(provider)
                .protocols("TLSv1.3")
                .trustManager(new Pinned(own))
                .sessionCacheSize(1)
                .sessionTimeout(1);
    }

    SslHandler atListener(ByteBufAllocator allocator) {
        return configured(server.newHandler(allocator));
    }

    SslHandler atDialler(ByteBufAllocator allocator) {
        return configured(client.newHandler(allocator));
    }

    private SslHandler configured(SslHandler handler) {
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

    /** Takes one certificate and no chain. */
    private static final class Pinned extends X509ExtendedTrustManager {
        private final byte[] expected;

        Pinned(X509Certificate certificate) {
            try {
                expected = certificate.getEncoded();
            } catch (CertificateEncodingException e) {
                throw new KindlingException(ErrorCode.INTERNAL, "the application's certificate cannot be read", e);
            }
        }

        private void check(X509Certificate[] shown) throws CertificateException {
            if (shown.length != 1 || !MessageDigest.isEqual(shown[0].getEncoded(), expected)) {
                throw new CertificateException("it shows another certificate than this application's");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        /** Names of authorities, which would be sent to peers: there are none. */
        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
