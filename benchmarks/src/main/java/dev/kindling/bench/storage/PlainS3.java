package dev.kindling.bench.storage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As much of S3 as a GET of a range needs: one file, whatever bucket and key are asked for, by {@code sendfile}. It costs
 * the machine so little that what is measured is the client, which a whole server on the same two cores would hide. It
 * says its URL on its standard output and ends with its standard input.
 *
 * <p>It can take its time to the first byte, as S3 does, and do harm: of so many requests it refuses one as a busy server
 * does, and cuts one off in the middle.
 */
public final class PlainS3 {
    private static final String ETAG = "\"0123456789abcdef0123456789abcdef\"";

    private final FileChannel file;
    private final long firstByteMs;
    /** 0 for none. */
    private final int oneHarmedIn;

    private final AtomicInteger requests = new AtomicInteger();

    private PlainS3(FileChannel file, long firstByteMs, int oneHarmedIn) {
        this.file = file;
        this.firstByteMs = firstByteMs;
        this.oneHarmedIn = oneHarmedIn;
    }

    /** @param args the file; then milliseconds to the first byte, and of how many requests one is refused and one cut off */
    public static void main(String[] args) throws IOException {
        try (FileChannel file = FileChannel.open(Path.of(args[0]));
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            PlainS3 answering = new PlainS3(
                    file,
                    args.length < 2 ? 0 : Long.parseLong(args[1]),
                    args.length < 3 ? 0 : Integer.parseInt(args[2]));
            start(() -> {
                while (true) {
                    SocketChannel connection = server.accept();
                    start(() -> answering.serve(connection));
                }
            });
            System.out.println("http://127.0.0.1:" + server.socket().getLocalPort());
            while (System.in.read() >= 0) {
                // Until who started it ends.
            }
        }
    }

    private interface Body {
        void run() throws IOException;
    }

    private static void start(Body body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (IOException e) {
                // The client has closed its connection, or this process ends.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(SocketChannel connection) throws IOException {
        try (connection) {
            BufferedReader requests = new BufferedReader(
                    new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.ISO_8859_1));
            String line = requests.readLine();
            while (line != null) {
                boolean hasBody = line.startsWith("GET ");
                String range = "bytes=0-";
                for (String header = requests.readLine(); header != null && !header.isEmpty(); ) {
                    if (header.toLowerCase(Locale.ROOT).startsWith("range:")) {
                        range = header.substring("range:".length()).strip();
                    }
                    header = requests.readLine();
                }
                answer(connection, range, hasBody);
                line = requests.readLine();
            }
        }
    }

    private void answer(SocketChannel connection, String range, boolean hasBody) throws IOException {
        pause();
        int turn = oneHarmedIn == 0 ? -1 : requests.incrementAndGet() % oneHarmedIn;
        if (turn == 0) {
            write(connection, "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nx-amz-request-id: 1\r\n\r\n");
            return;
        }
        long size = file.size();
        String[] ends = range.substring("bytes=".length()).split("-", -1);
        long from = Long.parseLong(ends[0]);
        long last = ends[1].isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(ends[1]));
        String head =
                "HTTP/1.1 206 Partial Content\r\nContent-Length: " + (last - from + 1) + "\r\nContent-Range: bytes "
                        + from + "-" + last + "/" + size + "\r\nETag: " + ETAG
                        + "\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nx-amz-request-id: 1\r\n\r\n";
        write(connection, head);
        boolean isCutOff = oneHarmedIn > 0 && turn == oneHarmedIn / 2;
        long end = isCutOff ? (from + last) / 2 : last + 1;
        for (long position = from; hasBody && position < end; ) {
            position += file.transferTo(position, end - position, connection);
        }
        if (isCutOff) {
            connection.close();
        }
    }

    private void pause() throws IOException {
        try {
            Thread.sleep(firstByteMs);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private static void write(SocketChannel connection, String head) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }
}
