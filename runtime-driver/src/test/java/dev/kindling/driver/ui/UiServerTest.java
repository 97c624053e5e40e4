package dev.kindling.driver.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.util.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UiServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final UiServer ui = UiServer.start(0, Optional.empty());
    private final URI address = URI.create(ui.address());
    private final String token = address.getFragment();

    @AfterEach
    void close() {
        ui.close();
    }

    @Test
    void thePageIsForEverybodyAndSaysNothing() throws Exception {
        ui.onEvent(new Event.ApplicationStart(Instant.EPOCH, "app", "zebras"));

        HttpResponse<String> page = get("/", "");

        assertEquals(200, page.statusCode());
        assertFalse(page.body().contains("zebras"));
        assertTrue(
                page.headers().firstValue("Content-Security-Policy").orElse("").contains("connect-src 'self'"));
        assertFalse(page.body().contains(token), "who has the page has not the token");
    }

    @Test
    void whatItShowsNeedsTheToken() throws Exception {
        assertEquals(401, get("/events", "").statusCode());
        assertEquals(401, get("/api/v1/applications", "0".repeat(32)).statusCode());
        assertEquals(200, get("/api/v1/applications", token).statusCode());
    }

    @Test
    void theTokenMayBeABearersOrAPassword() throws Exception {
        String basic = Base64.getEncoder().encodeToString(("anybody:" + token).getBytes(StandardCharsets.UTF_8));

        assertEquals(200, authorized("Bearer " + token));
        assertEquals(200, authorized("Basic " + basic));
        assertEquals(401, authorized("Basic !!!"));
        assertEquals(401, authorized("Bearer " + token + "0"));
    }

    @Test
    void aRequestForAnotherHostIsRefused() throws Exception {
        assertTrue(
                raw("GET / HTTP/1.1", "Host: evil.example:" + address.getPort()).startsWith("HTTP/1.1 403"));
        assertTrue(raw("GET / HTTP/1.1", "Host: localhost:" + address.getPort()).startsWith("HTTP/1.1 200"));
        assertTrue(raw("GET / HTTP/1.1", "Host: 127.0.0.1").startsWith("HTTP/1.1 403"), "a port of another server");
    }

    @Test
    void itOnlyShows() throws Exception {
        assertTrue(raw("POST /api/v1/applications HTTP/1.1", "Host: 127.0.0.1:" + address.getPort())
                .startsWith("HTTP/1.1 405"));
        assertEquals(404, get("/api/v1/nothing", token).statusCode());
        assertEquals(404, get("/secret", token).statusCode());
    }

    @Test
    void aReaderIsToldWhatIsNewAndTheEnd() throws Exception {
        ui.onEvent(new Event.ApplicationStart(Instant.EPOCH, "app", "first"));
        HttpResponse<Stream<String>> events = client.send(
                request("/events").header("X-Kindling-Token", token).build(), HttpResponse.BodyHandlers.ofLines());
        List<Map<?, ?>> told = new ArrayList<>();
        events.body()
                .filter(line -> line.startsWith("data: "))
                .map(line -> (Map<?, ?>) Json.parse(line.substring("data: ".length())))
                .forEach(model -> {
                    told.add(model);
                    if (told.size() == 1) {
                        ui.onEvent(new Event.ApplicationEnd(Instant.ofEpochMilli(5), 0));
                        // From a thread of its own: it waits for this reader to have heard.
                        new Thread(ui::close, "closing").start();
                    }
                });

        assertEquals(2, told.size());
        assertEquals("first", told.get(0).get("title"));
        assertEquals(false, told.get(0).get("isOver"));
        assertEquals(true, told.get(1).get("isOver"));
    }

    @Test
    void morePagesThanItHasThreadsForAreRefused() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int page = 0; page < 5; page++) {
                Socket socket = send("GET /events HTTP/1.1", "Host: 127.0.0.1:" + address.getPort(), token);
                open.add(socket);
                assertTrue(reader(socket).readLine().startsWith("HTTP/1.1 200"));
            }

            assertEquals(503, get("/events", token).statusCode());
            assertEquals(200, get("/api/v1/version", token).statusCode());
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void readersThatTakeNothingHoldUpNeitherEventsNorOthers() throws Exception {
        // More than the kernel keeps of a connection: who writes it waits.
        ui.onEvent(new Event.ApplicationStart(Instant.EPOCH, "app", "x".repeat(12 << 20)));
        List<Socket> open = new ArrayList<>();
        try {
            for (int page = 0; page < 5; page++) {
                Socket socket = send("GET /events HTTP/1.1", "Host: 127.0.0.1:" + address.getPort(), token);
                open.add(socket);
                assertEquals('H', socket.getInputStream().read());
            }
            for (int event = 0; event < 100_000; event++) {
                ui.onEvent(new Event.Dropped(Instant.ofEpochMilli(event), 1));
            }
            ui.onEvent(new Event.JobStart(Instant.ofEpochMilli(100_000), 7, List.of(), "the last", Map.of()));

            assertTrue(get("/api/v1/applications/app/jobs", token).body().contains("the last"));

            List<Thread> before = threads();
            ui.close();
            for (Thread thread : before) {
                thread.join(20_000);
                assertFalse(thread.isAlive(), thread::getName);
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    /** A proxy at this address, on a cluster where some may look. */
    static PageProxy proxyAt(String address, Predicate<String> mayLook) throws UnknownHostException {
        InetAddress proxy = InetAddress.getByName(address);
        return new PageProxy() {
            @Override
            public String bindHost() {
                return "127.0.0.1";
            }

            @Override
            public String host() {
                return "localhost";
            }

            @Override
            public boolean isProxy(InetAddress from) {
                return from.equals(proxy);
            }

            @Override
            public boolean mayLook(String user) {
                return mayLook.test(user);
            }

            @Override
            public boolean isStartedHere() {
                return true;
            }

            @Override
            public String advice() {
                return "ask ann";
            }
        };
    }

    private HttpResponse<String> askAs(String cookie, URI asked) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(asked);
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theProxyOfAClusterSeesTheRunForUsersWhoMayLook() throws Exception {
        try (UiServer shown = UiServer.start(0, Optional.of(proxyAt("127.0.0.1", "ann"::equals)))) {
            shown.onEvent(new Event.ApplicationStart(Instant.EPOCH, "app", "zebras"));
            URI page = shown.addressForProxy();
            URI events = page.resolve("events");

            HttpResponse<String> told = askAs("other=1; proxy-user=ann", events);
            HttpResponse<String> refused = askAs("proxy-user=ben", events);

            assertEquals(200, askAs("proxy-user=ann", page).statusCode());
            assertTrue(told.body().contains("zebras"), told::body);
            assertEquals("2000", told.headers().firstValue("X-Kindling-Again").orElse(""), "it is not kept waiting");
            assertEquals(
                    200,
                    askAs("proxy-user=\"ann\"", page.resolve("api/v1/applications"))
                            .statusCode());
            assertEquals(403, refused.statusCode());
            assertEquals("ben may not look; ask ann\n", refused.body());
            assertEquals(403, askAs("", page).statusCode(), "nobody is named");
        }
    }

    @Test
    void whoNamesAUserAndIsNotTheProxyIsRefused() throws Exception {
        try (UiServer shown = UiServer.start(0, Optional.of(proxyAt("10.9.9.9", "ann"::equals)))) {
            URI page = shown.addressForProxy();

            assertEquals(403, askAs("proxy-user=ann", page).statusCode());
            assertEquals(401, askAs("proxy-user=ann", page.resolve("/events")).statusCode(), "not below the path");
            assertEquals(
                    401,
                    askAs("proxy-user=ann", page.resolve("/" + "0".repeat(32) + "/events"))
                            .statusCode(),
                    "below another path");
        }
    }

    @Test
    void whatTheTokenOpensIsForThisMachine() throws Exception {
        InetAddress here = InetAddress.getByName("10.1.1.1");

        assertTrue(Access.isOfThisMachine(here, here));
        assertTrue(Access.isOfThisMachine(InetAddress.getByName("127.0.0.1"), here));
        assertFalse(Access.isOfThisMachine(InetAddress.getByName("10.1.1.2"), here));
    }

    @Test
    void aPortThatIsTakenIsPassedOver() throws Exception {
        try (UiServer next = UiServer.start(address.getPort(), Optional.empty())) {
            assertTrue(URI.create(next.address()).getPort() > address.getPort());
        }
    }

    @Test
    void closedItLeavesNoThreadAndNoPort() throws Exception {
        get("/", "");
        List<Thread> before = threads();
        assertFalse(before.isEmpty());
        assertTrue(before.stream().allMatch(Thread::isDaemon), before::toString);

        ui.close();

        for (Thread thread : before) {
            thread.join(20_000);
            assertFalse(thread.isAlive(), thread::getName);
        }
        assertThrows(ConnectException.class, () -> get("/", ""));
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().startsWith("ui-") || thread.getName().startsWith("HTTP-Dispatcher"))
                .toList();
    }

    private HttpResponse<String> get(String path, String given) throws Exception {
        HttpRequest.Builder request = request(path);
        if (!given.isEmpty()) {
            request.header("X-Kindling-Token", given);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private int authorized(String authorization) throws Exception {
        return client.send(
                        request("/api/v1/version")
                                .header("Authorization", authorization)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path));
    }

    /** The first line of the answer to a request that no client library would send. */
    private String raw(String... lines) throws IOException {
        try (Socket socket = send(lines[0], lines[1], token)) {
            return reader(socket).readLine();
        }
    }

    private Socket send(String request, String host, String given) throws IOException {
        Socket socket = new Socket("127.0.0.1", address.getPort());
        socket.getOutputStream()
                .write((request + "\r\n" + host + "\r\nX-Kindling-Token: " + given + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }
}
