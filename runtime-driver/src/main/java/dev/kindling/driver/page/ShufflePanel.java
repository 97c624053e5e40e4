package dev.kindling.driver.page;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.util.ByteSizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One shuffle: bytes by map output and reduce partition, and how large its partitions became.
 *
 * @param stageId the stage that wrote it
 * @param mapsPerRow map outputs summed up in a row of the matrix
 * @param partitionsPerColumn reduce partitions summed up in a column
 * @param matrix bytes, row by row
 * @param sizes of the partitions in groups of neighbours, each the largest of its group; empty when they are not known
 * @param partitionsPerSize how many partitions a group has
 * @param skewed those that stand out, the largest first
 */
public record ShufflePanel(
        int id,
        int stageId,
        String stageName,
        int maps,
        int partitions,
        long bytes,
        int mapsPerRow,
        int partitionsPerColumn,
        int columns,
        List<Long> matrix,
        long medianBytes,
        long largestBytes,
        int partitionsPerSize,
        List<Long> sizes,
        List<Skewed> skewed) {
    private static final int SHOWN_SHUFFLES = 30;
    private static final int MAX_SIZES = 128;
    private static final int MAX_SKEWED = 5;

    /** What is smaller hurts nobody. */
    private static final double SKEW_FACTOR = 3;

    private static final long SKEW_MIN_BYTES = 1 << 10;

    /** @param keys with the most rows in it, where the driver found some */
    public record Skewed(int partition, long bytes, List<String> keys) {}

    static List<ShufflePanel> of(Run run, List<String> notes) {
        List<Event.ShuffleWritten> all = new ArrayList<>(run.shuffles());
        all.sort((a, b) -> Long.compare(bytesOf(b), bytesOf(a)));
        PageModel.note(notes, all.size() - SHOWN_SHUFFLES, "smaller shuffles are not shown");
        Map<Integer, StageStatus> stages = new HashMap<>();
        run.status().stages().forEach(stage -> stages.put(stage.stageId(), stage));
        return all.stream()
                .limit(SHOWN_SHUFFLES)
                .map(shuffle -> panelOf(run, shuffle, Optional.ofNullable(stages.get(shuffle.stageId()))))
                .sorted((a, b) -> Integer.compare(a.id, b.id))
                .toList();
    }

    static long bytesOf(Event.ShuffleWritten shuffle) {
        return shuffle.matrix().stream().mapToLong(Long::longValue).sum();
    }

    private static ShufflePanel panelOf(Run run, Event.ShuffleWritten e, Optional<StageStatus> stage) {
        int maps = stage.map(StageStatus::partitionCount).orElse(0);
        int rows = Math.max(1, (maps + e.mapsPerRow() - 1) / e.mapsPerRow());
        long[] sizes = e.partitionBytes().stream().mapToLong(Long::longValue).toArray();
        long[] sorted = sizes.clone();
        Arrays.sort(sorted);
        long median = sorted.length == 0 ? 0 : sorted[(sorted.length - 1) / 2];
        int perSize = Math.max(1, (sizes.length + MAX_SIZES - 1) / MAX_SIZES);
        int columns = e.matrix().size() / rows;
        return new ShufflePanel(
                e.shuffleId(),
                e.stageId(),
                PageModel.name(stage.map(StageStatus::name).orElse("")),
                maps,
                sizes.length == 0 ? columns * e.partitionsPerColumn() : sizes.length,
                bytesOf(e),
                e.mapsPerRow(),
                e.partitionsPerColumn(),
                columns,
                e.matrix(),
                median,
                sorted.length == 0 ? 0 : sorted[sorted.length - 1],
                perSize,
                largestOf(sizes, perSize),
                skewed(run, e.stageId(), sizes, median));
    }

    private static List<Long> largestOf(long[] sizes, int perGroup) {
        List<Long> largest = new ArrayList<>();
        for (int from = 0; from < sizes.length; from += perGroup) {
            largest.add(Arrays.stream(sizes, from, Math.min(sizes.length, from + perGroup))
                    .max()
                    .orElse(0));
        }
        return largest;
    }

    private static List<Skewed> skewed(Run run, int stageId, long[] sizes, long median) {
        Map<Integer, Skewed> found = new HashMap<>();
        for (int partition = 0; partition < sizes.length; partition++) {
            if (sizes[partition] >= SKEW_MIN_BYTES && sizes[partition] > SKEW_FACTOR * median) {
                found.put(partition, new Skewed(partition, sizes[partition], List.of()));
            }
        }
        for (Event.SkewFound skew : run.skews()) {
            if (skew.stageId() == stageId) {
                found.put(skew.partition(), new Skewed(skew.partition(), skew.bytes(), skew.hotKeys()));
            }
        }
        return found.values().stream()
                .sorted((a, b) -> Long.compare(b.bytes, a.bytes))
                .limit(MAX_SKEWED)
                .toList();
    }

    /** The largest partition in a sentence's words, where it stands out. */
    Optional<String> skewInWords() {
        return skewed.stream()
                .findFirst()
                .map(worst -> "partition " + worst.partition + " of what stage " + stageId + " wrote holds "
                        + ByteSizes.format(worst.bytes) + ", the median partition " + ByteSizes.format(medianBytes));
    }
}
