package dev.kindling.storage.s3;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A server that keeps the headers of the last request, and answers each that its bucket is in another region. */
final class RecordingServer implements AutoCloseable {
    private final HttpServer server;
    private volatile Headers last = new Headers();

    RecordingServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::redirect);
        server.start();
    }

    private void redirect(HttpExchange exchange) throws IOException {
        last = exchange.getRequestHeaders();
        byte[] body = "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>"
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("x-amz-bucket-region", "ap-south-1");
        exchange.sendResponseHeaders(301, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    String lastHeader(String name) {
        return last.getFirst(name);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
