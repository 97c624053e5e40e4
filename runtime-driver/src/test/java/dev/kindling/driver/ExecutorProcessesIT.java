package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.Tuple2;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExecutorProcessesIT {
    @Test
    void zipCodesAreCountedByTwoSmallProcesses() {
        List<Tuple2<Integer, Long>> expected = ZipCount.expected();

        try (KindlingContext kindling = new KindlingContext("local-cluster[2,1,64]", "zip count")) {
            for (int partitions : new int[] {1, 2, 7, 32}) {
                assertEquals(expected, ZipCount.run(kindling, partitions), partitions + " partitions");
            }
        }
    }
}
