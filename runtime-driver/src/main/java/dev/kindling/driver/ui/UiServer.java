package dev.kindling.driver.ui;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.driver.page.PageHtml;
import dev.kindling.util.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows one application on the loopback address, or to the proxy of its cluster, from its start to its last event. It only
 * reads: nothing that comes in can change a job. The page itself is for everybody on this machine and says nothing; what
 * it shows is given to those who have the token of its address. Requests that name another host are refused, so that a
 * page of somebody else's in the same browser cannot ask in its name. {@link Access} says who sees what.
 *
 * <p>Bounded: so many threads, open pages and waiting requests; a request that finds no room waits in the kernel. An
 * event costs its fold; the picture is made at most once a second, and only while somebody looks. Closed after the last
 * event, with its threads.
 */
public final class UiServer implements KindlingListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UiServer.class);

    private static final int THREADS = 8;
    /** Pages that are followed at a time; each has one of the threads. */
    private static final int OPEN_PAGES = 5;

    private static final int WAITING_REQUESTS = 32;
    private static final int BACKLOG = 16;
    /** Ports that are tried one after the other when the first is taken. */
    private static final int TRIED_PORTS = 16;

    private static final long CLOSE_WAIT_MS = 500;

    /** A proxy may keep what is written until there is more of it, so a page behind it asks again instead. */
    private static final String ASK_AGAIN_HEADER = "X-Kindling-Again";

    private static final String ASK_AGAIN_MS = "2000";

    private static final String EVENTS = "/events";
    private static final String ONLY_SHOWS = "this server answers to GET alone: it only shows";

    private final LiveRun run = new LiveRun();
    private final Access access;
    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final Semaphore openPages = new Semaphore(OPEN_PAGES);

    private UiServer(HttpServer server, String host, Optional<PageProxy> proxy) {
        this.server = server;
        access = Access.to(host, server.getAddress().getPort(), proxy);
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                0,
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(WAITING_REQUESTS),
                task -> daemon(task, "ui-" + count.getAndIncrement()),
                // On the thread that takes connections: as long as it is busy it takes no more.
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /**
     * Begins to listen.
     *
     * @param port the first that is tried; 0 for any
     * @param proxy who shows it to people on other machines; without one they do not reach it
     */
    public static UiServer start(int port, Optional<PageProxy> proxy) {
        String own = InetAddress.getLoopbackAddress().getHostAddress();
        HttpServer bound = bind(proxy.map(PageProxy::bindHost).orElse(own), port);
        UiServer ui = new UiServer(bound, proxy.map(PageProxy::host).orElse(own), proxy);
        bound.setExecutor(ui.threads);
        bound.createContext("/", ui::answer);
        // The server's own thread is a daemon if the one that starts it is.
        Thread starting = daemon(bound::start, "ui-start");
        starting.start();
        try {
            starting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ui;
    }

    private static HttpServer bind(String host, int port) {
        int tried = port == 0 ? 1 : TRIED_PORTS;
        for (int next = port; next < port + tried && next < 1 << 16; next++) {
            try {
                return HttpServer.create(new InetSocketAddress(host, next), BACKLOG);
            } catch (BindException e) {
                LOG.debug("port {} is taken", next, e);
            } catch (IOException e) {
                throw cannotListen(port, e);
            }
        }
        throw cannotListen(port, new BindException("they are taken"));
    }

    private static KindlingException cannotListen(int port, IOException why) {
        return new KindlingException(
                ErrorCode.BAD_CONFIGURATION,
                "cannot show the run at port " + port + " or the " + (TRIED_PORTS - 1) + " after it ("
                        + why.getMessage() + "); set kindling.ui.port to a free port, or to 0 for any",
                why);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Where it can be seen, with the token in the part that no browser sends. */
    public String address() {
        return access.address();
    }

    /** Where the cluster's proxy finds it, with what tells the proxy from others in the path. */
    public URI addressForProxy() {
        return URI.create(access.addressForProxy());
    }

    @Override
    public void onEvent(Event event) {
        run.onEvent(event);
    }

    /** Pages that are open get the last picture. */
    @Override
    public void close() {
        run.end();
        threads.shutdown();
        try {
            threads.awaitTermination(CLOSE_WAIT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        threads.shutdownNow();
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
            exchange.getResponseHeaders().set("Cross-Origin-Resource-Policy", "same-origin");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            Optional<String> throughProxy = access.throughProxy(path);
            if (throughProxy.isPresent()) {
                answerProxy(exchange, throughProxy.get());
            } else if (!Access.isOfThisMachine(
                    exchange.getRemoteAddress().getAddress(),
                    exchange.getLocalAddress().getAddress())) {
                refuse(exchange, 403, "other machines see this run through the cluster's proxy alone");
            } else if (!access.isToThisHost(exchange.getRequestHeaders())) {
                refuse(exchange, 403, "this server answers to its own names alone");
            } else if (!isGet(exchange)) {
                refuse(exchange, 405, ONLY_SHOWS);
            } else if (path.equals("/")) {
                sendPage(exchange);
            } else if (!access.isAllowed(exchange.getRequestHeaders())) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"kindling\"");
                refuse(
                        exchange,
                        401,
                        "the token is missing or wrong: it is what follows # in the address that was"
                                + " printed; send it as the header X-Kindling-Token, or as the password of any user");
            } else if (path.equals(EVENTS)) {
                follow(exchange);
            } else {
                status(exchange, path);
            }
        } catch (IOException e) {
            LOG.debug("a reader has gone", e);
        } catch (RuntimeException e) {
            LOG.warn("cannot answer {}", exchange.getRequestURI().getPath(), e);
            throw e;
        }
    }

    private void answerProxy(HttpExchange exchange, String path) throws IOException {
        Optional<String> refusal = access.refusal(
                exchange.getRequestHeaders(), exchange.getRemoteAddress().getAddress());
        if (refusal.isPresent()) {
            refuse(exchange, 403, refusal.get());
        } else if (!isGet(exchange)) {
            refuse(exchange, 405, ONLY_SHOWS);
        } else if (path.equals("/")) {
            sendPage(exchange);
        } else if (path.equals(EVENTS)) {
            exchange.getResponseHeaders().set(ASK_AGAIN_HEADER, ASK_AGAIN_MS);
            send(exchange, 200, "text/event-stream", run.message());
        } else {
            status(exchange, path);
        }
    }

    private static boolean isGet(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("GET");
    }

    private static void sendPage(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Security-Policy", PageHtml.livePolicy());
        send(exchange, 200, "text/html; charset=utf-8", PageHtml.live("a run"));
    }

    private void status(HttpExchange exchange, String path) throws IOException {
        Optional<Object> found = path.startsWith(SparkApi.ROOT)
                ? new SparkApi(run.now())
                        .answer(
                                path,
                                Optional.ofNullable(exchange.getRequestURI().getQuery()))
                : Optional.empty();
        if (found.isPresent()) {
            send(exchange, 200, "application/json", Json.write(found.get()));
        } else {
            refuse(exchange, 404, "there is nothing at " + path + "; try " + SparkApi.ROOT + "applications");
        }
    }

    private void follow(HttpExchange exchange) throws IOException {
        if (!openPages.tryAcquire()) {
            refuse(exchange, 503, "there are " + OPEN_PAGES + " open pages of this run; close one");
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            run.follow(message -> {
                out.write(message.getBytes(StandardCharsets.UTF_8));
                out.flush();
            });
        } finally {
            openPages.release();
        }
    }

    private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        send(exchange, status, "text/plain; charset=utf-8", why + "\n");
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
