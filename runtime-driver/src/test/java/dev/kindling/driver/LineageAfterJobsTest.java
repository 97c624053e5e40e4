package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import dev.kindling.driver.lineage.LineageForms;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What past jobs have changed of a lineage. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LineageAfterJobsTest {
    private static String textOf(RDD<?> set) {
        LineageForms.check(set.lineage());
        return set.lineage().toText().replaceAll("LineageAfterJobsTest.java:\\d+", "HERE");
    }

    @Test
    void stagesAreSkippedUntilACheckpointReplacesThem(@TempDir Path directory) {
        try (KindlingContext kindling = KindlingContext.local(1)) {
            kindling.setCheckpointDir(directory.toString());
            PairRDD<Long, Long> sums = kindling.range(0, 10, 1, 2)
                    .mapToPair(n -> Tuple2.of(n % 3, n))
                    .reduceByKey(Long::sum, 2);
            sums.count();
            RDD<Long> values = sums.values();
            assertEquals("""
                    stage 0: 2 tasks, skipped: job 0 has made its output
                        range at HERE
                        mapToPair at HERE
                        -> 2 partitions by HashPartitioner(2), combined before and after
                    stage 1: 2 tasks as named, reads stage 0
                        reduceByKey at HERE
                        values at HERE
                    """, textOf(values));

            sums.checkpoint();
            sums.count();

            assertEquals("""
                    stage 0: 2 tasks
                        reduceByKey at HERE, checkpointed
                        values at HERE
                    """, textOf(values));
            assertTrue(values.lineage().stages().get(0).steps().get(0).checkpointed());
            assertEquals(
                    sums.id(), values.lineage().stages().get(0).steps().get(0).rddId());
            assertTrue(values.toDebugString().contains(", checkpointed"), values.toDebugString());
        }
    }

    @Test
    void aLocalCheckpointIsShownAsOneToo() {
        try (KindlingContext kindling = KindlingContext.local(1)) {
            RDD<Long> rows = kindling.range(0, 10, 1, 2).map(n -> n + 1);
            rows.localCheckpoint();
            rows.count();

            assertTrue(textOf(rows).contains("map at HERE"), textOf(rows));
            assertTrue(textOf(rows).contains("checkpointed"), textOf(rows));
            assertEquals(1, rows.lineage().stages().size());
        }
    }
}
