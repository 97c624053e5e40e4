package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.protocol.HotKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the reduce partition of a shuffle that is much larger than the others. No state. */
final class Skew {
    private static final int KEYS_NAMED = 5;

    private Skew() {}

    /**
     * The largest partition, if it is too large.
     *
     * @param partitionBytes of all map outputs together
     * @param hotKeys of all map outputs
     */
    static Optional<Event.SkewFound> find(
            SkewSettings settings, Instant time, int stageId, long[] partitionBytes, List<HotKey> hotKeys) {
        if (partitionBytes.length < 2) {
            return Optional.empty();
        }
        int largest = 0;
        for (int partition = 1; partition < partitionBytes.length; partition++) {
            largest = partitionBytes[partition] > partitionBytes[largest] ? partition : largest;
        }
        long[] sorted = partitionBytes.clone();
        Arrays.sort(sorted);
        // The lower one of two: of two partitions one may well be too large for the other.
        long median = sorted[(sorted.length - 1) / 2];
        long bytes = partitionBytes[largest];
        return bytes >= settings.minBytes() && bytes > settings.factor() * median
                ? Optional.of(new Event.SkewFound(time, stageId, largest, bytes, median, namesOf(hotKeys, largest)))
                : Optional.empty();
    }

    private static List<String> namesOf(List<HotKey> hotKeys, int partition) {
        TreeMap<String, Long> rows = new TreeMap<>();
        for (HotKey key : hotKeys) {
            if (key.partition() == partition) {
                rows.merge(key.name(), key.rowCount(), Long::sum);
            }
        }
        return rows.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(KEYS_NAMED)
                .map(Map.Entry::getKey)
                .toList();
    }
}
