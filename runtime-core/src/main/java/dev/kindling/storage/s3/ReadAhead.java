package dev.kindling.storage.s3;

import dev.kindling.storage.BulkInput;
import dev.kindling.storage.IoThreads;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Reads what is wanted of a range on a thread of its own, a few buffers ahead, while the task works on what came before;
 * what lies behind is read by the task itself. Buffers go from stream to stream. Used by one thread.
 */
final class ReadAhead extends BulkInput {
    static final int BUFFER_BYTES = 256 << 10;
    private static final int BUFFERS = 4;

    private record Filled(byte[] bytes, int count) {}

    private static final Filled END = new Filled(new byte[0], -1);

    private final S3Calls calls;
    private final RangeReader range;
    private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(BUFFERS);
    private final BlockingQueue<Filled> full = new ArrayBlockingQueue<>(BUFFERS + 1);
    private Future<Void> fetching;
    private Filled current = new Filled(new byte[0], 0);
    private int position;
    private boolean isFetched;
    private volatile boolean isAwaited;
    private boolean isClosed;

    ReadAhead(S3Calls calls, RangeReader range) {
        this.calls = calls;
        this.range = range;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!isFetched && position == current.count()) {
            takeNext();
        }
        if (isFetched) {
            return range.read(bytes, offset, length);
        }
        int count = Math.min(length, current.count() - position);
        System.arraycopy(current.bytes(), position, bytes, offset, count);
        position += count;
        return count;
    }

    private void takeNext() throws IOException {
        if (fetching == null) {
            for (int i = 0; i < BUFFERS; i++) {
                byte[] spare = calls.spareBuffers().poll();
                empty.add(spare != null ? spare : new byte[BUFFER_BYTES]);
            }
            fetching = calls.start(this::fetch);
        } else if (current.count() > 0) {
            empty.add(current.bytes());
        }
        current = new Filled(new byte[0], 0);
        position = 0;
        try {
            isAwaited = full.isEmpty();
            Filled next = full.take();
            isAwaited = false;
            if (next == END) {
                isFetched = true;
                fetching.get();
            } else {
                current = next;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for S3");
        } catch (ExecutionException e) {
            throw IoThreads.rethrown(e.getCause());
        }
    }

    /** Runs on a thread of its own until all that is wanted is fetched; its failure is told at the end mark. */
    private Void fetch() throws IOException, InterruptedException {
        try {
            while (!range.isBehindWanted()) {
                byte[] buffer = empty.take();
                int count = fill(buffer);
                if (count == 0) {
                    empty.add(buffer);
                    return null;
                }
                full.add(new Filled(buffer, count));
            }
            return null;
        } finally {
            full.add(END);
        }
    }

    /** A whole buffer, or what has come when the task waits for it. */
    private int fill(byte[] buffer) throws IOException {
        int count = 0;
        while (count < buffer.length && !(count > 0 && isAwaited) && !range.isBehindWanted()) {
            int more = range.read(buffer, count, buffer.length - count);
            if (more < 0) {
                break;
            }
            count += more;
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (fetching == null || isFetched) {
            range.close();
            keepBuffers();
            return;
        }
        // The other thread owns the range and gives its buffers up with it.
        range.abort();
        fetching.cancel(true);
    }

    private void keepBuffers() {
        byte[] last = current.count() > 0 ? current.bytes() : null;
        for (byte[] buffer : Arrays.asList(last, empty.poll(), empty.poll(), empty.poll(), empty.poll())) {
            if (buffer != null) {
                // Enough for the tasks of one process; others are left to the garbage collector.
                calls.spareBuffers().offer(buffer);
            }
        }
    }
}
