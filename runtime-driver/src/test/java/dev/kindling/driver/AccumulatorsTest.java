package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.LongAccumulator;
import dev.kindling.event.EventBus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AccumulatorsTest extends AccumulatorContract {
    private static final CountDownLatch GATE = new CountDownLatch(1);

    private static KindlingContext kindling;

    @BeforeAll
    static void open() {
        kindling = KindlingContext.local(2);
    }

    @AfterAll
    static void close() {
        kindling.close();
    }

    @Override
    KindlingContext kindling() {
        return kindling;
    }

    @Test
    void programCanWatchWhileTheJobRuns() throws InterruptedException {
        LongAccumulator rows = kindling.longAccumulator();
        Thread job = new Thread(() -> kindling.range(0, 100, 1, 10).foreach(n -> {
            if (n == 99) {
                GATE.await();
            }
            rows.add(1);
        }));
        job.start();

        while (rows.value() < 90) {
            LockSupport.parkNanos(1_000_000);
        }
        GATE.countDown();
        job.join();

        assertEquals(100, rows.value());
    }

    @Test
    void namedOnesAppearInEventsWhenAJobHasChangedThem() {
        List<Event.AccumulatorChanged> events = new CopyOnWriteArrayList<>();
        KindlingListener listener = new KindlingListener() {
            @Override
            public void onEvent(Event e) {
                if (e instanceof Event.AccumulatorChanged changed) {
                    events.add(changed);
                }
            }
        };
        EventBus.install(listener);
        try (KindlingContext heard = new KindlingContext(new KindlingConf().setMaster("local[1]"))) {
            LongAccumulator named = heard.longAccumulator("rows");
            LongAccumulator nameless = heard.longAccumulator();
            heard.range(0, 10, 1, 2).foreach(n -> {
                named.add(1);
                nameless.add(1);
            });
            heard.range(0, 10, 1, 2).count();
        } finally {
            EventBus.uninstall(listener);
        }

        assertEquals(1, events.size(), events::toString);
        Event.AccumulatorChanged changed = events.get(0);
        assertEquals(new Event.AccumulatorChanged(changed.time(), 0, 0, "rows", "10"), changed);
    }
}
