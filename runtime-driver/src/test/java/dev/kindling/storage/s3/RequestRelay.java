package dev.kindling.storage.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Stands before a server and keeps the heads of all requests, of whatever process they are. Safe for many threads. */
final class RequestRelay implements AutoCloseable {
    private static final Pattern HEAD =
            Pattern.compile("(?:GET|HEAD|PUT|POST|DELETE) /\\S* HTTP/1\\.1\r\n(?:[^\r\n]+\r\n)+\r\n");

    private final ServerSocket listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    private final URI server;
    private final List<ByteArrayOutputStream> sent = new CopyOnWriteArrayList<>();

    RequestRelay(String server) throws IOException {
        this.server = URI.create(server);
        start(() -> {
            while (true) {
                connect(listening.accept());
            }
        });
    }

    private void connect(Socket client) throws IOException {
        Socket behind = new Socket(server.getHost(), server.getPort());
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        sent.add(requests);
        start(() -> copy(client, behind, requests));
        start(() -> copy(behind, client, OutputStream.nullOutputStream()));
    }

    private static void copy(Socket from, Socket to, OutputStream kept) throws IOException {
        byte[] buffer = new byte[64 << 10];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                kept.write(buffer, 0, count);
                to.getOutputStream().write(buffer, 0, count);
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One of both sides has closed its end, or the test is over.
                    }
                },
                "request-relay");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    /** Each with its first line and its headers. */
    List<String> heads() {
        return sent.stream()
                .flatMap(requests -> HEAD.matcher(requests.toString(StandardCharsets.ISO_8859_1))
                        .results())
                .map(MatchResult::group)
                .toList();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
