package dev.kindling.rpc;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.BlockRequest;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.DataFrame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The holder's end of a data connection: finds the ranges that were asked for and sends them, a chunk of each stream
 * in turn. Small ranges are read into one buffer and leave together; from 256 KiB on the kernel sends them from the
 * file. A stream sends no more than it has credit for, and the connection has {@link #MAX_UNSENT_BYTES} waiting at
 * most, so a peer that does not read costs a buffer and its open file. Owned by the connection's thread.
 */
final class BlockSender extends DataChannel {
    /** From here on a range is sent by the kernel. */
    private static final int REGION_BYTES = 256 << 10;

    /** One turn of a stream. */
    private static final int MAX_CHUNK_BYTES = 1 << 20;

    /** What small ranges gather in. */
    private static final int BUFFER_BYTES = 128 << 10;

    private static final int MAX_UNSENT_BYTES = 2 << 20;

    /** A peer asks for one stream a task; more is no peer of ours. */
    private static final int MAX_STREAMS = 10_000;

    private static final int CHUNK_HEADER_BYTES = 9;

    private final BlockService blocks;
    private final Map<Integer, Stream> streams = new HashMap<>();
    private final ArrayDeque<Stream> ready = new ArrayDeque<>();
    private ChannelHandlerContext context;
    private boolean isKernelAllowed;
    private long unsentBytes;
    private boolean isClosed;

    BlockSender(BlockService blocks) {
        this.blocks = blocks;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        // What the kernel sends by itself nobody encrypts.
        isKernelAllowed = !Tls.isUsedBy(context.channel());
    }

    // ---- what the peer asks for -----------------------------------------------------------------------------------

    @Override
    void onFrame(DataFrame frame) {
        if (frame instanceof DataFrame.FetchBlocks f) {
            start(new Stream(f.streamId(), f.windowBytes(), new MapRanges(f.request())));
        } else if (frame instanceof DataFrame.FetchResult f) {
            start(new Stream(f.streamId(), f.windowBytes(), new ResultRange(f.attempt())));
        } else if (frame instanceof DataFrame.FetchResource f) {
            start(new Stream(f.streamId(), f.windowBytes(), new Resource(f.name())));
        } else if (frame instanceof DataFrame.FetchMapOutput f) {
            start(new Stream(f.streamId(), f.windowBytes(), new WholeOutput(f.shuffleId(), f.attempt())));
        } else if (frame instanceof DataFrame.FetchCachedBlock f) {
            start(new Stream(f.streamId(), f.windowBytes(), new CachedRange(f.block())));
        } else if (frame instanceof DataFrame.Credit f) {
            Stream stream = streams.get(f.streamId());
            if (stream != null) {
                stream.addCredit(f.byteCount());
                makeReady(stream);
            }
        } else if (frame instanceof DataFrame.CancelStream f) {
            Stream stream = streams.remove(f.streamId());
            if (stream != null) {
                ready.remove(stream);
                stream.close();
            }
        } else {
            throw new ProtocolException(
                    frame.getClass().getSimpleName() + " is for those who ask, not for those who hold");
        }
    }

    private void start(Stream stream) {
        if (streams.size() == MAX_STREAMS || streams.putIfAbsent(stream.id, stream) != null) {
            throw new ProtocolException("stream " + stream.id + " is open already, or " + MAX_STREAMS + " are");
        }
        makeReady(stream);
    }

    private void makeReady(Stream stream) {
        if (!stream.isReady) {
            stream.isReady = true;
            ready.add(stream);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        send();
    }

    // ---- sending --------------------------------------------------------------------------------------------------

    private void send() {
        boolean hasWritten = false;
        while (!isClosed && context.channel().isActive() && unsentBytes < MAX_UNSENT_BYTES && !ready.isEmpty()) {
            Stream stream = ready.poll();
            stream.isReady = false;
            sendTurn(stream);
            hasWritten = true;
        }
        if (hasWritten) {
            context.flush();
        }
    }

    /** Writes a bufferful or a region of one stream, then lets the next have its turn. */
    private void sendTurn(Stream stream) {
        ByteBuf buffer = context.alloc().directBuffer(BUFFER_BYTES);
        boolean goesOn = true;
        while (goesOn && buffer.writableBytes() > BUFFER_BYTES / 8) {
            if (stream.range == null) {
                goesOn = openNext(stream, buffer);
            } else if (stream.position == stream.range.byteCount()) {
                stream.closeRange();
            } else if (stream.credit == 0) {
                goesOn = false;
            } else if (isKernelAllowed && stream.isForKernel()) {
                int count = (int) Math.min(stream.sendableBytes(), MAX_CHUNK_BYTES);
                startChunk(buffer, buffer.writerIndex(), stream, count);
                write(buffer);
                writeRegion(stream, count);
                makeReady(stream);
                return;
            } else {
                sendBytes(stream, buffer);
            }
        }
        write(buffer);
        if (goesOn) {
            makeReady(stream);
        }
    }

    /** Announces the next range, or the end; false when there is nothing more to say. */
    private boolean openNext(Stream stream, ByteBuf buffer) {
        if (stream.next == stream.ranges.count()) {
            append(buffer, new DataFrame.StreamEnded(stream.id));
            streams.remove(stream.id);
            return false;
        }
        int index = stream.next++;
        try {
            ServedRange range = stream.ranges.open(blocks, index);
            long skipBytes = stream.ranges.skipBytes(index);
            if (skipBytes < 0 || skipBytes > range.byteCount()) {
                range.close();
                throw new IOException(skipBytes + " of " + range.byteCount() + " bytes shall be skipped");
            }
            append(buffer, new DataFrame.RangeStarted(stream.id, index, range.byteCount() - skipBytes));
            stream.open(range, skipBytes);
        } catch (BlockAbsentException e) {
            append(buffer, new DataFrame.RangeRefused(stream.id, index, true, e.getMessage()));
        } catch (IOException | RuntimeException e) {
            append(buffer, new DataFrame.RangeRefused(stream.id, index, false, String.valueOf(e.getMessage())));
        }
        return true;
    }

    /** Reads what credit and room allow; when that fails, the rest of the range is refused. */
    private void sendBytes(Stream stream, ByteBuf buffer) {
        int start = buffer.writerIndex();
        int count = (int) Math.min(stream.sendableBytes(), buffer.writableBytes() - CHUNK_HEADER_BYTES);
        try {
            stream.range.range.read(stream.position, buffer.nioBuffer(start + CHUNK_HEADER_BYTES, count));
        } catch (IOException | RuntimeException e) {
            append(
                    buffer,
                    new DataFrame.RangeRefused(stream.id, stream.next - 1, false, String.valueOf(e.getMessage())));
            stream.closeRange();
            return;
        }
        startChunk(buffer, start, stream, count);
        buffer.writerIndex(start + CHUNK_HEADER_BYTES + count);
        stream.sent(count);
    }

    private static void startChunk(ByteBuf buffer, int index, Stream stream, int count) {
        buffer.setInt(index, count + 5).setByte(index + 4, FrameCodec.CHUNK).setInt(index + 5, stream.id);
        buffer.writerIndex(index + CHUNK_HEADER_BYTES);
    }

    private void writeRegion(Stream stream, int count) {
        SharedRange range = stream.range.retain();
        ServedRange.FilePlace file = stream.file.get();
        long offset = file.offset() + stream.position;
        stream.sent(count);
        track(context.write(new RangeRegion(file.channel(), offset, count, range::release)), count);
    }

    private void write(ByteBuf buffer) {
        if (buffer.isReadable()) {
            int count = buffer.readableBytes();
            track(context.write(buffer), count);
        } else {
            buffer.release();
        }
    }

    private void track(ChannelFuture written, int count) {
        unsentBytes += count;
        written.addListener(done -> {
            unsentBytes -= count;
            if (done.isSuccess()) {
                send();
            } else {
                context.close();
            }
        });
    }

    private static void append(ByteBuf buffer, DataFrame frame) {
        byte[] bytes = FrameCodec.encode(frame);
        buffer.writeInt(bytes.length).writeBytes(bytes);
    }

    @Override
    void onClosed(String why) {
        isClosed = true;
        streams.values().forEach(Stream::close);
        streams.clear();
        ready.clear();
    }

    // ---- streams --------------------------------------------------------------------------------------------------

    /** What a stream was opened for: one range, from its beginning, where nothing else is said. */
    private interface Ranges {
        default int count() {
            return 1;
        }

        default long skipBytes(int index) {
            return 0;
        }

        ServedRange open(BlockService blocks, int index) throws IOException;
    }

    private record MapRanges(BlockRequest request) implements Ranges {
        @Override
        public int count() {
            return request.maps().size();
        }

        @Override
        public long skipBytes(int index) {
            return request.maps().get(index).skipBytes();
        }

        @Override
        public ServedRange open(BlockService blocks, int index) throws IOException {
            AttemptId map = request.maps().get(index).mapAttempt();
            return blocks.openMapOutput(request.shuffleId(), map, request.firstBucket(), request.endBucket());
        }
    }

    private record WholeOutput(int shuffleId, AttemptId attempt) implements Ranges {
        @Override
        public ServedRange open(BlockService blocks, int index) throws IOException {
            return blocks.openWholeMapOutput(shuffleId, attempt);
        }
    }

    private record ResultRange(AttemptId attempt) implements Ranges {
        @Override
        public ServedRange open(BlockService blocks, int index) throws IOException {
            return blocks.openResult(attempt);
        }
    }

    private record Resource(String name) implements Ranges {
        @Override
        public ServedRange open(BlockService blocks, int index) throws IOException {
            return blocks.openResource(name);
        }
    }

    private record CachedRange(CachedBlockId block) implements Ranges {
        @Override
        public ServedRange open(BlockService blocks, int index) throws IOException {
            return blocks.openCachedBlock(block);
        }
    }

    private static final class Stream {
        private final int id;
        private final Ranges ranges;
        private long credit;
        private int next;
        private SharedRange range;
        private Optional<ServedRange.FilePlace> file = Optional.empty();
        private long position;
        private boolean isReady;

        Stream(int id, long windowBytes, Ranges ranges) {
            this.id = id;
            this.ranges = ranges;
            addCredit(windowBytes);
        }

        void addCredit(long byteCount) {
            if (byteCount < 0) {
                throw new ProtocolException("a credit of " + byteCount + " bytes");
            }
            credit = Math.min(credit + byteCount, Long.MAX_VALUE / 4);
        }

        void open(ServedRange opened, long skipBytes) {
            range = new SharedRange(opened);
            file = opened.file();
            position = skipBytes;
        }

        boolean isForKernel() {
            return file.isPresent() && range.byteCount() - position >= REGION_BYTES;
        }

        long sendableBytes() {
            return Math.min(range.byteCount() - position, credit);
        }

        void sent(int count) {
            position += count;
            credit -= count;
        }

        void closeRange() {
            range.release();
            range = null;
        }

        void close() {
            if (range != null) {
                closeRange();
            }
        }
    }

    /** An open range and the regions of it that are on their way to the socket: the last one closes it. */
    private static final class SharedRange {
        private final ServedRange range;
        private int users = 1;

        SharedRange(ServedRange range) {
            this.range = range;
        }

        long byteCount() {
            return range.byteCount();
        }

        SharedRange retain() {
            users++;
            return this;
        }

        void release() {
            if (--users == 0) {
                try {
                    range.close();
                } catch (IOException e) {
                    // It was read; that its file cannot be closed concerns nobody who waits for it.
                }
            }
        }
    }
}
