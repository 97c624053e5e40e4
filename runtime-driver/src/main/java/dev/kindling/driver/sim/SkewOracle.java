package dev.kindling.driver.sim;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.block.BlockFormat;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the driver tells of the sizes of one shuffle must be true, whatever was lost and computed again: the bytes of
 * each partition, that one is too large for the others, once, and which keys most of its rows have.
 */
final class SkewOracle {
    private static final int KEYS_NAMED = 5;

    private final int shuffleId;
    private final int stageId;
    private final long[] bytes;
    private final long medianBytes;
    /** Of each partition, how many rows each of its keys has. */
    private final List<TreeMap<String, Long>> rowsOfKeys;

    private boolean isTold;
    private boolean isToBeTold;

    /** @param rowsOfKeys of each map output, how many rows each key has */
    SkewOracle(int shuffleId, int stageId, List<TreeMap<Long, Long>> rowsOfKeys, int partitions) {
        this.shuffleId = shuffleId;
        this.stageId = stageId;
        this.bytes = new long[partitions];
        this.rowsOfKeys =
                Stream.generate(TreeMap<String, Long>::new).limit(partitions).toList();
        rowsOfKeys.forEach(this::add);
        long[] sorted = bytes.clone();
        Arrays.sort(sorted);
        medianBytes = sorted[(partitions - 1) / 2];
    }

    /** A block has a header and its rows. */
    private void add(TreeMap<Long, Long> rowsOfMap) {
        long[] blocks = new long[bytes.length];
        rowsOfMap.forEach((key, rows) -> {
            int partition = (int) (key % bytes.length);
            blocks[partition] = Math.max(blocks[partition], BlockFormat.HEADER_BYTES) + SyntheticTasks.ROW_BYTES;
            rowsOfKeys.get(partition).merge(Long.toString(key), rows, Long::sum);
        });
        for (int partition = 0; partition < blocks.length; partition++) {
            bytes[partition] += blocks[partition];
        }
    }

    void hear(Event event) {
        if (isToBeTold && !(event instanceof Event.SkewFound)) {
            throw new SimViolation("nothing is told of the skew of shuffle " + shuffleId + ", which has partitions of "
                    + Arrays.toString(bytes) + " bytes");
        }
        if (event instanceof Event.ShuffleWritten written && written.shuffleId() == shuffleId) {
            mustBeTrue(written);
        } else if (event instanceof Event.SkewFound found && found.stageId() == stageId) {
            mustBeTrue(found);
        }
    }

    /** The driver keeps sizes that are off by a few percent. */
    private static boolean isAbout(long told, long known) {
        return Math.abs(told - known) <= known / 10 + 1;
    }

    private void mustBeTrue(Event.ShuffleWritten written) {
        for (int partition = 0; partition < bytes.length; partition++) {
            if (!isAbout(written.partitionBytes().get(partition), bytes[partition])) {
                throw new SimViolation("shuffle " + shuffleId + " has partitions of " + Arrays.toString(bytes)
                        + " bytes, and is told to have " + written.partitionBytes());
            }
        }
        long largest = Arrays.stream(bytes).max().orElse(0);
        isToBeTold = !isTold
                && bytes.length > 1
                && largest > 1.2 * SimCores.SKEW.factor() * medianBytes
                && largest > 1.2 * SimCores.SKEW.minBytes();
    }

    private void mustBeTrue(Event.SkewFound found) {
        long largest = Arrays.stream(bytes).max().orElse(0);
        long known = bytes[found.partition()];
        boolean isSkewed = 1.2 * known >= largest
                && 1.2 * known >= SimCores.SKEW.factor() * medianBytes
                && isAbout(found.bytes(), known);
        List<String> keys = rowsOfKeys.get(found.partition()).entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(KEYS_NAMED)
                .map(Map.Entry::getKey)
                .toList();
        if (isTold || !isSkewed || !found.hotKeys().equals(keys)) {
            throw new SimViolation("partitions of " + Arrays.toString(bytes) + " bytes, " + keys + " in partition "
                    + found.partition() + ", and " + (isTold ? "again " : "") + "it is told: " + found);
        }
        isTold = true;
        isToBeTold = false;
    }
}
