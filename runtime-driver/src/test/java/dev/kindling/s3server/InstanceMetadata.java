package dev.kindling.s3server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The metadata service of an instance with a role, version 2: who has no token learns nothing. */
final class InstanceMetadata {
    private static final String TOKEN = "metadata-token";
    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";

    private InstanceMetadata() {}

    /** Its URL; the role's credentials are this key. */
    static String start(String key, String secret) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, key, secret));
        server.start();
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, String key, String secret) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (exchange.getRequestMethod().equals("PUT") && path.equals("/latest/api/token")) {
            reply(exchange, 200, TOKEN);
        } else if (!TOKEN.equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"))) {
            reply(exchange, 401, "");
        } else if (path.equals(ROLES)) {
            reply(exchange, 200, "test-role");
        } else if (path.equals(ROLES + "test-role")) {
            reply(
                    exchange,
                    200,
                    ("{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"LastUpdated\":\"2026-01-01T00:00:00Z\","
                                    + "\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\",\"Token\":\"session-token\","
                                    + "\"Expiration\":\"2099-01-01T00:00:00Z\"}")
                            .formatted(key, secret));
        } else {
            reply(exchange, 404, "");
        }
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
