package dev.kindling.yarn;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Somebody on the network who belongs to no application, trusts everybody, and keeps the certificates he is shown. */
final class Stranger {
    private static final int ANSWER_WITHIN_MS = 120_000;
    private static final int TLS_ALERT = 0x15;
    private static final int MAX_ATTEMPTS = 100;

    private final List<X509Certificate> shown = new ArrayList<>();

    List<X509Certificate> shown() {
        return List.copyOf(shown);
    }

    /** Whether nothing but an alert is answered to who speaks without TLS. */
    boolean isSentAwayInTheClear(InetSocketAddress listener) throws IOException {
        try (Socket socket = connect(new Socket(), listener)) {
            socket.getOutputStream().write(new byte[64]);
            int first = socket.getInputStream().read();
            return first < 0 || first == TLS_ALERT;
        } catch (SocketException e) {
            return true;
        }
    }

    /** Whether TLS itself ends with an alert for who has no certificate, before anything is said inside. */
    boolean isRefusedByTls(InetSocketAddress listener, String protocol) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, null);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
                connect(socket, listener);
                socket.setEnabledProtocols(new String[] {protocol});
                socket.startHandshake();
                socket.getInputStream().read();
                return false;
            } catch (SSLException | SocketException e) {
                if (String.valueOf(e.getMessage()).contains("fatal alert")) {
                    return true;
                }
                // The end of the connection has overtaken the alert.
            }
        }
        return false;
    }

    private static Socket connect(Socket socket, InetSocketAddress listener) throws IOException {
        socket.setSoTimeout(ANSWER_WITHIN_MS);
        socket.connect(listener, ANSWER_WITHIN_MS);
        return socket;
    }

    private final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            shown.add(chain[0]);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
