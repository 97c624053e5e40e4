package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.testkit.KindlingExtension;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Operators that keep rows, over more rows than the heap of their executor holds. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LargeContractIT {
    @RegisterExtension
    static final KindlingExtension KINDLING = KindlingExtension.localCluster(1, 1, "64m");

    private static final AtomicLong SPILLED = new AtomicLong();

    @BeforeAll
    static void listen() {
        KINDLING.context().addListener(new KindlingListener() {
            @Override
            public void onTaskEnd(Event.TaskEnd end) {
                SPILLED.addAndGet(end.metrics().diskSpilled());
            }
        });
    }

    static List<LargeContracts.Large> all() {
        return LargeContracts.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void whatDoesNotFitIntoMemoryIsDoneAllTheSame(LargeContracts.Large large, KindlingContext kindling)
            throws InterruptedException {
        long spilledBefore = SPILLED.get();

        assertEquals(large.expected().getAsLong(), large.body().run(LargeContracts.pairs(kindling)));

        // Events come behind their jobs.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (SPILLED.get() == spilledBefore && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        assertTrue(SPILLED.get() > spilledBefore, "nothing was spilled: it fitted");
    }
}
