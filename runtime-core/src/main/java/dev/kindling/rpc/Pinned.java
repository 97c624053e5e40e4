package dev.kindling.rpc;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Takes one certificate and no chain. The extended kind, to which the platform adds no checks of its own. */
final class Pinned extends X509ExtendedTrustManager {
    private final byte[] expected;

    Pinned(X509Certificate certificate) {
        try {
            expected = certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new KindlingException(ErrorCode.INTERNAL, "the application's certificate cannot be read", e);
        }
    }

    /** In a time that does not depend on where they differ. */
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
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
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
