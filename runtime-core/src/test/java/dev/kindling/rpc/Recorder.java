package dev.kindling.rpc;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.kindling.protocol.Frame;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what a control handler hears, for a test thread to take. */
final class Recorder implements ControlHandler {
    private final BlockingQueue<ControlConnection> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();

    @Override
    public void opened(ControlConnection connection) {
        opened.add(connection);
    }

    @Override
    public void received(ControlConnection connection, Frame frame) {
        frames.add(frame);
    }

    @Override
    public void closed(ControlConnection connection, String why) {
        closed.add(why);
    }

    ControlConnection nextOpened() throws InterruptedException {
        return take(opened);
    }

    Frame nextFrame() throws InterruptedException {
        return take(frames);
    }

    String nextClosed() throws InterruptedException {
        return take(closed);
    }

    /** Frames that nobody will take. */
    void forget() {
        frames.clear();
    }

    boolean hasOpened() {
        return !opened.isEmpty();
    }

    private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T value = queue.poll(60, TimeUnit.SECONDS);
        assertNotNull(value, "nothing came within 10 s");
        return value;
    }
}
