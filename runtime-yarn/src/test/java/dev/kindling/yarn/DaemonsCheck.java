package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.testcluster.YarnCluster;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a cluster of real daemons does that one in a process cannot; {@code bin/yarn check} runs it, a build does not. */
class DaemonsCheck {
    private static YarnCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = YarnCluster.ofDaemons();
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    private static KindlingConf conf(int executors) {
        return new KindlingConf()
                .setAll(cluster.settings())
                .set("kindling.executor.memory", "128m")
                .set("kindling.executor.count", Integer.toString(executors));
    }

    /** The nodes of so many executors; waits until all of them have had tasks. */
    private static Set<String> hosts(KindlingContext kindling, int executors) throws Exception {
        Set<String> hosts = new TreeSet<>();
        Set<Tuple2<String, Long>> processes = new HashSet<>();
        Await.until(
                () -> {
                    for (Tuple2<String, Long> process : kindling.range(0, 4L * executors, 1, 4 * executors)
                            .map(i -> Tuple2.of(
                                    System.getenv("NM_HOST"),
                                    ProcessHandle.current().pid()))
                            .collect()) {
                        processes.add(process);
                        hosts.add(process._1());
                    }
                    return processes.size() >= executors;
                },
                executors + " executors work");
        return hosts;
    }

    @Test
    void executorsOfALabelAreOnItsNodesOnly() throws Exception {
        try (KindlingContext kindling =
                new KindlingContext("yarn", "label", conf(2).set("kindling.yarn.executorLabel", "CORE"))) {
            Set<String> hosts = hosts(kindling, 2);

            assertTrue(Set.of("127.0.41.11", "127.0.41.12").containsAll(hosts), hosts::toString);
        }
    }

    @Test
    void nodeThatVanishesIsReplacedAndTheJobGoesOn() throws Exception {
        try (KindlingContext kindling = new KindlingContext("yarn", "lost", conf(2))) {
            List<Event> events = TestJobs.eventsOf(kindling);
            PairRDD<Long, Long> counts = TestJobs.counts(kindling);
            assertEquals(3, counts.count());
            assertTrue(hosts(kindling, 2).contains(cluster.tell("address task1")), "no executor is on the task node");

            cluster.tell("kill-node task1");
            try {
                Await.until(
                        () -> events.stream().anyMatch(Event.ExecutorRemoved.class::isInstance), "the loss is seen");
                assertEquals(3, counts.count());
            } finally {
                cluster.tell("start-node task1");
            }
        }
    }

    @Test
    void decommissionedNodeLosesNoMapOutput() throws Exception {
        try (KindlingContext kindling = new KindlingContext("yarn", "decommissioned", conf(2))) {
            List<Event> events = TestJobs.eventsOf(kindling);
            PairRDD<Long, Long> counts = TestJobs.counts(kindling);
            assertTrue(hosts(kindling, 2).contains(cluster.tell("address task1")), "no executor is on the task node");
            assertEquals(3, counts.count());

            cluster.tell("decommission task1 600");
            try {
                Await.until(() -> TestJobs.hasDrained(events), "the executors have left");
                assertEquals(3, counts.count());
                assertFalse(TestJobs.hasLostMapOutputs(events), events::toString);
            } finally {
                cluster.tell("recommission task1");
            }
        }
    }

    @Test
    void restartedResourceManagerIsAskedForReplacements() throws Exception {
        try (KindlingContext kindling = new KindlingContext("yarn", "restart", conf(2))) {
            List<Event> events = TestJobs.eventsOf(kindling);
            PairRDD<Long, Long> counts = TestJobs.counts(kindling);
            hosts(kindling, 2);

            cluster.tell("restart-resourcemanager");
            assertEquals(3, counts.count());
            long pid = kindling.range(0, 1, 1, 1)
                    .map(i -> ProcessHandle.current().pid())
                    .first();
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);

            Await.until(
                    () -> events.stream()
                                    .filter(Event.ExecutorAdded.class::isInstance)
                                    .count()
                            == 3,
                    "another executor has come");
            assertEquals(3, counts.count());
        }
    }

    @Test
    void javaThatIsMadeForTheNodesRunsTheExecutors() throws Exception {
        try (KindlingContext kindling =
                new KindlingContext("yarn", "own java", conf(1).set("kindling.yarn.javaArchive", "auto"))) {
            assertEquals(3, TestJobs.counts(kindling).count());
            String home = kindling.range(0, 1, 1, 1)
                    .map(i -> System.getProperty("java.home"))
                    .first();

            // Where the node has unpacked it.
            assertTrue(home.contains("/filecache/"), home);
        }
    }
}
