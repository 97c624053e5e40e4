package dev.kindling.yarn;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.testcluster.YarnCluster;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

    /** The processes of so many executors; waits until all of them have had tasks. */
    static Set<Long> processes(KindlingContext kindling, int executors) throws Exception {
        Set<Long> processes = new HashSet<>();
        Await.until(
                () -> {
                    processes.addAll(kindling.range(0, 4L * executors, 1, 4 * executors)
                            .map(i -> ProcessHandle.current().pid())
                            .collect());
                    return processes.size() >= executors;
                },
                executors + " executors work");
        return processes;
    }

    /** Containers of the application that was made last; others may still be ending. */
    static List<String> containersOfLast(YarnCluster cluster) throws IOException {
        List<String> applications = cluster.list("applications");
        return cluster.list("containers " + applications.get(applications.size() - 1));
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
