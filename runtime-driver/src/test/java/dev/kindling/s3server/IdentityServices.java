package dev.kindling.s3server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The services that give out temporary credentials: that of an instance with a role (version 2), that of a container, that
 * of users who signed on at a portal, and STS. All give the same key, which {@link #issue} sets. Who shows no token, or a wrong one, or asks STS with a key that
 * nobody has, gets none. Safe for many threads.
 */
public final class IdentityServices implements AutoCloseable {
    static final String ROLE = "arn:aws:iam::123456789012:role/kindling-test";
    static final String REGION = "eu-north-1";
    static final String WEB_TOKEN = "web-identity-token";
    static final String CONTAINER_TOKEN = "container-token";
    static final String PORTAL_TOKEN = "portal-token";

    private static final String INSTANCE_TOKEN = "metadata-token";
    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";
    private static final String SPOT_ACTION = "/latest/meta-data/spot/instance-action";
    private static final Pattern SIGNER = Pattern.compile("Credential=([^/]+)/");

    private final Map<String, String> secrets;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger given = new AtomicInteger();
    private final AtomicReference<Instant> takenBackAt = new AtomicReference<>();
    private volatile Issued issued;
    private HttpServer server;

    private record Issued(String key, String secret, long seconds) {
        String expiration() {
            return Instant.now()
                    .truncatedTo(ChronoUnit.SECONDS)
                    .plusSeconds(seconds)
                    .toString();
        }
    }

    /** @param secrets of all keys that are known */
    public IdentityServices(Map<String, String> secrets) {
        this.secrets = secrets;
    }

    /** From now on this key is given out, and said to expire so many seconds later. */
    void issue(String key, long seconds) {
        issued = new Issued(key, secrets.get(key), seconds);
    }

    /** Whoever asks next whether its instance is taken back is told that it is, at that time; nobody else. */
    public void takeBackOne(Instant time) {
        takenBackAt.set(time);
    }

    /** Their common URL. */
    public String start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith("/latest/")) {
            ofInstance(exchange, path);
        } else if (path.equals("/container")) {
            boolean isKnown =
                    CONTAINER_TOKEN.equals(exchange.getRequestHeaders().getFirst("Authorization"));
            reply(exchange, isKnown ? 200 : 401, isKnown ? json("") : "");
        } else if (path.equals("/federation/credentials")) {
            ofPortal(exchange);
        } else {
            ofTokenService(exchange);
        }
    }

    private void ofPortal(HttpExchange exchange) throws IOException {
        boolean isKnown = PORTAL_TOKEN.equals(exchange.getRequestHeaders().getFirst("x-amz-sso_bearer_token"));
        boolean isAsked = "account_id=123456789012&role_name=kindling-test"
                .equals(sorted(exchange.getRequestURI().getQuery()));
        if (!isKnown || !isAsked) {
            reply(exchange, 401, "{\"message\":\"Session token not found or invalid\"}");
            return;
        }
        given.incrementAndGet();
        Issued now = issued;
        reply(
                exchange,
                200,
                ("{\"roleCredentials\":{\"accessKeyId\":\"%s\",\"secretAccessKey\":\"%s\","
                                + "\"sessionToken\":\"session-token\",\"expiration\":%d}}")
                        .formatted(
                                now.key(),
                                now.secret(),
                                Instant.now().plusSeconds(now.seconds()).toEpochMilli()));
    }

    private static String sorted(String query) {
        String[] fields = query.split("&");
        Arrays.sort(fields);
        return String.join("&", fields);
    }

    private void ofInstance(HttpExchange exchange, String path) throws IOException {
        if (exchange.getRequestMethod().equals("PUT") && path.equals("/latest/api/token")) {
            reply(exchange, 200, INSTANCE_TOKEN);
        } else if (!INSTANCE_TOKEN.equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"))) {
            reply(exchange, 401, "");
        } else if (path.equals(SPOT_ACTION)) {
            Instant time = takenBackAt.getAndSet(null);
            reply(
                    exchange,
                    time == null ? 404 : 200,
                    time == null ? "" : "{\"action\":\"terminate\",\"time\":\"" + time + "\"}");
        } else if (path.equals("/latest/dynamic/instance-identity/document")) {
            reply(exchange, 200, "{\"region\":\"" + REGION + "\"}");
        } else if (path.equals(ROLES)) {
            reply(exchange, 200, "test-role");
        } else if (path.equals(ROLES + "test-role")) {
            reply(
                    exchange,
                    200,
                    json("\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"LastUpdated\":\"2026-01-01T00:00:00Z\","));
        } else {
            reply(exchange, 404, "");
        }
    }

    /** How often credentials were given out since this was asked. */
    int takeGiven() {
        return given.getAndSet(0);
    }

    private String json(String more) {
        given.incrementAndGet();
        Issued now = issued;
        return ("{" + more + "\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\",\"Token\":\"session-token\","
                        + "\"Expiration\":\"%s\"}")
                .formatted(now.key(), now.secret(), now.expiration());
    }

    // ---- STS ------------------------------------------------------------------------------------------------------

    private void ofTokenService(HttpExchange exchange) throws IOException {
        Map<String, String> form = formOf(exchange);
        String action = form.getOrDefault("Action", "");
        boolean isWeb = action.equals("AssumeRoleWithWebIdentity");
        if (!isWeb && !secrets.containsKey(signerOf(exchange))) {
            refuse(exchange, "InvalidClientTokenId", "The security token included in the request is invalid.");
        } else if (action.equals("GetCallerIdentity")) {
            reply(
                    exchange,
                    200,
                    xml(
                            action,
                            "<Arn>arn:aws:iam::123456789012:user/" + signerOf(exchange)
                                    + "</Arn><UserId>1</UserId><Account>123456789012</Account>"));
        } else if (isWeb && !WEB_TOKEN.equals(form.get("WebIdentityToken")) || !ROLE.equals(form.get("RoleArn"))) {
            refuse(exchange, "AccessDenied", "Not authorized to perform sts:" + action);
        } else {
            given.incrementAndGet();
            Issued now = issued;
            reply(
                    exchange,
                    200,
                    xml(
                            action,
                            "<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>"
                                            .formatted(now.key(), now.secret())
                                    + "<SessionToken>session-token</SessionToken><Expiration>" + now.expiration()
                                    + "</Expiration></Credentials>"));
        }
    }

    private static String signerOf(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        Matcher signer = SIGNER.matcher(header == null ? "" : header);
        return signer.find() ? signer.group(1) : "";
    }

    private static Map<String, String> formOf(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> form = new TreeMap<>();
        for (String field : body.split("&")) {
            String[] words = field.split("=", 2);
            form.put(words[0], words.length < 2 ? "" : URLDecoder.decode(words[1], StandardCharsets.UTF_8));
        }
        return form;
    }

    private static String xml(String action, String result) {
        return "<%1$sResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><%1$sResult>%2$s</%1$sResult></%1$sResponse>"
                .formatted(action, result);
    }

    private void refuse(HttpExchange exchange, String code, String message) throws IOException {
        reply(
                exchange,
                403,
                ("<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
                                + "<Code>%s</Code><Message>%s</Message></Error><RequestId>sts-request-%d</RequestId>"
                                + "</ErrorResponse>")
                        .formatted(code, message, requests.incrementAndGet()));
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
