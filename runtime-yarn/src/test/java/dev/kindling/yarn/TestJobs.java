package dev.kindling.yarn;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What tests of faults run, and what they look at. */
final class TestJobs {
    private TestJobs() {}

    /** All that happens from now on. */
    static List<Event> eventsOf(KindlingContext kindling) {
        List<Event> events = new CopyOnWriteArrayList<>();
        kindling.addListener(new KindlingListener() {
            @Override
            public void onEvent(Event event) {
                events.add(event);
            }
        });
        return events;
    }

    /** Three rows, behind a shuffle whose map outputs stay. */
    static PairRDD<Long, Long> counts(KindlingContext kindling) {
        return kindling.range(0, 1_000, 1, 6)
                .mapToPair(i -> Tuple2.of(i % 3, 1L))
                .reduceByKey(Long::sum);
    }

    /** Whether an executor has left, after all that it held had moved. */
    static boolean hasDrained(List<Event> events) {
        return events.stream()
                .anyMatch(event -> event instanceof Event.ExecutorRemoved removed
                        && removed.reason().toString().contains("it was drained"));
    }

    static boolean hasLostMapOutputs(List<Event> events) {
        return events.stream().anyMatch(Event.MapOutputsLost.class::isInstance);
    }
}
