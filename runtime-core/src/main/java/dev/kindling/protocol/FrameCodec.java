package dev.kindling.protocol;

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

/**
 * Frames to bytes and back: one byte says which record, then its components in order. Numbers are zig-zag varints,
 * texts UTF-8, lists and arrays a count and their elements. No reflection, no class names, nothing recursive; what a
 * peer can make us allocate is a small multiple of what it sent.
 *
 * <p>The layout has a version, compared when a connection opens: {@link #VERSION}. It changes with every change of
 * a record. Flat on purpose: a new frame is a line in {@link #writeFrame}, one in {@link #readFrame} and its fields, and
 * the round-trip test fails until all three are there. What frames share is in {@link FrameParts}, what launches hold
 * in {@link LaunchCodec}, what outcomes hold in {@link OutcomeCodec}, and data connections have {@link DataFrameCodec}.
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

    /** Begins a chunk of stored bytes on a data connection; no record has it. */
    public static final int CHUNK = 72;

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
        DataFrameCodec.write(out, frame);
        return out.toByteArray();
    }

    /** @throws ProtocolException when the bytes are anything but one whole frame of a data connection */
    public static DataFrame decodeData(byte[] bytes) {
        requireFrameSize(bytes.length);
        FrameReader in = new FrameReader(bytes, 0, bytes.length);
        DataFrame frame = DataFrameCodec.read(in);
        in.end();
        return frame;
    }

    // ---- frames ---------------------------------------------------------------------------------------------------

    private static void writeFrame(FrameWriter out, Frame frame) {
        if (frame instanceof Register f) {
            start(out, REGISTER, f);
            out.text(f.nonce().reveal());
            FrameParts.writeAddress(out, f.address());
            out.number(f.cores());
            out.number(f.memoryBytes());
            out.number(f.processId());
        } else if (frame instanceof Heartbeat f) {
            start(out, HEARTBEAT, f);
            out.number(f.sequence());
            out.number(f.attempts().size());
            for (AttemptId attempt : f.attempts()) {
                FrameParts.writeAttempt(out, attempt);
            }
            out.number(f.heapUsedBytes());
            out.number(f.residentBytes());
            out.number(f.processorMs());
            out.number(f.takenBackInMs());
        } else if (frame instanceof AttemptFinished f) {
            start(out, ATTEMPT_FINISHED, f);
            FrameParts.writeAttempt(out, f.attempt());
            OutcomeCodec.writeDone(out, f.done());
        } else if (frame instanceof AttemptFailed f) {
            start(out, ATTEMPT_FAILED, f);
            FrameParts.writeAttempt(out, f.attempt());
            OutcomeCodec.writeDone(out, f.done());
            FrameParts.writeAttempt(out, f.failed());
            OutcomeCodec.writeFailure(out, f.failure());
            OutcomeCodec.writeMetrics(out, f.metrics());
        } else if (frame instanceof NeedStageProgram f) {
            start(out, NEED_STAGE_PROGRAM, f);
            out.number(f.stageId());
        } else if (frame instanceof AttemptStuck f) {
            start(out, ATTEMPT_STUCK, f);
            FrameParts.writeAttempt(out, f.attempt());
            out.number(f.sinceMs());
            out.text(f.stack());
        } else if (frame instanceof AttemptStack f) {
            start(out, ATTEMPT_STACK, f);
            FrameParts.writeAttempt(out, f.attempt());
            out.text(f.stack());
        } else if (frame instanceof CachedBlocksChanged f) {
            start(out, CACHED_BLOCKS_CHANGED, f);
            out.number(f.sequence());
            out.number(f.changes().size());
            f.changes().forEach(change -> FrameParts.writeStatus(out, change));
        } else if (frame instanceof CachedBlocksReceived f) {
            out.tag(CACHED_BLOCKS_RECEIVED);
            out.number(f.sequence());
        } else if (frame instanceof DropCachedSet f) {
            out.tag(DROP_CACHED_SET);
            out.number(f.setId());
            out.number(f.epoch());
        } else if (frame instanceof CopyCachedBlock f) {
            out.tag(COPY_CACHED_BLOCK);
            FrameParts.writeBlock(out, f.block());
            FrameParts.writeLevel(out, f.level());
            FrameParts.writeAddress(out, f.from());
        } else if (frame instanceof Frame.CopyMapOutput f) {
            out.tag(COPY_MAP_OUTPUT);
            out.number(f.shuffleId());
            FrameParts.writeAttempt(out, f.attempt());
            FrameParts.writeAddress(out, f.from());
        } else if (frame instanceof Frame.MapOutputCopyReceived f) {
            out.tag(MAP_OUTPUT_COPY_RECEIVED);
            FrameParts.writeAttempt(out, f.attempt());
        } else if (frame instanceof Frame.MapOutputCopied f) {
            start(out, MAP_OUTPUT_COPIED, f);
            out.number(f.shuffleId());
            FrameParts.writeAttempt(out, f.attempt());
            out.flag(f.isHeld());
        } else if (frame instanceof DropCachedBlock f) {
            out.tag(DROP_CACHED_BLOCK);
            FrameParts.writeBlock(out, f.block());
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
            LaunchCodec.writeGroups(out, f.groups());
        } else if (frame instanceof CancelAttempt f) {
            out.tag(CANCEL_ATTEMPT);
            FrameParts.writeAttempt(out, f.attempt());
            out.text(f.reason());
            out.flag(f.isInterrupting());
        } else if (frame instanceof OutcomeReceived f) {
            out.tag(OUTCOME_RECEIVED);
            FrameParts.writeAttempt(out, f.attempt());
        } else if (frame instanceof ForgetStage f) {
            out.tag(FORGET_STAGE);
            out.number(f.stageId());
        } else if (frame instanceof DropShuffle f) {
            out.tag(DROP_SHUFFLE);
            out.number(f.shuffleId());
        } else if (frame instanceof DropMapOutput f) {
            out.tag(DROP_MAP_OUTPUT);
            out.number(f.shuffleId());
            FrameParts.writeAttempt(out, f.attempt());
        } else if (frame instanceof DropResult f) {
            out.tag(DROP_RESULT);
            FrameParts.writeAttempt(out, f.attempt());
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
                        FrameParts.readAddress(in),
                        in.integer("cores"),
                        in.number("memoryBytes"),
                        in.number("processId"));
            case HEARTBEAT:
                return new Heartbeat(
                        in.text("executorId"),
                        in.number("incarnation"),
                        in.number("sequence"),
                        FrameParts.readAttempts(in),
                        in.number("heapUsedBytes"),
                        in.number("residentBytes"),
                        in.number("processorMs"),
                        in.number("takenBackInMs"));
            case ATTEMPT_FINISHED:
                return new AttemptFinished(
                        in.text("executorId"),
                        in.number("incarnation"),
                        FrameParts.readAttempt(in),
                        OutcomeCodec.readDone(in));
            case ATTEMPT_FAILED:
                return new AttemptFailed(
                        in.text("executorId"),
                        in.number("incarnation"),
                        FrameParts.readAttempt(in),
                        OutcomeCodec.readDone(in),
                        FrameParts.readAttempt(in),
                        OutcomeCodec.readFailure(in),
                        OutcomeCodec.readMetrics(in));
            case NEED_STAGE_PROGRAM:
                return new NeedStageProgram(in.text("executorId"), in.number("incarnation"), in.integer("stageId"));
            case ATTEMPT_STUCK:
                return new AttemptStuck(
                        in.text("executorId"),
                        in.number("incarnation"),
                        FrameParts.readAttempt(in),
                        in.number("sinceMs"),
                        in.text("stack"));
            case ATTEMPT_STACK:
                return new AttemptStack(
                        in.text("executorId"), in.number("incarnation"), FrameParts.readAttempt(in), in.text("stack"));
            case SHOW_STACKS:
                return new ShowStacks();
            case CACHED_BLOCKS_CHANGED:
                return new CachedBlocksChanged(
                        in.text("executorId"),
                        in.number("incarnation"),
                        in.number("sequence"),
                        FrameParts.readStatuses(in));
            case CACHED_BLOCKS_RECEIVED:
                return new CachedBlocksReceived(in.number("sequence"));
            case DROP_CACHED_SET:
                return new DropCachedSet(in.integer("setId"), in.integer("epoch"));
            case MAP_OUTPUT_COPIED:
                return new Frame.MapOutputCopied(
                        in.text("executorId"),
                        in.number("incarnation"),
                        in.integer("shuffleId"),
                        FrameParts.readAttempt(in),
                        in.flag("isHeld"));
            case COPY_MAP_OUTPUT:
                return new Frame.CopyMapOutput(
                        in.integer("shuffleId"), FrameParts.readAttempt(in), FrameParts.readAddress(in));
            case MAP_OUTPUT_COPY_RECEIVED:
                return new Frame.MapOutputCopyReceived(FrameParts.readAttempt(in));
            case COPY_CACHED_BLOCK:
                return new CopyCachedBlock(
                        FrameParts.readBlock(in), FrameParts.readLevel(in), FrameParts.readAddress(in));
            case DROP_CACHED_BLOCK:
                return new DropCachedBlock(FrameParts.readBlock(in));
            case REGISTERED:
                return new Registered(in.text("executorId"), in.number("incarnation"));
            case REFUSED:
                return new Refused(in.text("executorId"), in.number("incarnation"), in.text("reason"));
            case HEARTBEAT_RECEIVED:
                return new HeartbeatReceived(in.number("sequence"));
            case STAGE_PROGRAM:
                return new StageProgram(in.integer("stageId"), in.bytes("body"));
            case LAUNCH_TASKS:
                return new LaunchTasks(LaunchCodec.readGroups(in));
            case CANCEL_ATTEMPT:
                return new CancelAttempt(FrameParts.readAttempt(in), in.text("reason"), in.flag("isInterrupting"));
            case OUTCOME_RECEIVED:
                return new OutcomeReceived(FrameParts.readAttempt(in));
            case FORGET_STAGE:
                return new ForgetStage(in.integer("stageId"));
            case DROP_SHUFFLE:
                return new DropShuffle(in.integer("shuffleId"));
            case DROP_MAP_OUTPUT:
                return new DropMapOutput(in.integer("shuffleId"), FrameParts.readAttempt(in));
            case DROP_RESULT:
                return new DropResult(FrameParts.readAttempt(in));
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
}
