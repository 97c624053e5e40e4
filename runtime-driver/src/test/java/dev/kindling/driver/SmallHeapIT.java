package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.Tuple2;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An executor of 64 MB does what does not fit into it. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmallHeapIT {
    private static final long VALUES = 8_000_000;

    @Test
    void eightMillionValuesOfOneKeyAreOneGroup() {
        try (KindlingContext kindling = new KindlingContext("local-cluster[1,1,64]", "one key")) {
            List<Tuple2<Integer, Long>> lengths = kindling.range(0, VALUES, 1, 4)
                    .mapToPair(n -> Tuple2.of(7, "value-" + n))
                    .groupByKey(2)
                    .mapValues(SmallHeapIT::length)
                    .collect();

            long expected = 0;
            for (long n = 0; n < VALUES; n++) {
                expected += 6 + Long.toString(n).length();
            }
            assertEquals(List.of(Tuple2.of(7, expected)), lengths);
        }
    }

    private static long length(Iterable<String> values) {
        long length = 0;
        for (String value : values) {
            length += value.length();
        }
        return length;
    }

    @Test
    void tenTimesTheMemoryIsSorted() {
        int rows = 6_400_000; // of 100 bytes: 640 MB through a heap of 64
        try (KindlingContext kindling = new KindlingContext("local-cluster[1,1,64]", "sort")) {
            List<long[]> partitions = kindling.range(0, rows, 1, 8)
                    .mapToPair(n -> Tuple2.of(Long.reverse(n * 0x9E3779B97F4A7C15L), filler(n)))
                    .sortByKey(true, 8)
                    .mapPartitions(SmallHeapIT::checkOrder)
                    .collect();

            long count = 0;
            long last = Long.MIN_VALUE;
            for (long[] partition : partitions) {
                if (partition[0] > 0) {
                    assertTrue(partition[1] >= last, "partitions follow each other");
                    last = partition[2];
                }
                count += partition[0];
            }
            assertEquals(rows, count);
        }
    }

    private static String filler(long n) {
        String digits = Long.toString(n);
        return digits + "x".repeat(84 - digits.length());
    }

    /** Count, first and last key of one partition. */
    private static java.util.Iterator<long[]> checkOrder(java.util.Iterator<Tuple2<Long, String>> rows) {
        long count = 0;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        while (rows.hasNext()) {
            long key = rows.next()._1();
            if (count == 0) {
                first = key;
            } else if (key < last) {
                throw new IllegalStateException("row " + count + " is out of order");
            }
            last = key;
            count++;
        }
        return List.of(new long[] {count, first, last}).iterator();
    }
}
