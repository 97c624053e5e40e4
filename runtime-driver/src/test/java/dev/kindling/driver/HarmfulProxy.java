package dev.kindling.driver;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A way between processes: takes connections at one address and passes their bytes on to the same port of 127.0.0.1, both
 * ways, with whatever harm is wanted at the time. One thread a direction, which ends with its connection.
 */
public final class HarmfulProxy implements Closeable {
    private static final int PIECE_BYTES = 16 << 10;

    /** What happens to a piece of up to 16 KiB that has come. */
    public enum Harm {
        NONE,
        /** It goes on 50 ms later. */
        DELAY,
        /** It goes on in pieces of 101 bytes, one a millisecond. */
        DRIP,
        /** It goes on when the harm is over. */
        STALL,
        /** Half of it goes on, then both ends are told that the connection ends. */
        CUT,
        /** Half of it goes on, then both ends see a reset. */
        RESET
    }

    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger harmedPieces = new AtomicInteger();
    private final AtomicInteger piecesToHarm = new AtomicInteger();
    private volatile Harm harm = Harm.NONE;

    /** @param address another one of this machine, such as 127.0.0.2 */
    public HarmfulProxy(String address, int port) throws IOException {
        server = new ServerSocket(port, 50, InetAddress.getByName(address));
        start("accept", this::accept);
    }

    /** From now on, for connections that exist and that will come, to so many pieces. */
    public void harm(Harm wanted, int pieces) {
        harmedPieces.set(0);
        piecesToHarm.set(pieces);
        harm = wanted;
    }

    public void heal() {
        harm = Harm.NONE;
    }

    public int harmedPieces() {
        return harmedPieces.get();
    }

    // ---- its threads ----------------------------------------------------------------------------------------------

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException e) {
                        // One end is gone: the other one was told.
                    }
                },
                "junit-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket near = server.accept();
            Socket far = new Socket("127.0.0.1", server.getLocalPort());
            for (Socket socket : List.of(near, far)) {
                socket.setTcpNoDelay(true);
                sockets.add(socket);
            }
            start("there", () -> pass(near, far));
            start("back", () -> pass(far, near));
        }
    }

    private void pass(Socket from, Socket to) throws IOException, InterruptedException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[PIECE_BYTES];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                boolean isHarmed = harm != Harm.NONE && piecesToHarm.getAndDecrement() > 0;
                if (isHarmed) {
                    harmedPieces.incrementAndGet();
                }
                switch (isHarmed ? harm : Harm.NONE) {
                    case NONE -> out.write(piece, 0, count);
                    case DELAY -> {
                        TimeUnit.MILLISECONDS.sleep(50);
                        out.write(piece, 0, count);
                    }
                    case DRIP -> drip(piece, count, out);
                    case STALL -> {
                        while (harm == Harm.STALL) {
                            TimeUnit.MILLISECONDS.sleep(10);
                        }
                        out.write(piece, 0, count);
                    }
                    case CUT -> {
                        out.write(piece, 0, count / 2);
                        return;
                    }
                    case RESET -> {
                        out.write(piece, 0, count / 2);
                        from.setSoLinger(true, 0);
                        to.setSoLinger(true, 0);
                        return;
                    }
                }
            }
        }
    }

    private static void drip(byte[] piece, int count, OutputStream out) throws IOException, InterruptedException {
        for (int at = 0; at < count; at += 101) {
            out.write(piece, at, Math.min(101, count - at));
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    @Override
    public void close() throws IOException {
        heal();
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
