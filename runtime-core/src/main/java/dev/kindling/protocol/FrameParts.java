package dev.kindling.protocol;

import dev.kindling.api.StorageLevel;
import java.util.ArrayList;
import java.util.List;

/**
 * The layout of what frames of more than one kind hold: attempts, cached blocks, storage levels, addresses of
 * executors.
 *
 * <p>Stateless; any thread.
 */
final class FrameParts {
    // The fewest bytes of each: a promised count is compared with what came.
    static final int ATTEMPT_BYTES = 3;
    private static final int STATUS_BYTES = 8;
    private static final int ADDRESS_BYTES = 6;

    private FrameParts() {}

    static void writeAttempt(FrameWriter out, AttemptId attempt) {
        out.number(attempt.stageId());
        out.number(attempt.partition());
        out.number(attempt.attempt());
    }

    static AttemptId readAttempt(FrameReader in) {
        return new AttemptId(in.index("stageId"), in.index("partition"), in.index("attempt"));
    }

    static List<AttemptId> readAttempts(FrameReader in) {
        int count = in.count("attempts", ATTEMPT_BYTES);
        List<AttemptId> attempts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            attempts.add(readAttempt(in));
        }
        return attempts;
    }

    static void writeBlock(FrameWriter out, CachedBlockId block) {
        out.number(block.setId());
        out.number(block.epoch());
        out.number(block.partition());
    }

    static CachedBlockId readBlock(FrameReader in) {
        return new CachedBlockId(in.index("setId"), in.index("epoch"), in.index("partition"));
    }

    static void writeStatus(FrameWriter out, CachedBlockStatus status) {
        writeBlock(out, status.block());
        out.number(status.version());
        out.flag(status.isHeld());
        out.number(status.memoryBytes());
        out.number(status.diskBytes());
        out.flag(status.hasUpdates());
    }

    static List<CachedBlockStatus> readStatuses(FrameReader in) {
        int count = in.count("changes", STATUS_BYTES);
        List<CachedBlockStatus> statuses = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            statuses.add(new CachedBlockStatus(
                    readBlock(in),
                    in.number("version"),
                    in.flag("isHeld"),
                    in.size("memoryBytes"),
                    in.size("diskBytes"),
                    in.flag("hasUpdates")));
        }
        return statuses;
    }

    static void writeLevel(FrameWriter out, StorageLevel level) {
        out.flag(level.useDisk());
        out.flag(level.useMemory());
        out.flag(level.useOffHeap());
        out.flag(level.deserialized());
        out.number(level.replication());
    }

    static StorageLevel readLevel(FrameReader in) {
        return new StorageLevel(
                in.flag("useDisk"),
                in.flag("useMemory"),
                in.flag("useOffHeap"),
                in.flag("deserialized"),
                in.integer("replication"));
    }

    static void writeAddress(FrameWriter out, ExecutorAddress address) {
        out.text(address.executorId());
        out.number(address.incarnation());
        out.text(address.host());
        out.number(address.port());
        out.text(address.hostKey());
        out.text(address.scratchDirectory());
    }

    static ExecutorAddress readAddress(FrameReader in) {
        return new ExecutorAddress(
                in.text("executorId"),
                in.number("incarnation"),
                in.text("host"),
                in.integer("port"),
                in.text("hostKey"),
                in.text("scratchDirectory"));
    }

    static void writeAddresses(FrameWriter out, List<ExecutorAddress> addresses) {
        out.number(addresses.size());
        for (ExecutorAddress address : addresses) {
            writeAddress(out, address);
        }
    }

    static List<ExecutorAddress> readAddresses(FrameReader in) {
        int count = in.count("executors", ADDRESS_BYTES);
        List<ExecutorAddress> addresses = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            addresses.add(readAddress(in));
        }
        return List.copyOf(addresses);
    }

    /** Returns the successor of {@code attempt}. */
    static AttemptId writeSuccessor(FrameWriter out, AttemptId expected, AttemptId attempt) {
        boolean isExpected = attempt.equals(expected);
        out.flag(isExpected);
        if (!isExpected) {
            writeAttempt(out, attempt);
        }
        return successor(attempt);
    }

    /** The last partition that there can be is followed by itself, and not by one below zero. */
    static AttemptId successor(AttemptId attempt) {
        return new AttemptId(attempt.stageId(), Math.max(attempt.partition(), attempt.partition() + 1), 0);
    }
}
