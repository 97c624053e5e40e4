package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.Tuple2;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InProcessTest {
    @Test
    void rowsOfTheProgramAreMappedAndComeBackInOrder() {
        try (KindlingContext kindling = KindlingContext.local(2)) {
            assertEquals(
                    List.of(2, 3, 4),
                    kindling.parallelize(List.of(1, 2, 3)).map(x -> x + 1).collect());
        }
    }

    @Test
    void zipCodesAreCountedAsWithoutAnEngineForAnyNumberOfPartitions() {
        List<Tuple2<Integer, Long>> expected = ZipCount.expected();

        try (KindlingContext kindling = KindlingContext.local(2)) {
            for (int partitions : new int[] {1, 2, 3, 7, 16, 64}) {
                assertEquals(expected, ZipCount.run(kindling, partitions), partitions + " partitions");
            }
        }
    }
}
