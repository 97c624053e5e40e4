package dev.kindling.protocol;

import dev.kindling.api.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/**
 * The layout of what becomes of attempts: results, failures, metrics and what accumulators were given.
 *
 * <p>Stateless; any thread.
 */
final class OutcomeCodec {
    private static final ErrorCode[] CODES = ErrorCode.values();

    // The fewest bytes of each: a promised count is compared with what came.
    private static final int UPDATE_BYTES = 4;
    private static final int HOT_KEY_BYTES = 3;
    private static final int METRICS_BYTES = 19;
    private static final int DONE_BYTES = FrameParts.ATTEMPT_BYTES + 2 + METRICS_BYTES + 1;

    private OutcomeCodec() {}

    static void writeMetrics(FrameWriter out, TaskMetrics m) {
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

    static TaskMetrics readMetrics(FrameReader in) {
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
            keys.add(new HotKey(in.text("name"), in.index("partition"), in.size("rowCount")));
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
                        in.size("rowCount"),
                        in.number("rowDigest"),
                        readHotKeys(in));
            case 2:
                return new TaskResult.Direct(in.bytes("bytes"));
            case 3:
                return new TaskResult.Stored(in.size("byteCount"), in.integer("crc"));
            case 4:
                return new TaskResult.PartWritten(
                        in.text("attemptFile"), in.text("finalName"), in.size("rowCount"), in.size("byteCount"));
            default:
                throw in.malformed("result tag", "unknown: " + tag);
        }
    }

    static void writeFailure(FrameWriter out, TaskFailure failure) {
        if (failure instanceof TaskFailure.UserError f) {
            out.tag(1);
            out.text(f.className());
            out.text(f.message());
            out.text(f.stack());
            out.bytes(f.exception());
        } else if (failure instanceof TaskFailure.FetchFailed f) {
            out.tag(2);
            out.number(f.shuffleId());
            FrameParts.writeAttempt(out, f.mapAttempt());
            out.text(f.executorId());
            out.text(f.message());
        } else if (failure instanceof TaskFailure.CacheMissed f) {
            out.tag(16);
            FrameParts.writeBlock(out, f.block());
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

    static TaskFailure readFailure(FrameReader in) {
        int tag = in.tag("failure tag");
        switch (tag) {
            case 1:
                return new TaskFailure.UserError(
                        in.text("className"), in.text("message"), in.text("stack"), in.bytes("exception"));
            case 2:
                return new TaskFailure.FetchFailed(
                        in.integer("shuffleId"), FrameParts.readAttempt(in), in.text("executorId"), in.text("message"));
            case 16:
                return new TaskFailure.CacheMissed(
                        FrameParts.readBlock(in), in.text("executorId"), in.number("incarnation"), in.text("message"));
            case 3:
                return new TaskFailure.InputOutput(
                        readCode(in), in.text("message"), in.flag("isFinal"), in.text("stack"));
            case 4:
                return new TaskFailure.NotSerializable(in.text("message"));
            case 5:
                return new TaskFailure.ResultTooLarge(in.text("message"), in.size("byteCount"));
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

    static void writeDone(FrameWriter out, List<TaskDone> done) {
        out.number(done.size());
        for (TaskDone task : done) {
            FrameParts.writeAttempt(out, task.attempt());
            writeResult(out, task.result());
            writeMetrics(out, task.metrics());
            writeUpdates(out, task.updates());
        }
    }

    static List<TaskDone> readDone(FrameReader in) {
        int count = in.count("done", DONE_BYTES);
        List<TaskDone> done = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            done.add(new TaskDone(FrameParts.readAttempt(in), readResult(in), readMetrics(in), readUpdates(in)));
        }
        return done;
    }
}
