package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.config.Config;
import dev.kindling.s3server.IdentityServices;
import dev.kindling.testcluster.YarnCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.example.cluster.Programs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static String doctor() {
        StringBuilder said = new StringBuilder();
        new YarnDoctor(
                        Config.parse(cluster.settings()),
                        line -> said.append(line).append('\n'))
                .examine();
        return said.toString();
    }

    @Test
    void executorsOfALabelAreOnItsNodesOnly() throws Exception {
        try (KindlingContext kindling =
                new KindlingContext("yarn", "label", conf(2).set("kindling.yarn.executorLabel", "CORE"))) {
            Set<String> hosts = hosts(kindling, 2);

            assertTrue(Set.of("127.0.41.11", "127.0.41.12").containsAll(hosts), hosts::toString);
        }
    }

    /** A file of one block, which is on this node only. */
    private static org.apache.hadoop.fs.Path fileOn(String address) throws IOException {
        Configuration settings = new Configuration();
        settings.set("fs.defaultFS", cluster.settings().get("kindling.hadoop.fs.defaultFS"));
        settings.set("dfs.client.use.datanode.hostname", "true");
        FileSystem files = FileSystem.get(settings);
        for (int i = 0; i < 100; i++) {
            org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path("/near/" + address + "-" + i);
            try (OutputStream out = files.create(file, (short) 1)) {
                out.write("one\ntwo\nthree\n".getBytes(StandardCharsets.UTF_8));
            }
            if (List.of(files.getFileBlockLocations(file, 0, 1)[0].getHosts()).equals(List.of(address))) {
                return file;
            }
        }
        throw new IOException("of a hundred files none has its block on " + address);
    }

    @Test
    void executorsAreWhereTheBlocksOfTheInputAre() throws Exception {
        for (String node : List.of("core1", "core2")) {
            String address = cluster.tell("address " + node);
            org.apache.hadoop.fs.Path input = fileOn(address);
            KindlingConf conf = conf(2)
                    // The nodes with files have its label; elsewhere executors are asked for on the others first.
                    .set("kindling.yarn.queue", "core")
                    // Nothing is asked for before the job has said where its input lies, and then only there.
                    .set("kindling.yarn.inputWaitMs", "10m")
                    .set("kindling.yarn.localityWaitMs", "10m");
            try (KindlingContext kindling = new KindlingContext("yarn", "near", conf)) {
                assertEquals(3, kindling.textFile("hdfs://" + input, 2).count());

                assertEquals(Set.of(address), hosts(kindling, 2));
            }
        }
    }

    @Test
    void tasksRunOnTheNodesThatHaveTheirBlocksAndCountAsLocal() throws Exception {
        List<String> addresses = List.of(cluster.tell("address core1"), cluster.tell("address core2"));
        String input = "hdfs://" + fileOn(addresses.get(0)) + ",hdfs://" + fileOn(addresses.get(1));
        // Each takes all of a node that has files.
        KindlingConf conf =
                conf(2).set("kindling.yarn.executorLabel", "CORE").set("kindling.yarn.memoryOverhead", "3968m");
        try (KindlingContext kindling = new KindlingContext("yarn", "local", conf)) {
            assertEquals(Set.copyOf(addresses), hosts(kindling, 2));
            List<Event> events = TestJobs.eventsOf(kindling);

            assertEquals(
                    addresses,
                    kindling.textFile(input, 2)
                            .mapPartitions(
                                    lines -> List.of(System.getenv("NM_HOST")).iterator())
                            .collect());

            Await.until(() -> localities(events).size() == 2, "both tasks are told");
            assertEquals(List.of(Locality.NODE_LOCAL, Locality.NODE_LOCAL), localities(events));
        }
    }

    private static List<Locality> localities(List<Event> events) {
        return events.stream()
                .filter(Event.TaskStart.class::isInstance)
                .map(event -> ((Event.TaskStart) event).locality())
                .toList();
    }

    @Test
    void driverThatIsKilledRunsAgainInTheExecutorsThatAreThere(@TempDir Path directory) throws Exception {
        Path result = directory.resolve("result");

        ProgramRun run =
                ProgramRun.of(cluster, directory, Programs.DiesOnce.class, Map.of(), List.of(), result.toString());

        assertEquals(0, run.exitCode(), run::err);
        assertEquals(Files.readString(directory.resolve("result.first")), Files.readString(result));
    }

    @Test
    void driverThatAFullClusterHasNoRoomForIsGivenUpWithTheReason(@TempDir Path directory) throws Exception {
        // Each takes all of a node.
        KindlingConf full = conf(3).set("kindling.yarn.memoryOverhead", "3968m");
        try (KindlingContext kindling = new KindlingContext("yarn", "full", full)) {
            assertEquals(3, hosts(kindling, 3).size());

            KindlingException failure = assertThrows(
                    KindlingException.class,
                    () -> ProgramRun.of(
                            cluster,
                            directory,
                            Programs.Counts.class,
                            Map.of("kindling.yarn.acceptTimeoutMs", "12s"),
                            List.of(),
                            directory.resolve("result").toString()));

            // Since Hadoop 3.4 it is called root.default.
            assertTrue(failure.getMessage().contains("default for 12.0 s "), failure::getMessage);
            assertTrue(failure.getMessage().contains("the ResourceManager says: "), failure::getMessage);
        }
    }

    @Test
    void executorThatIsLargerThanItsContainerIsKilledAndTheJobSaysWhatToRaise() throws Exception {
        try (KindlingContext kindling =
                new KindlingContext("yarn", "large", conf(1).set("kindling.yarn.memoryOverhead", "256m"))) {
            KindlingException failure = assertThrows(
                    KindlingException.class,
                    () -> kindling.range(0, 1, 1, 1)
                            .map(i -> takeMemory(512 << 20))
                            .collect());

            String said = failure.getMessage();
            assertTrue(
                    said.matches(
                            "(?s).*YARN killed its container of 384 MiB, of which its heap is 128 MiB, for its memory"
                                    + " \\([\\d.]+ MB of 384 MB physical memory were in use\\).*"),
                    said);
            assertTrue(said.contains("raise kindling.yarn.memoryOverhead"), said);
        }
    }

    /** Outside the heap, as a native library would; held until somebody ends the process. */
    private static int takeMemory(int bytes) throws Exception {
        Path file = Files.createTempFile("memory", "");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer memory = channel.map(FileChannel.MapMode.PRIVATE, 0, bytes);
            for (int i = 0; i < bytes; i += 4096) {
                memory.put(i, (byte) 1);
            }
            TimeUnit.MINUTES.sleep(2);
            return memory.get(0);
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, exit code 137 (SIGKILL)", "false, exit code 143 (SIGTERM)"})
    void killedExecutorIsReplacedAndItsMapOutputsAreMadeAgain(boolean isForced, String explained) throws Exception {
        try (KindlingContext kindling = new KindlingContext("yarn", "killed", conf(2))) {
            List<Event> events = TestJobs.eventsOf(kindling);
            PairRDD<Long, Long> counts = TestJobs.counts(kindling);
            assertEquals(3, counts.count());
            Set<Long> processes = TestJobs.processes(kindling, 2);

            ProcessHandle executor =
                    ProcessHandle.of(processes.iterator().next()).orElseThrow();
            assertTrue(isForced ? executor.destroyForcibly() : executor.destroy());
            Await.until(() -> events.toString().contains(explained), "the loss is explained");

            assertEquals(3, counts.count());
        }
    }

    @Test
    void machineThatIsTakenBackLosesNoMapOutput() throws Exception {
        try (IdentityServices machine = new IdentityServices(Map.of());
                KindlingContext kindling = new KindlingContext(
                        "yarn",
                        "spot",
                        conf(2).set("kindling.executor.spotPollMs", "1s")
                                .set(
                                        "kindling.executor.javaOptions",
                                        "-Daws.ec2MetadataServiceEndpoint=" + machine.start()))) {
            List<Event> events = TestJobs.eventsOf(kindling);
            PairRDD<Long, Long> counts = TestJobs.counts(kindling);
            assertEquals(3, counts.count());
            TestJobs.processes(kindling, 2);

            machine.takeBackOne(Instant.now().plusSeconds(60));
            Await.until(() -> TestJobs.hasDrained(events), "its executor has left");

            assertTrue(events.toString().contains("its spot instance is being taken back"), events::toString);
            assertEquals(3, counts.count());
            assertFalse(TestJobs.hasLostMapOutputs(events), "its map outputs were lost");
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
                if (!YarnCluster.isStock()) {
                    Await.until(
                            () -> doctor().matches("(?s).*nodes lost +1, .*127\\.0\\.41\\.101:8041.*"),
                            "the doctor tells of it");
                }
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
