package dev.kindling.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads streams of one store on threads of their own, a few buffers ahead, while tasks work on what came before; where
 * too many streams are open for that, tasks read them themselves. The sockets of the system hold what has arrived in
 * either case: what a thread ahead gains is the work of receiving, above all where it is encrypted, and what it costs
 * is a hand-over, so it pays where a processor is idle: on two, for one stream, not for two. Buffers go from stream to
 * stream. Safe for many threads; each stream is used by one.
 */
public final class ReadAhead {
    // Smaller pieces have come before another thread has started.
    private static final long FROM_BYTES = 1 << 20;
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int BUFFERS = 4;

    /** Those of 16 tasks. */
    private static final int MAX_SPARE_BUFFERS = 64;

    private final IoThreads threads;
    private final int maxStreams;
    private final AtomicInteger openStreams = new AtomicInteger();
    private final BlockingQueue<byte[]> spareBuffers = new LinkedBlockingQueue<>(MAX_SPARE_BUFFERS);

    /**
     * @param threads on which streams are read
     * @param maxStreams a stream is read ahead when not more than so many are open; negative for as many as leave each
     *     task and each thread ahead a processor
     */
    public ReadAhead(IoThreads threads, int maxStreams) {
        this.threads = threads;
        this.maxStreams =
                maxStreams >= 0 ? maxStreams : maxStreamsOf(Runtime.getRuntime().availableProcessors());
    }

    static int maxStreamsOf(int processors) {
        return processors / 2;
    }

    /** What is read ahead: by one thread, which may be another one than that which closes it. */
    public abstract static class Source extends BulkInput {
        /** Whether all that is sure to be read has been. */
        public abstract boolean isBehindWanted();

        /** Has what another thread reads end soon; that thread closes it. */
        public abstract void abort(Future<?> reading);
    }

    /**
     * @param wanted how many bytes are sure to be read; what lies behind is read when the task asks for it
     * @return the same bytes; closing it closes the source
     */
    public InputStream of(Source source, long wanted) {
        if (wanted < FROM_BYTES) {
            return source;
        }
        return new Ahead(source, openStreams.incrementAndGet() <= maxStreams);
    }

    int spareBuffers() {
        return spareBuffers.size();
    }

    private record Filled(byte[] bytes, int count) {}

    private static final Filled NONE = new Filled(new byte[0], 0);
    private static final Filled END = new Filled(new byte[0], -1);

    private final class Ahead extends BulkInput {
        private final Source source;
        // One more for the mark that wakes a thread which waits for a buffer of a closed stream.
        private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(BUFFERS + 1);
        private final BlockingQueue<Filled> full = new ArrayBlockingQueue<>(BUFFERS + 1);
        private Future<Void> fetching;
        private Filled current = NONE;
        private int position;
        private boolean isFetched;

        // Under the lock: the source is closed by whoever has it last.
        private boolean hasFetchEnded;
        private boolean isClosed;

        Ahead(Source source, boolean isAhead) {
            this.source = source;
            this.isFetched = !isAhead;
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
                return source.read(bytes, offset, length);
            }
            int count = Math.min(length, current.count() - position);
            System.arraycopy(current.bytes(), position, bytes, offset, count);
            position += count;
            return count;
        }

        private void takeNext() throws IOException {
            if (fetching == null) {
                for (int i = 0; i < BUFFERS; i++) {
                    byte[] spare = spareBuffers.poll();
                    empty.add(spare != null ? spare : new byte[BUFFER_BYTES]);
                }
                fetching = threads.start(this::fetch);
            }
            giveBack();
            try {
                Filled next = full.take();
                if (next == END) {
                    isFetched = true;
                    fetching.get();
                } else {
                    current = next;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for input");
            } catch (ExecutionException e) {
                throw IoThreads.rethrown(e.getCause());
            }
        }

        private void giveBack() {
            if (current.count() > 0) {
                empty.add(current.bytes());
            }
            current = NONE;
            position = 0;
        }

        /** Runs on a thread of its own until all that is wanted is fetched; its failure is told at the end mark. */
        private Void fetch() throws IOException, InterruptedException {
            try {
                // The task waits for the first bytes; to wake it for every few more would cost more than they do.
                int enough = 1;
                while (!isClosed() && !source.isBehindWanted()) {
                    byte[] buffer = empty.take();
                    int count = 0;
                    try {
                        count = fill(buffer, enough);
                    } finally {
                        if (count == 0) {
                            empty.offer(buffer);
                        } else {
                            full.add(new Filled(buffer, count));
                        }
                    }
                    if (count == 0) {
                        return null;
                    }
                    enough = BUFFER_BYTES;
                }
                return null;
            } finally {
                full.add(END);
                endFetch();
            }
        }

        private void endFetch() throws IOException {
            boolean isLast;
            synchronized (this) {
                hasFetchEnded = true;
                isLast = isClosed;
            }
            if (isLast) {
                end();
            }
        }

        private synchronized boolean isClosed() {
            return isClosed;
        }

        private int fill(byte[] buffer, int enough) throws IOException {
            int count = 0;
            while (count < enough && !isClosed() && !source.isBehindWanted()) {
                int more = source.read(buffer, count, buffer.length - count);
                if (more < 0) {
                    break;
                }
                count += more;
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            boolean isLast;
            synchronized (this) {
                if (isClosed) {
                    return;
                }
                isClosed = true;
                isLast = fetching == null || hasFetchEnded;
                giveBack();
            }
            if (isLast) {
                end();
                return;
            }
            source.abort(fetching);
            // If it waits for a buffer, there is room.
            empty.offer(NONE.bytes());
        }

        /** Whoever has the stream last leaves its buffers to others. */
        private void end() throws IOException {
            openStreams.decrementAndGet();
            List<byte[]> left = new ArrayList<>();
            empty.drainTo(left);
            full.forEach(filled -> left.add(filled.bytes()));
            for (byte[] buffer : left) {
                if (buffer.length == BUFFER_BYTES) {
                    // What finds no room is left to the garbage collector.
                    spareBuffers.offer(buffer);
                }
            }
            source.close();
        }
    }
}
