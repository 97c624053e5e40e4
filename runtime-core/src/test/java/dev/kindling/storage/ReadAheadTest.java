package dev.kindling.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final byte[] BYTES = new byte[3_000_000];

    static {
        new Random(1).nextBytes(BYTES);
    }

    private final IoThreads threads = new IoThreads("test");
    private final ReadAhead ahead = new ReadAhead(threads, 2);

    @AfterEach
    void endThreads() {
        threads.close();
    }

    /** Gives out what it holds in pieces of many sizes. */
    private static final class Pieces extends ReadAhead.Source {
        private final Random random = new Random(7);
        private final int wanted;
        private int position;
        private final AtomicInteger closed = new AtomicInteger();
        private final CountDownLatch firstClose = new CountDownLatch(1);
        private final AtomicInteger aborted = new AtomicInteger();
        /** Reads that go through before the next ones wait for more. */
        private final Semaphore mayRead = new Semaphore(1 << 30);

        private final CountDownLatch isWaiting = new CountDownLatch(1);
        private int failsAt = Integer.MAX_VALUE;
        private volatile Thread firstReader;

        Pieces(int wanted) {
            this.wanted = wanted;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            assertEquals(0, closed.get(), "read after it was closed");
            firstReader = firstReader == null ? Thread.currentThread() : firstReader;
            if (!mayRead.tryAcquire()) {
                isWaiting.countDown();
                mayRead.acquireUninterruptibly();
            }
            if (position >= failsAt) {
                throw new IOException("cut at " + position);
            }
            if (position == BYTES.length) {
                return -1;
            }
            int count = Math.min(Math.min(length, 1 + random.nextInt(90_000)), BYTES.length - position);
            System.arraycopy(BYTES, position, bytes, offset, count);
            position += count;
            return count;
        }

        @Override
        public boolean isBehindWanted() {
            return position >= wanted;
        }

        @Override
        public void abort(Future<?> reading) {
            aborted.incrementAndGet();
            mayRead.release(1_000);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            firstClose.countDown();
        }

        void awaitClose() throws InterruptedException {
            assertTrue(firstClose.await(60, TimeUnit.SECONDS), "nobody closed it");
            assertEquals(1, closed.get());
        }
    }

    @Test
    void whatIsReadIsWhatTheSourceHoldsHoweverMuchOfItIsWanted() throws Exception {
        for (int wanted : new int[] {1 << 20, 2_000_001, BYTES.length, BYTES.length + 1, Integer.MAX_VALUE}) {
            Pieces source = new Pieces(wanted);
            try (InputStream in = ahead.of(source, wanted)) {
                assertArrayEquals(BYTES, in.readAllBytes(), wanted + " wanted");
                assertEquals(-1, in.read());
            }
            source.awaitClose();
        }
    }

    @Test
    void littleIsReadByTheTaskItself() throws IOException {
        Pieces source = new Pieces(1_000);

        assertSame(source, ahead.of(source, 1_000));
    }

    @Test
    void whoStopsAnywhereLeavesItClosedOnce() throws Exception {
        for (int count : new int[] {0, 1, 100_000, 1_500_000, 2_999_999}) {
            Pieces source = new Pieces(BYTES.length);
            InputStream in = ahead.of(source, BYTES.length);

            assertArrayEquals(Arrays.copyOf(BYTES, count), in.readNBytes(count));
            in.close();
            in.close();

            source.awaitClose();
        }
    }

    @Test
    void whoStopsWhileMoreIsComingDoesNotWaitForIt() throws Exception {
        Pieces source = new Pieces(BYTES.length);
        source.mayRead.drainPermits();
        source.mayRead.release(1);
        InputStream in = ahead.of(source, BYTES.length);

        in.read();
        assertTrue(source.isWaiting.await(60, TimeUnit.SECONDS));
        assertFalse(source.firstClose.await(0, TimeUnit.SECONDS));
        in.close();

        source.awaitClose();
        assertEquals(1, source.aborted.get());
        assertEquals(4, ahead.spareBuffers());
    }

    @Test
    void buffersOfAStreamThatIsClosedInTheMiddleServeTheNext() throws Exception {
        for (int round = 0; round < 3; round++) {
            Pieces source = new Pieces(BYTES.length);
            try (InputStream in = ahead.of(source, BYTES.length)) {
                in.readNBytes(300_000);
            }

            source.awaitClose();
            assertEquals(4, ahead.spareBuffers());
        }
    }

    @Test
    void withMoreStreamsThanThatTasksReadThemselves() throws Exception {
        List<Pieces> sources = new ArrayList<>();
        List<InputStream> streams = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sources.add(new Pieces(BYTES.length));
            streams.add(ahead.of(sources.get(i), BYTES.length));
            assertArrayEquals(BYTES, streams.get(i).readAllBytes());
        }

        assertNotSame(Thread.currentThread(), sources.get(1).firstReader);
        assertSame(Thread.currentThread(), sources.get(2).firstReader);
        for (InputStream stream : streams) {
            stream.close();
        }
        for (Pieces source : sources) {
            source.awaitClose();
        }
        Pieces next = new Pieces(BYTES.length);
        try (InputStream in = ahead.of(next, BYTES.length)) {
            in.read();
            assertNotSame(Thread.currentThread(), next.firstReader);
        }
        next.awaitClose();
    }

    @Test
    void threadAheadHasAProcessorOfItsOwn() {
        assertEquals(0, ReadAhead.maxStreamsOf(1));
        assertEquals(1, ReadAhead.maxStreamsOf(2));
        assertEquals(2, ReadAhead.maxStreamsOf(4));
        assertEquals(8, ReadAhead.maxStreamsOf(16));
    }

    /** The first piece is there at once, though a buffer holds more. */
    @Test
    void firstBytesDoNotWaitForAWholeBuffer() throws Exception {
        Pieces source = new Pieces(BYTES.length);
        source.mayRead.drainPermits();
        source.mayRead.release(1);

        try (InputStream in = ahead.of(source, BYTES.length)) {
            assertEquals(BYTES[0] & 0xff, in.read());
        }
    }

    @Test
    void failureIsToldWhereItHappened() throws Exception {
        Pieces source = new Pieces(BYTES.length);
        source.failsAt = 1_200_000;
        try (InputStream in = ahead.of(source, BYTES.length)) {
            byte[] buffer = new byte[10_000];
            int[] read = {0};
            IOException cut = assertThrows(IOException.class, () -> {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    read[0] += count;
                }
            });

            assertEquals("cut at " + source.position, cut.getMessage());
            assertTrue(read[0] > 900_000, read[0] + " bytes");
        }
        source.awaitClose();
    }
}
