package dev.kindling.bench.tls;

import dev.kindling.bench.work.Median;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.BlockRequest;
import dev.kindling.protocol.Frame;
import dev.kindling.rpc.ApplicationCredentials;
import dev.kindling.rpc.BlockReceiver;
import dev.kindling.rpc.BlockService;
import dev.kindling.rpc.BlockStream;
import dev.kindling.rpc.ControlConnection;
import dev.kindling.rpc.ControlHandler;
import dev.kindling.rpc.ListenAddress;
import dev.kindling.rpc.RpcClient;
import dev.kindling.rpc.RpcServer;
import dev.kindling.rpc.RpcSettings;
import dev.kindling.rpc.ServedRange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One listener with files, and one that fetches them for some seconds; then connections, one after the other. */
final class Transfer {
    private static final int OUTPUT_BYTES = 8 << 20;
    private static final int OUTPUTS = 32;
    private static final long WINDOW_BYTES = 8 << 20;
    private static final int CONNECTIONS = 200;
    private static final long ANSWER_WITHIN_SECONDS = 60;

    private Transfer() {}

    /** What one process has measured. */
    record Figures(double megabytesPerSecond, double connectionMs, double firstConnectionMs) {
        String line() {
            return String.format(Locale.ROOT, "%f %f %f", megabytesPerSecond, connectionMs, firstConnectionMs);
        }

        static Figures of(String line) {
            String[] words = line.split(" ");
            return new Figures(
                    Double.parseDouble(words[0]), Double.parseDouble(words[1]), Double.parseDouble(words[2]));
        }
    }

    static Figures measure(ApplicationCredentials credentials, int seconds) throws Exception {
        Path file = Files.createTempFile("kindling-bench", ".blocks");
        try (RpcServer server = RpcServer.start(
                        ListenAddress.loopback(), RpcSettings.defaults(), credentials, new Ignored(), holder(file));
                RpcClient client = new RpcClient(RpcSettings.defaults(), credentials)) {
            fill(file);
            double firstConnectionMs = connectMs(client, server);
            // Until the code for it is compiled.
            fetchFor(client, server, seconds);
            double megabytesPerSecond = fetchFor(client, server, seconds);
            double[] connectionsMs = new double[CONNECTIONS];
            for (int i = 0; i < CONNECTIONS; i++) {
                connectionsMs[i] = connectMs(client, server);
            }
            return new Figures(megabytesPerSecond, Median.of(connectionsMs), firstConnectionMs);
        } finally {
            Files.delete(file);
        }
    }

    private static void fill(Path file) throws IOException {
        byte[] noise = new byte[OUTPUT_BYTES];
        new SplittableRandom(1).nextBytes(noise);
        for (int i = 0; i < OUTPUTS; i++) {
            Files.write(file, noise, StandardOpenOption.APPEND);
        }
    }

    private static double connectMs(RpcClient client, RpcServer server) throws IOException {
        long begin = System.nanoTime();
        ControlConnection connection = client.connectControl(server.host(), server.port(), new Ignored());
        double ms = (System.nanoTime() - begin) / 1e6;
        connection.close();
        return ms;
    }

    private static double fetchFor(RpcClient client, RpcServer server, int seconds) throws Exception {
        long begin = System.nanoTime();
        long bytes = 0;
        while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(seconds)) {
            bytes += fetchAll(client, server);
        }
        return bytes / 1e6 / ((System.nanoTime() - begin) / 1e9);
    }

    private static long fetchAll(RpcClient client, RpcServer server) throws Exception {
        List<BlockRequest.MapRange> maps = new ArrayList<>();
        for (int map = 0; map < OUTPUTS; map++) {
            maps.add(new BlockRequest.MapRange(new AttemptId(0, map, 0), 0));
        }
        Taker taker = new Taker();
        BlockRequest request = new BlockRequest(0, 0, 1, maps);
        taker.stream.complete(client.fetchBlocks(server.host(), server.port(), request, WINDOW_BYTES, taker));
        return taker.end.get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
    }

    /** Counts what comes and asks for more. */
    private static final class Taker implements BlockReceiver {
        private final CompletableFuture<BlockStream> stream = new CompletableFuture<>();
        private final CompletableFuture<Long> end = new CompletableFuture<>();
        private long byteCount;

        @Override
        public void started(int index, long count) {
            // Its bytes are counted.
        }

        @Override
        public void arrived(byte[] bytes) {
            byteCount += bytes.length;
            stream.join().consumed(bytes.length);
        }

        @Override
        public void refused(int index, boolean isAbsent, String why) {
            end.completeExceptionally(new IOException(why));
        }

        @Override
        public void ended() {
            end.complete(byteCount);
        }

        @Override
        public void failed(String why) {
            end.completeExceptionally(new IOException(why));
        }
    }

    private static BlockService holder(Path file) {
        return new BlockService() {
            @Override
            public ServedRange openMapOutput(int shuffleId, AttemptId map, int firstBucket, int endBucket)
                    throws IOException {
                return new FileRange(
                        FileChannel.open(file, StandardOpenOption.READ), (long) map.partition() * OUTPUT_BYTES);
            }

            @Override
            public ServedRange openResult(AttemptId attempt) throws IOException {
                throw new IOException("there are no results");
            }
        };
    }

    /** One output in the file. */
    private record FileRange(FileChannel channel, long offset) implements ServedRange {
        @Override
        public long byteCount() {
            return OUTPUT_BYTES;
        }

        @Override
        public void read(long position, ByteBuffer target) throws IOException {
            long at = offset + position;
            while (target.hasRemaining()) {
                int count = channel.read(target, at);
                if (count < 0) {
                    throw new EOFException("the file ends at byte " + at);
                }
                at += count;
            }
        }

        @Override
        public Optional<FilePlace> file() {
            return Optional.of(new FilePlace(channel, offset));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Nobody says anything. */
    private static final class Ignored implements ControlHandler {
        @Override
        public void opened(ControlConnection connection) {
            // That it is open is enough.
        }

        @Override
        public void received(ControlConnection connection, Frame frame) {
            connection.close();
        }

        @Override
        public void closed(ControlConnection connection, String why) {
            // As it was told to.
        }
    }
}
