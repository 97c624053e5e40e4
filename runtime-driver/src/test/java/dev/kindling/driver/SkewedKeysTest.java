package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.Tuple2;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program with one key that most rows have is told which. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SkewedKeysTest {
    @Test
    void theHotKeyIsNamedInTheEvent() {
        List<KindlingListener.Event.SkewFound> found = new CopyOnWriteArrayList<>();
        KindlingListener listener = new KindlingListener() {
            @Override
            public void onEvent(Event e) {
                if (e instanceof Event.SkewFound skew) {
                    found.add(skew);
                }
            }
        };
        KindlingConf conf = new KindlingConf().setMaster("local[2]").set("kindling.shuffle.skewBytes", "64k");
        long groups;
        try (KindlingContext kindling = new KindlingContext(conf)) {
            kindling.addListener(listener);
            groups = kindling.range(0, 600_000, 1, 2)
                    .mapToPair(n -> Tuple2.of(n % 4 == 0 ? "key " + n % 997 : "everywhere", n))
                    .groupByKey(8)
                    .mapValues(Groups::size)
                    .count();
        }

        assertTrue(groups > 900);
        assertEquals(1, found.size());
        assertEquals(List.of("everywhere"), found.get(0).hotKeys());
        assertEquals(
                new HashPartitioner(8).getPartition("everywhere"), found.get(0).partition());
        assertTrue(found.get(0).bytes() > 5 * found.get(0).medianBytes());
    }
}
