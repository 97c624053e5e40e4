package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.LongAccumulator;
import dev.kindling.api.PairRDD;
import dev.kindling.api.TaskContext;
import dev.kindling.api.Tuple2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Accumulators over executor processes, some of which are killed. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedValuesIT extends AccumulatorContract {
    @TempDir
    static Path scratch;

    private static KindlingContext kindling;

    @BeforeAll
    static void open() {
        kindling = new KindlingContext(
                "local-cluster[2,1,64]", "test", new KindlingConf().set("kindling.scratch.dirs", scratch.toString()));
    }

    @AfterAll
    static void close() {
        kindling.close();
        assertEquals(List.of(), Leftovers.processes(), "processes");
    }

    @Override
    KindlingContext kindling() {
        return kindling;
    }

    /** The first attempt of the task ends its process, with the map outputs that lie there. */
    @Test
    void rowsAreCountedOnceThoughAnExecutorDiesWithItsMapOutputs() throws IOException {
        LongAccumulator mapped = kindling.longAccumulator();
        LongAccumulator reduced = kindling.longAccumulator();
        String mark = Files.createTempFile("died", "").toString();
        Files.delete(Path.of(mark));
        PairRDD<Long, Long> sums = kindling.range(0, 10_000, 1, 8)
                .mapToPair(n -> {
                    mapped.add(1);
                    return Tuple2.of(n % 100, n);
                })
                .reduceByKey(Long::sum, 4);

        long count = sums.map(sum -> {
                    if (TaskContext.getPartitionId() == 3 && createdNow(mark)) {
                        Runtime.getRuntime().halt(137);
                    }
                    reduced.add(1);
                    return sum;
                })
                .count();

        assertEquals(100, count);
        assertEquals(10_000, mapped.value());
        assertEquals(100, reduced.value());
        assertEquals(100, sums.count());
        assertEquals(10_000, mapped.value());
        Files.delete(Path.of(mark));
    }

    private static boolean createdNow(String file) throws IOException {
        return Path.of(file).toFile().createNewFile();
    }
}
