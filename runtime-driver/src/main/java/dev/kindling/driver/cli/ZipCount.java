package dev.kindling.driver.cli;

import dev.kindling.api.Groups;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;

/** The demo's job: how many postal codes begin with each three digits, in the order of the digits. */
final class ZipCount {
    private ZipCount() {}

    /**
     * Pairs of three digits and count.
     *
     * @param path lines of two integers with a tab between them
     * @param delayMs how long each task is held up, so that somebody can watch; 0 for not at all
     */
    static PairRDD<Integer, Integer> counts(KindlingContext kindling, String path, int partitions, long delayMs) {
        PairRDD<Integer, Integer> zips = kindling.textFile(path, partitions)
                .map(line -> line.split("\t", -1))
                .mapToPair(ZipCount::zip);
        PairRDD<Integer, Integer> counts = slowed(zips, delayMs)
                .groupByKey(partitions)
                .mapToPair((prefix, group) -> Tuple2.of(prefix, Math.toIntExact(Groups.size(group))));
        return slowed(counts, delayMs).sortByKey(true, partitions);
    }

    private static PairRDD<Integer, Integer> slowed(PairRDD<Integer, Integer> rdd, long delayMs) {
        return delayMs == 0
                ? rdd
                : rdd.mapPartitionsToPair(rows -> {
                    Thread.sleep(delayMs);
                    return rows;
                });
    }

    private static Tuple2<Integer, Integer> zip(String[] fields) {
        if (fields.length == 2) {
            try {
                return Tuple2.of(Integer.parseInt(fields[0]), Integer.parseInt(fields[1]));
            } catch (NumberFormatException notAnInteger) {
                // Its message repeats the row, which messages of ours never do.
            }
        }
        throw new IllegalArgumentException("not two integers with a tab between them");
    }
}
