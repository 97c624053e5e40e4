package dev.kindling.fuzz;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kindling.config.Config;
import dev.kindling.config.S3Keys;
import dev.kindling.storage.Stores;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/** An S3 server that answers every request with the same bytes; one for a JVM, for one thread. */
final class AnsweringServer {
    private static volatile byte[] answer = {};
    private static Stores stores;

    private AnsweringServer() {}

    /** Lists a directory on a server that answers with these bytes. */
    static void listing(byte[] bytes) throws IOException {
        answer = bytes;
        stores().reading("s3://b/d/").list("s3://b/d/", false);
    }

    private static Stores stores() throws IOException {
        if (stores == null) {
            // Or each answer waits for the system to acknowledge its head: 40 ms.
            System.setProperty("sun.net.httpserver.nodelay", "true");
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", AnsweringServer::answer);
            // Its thread is a daemon as the one that starts it.
            Thread starting = new Thread(server::start, "answering-server");
            starting.setDaemon(true);
            starting.start();
            stores = new Stores(Config.parse(Map.of(
                    S3Keys.ENDPOINT.name(),
                            "http://127.0.0.1:" + server.getAddress().getPort(),
                    S3Keys.ANONYMOUS.name(), "true",
                    S3Keys.TRIES.name(), "1")));
        }
        return stores;
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] bytes = answer;
            exchange.getResponseHeaders().set("Content-Type", "application/xml");
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
