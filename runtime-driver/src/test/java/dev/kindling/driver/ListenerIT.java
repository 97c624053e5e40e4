package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.StatusTracker;
import dev.kindling.api.TaskContext;
import dev.kindling.api.Tuple2;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a program hears and asks when its executors are processes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListenerIT {
    @Test
    void factsOfOtherProcessesArrive() throws InterruptedException {
        List<KindlingListener.Event> events = new CopyOnWriteArrayList<>();
        CountDownLatch isEnded = new CountDownLatch(2);
        try (KindlingContext kindling = new KindlingContext("local-cluster[2,1,96]", "listener")) {
            kindling.addListener(new KindlingListener() {
                @Override
                public void onEvent(Event e) {
                    events.add(e);
                    if (e instanceof Event.JobEnd) {
                        isEnded.countDown();
                    }
                }
            });
            assertEquals(
                    7,
                    kindling.range(0, 1_000, 1, 4)
                            .mapToPair(n -> Tuple2.of(n % 7, n))
                            .groupByKey(3)
                            .count());
            List<Long> ids = kindling.range(0, 4, 1, 4)
                    .map(n -> TaskContext.get().taskAttemptId())
                    .collect();
            assertTrue(isEnded.await(60, TimeUnit.SECONDS));

            List<KindlingListener.Event.TaskEnd> ends = all(events, KindlingListener.Event.TaskEnd.class);
            assertEquals(11, ends.size());
            assertTrue(ends.stream().allMatch(end -> end.metrics().runNanos() > 0));
            assertEquals(
                    ids.stream().sorted().toList(),
                    ends.stream()
                            .filter(end -> end.stageId() == 2)
                            .map(KindlingListener.Event.TaskEnd::taskId)
                            .sorted()
                            .toList());
            assertEquals(
                    1_000,
                    ends.stream()
                            .mapToLong(end -> end.metrics().shuffleRecordsRead())
                            .sum());
            for (StatusTracker.ExecutorInfo executor : kindling.statusTracker().getExecutorInfos()) {
                assertTrue(executor.port() > 0, executor::toString);
                assertTrue(executor.maxMemory() > 0, executor::toString);
            }
        }
    }

    private static <E extends KindlingListener.Event> List<E> all(List<KindlingListener.Event> events, Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
