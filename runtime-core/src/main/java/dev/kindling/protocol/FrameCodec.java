package dev.kindling.protocol;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.Frame.AttemptFailed;
import dev.kindling.protocol.Frame.AttemptFinished;
import dev.kindling.protocol.Frame.AttemptStack;
import dev.kindling.protocol.Frame.AttemptStuck;
import dev.kindling.protocol.Frame.BroadcastDropped;
import dev.kindling.protocol.Frame.CachedBlocksChanged;
import dev.kindling.protocol.Frame.CachedBlocksReceived;
import dev.kindling.protocol.Frame.CancelAttempt;
import dev.kindling.protocol.Frame.CopyCachedBlock;
import dev.kindling.protocol.Frame.DropBroadcast;
import dev.kindling.protocol.Frame.DropCachedBlock;
import dev.kindling.protocol.Frame.DropCachedSet;
import dev.kindling.protocol.Frame.DropMapOutput;
import dev.kindling.protocol.Frame.DropResult;
import dev.kindling.protocol.Frame.DropShuffle;
import dev.kindling.protocol.Frame.ForgetStage;
import dev.kindling.protocol.Frame.Heartbeat;
import dev.kindling.protocol.Frame.HeartbeatReceived;
import dev.kindling.protocol.Frame.LaunchTasks;
import dev.kindling.protocol.Frame.Leaving;
import dev.kindling.protocol.Frame.NeedStageProgram;
import dev.kindling.protocol.Frame.OutcomeReceived;
import dev.kindling.protocol.Frame.Refused;
import dev.kindling.protocol.Frame.Register;
import dev.kindling.protocol.Frame.Registered;
import dev.kindling.protocol.Frame.ShowStacks;
import dev.kindling.protocol.Frame.Shutdown;
import dev.kindling.protocol.Frame.StageProgram;
import dev.kindling.util.Secret;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Frames to bytes and back: one byte says which record, then its components in order. Numbers are zig-zag varints,
 * texts UTF-8, lists and arrays a count and their elements. No reflection, no class names, nothing recursive; what a
 * peer can make us allocate is a small multiple of what it sent.
 *
 * <p>The layout has a version, compared when a connection opens: {@link #VERSION}. It changes with every change of
 * a record here. Flat on purpose: a new frame is a line in {@link #writeFrame}, one in {@link #readFrame} and its
 * fields, and the round-trip test fails until all three are there.
 *
 * <p>Stateless; any thread.
 */
public final class FrameCodec {
    /** Of the layout of all frames and of the data plane. Peers of different versions do not talk. */
    public static final int VERSION = 2;

    /** An encoded control frame is never longer. */
    public static final int MAX_FRAME_BYTES = 16 << 20;

    private static final int REGISTER = 1;
    private static final int HEARTBEAT = 2;
    private static final int ATTEMPT_FINISHED = 3;
    private static final int ATTEMPT_FAILED = 4;
    private static final int NEED_STAGE_PROGRAM = 5;
    private static final int LEAVING = 6;
    private static final int ATTEMPT_STUCK = 7;
    private static final int ATTEMPT_STACK = 9;
    private static final int CACHED_BLOCKS_CHANGED = 16;
    private static final int MAP_OUTPUT_COPIED = 17;
    private static final int BROADCAST_DROPPED = 8;
    private static final int REGISTERED = 32;
    private static final int REFUSED = 33;
    private static final int HEARTBEAT_RECEIVED = 34;
    private static final int STAGE_PROGRAM = 35;
    private static final int LAUNCH_TASKS = 36;
    private static final int CANCEL_ATTEMPT = 37;
    private static final int OUTCOME_RECEIVED = 38;
    private static final int FORGET_STAGE = 39;
    private static final int DROP_SHUFFLE = 40;
    private static final int DROP_MAP_OUTPUT = 41;
    private static final int DROP_RESULT = 42;
    private static final int SHUTDOWN = 43;
    private static final int SHOW_STACKS = 44;
    private static final int CACHED_BLOCKS_RECEIVED = 56;
    private static final int DROP_CACHED_SET = 57;
    private static final int DROP_CACHED_BLOCK = 58;
    private static final int COPY_CACHED_BLOCK = 59;
    private static final int COPY_MAP_OUTPUT = 60;
    private static final int MAP_OUTPUT_COPY_RECEIVED = 61;
    private static final int DROP_BROADCAST = 48;
    private static final int FETCH_BLOCKS = 65;
    private static final int FETCH_RESULT = 66;
    private static final int CREDIT = 67;
    private static final int CANCEL_STREAM = 68;
    private static final int RANGE_STARTED = 69;
    private static final int RANGE_REFUSED = 70;
    private static final int STREAM_ENDED = 71;

    private static final int FETCH_RESOURCE = 73;
    private static final int FETCH_CACHED_BLOCK = 80;
    private static final int FETCH_MAP_OUTPUT = 81;

    /** Begins a chunk of stored bytes on a data connection; no record has it. */
    public static final int CHUNK = 72;

    private static final ErrorCode[] CODES = ErrorCode.values();

    private FrameCodec() {}

    /** @throws ProtocolException when the frame is longer than {@link #MAX_FRAME_BYTES} */
    public static byte[] encode(Frame frame) {
        FrameWriter out = new FrameWriter();
        writeFrame(out, frame);
        return out.toByteArray();
    }

    /** @throws ProtocolException when the bytes are anything but one whole frame */
    public static Frame decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** Decodes all remaining bytes of the buffer. */
    public static Frame decode(ByteBuffer buffer) {
        if (buffer.hasArray()) {
            int length = buffer.remaining();
            int offset = buffer.arrayOffset() + buffer.position();
            buffer.position(buffer.limit());
            return decode(buffer.array(), offset, length);
        }
        requireFrameSize(buffer.remaining());
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return decode(bytes);
    }

    private static Frame decode(byte[] bytes, int offset, int length) {
        requireFrameSize(length);
        FrameReader in = new FrameReader(bytes, offset, length);
        Frame frame;
        try {
            frame = readFrame(in);
        } catch (IllegalArgumentException e) {
            // A record refused its values.
            throw new ProtocolException("malformed frame of " + length + " bytes: " + e.getMessage(), e);
        }
        in.end();
        return frame;
    }

    private static void requireFrameSize(int length) {
        if (length > MAX_FRAME_BYTES) {
            throw new ProtocolException("a frame of " + length + " bytes, one may have " + MAX_FRAME_BYTES);
        }
    }

    /** @throws ProtocolException when the frame is longer than {@link #MAX_FRAME_BYTES} */
    public static byte[] encode(DataFrame frame) {
        FrameWriter out = new FrameWriter();
        writeDataFrame(out, frame);
        return out.toByteArray();
    }

    /** @throws ProtocolException when the bytes are anything but one whole frame of a data connection */
    public static DataFrame decodeData(byte[] bytes) {
        requireFrameSize(bytes.length);
        FrameReader in = new FrameReader(bytes, 0, bytes.length);
        DataFrame frame = readDataFrame(in);
        in.end();
        return frame;
    }

    // ---- frames ---------------------------------------------------------------------------------------------------

    private static void writeFrame(FrameWriter out, Frame frame) {
        if (frame instanceof Register f) {
            start(out, REGISTER, f);
            out.text(f.nonce().reveal());
            writeAddress(out, f.address());
            out.number(f.cores());
            out.number(f.memoryBytes());
            out.number(f.processId());
        } else if (frame instanceof Heartbeat f) {
            start(out, HEARTBEAT, f);
            out.number(f.sequence());
            out.number(f.attempts().size());
            for (AttemptId attempt : f.attempts()) {
                writeAttempt(out, attempt);
            }
            out.number(f.heapUsedBytes());
            out.number(f.residentBytes());
            out.number(f.processorMs());
        } else if (frame instanceof AttemptFinished f) {
            start(out, ATTEMPT_FINISHED, f);
            writeAttempt(out, f.attempt());
            writeDone(out, f.done());
        } else if (frame instanceof AttemptFailed f) {
            start(out, ATTEMPT_FAILED, f);
            writeAttempt(out, f.attempt());
            writeDone(out, f.done());
            writeAttempt(out, f.failed());
            writeFailure(out, f.failure());
            writeMetrics(out, f.metrics());
        } else if (frame instanceof NeedStageProgram f) {
            start(out, NEED_STAGE_PROGRAM, f);
            out.number(f.stageId());
        } else if (frame instanceof AttemptStuck f) {
            start(out, ATTEMPT_STUCK, f);
            writeAttempt(out, f.attempt());
            out.number(f.sinceMs());
            out.text(f.stack());
        } else if (frame instanceof AttemptStack f) {
            start(out, ATTEMPT_STACK, f);
            writeAttempt(out, f.attempt());
            out.text(f.stack());
        } else if (frame instanceof Leaving f) {
            start(out, LEAVING, f);
            out.text(f.reason());
        } else if (frame instanceof CachedBlocksChanged f) {
            start(out, CACHED_BLOCKS_CHANGED, f);
            out.number(f.sequence());
            out.number(f.changes().size());
            f.changes().forEach(change -> writeStatus(out, change));
        } else if (frame instanceof CachedBlocksReceived f) {
            out.tag(CACHED_BLOCKS_RECEIVED);
            out.number(f.sequence());
        } else if (frame instanceof DropCachedSet f) {
            out.tag(DROP_CACHED_SET);
            out.number(f.setId());
            out.number(f.epoch());
        } else if (frame instanceof CopyCachedBlock f) {
            out.tag(COPY_CACHED_BLOCK);
            writeBlock(out, f.block());
            writeLevel(out, f.level());
            writeAddress(out, f.from());
        } else if (frame instanceof Frame.CopyMapOutput f) {
            out.tag(COPY_MAP_OUTPUT);
            out.number(f.shuffleId());
            writeAttempt(out, f.attempt());
            writeAddress(out, f.from());
        } else if (frame instanceof Frame.MapOutputCopyReceived f) {
            out.tag(MAP_OUTPUT_COPY_RECEIVED);
            writeAttempt(out, f.attempt());
        } else if (frame instanceof Frame.MapOutputCopied f) {
            start(out, MAP_OUTPUT_COPIED, f);
            out.number(f.shuffleId());
            writeAttempt(out, f.attempt());
            out.flag(f.isHeld());
        } else if (frame instanceof DropCachedBlock f) {
            out.tag(DROP_CACHED_BLOCK);
            writeBlock(out, f.block());
        } else if (frame instanceof Registered f) {
            out.tag(REGISTERED);
            out.text(f.executorId());
            out.number(f.incarnation());
        } else if (frame instanceof Refused f) {
            out.tag(REFUSED);
            out.text(f.executorId());
            out.number(f.incarnation());
            out.text(f.reason());
        } else if (frame instanceof HeartbeatReceived f) {
            out.tag(HEARTBEAT_RECEIVED);
            out.number(f.sequence());
        } else if (frame instanceof StageProgram f) {
            out.tag(STAGE_PROGRAM);
            out.number(f.stageId());
            out.bytes(f.body());
        } else if (frame instanceof LaunchTasks f) {
            out.tag(LAUNCH_TASKS);
            writeGroups(out, f.groups());
        } else if (frame instanceof CancelAttempt f) {
            out.tag(CANCEL_ATTEMPT);
            writeAttempt(out, f.attempt());
            out.text(f.reason());
            out.flag(f.isInterrupting());
        } else if (frame instanceof OutcomeReceived f) {
            out.tag(OUTCOME_RECEIVED);
            writeAttempt(out, f.attempt());
        } else if (frame instanceof ForgetStage f) {
            out.tag(FORGET_STAGE);
            out.number(f.stageId());
        } else if (frame instanceof DropShuffle f) {
            out.tag(DROP_SHUFFLE);
            out.number(f.shuffleId());
        } else if (frame instanceof DropMapOutput f) {
            out.tag(DROP_MAP_OUTPUT);
            out.number(f.shuffleId());
            writeAttempt(out, f.attempt());
        } else if (frame instanceof DropResult f) {
            out.tag(DROP_RESULT);
            writeAttempt(out, f.attempt());
        } else if (frame instanceof BroadcastDropped f) {
            start(out, BROADCAST_DROPPED, f);
            out.number(f.broadcastId());
        } else if (frame instanceof DropBroadcast f) {
            out.tag(DROP_BROADCAST);
            out.number(f.broadcastId());
        } else if (frame instanceof ShowStacks) {
            out.tag(SHOW_STACKS);
        } else if (frame instanceof Shutdown f) {
            out.tag(SHUTDOWN);
            out.text(f.reason());
        } else {
            throw new ProtocolException("no layout for " + frame.getClass().getName());
        }
    }

    private static void start(FrameWriter out, int tag, Frame.ToDriver frame) {
        out.tag(tag);
        out.text(frame.executorId());
        out.number(frame.incarnation());
    }

    private static Frame readFrame(FrameReader in) {
        int tag = in.tag("frame tag");
        switch (tag) {
            case REGISTER:
                return new Register(
                        in.text("executorId"),
                        in.number("incarnation"),
                        Secret.of(in.text("nonce")),
                        readAddress(in),
                        in.integer("cores"),
                        in.number("memoryBytes"),
                        in.number("processId"));
            case HEARTBEAT:
                return new Heartbeat(
                        in.text("executorId"),
                        in.number("incarnation"),
                        in.number("sequence"),
                        readAttempts(in),
                        in.number("heapUsedBytes"),
                        in.number("residentBytes"),
                        in.number("processorMs"));
            case ATTEMPT_FINISHED:
                return new AttemptFinished(
                        in.text("executorId"), in.number("incarnation"), readAttempt(in), readDone(in));
            case ATTEMPT_FAILED:
                return new AttemptFailed(
                        in.text("executorId"),
                        in.number("incarnation"),
                        readAttempt(in),
                        readDone(in),
                        readAttempt(in),
                        readFailure(in),
                        readMetrics(in));
            case NEED_STAGE_PROGRAM:
                return new NeedStageProgram(in.text("executorId"), in.number("incarnation"), in.integer("stageId"));
            case ATTEMPT_STUCK:
                return new AttemptStuck(
                        in.text("executorId"),
                        in.number("incarnation"),
                        readAttempt(in),
                        in.number("sinceMs"),
                        in.text("stack"));
            case ATTEMPT_STACK:
                return new AttemptStack(
                        in.text("executorId"), in.number("incarnation"), readAttempt(in), in.text("stack"));
            case SHOW_STACKS:
                return new ShowStacks();
            case LEAVING:
                return new Leaving(in.text("executorId"), in.number("incarnation"), in.text("reason"));
            case CACHED_BLOCKS_CHANGED:
                return new CachedBlocksChanged(
                        in.text("executorId"), in.number("incarnation"), in.number("sequence"), readStatuses(in));
            case CACHED_BLOCKS_RECEIVED:
                return new CachedBlocksReceived(in.number("sequence"));
            case DROP_CACHED_SET:
                return new DropCachedSet(in.integer("setId"), in.integer("epoch"));
            case MAP_OUTPUT_COPIED:
                return new Frame.MapOutputCopied(
                        in.text("executorId"),
                        in.number("incarnation"),
                        in.integer("shuffleId"),
                        readAttempt(in),
                        in.flag("isHeld"));
            case COPY_MAP_OUTPUT:
                return new Frame.CopyMapOutput(in.integer("shuffleId"), readAttempt(in), readAddress(in));
            case MAP_OUTPUT_COPY_RECEIVED:
                return new Frame.MapOutputCopyReceived(readAttempt(in));
            case COPY_CACHED_BLOCK:
                return new CopyCachedBlock(readBlock(in), readLevel(in), readAddress(in));
            case DROP_CACHED_BLOCK:
                return new DropCachedBlock(readBlock(in));
            case REGISTERED:
                return new Registered(in.text("executorId"), in.number("incarnation"));
            case REFUSED:
                return new Refused(in.text("executorId"), in.number("incarnation"), in.text("reason"));
            case HEARTBEAT_RECEIVED:
                return new HeartbeatReceived(in.number("sequence"));
            case STAGE_PROGRAM:
                return new StageProgram(in.integer("stageId"), in.bytes("body"));
            case LAUNCH_TASKS:
                return new LaunchTasks(readGroups(in));
            case CANCEL_ATTEMPT:
                return new CancelAttempt(readAttempt(in), in.text("reason"), in.flag("isInterrupting"));
            case OUTCOME_RECEIVED:
                return new OutcomeReceived(readAttempt(in));
            case FORGET_STAGE:
                return new ForgetStage(in.integer("stageId"));
            case DROP_SHUFFLE:
                return new DropShuffle(in.integer("shuffleId"));
            case DROP_MAP_OUTPUT:
                return new DropMapOutput(in.integer("shuffleId"), readAttempt(in));
            case DROP_RESULT:
                return new DropResult(readAttempt(in));
            case BROADCAST_DROPPED:
                return new BroadcastDropped(in.text("executorId"), in.number("incarnation"), in.number("broadcastId"));
            case DROP_BROADCAST:
                return new DropBroadcast(in.number("broadcastId"));
            case SHUTDOWN:
                return new Shutdown(in.text("reason"));
            default:
                throw in.malformed("frame tag", "unknown: " + tag);
        }
    }

    // ---- data frames ----------------------------------------------------------------------------------------------

    private static void writeDataFrame(FrameWriter out, DataFrame frame) {
        if (frame instanceof DataFrame.FetchBlocks f) {
            start(out, FETCH_BLOCKS, f);
            out.number(f.windowBytes());
            writeRequest(out, f.request());
        } else if (frame instanceof DataFrame.FetchResult f) {
            start(out, FETCH_RESULT, f);
            out.number(f.windowBytes());
            writeAttempt(out, f.attempt());
        } else if (frame instanceof DataFrame.FetchResource f) {
            start(out, FETCH_RESOURCE, f);
            out.number(f.windowBytes());
            out.text(f.name());
        } else if (frame instanceof DataFrame.FetchMapOutput f) {
            start(out, FETCH_MAP_OUTPUT, f);
            out.number(f.windowBytes());
            out.number(f.shuffleId());
            writeAttempt(out, f.attempt());
        } else if (frame instanceof DataFrame.FetchCachedBlock f) {
            start(out, FETCH_CACHED_BLOCK, f);
            out.number(f.windowBytes());
            writeBlock(out, f.block());
        } else if (frame instanceof DataFrame.Credit f) {
            start(out, CREDIT, f);
            out.number(f.byteCount());
        } else if (frame instanceof DataFrame.CancelStream f) {
            start(out, CANCEL_STREAM, f);
        } else if (frame instanceof DataFrame.RangeStarted f) {
            start(out, RANGE_STARTED, f);
            out.number(f.index());
            out.number(f.byteCount());
        } else if (frame instanceof DataFrame.RangeRefused f) {
            start(out, RANGE_REFUSED, f);
            out.number(f.index());
            out.flag(f.isAbsent());
            out.text(f.why());
        } else if (frame instanceof DataFrame.StreamEnded f) {
            start(out, STREAM_ENDED, f);
        } else {
            throw new ProtocolException("no layout for " + frame.getClass().getName());
        }
    }

    private static void start(FrameWriter out, int tag, DataFrame frame) {
        out.tag(tag);
        out.number(frame.streamId());
    }

    private static DataFrame readDataFrame(FrameReader in) {
        int tag = in.tag("frame tag");
        switch (tag) {
            case FETCH_BLOCKS:
                return new DataFrame.FetchBlocks(in.integer("streamId"), in.number("windowBytes"), readRequest(in));
            case FETCH_RESULT:
                return new DataFrame.FetchResult(in.integer("streamId"), in.number("windowBytes"), readAttempt(in));
            case FETCH_RESOURCE:
                return new DataFrame.FetchResource(in.integer("streamId"), in.number("windowBytes"), in.text("name"));
            case FETCH_MAP_OUTPUT:
                return new DataFrame.FetchMapOutput(
                        in.integer("streamId"), in.number("windowBytes"), in.integer("shuffleId"), readAttempt(in));
            case FETCH_CACHED_BLOCK:
                return new DataFrame.FetchCachedBlock(in.integer("streamId"), in.number("windowBytes"), readBlock(in));
            case CREDIT:
                return new DataFrame.Credit(in.integer("streamId"), in.number("byteCount"));
            case CANCEL_STREAM:
                return new DataFrame.CancelStream(in.integer("streamId"));
            case RANGE_STARTED:
                return new DataFrame.RangeStarted(in.integer("streamId"), in.integer("index"), in.number("byteCount"));
            case RANGE_REFUSED:
                return new DataFrame.RangeRefused(
                        in.integer("streamId"), in.integer("index"), in.flag("isAbsent"), in.text("why"));
            case STREAM_ENDED:
                return new DataFrame.StreamEnded(in.integer("streamId"));
            default:
                throw in.malformed("frame tag", "unknown: " + tag);
        }
    }

    private static final int MAP_RANGE_BYTES = 2;

    private static void writeRequest(FrameWriter out, BlockRequest request) {
        out.number(request.shuffleId());
        out.number(request.firstBucket());
        out.number(request.endBucket());
        out.number(request.maps().size());
        AttemptId expected = new AttemptId(0, 0, 0);
        for (BlockRequest.MapRange map : request.maps()) {
            expected = writeSuccessor(out, expected, map.mapAttempt());
            out.number(map.skipBytes());
        }
    }

    private static BlockRequest readRequest(FrameReader in) {
        int shuffleId = in.integer("shuffleId");
        int firstBucket = in.integer("firstBucket");
        int endBucket = in.integer("endBucket");
        int count = in.count("maps", MAP_RANGE_BYTES);
        List<BlockRequest.MapRange> maps = new ArrayList<>(count);
        AttemptId expected = new AttemptId(0, 0, 0);
        for (int i = 0; i < count; i++) {
            AttemptId attempt = in.flag("next map") ? expected : readAttempt(in);
            maps.add(new BlockRequest.MapRange(attempt, in.number("skipBytes")));
            expected = successor(attempt);
        }
        return new BlockRequest(shuffleId, firstBucket, endBucket, maps);
    }

    // ---- parts ----------------------------------------------------------------------------------------------------

    private static final int ATTEMPT_BYTES = 3;

    private static void writeAttempt(FrameWriter out, AttemptId attempt) {
        out.number(attempt.stageId());
        out.number(attempt.partition());
        out.number(attempt.attempt());
    }

    private static AttemptId readAttempt(FrameReader in) {
        return new AttemptId(in.integer("stageId"), in.integer("partition"), in.integer("attempt"));
    }

    private static List<AttemptId> readAttempts(FrameReader in) {
        int count = in.count("attempts", ATTEMPT_BYTES);
        List<AttemptId> attempts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            attempts.add(readAttempt(in));
        }
        return attempts;
    }

    private static void writeBlock(FrameWriter out, CachedBlockId block) {
        out.number(block.setId());
        out.number(block.epoch());
        out.number(block.partition());
    }

    private static CachedBlockId readBlock(FrameReader in) {
        return new CachedBlockId(in.integer("setId"), in.integer("epoch"), in.integer("partition"));
    }

    private static void writeStatus(FrameWriter out, CachedBlockStatus status) {
        writeBlock(out, status.block());
        out.number(status.version());
        out.flag(status.isHeld());
        out.number(status.memoryBytes());
        out.number(status.diskBytes());
        out.flag(status.hasUpdates());
    }

    private static final int STATUS_BYTES = 8;

    private static List<CachedBlockStatus> readStatuses(FrameReader in) {
        int count = in.count("changes", STATUS_BYTES);
        List<CachedBlockStatus> statuses = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            statuses.add(new CachedBlockStatus(
                    readBlock(in),
                    in.number("version"),
                    in.flag("isHeld"),
                    in.number("memoryBytes"),
                    in.number("diskBytes"),
                    in.flag("hasUpdates")));
        }
        return statuses;
    }

    private static void writeLevel(FrameWriter out, StorageLevel level) {
        out.flag(level.useDisk());
        out.flag(level.useMemory());
        out.flag(level.useOffHeap());
        out.flag(level.deserialized());
        out.number(level.replication());
    }

    private static StorageLevel readLevel(FrameReader in) {
        return new StorageLevel(
                in.flag("useDisk"),
                in.flag("useMemory"),
                in.flag("useOffHeap"),
                in.flag("deserialized"),
                in.integer("replication"));
    }

    private static final int ADDRESS_BYTES = 6;

    private static void writeAddress(FrameWriter out, ExecutorAddress address) {
        out.text(address.executorId());
        out.number(address.incarnation());
        out.text(address.host());
        out.number(address.port());
        out.text(address.hostKey());
        out.text(address.scratchDirectory());
    }

    private static ExecutorAddress readAddress(FrameReader in) {
        return new ExecutorAddress(
                in.text("executorId"),
                in.number("incarnation"),
                in.text("host"),
                in.integer("port"),
                in.text("hostKey"),
                in.text("scratchDirectory"));
    }

    private static void writeMetrics(FrameWriter out, TaskMetrics m) {
        out.number(m.runNanos());
        out.number(m.cpuNanos());
        out.number(m.gcNanos());
        out.number(m.deserializeNanos());
        out.number(m.resultBytes());
        out.number(m.recordsRead());
        out.number(m.bytesRead());
        out.number(m.recordsWritten());
        out.number(m.bytesWritten());
        out.number(m.shuffleRecordsRead());
        out.number(m.shuffleBytesReadLocal());
        out.number(m.shuffleBytesReadRemote());
        out.number(m.fetchWaitNanos());
        out.number(m.shuffleRecordsWritten());
        out.number(m.shuffleBytesWritten());
        out.number(m.shuffleWriteNanos());
        out.number(m.memorySpilled());
        out.number(m.diskSpilled());
        out.number(m.spillNanos());
        out.number(m.peakMemory());
    }

    private static TaskMetrics readMetrics(FrameReader in) {
        return new TaskMetrics(
                in.number("runNanos"),
                in.number("cpuNanos"),
                in.number("gcNanos"),
                in.number("deserializeNanos"),
                in.number("resultBytes"),
                in.number("recordsRead"),
                in.number("bytesRead"),
                in.number("recordsWritten"),
                in.number("bytesWritten"),
                in.number("shuffleRecordsRead"),
                in.number("shuffleBytesReadLocal"),
                in.number("shuffleBytesReadRemote"),
                in.number("fetchWaitNanos"),
                in.number("shuffleRecordsWritten"),
                in.number("shuffleBytesWritten"),
                in.number("shuffleWriteNanos"),
                in.number("memorySpilled"),
                in.number("diskSpilled"),
                in.number("spillNanos"),
                in.number("peakMemory"));
    }

    private static final int UPDATE_BYTES = 4;

    private static void writeUpdates(FrameWriter out, List<AccumulatorUpdate> updates) {
        out.number(updates.size());
        for (AccumulatorUpdate update : updates) {
            out.number(update.accumulatorId());
            out.number(update.setId());
            out.number(update.setPartition());
            out.bytes(update.partial());
        }
    }

    private static List<AccumulatorUpdate> readUpdates(FrameReader in) {
        int count = in.count("updates", UPDATE_BYTES);
        List<AccumulatorUpdate> updates = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            updates.add(new AccumulatorUpdate(
                    in.number("accumulatorId"), in.integer("setId"), in.integer("setPartition"), in.bytes("partial")));
        }
        return updates;
    }

    // ---- results and failures -------------------------------------------------------------------------------------

    private static final int HOT_KEY_BYTES = 3;

    private static void writeHotKeys(FrameWriter out, List<HotKey> keys) {
        out.number(keys.size());
        for (HotKey key : keys) {
            out.text(key.name());
            out.number(key.partition());
            out.number(key.rowCount());
        }
    }

    private static List<HotKey> readHotKeys(FrameReader in) {
        int count = in.count("hotKeys", HOT_KEY_BYTES);
        List<HotKey> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            keys.add(new HotKey(in.text("name"), in.integer("partition"), in.number("rowCount")));
        }
        return keys;
    }

    private static void writeResult(FrameWriter out, TaskResult result) {
        if (result instanceof TaskResult.MapWritten r) {
            out.tag(1);
            out.number(r.shuffleId());
            out.numbers(r.partitionBytes());
            out.number(r.rowCount());
            out.number(r.rowDigest());
            writeHotKeys(out, r.hotKeys());
        } else if (result instanceof TaskResult.Direct r) {
            out.tag(2);
            out.bytes(r.bytes());
        } else if (result instanceof TaskResult.Stored r) {
            out.tag(3);
            out.number(r.byteCount());
            out.number(r.crc());
        } else if (result instanceof TaskResult.PartWritten r) {
            out.tag(4);
            out.text(r.attemptFile());
            out.text(r.finalName());
            out.number(r.rowCount());
            out.number(r.byteCount());
        } else {
            throw new ProtocolException("no layout for " + result.getClass().getName());
        }
    }

    private static TaskResult readResult(FrameReader in) {
        int tag = in.tag("result tag");
        switch (tag) {
            case 1:
                return new TaskResult.MapWritten(
                        in.integer("shuffleId"),
                        in.numbers("partitionBytes"),
                        in.number("rowCount"),
                        in.number("rowDigest"),
                        readHotKeys(in));
            case 2:
                return new TaskResult.Direct(in.bytes("bytes"));
            case 3:
                return new TaskResult.Stored(in.number("byteCount"), in.integer("crc"));
            case 4:
                return new TaskResult.PartWritten(
                        in.text("attemptFile"), in.text("finalName"), in.number("rowCount"), in.number("byteCount"));
            default:
                throw in.malformed("result tag", "unknown: " + tag);
        }
    }

    private static void writeFailure(FrameWriter out, TaskFailure failure) {
        if (failure instanceof TaskFailure.UserError f) {
            out.tag(1);
            out.text(f.className());
            out.text(f.message());
            out.text(f.stack());
            out.bytes(f.exception());
        } else if (failure instanceof TaskFailure.FetchFailed f) {
            out.tag(2);
            out.number(f.shuffleId());
            writeAttempt(out, f.mapAttempt());
            out.text(f.executorId());
            out.text(f.message());
        } else if (failure instanceof TaskFailure.CacheMissed f) {
            out.tag(16);
            writeBlock(out, f.block());
            out.text(f.executorId());
            out.number(f.incarnation());
            out.text(f.message());
        } else if (failure instanceof TaskFailure.InputOutput f) {
            out.tag(3);
            out.text(f.code().name());
            out.text(f.message());
            out.flag(f.isFinal());
            out.text(f.stack());
        } else if (failure instanceof TaskFailure.NotSerializable f) {
            out.tag(4);
            out.text(f.message());
        } else if (failure instanceof TaskFailure.ResultTooLarge f) {
            out.tag(5);
            out.text(f.message());
            out.number(f.byteCount());
        } else if (failure instanceof TaskFailure.OutOfResources f) {
            out.tag(6);
            out.text(f.message());
        } else if (failure instanceof TaskFailure.Cancelled f) {
            out.tag(7);
            out.text(f.message());
        } else if (failure instanceof TaskFailure.NotAccepted f) {
            out.tag(8);
            out.text(f.message());
        } else if (failure instanceof TaskFailure.Internal f) {
            out.tag(9);
            out.text(f.message());
            out.text(f.stack());
        } else if (failure instanceof TaskFailure.ScratchFull f) {
            out.tag(10);
            out.text(f.message());
        } else {
            throw new ProtocolException("no layout for " + failure.getClass().getName());
        }
    }

    private static TaskFailure readFailure(FrameReader in) {
        int tag = in.tag("failure tag");
        switch (tag) {
            case 1:
                return new TaskFailure.UserError(
                        in.text("className"), in.text("message"), in.text("stack"), in.bytes("exception"));
            case 2:
                return new TaskFailure.FetchFailed(
                        in.integer("shuffleId"), readAttempt(in), in.text("executorId"), in.text("message"));
            case 16:
                return new TaskFailure.CacheMissed(
                        readBlock(in), in.text("executorId"), in.number("incarnation"), in.text("message"));
            case 3:
                return new TaskFailure.InputOutput(
                        readCode(in), in.text("message"), in.flag("isFinal"), in.text("stack"));
            case 4:
                return new TaskFailure.NotSerializable(in.text("message"));
            case 5:
                return new TaskFailure.ResultTooLarge(in.text("message"), in.number("byteCount"));
            case 6:
                return new TaskFailure.OutOfResources(in.text("message"));
            case 7:
                return new TaskFailure.Cancelled(in.text("message"));
            case 8:
                return new TaskFailure.NotAccepted(in.text("message"));
            case 9:
                return new TaskFailure.Internal(in.text("message"), in.text("stack"));
            case 10:
                return new TaskFailure.ScratchFull(in.text("message"));
            default:
                throw in.malformed("failure tag", "unknown: " + tag);
        }
    }

    private static ErrorCode readCode(FrameReader in) {
        String name = in.text("code");
        for (ErrorCode code : CODES) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        throw in.malformed("code", "unknown: " + name);
    }

    // ---- what groups leave behind ---------------------------------------------------------------------------------

    private static final int METRICS_BYTES = 19;
    private static final int DONE_BYTES = ATTEMPT_BYTES + 2 + METRICS_BYTES + 1;

    private static void writeDone(FrameWriter out, List<TaskDone> done) {
        out.number(done.size());
        for (TaskDone task : done) {
            writeAttempt(out, task.attempt());
            writeResult(out, task.result());
            writeMetrics(out, task.metrics());
            writeUpdates(out, task.updates());
        }
    }

    private static List<TaskDone> readDone(FrameReader in) {
        int count = in.count("done", DONE_BYTES);
        List<TaskDone> done = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            done.add(new TaskDone(readAttempt(in), readResult(in), readMetrics(in), readUpdates(in)));
        }
        return done;
    }

    // ---- launches -------------------------------------------------------------------------------------------------

    private static final int GROUP_BYTES = 1;
    private static final int LAUNCH_BYTES = ATTEMPT_BYTES + 5;
    private static final int PROPERTY_BYTES = 2;
    private static final int INPUT_BYTES = 4;
    private static final int SOURCE_BYTES = 3;

    /** Executors and properties of the launches of one frame are mostly equal: equal ones are written as a flag. */
    private static final class LastLaunch {
        List<ExecutorAddress> table = List.of();
        SortedMap<String, String> properties = Collections.emptySortedMap();
    }

    private static void writeGroups(FrameWriter out, List<TaskGroup> groups) {
        LastLaunch last = new LastLaunch();
        out.number(groups.size());
        for (TaskGroup group : groups) {
            out.number(group.tasks().size());
            for (TaskLaunch task : group.tasks()) {
                writeLaunch(out, task, last);
            }
        }
    }

    private static void writeLaunch(FrameWriter out, TaskLaunch task, LastLaunch last) {
        writeAttempt(out, task.attempt());
        out.number(task.jobId());
        out.number(task.taskId());
        out.number(task.stageAttempt());
        boolean areSameProperties =
                task.properties() == last.properties || task.properties().equals(last.properties);
        out.flag(areSameProperties);
        if (!areSameProperties) {
            last.properties = task.properties();
            writeProperties(out, last.properties);
        }
        out.number(task.inputs().size());
        for (TaskInput input : task.inputs()) {
            writeInput(out, input, last);
        }
    }

    private static void writeInput(FrameWriter out, TaskInput input, LastLaunch last) {
        if (input instanceof TaskInput.Bytes i) {
            out.tag(1);
            out.number(i.leafId());
            out.number(i.leafPartition());
            out.bytes(i.bytes());
        } else if (input instanceof TaskInput.ShuffleInput i) {
            out.tag(2);
            out.number(i.leafId());
            out.number(i.leafPartition());
            out.number(i.shuffleId());
            boolean isSameTable = i.executors() == last.table || i.executors().equals(last.table);
            out.flag(isSameTable);
            if (!isSameTable) {
                writeAddresses(out, i.executors());
                last.table = i.executors();
            }
            writeSources(out, i.sources());
        } else if (input instanceof TaskInput.CachedPartition i) {
            out.tag(3);
            out.number(i.leafId());
            out.number(i.leafPartition());
            out.number(i.epoch());
            writeLevel(out, i.level());
            writeAddresses(out, i.holders());
        } else {
            throw new ProtocolException("no layout for " + input.getClass().getName());
        }
    }

    private static List<TaskGroup> readGroups(FrameReader in) {
        LastLaunch last = new LastLaunch();
        int count = in.count("groups", GROUP_BYTES + LAUNCH_BYTES);
        List<TaskGroup> groups = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int taskCount = in.count("tasks", LAUNCH_BYTES);
            if (taskCount == 0) {
                throw in.malformed("tasks", "a group of none");
            }
            List<TaskLaunch> tasks = new ArrayList<>(taskCount);
            for (int j = 0; j < taskCount; j++) {
                tasks.add(readLaunch(in, last));
            }
            groups.add(new TaskGroup(tasks));
        }
        return groups;
    }

    private static TaskLaunch readLaunch(FrameReader in, LastLaunch last) {
        AttemptId attempt = readAttempt(in);
        int jobId = in.integer("jobId");
        long taskId = in.number("taskId");
        int stageAttempt = in.integer("stageAttempt");
        if (!in.flag("same properties")) {
            last.properties = readProperties(in);
        }
        int inputCount = in.count("inputs", INPUT_BYTES);
        List<TaskInput> inputs = new ArrayList<>(inputCount);
        for (int i = 0; i < inputCount; i++) {
            inputs.add(readInput(in, last));
        }
        return new TaskLaunch(attempt, jobId, taskId, stageAttempt, last.properties, inputs);
    }

    private static TaskInput readInput(FrameReader in, LastLaunch last) {
        int tag = in.tag("input tag");
        int leafId = in.integer("leafId");
        int leafPartition = in.integer("leafPartition");
        if (tag == 1) {
            return new TaskInput.Bytes(leafId, leafPartition, in.bytes("input"));
        } else if (tag == 2) {
            int shuffleId = in.integer("shuffleId");
            if (!in.flag("same executors")) {
                last.table = readAddresses(in);
            }
            return new TaskInput.ShuffleInput(leafId, leafPartition, shuffleId, last.table, readSources(in));
        } else if (tag == 3) {
            int epoch = in.integer("epoch");
            StorageLevel level = readLevel(in);
            return new TaskInput.CachedPartition(leafId, leafPartition, epoch, level, readAddresses(in));
        }
        throw in.malformed("input tag", "unknown: " + tag);
    }

    private static void writeProperties(FrameWriter out, SortedMap<String, String> properties) {
        out.number(properties.size());
        properties.forEach((key, value) -> {
            out.text(key);
            out.text(value);
        });
    }

    private static SortedMap<String, String> readProperties(FrameReader in) {
        int count = in.count("properties", PROPERTY_BYTES);
        SortedMap<String, String> properties = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            properties.put(in.text("property key"), in.text("property value"));
        }
        return Collections.unmodifiableSortedMap(properties);
    }

    private static void writeAddresses(FrameWriter out, List<ExecutorAddress> addresses) {
        out.number(addresses.size());
        for (ExecutorAddress address : addresses) {
            writeAddress(out, address);
        }
    }

    private static List<ExecutorAddress> readAddresses(FrameReader in) {
        int count = in.count("executors", ADDRESS_BYTES);
        List<ExecutorAddress> addresses = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            addresses.add(readAddress(in));
        }
        return List.copyOf(addresses);
    }

    /**
     * Map outputs come in the order of their partitions and most are of attempt 0: such a successor is one flag,
     * about 5 bytes a source in all.
     */
    private static void writeSources(FrameWriter out, List<MapSource> sources) {
        out.number(sources.size());
        AttemptId expected = new AttemptId(0, 0, 0);
        for (MapSource source : sources) {
            expected = writeSuccessor(out, expected, source.mapAttempt());
            out.number(source.executor());
            out.number(source.bytes());
        }
    }

    /** Returns the successor of {@code attempt}. */
    private static AttemptId writeSuccessor(FrameWriter out, AttemptId expected, AttemptId attempt) {
        boolean isExpected = attempt.equals(expected);
        out.flag(isExpected);
        if (!isExpected) {
            writeAttempt(out, attempt);
        }
        return successor(attempt);
    }

    private static List<MapSource> readSources(FrameReader in) {
        int count = in.count("sources", SOURCE_BYTES);
        List<MapSource> sources = new ArrayList<>(count);
        AttemptId expected = new AttemptId(0, 0, 0);
        for (int i = 0; i < count; i++) {
            AttemptId attempt = in.flag("next map") ? expected : readAttempt(in);
            sources.add(new MapSource(attempt, in.integer("executor"), in.number("bytes")));
            expected = successor(attempt);
        }
        return sources;
    }

    private static AttemptId successor(AttemptId attempt) {
        return new AttemptId(attempt.stageId(), attempt.partition() + 1, 0);
    }
}
