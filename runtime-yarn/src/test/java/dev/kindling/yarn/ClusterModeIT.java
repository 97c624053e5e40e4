package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.PairRDD;
import dev.kindling.testcluster.YarnCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.example.cluster.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs whose driver is a container of a real, small YARN, as the client sees them. */
class ClusterModeIT {
    /** Of containers. */
    private static final Set<String> LOGS = Set.of("stdout", "stderr", "prelaunch.out", "prelaunch.err");

    @TempDir
    Path directory;

    private final YarnCluster cluster = YarnCluster.shared();

    private ProgramRun run(Class<?> main, List<Path> files, String... arguments) throws IOException {
        return run(main, Map.of(), files, arguments);
    }

    private ProgramRun run(Class<?> main, Map<String, String> more, List<Path> files, String... arguments)
            throws IOException {
        Map<String, String> settings = new TreeMap<>(more);
        settings.put("kindling.ui.enabled", "true");
        // The settings name a proxy of EMR's; this cluster's is its ResourceManager.
        settings.put("kindling.hadoop.yarn.web-proxy.address", ProxiedPage.proxyOf(cluster.settings()));
        // For a cluster that asks nobody who he is.
        settings.put("kindling.yarn.viewAcl", "dr.who");
        return ProgramRun.of(cluster, directory, main, settings, files, arguments);
    }

    /** As it lies among the logs of the driver's node. */
    private String driversOutput(String application) throws IOException {
        String id = application.replace("application", "container") + "_01_000001";
        try (Stream<Path> all = Files.walk(cluster.directory())) {
            Path log = all.filter(file -> file.endsWith(Path.of(id, "stderr")))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no output of " + id));
            return Files.readString(log);
        }
    }

    /** Of all containers so far. */
    private List<Path> logs() throws IOException {
        try (Stream<Path> all = Files.walk(cluster.directory())) {
            List<Path> logs = all.filter(
                            file -> LOGS.contains(file.getFileName().toString()))
                    .toList();
            assertTrue(logs.size() >= 4, logs.size() + " logs of a driver and an executor");
            return logs;
        }
    }

    @Test
    void programRunsInTheClusterWithItsFilesAndItsArgumentsAndIsShownByIt() throws Exception {
        Path words = Files.writeString(directory.resolve("words.txt"), "three little words\n");
        Path result = directory.resolve("a result");

        ProgramRun run =
                run(Programs.Sums.class, List.of(words), result.toString(), ProxiedPage.proxyOf(cluster.settings()));

        assertEquals(0, run.exitCode(), run::err);
        assertEquals("5050 three little words, shown", Files.readString(result));
        assertTrue(run.err().contains(", and is shown at http://"), run::err);
        String application =
                cluster.list("applications").get(cluster.list("applications").size() - 1);
        Await.until(() -> cluster.tell("state " + application).equals("FINISHED SUCCEEDED"), "it has succeeded");
        Await.until(() -> cluster.list("containers " + application).isEmpty(), "no container is left");
        String log = driversOutput(application);
        assertTrue(log.contains("the cluster shows this run at http://"), log);
        assertFalse(log.contains("/#"), () -> "what opens the page is in a log that others read: " + log);
    }

    @Test
    void nothingThatContainersAreGivenInSecretIsSeenInLogsCommandsOrErrors() throws Exception {
        Path given = directory.resolve("given");
        Path seen = directory.resolve("seen");

        ProgramRun run = run(
                Programs.Secrets.class,
                Map.of("kindling.ui.enabled", "false"),
                List.of(),
                given.toString(),
                seen.toString());

        assertEquals(0, run.exitCode(), run::err);
        SecretPieces secrets = new SecretPieces();
        for (String tokens : Files.readAllLines(given)) {
            secrets.add(HexFormat.of().parseHex(tokens));
        }
        assertTrue(secrets.count() > 300, secrets.count() + " pieces of secrets");
        String visible = Files.readString(seen, StandardCharsets.ISO_8859_1);
        assertTrue(visible.contains("HADOOP_TOKEN_FILE_LOCATION"), "a container's start was looked at");
        assertEquals(Optional.empty(), secrets.foundIn(visible));
        assertEquals(Optional.empty(), secrets.foundIn(run.err()));
        for (Path log : logs()) {
            assertEquals(
                    Optional.empty(),
                    secrets.foundIn(Files.readString(log, StandardCharsets.ISO_8859_1)),
                    log::toString);
        }
        String planted = "x" + Files.readAllLines(given).get(0) + "x";
        assertTrue(secrets.foundIn(planted).isPresent(), "what is there would be found");
    }

    @Test
    void failureOfATaskIsToldWithItsSentenceAndExitCode() throws Exception {
        ProgramRun run = run(Programs.Fails.class, List.of(), "it all");

        assertEquals(1, run.exitCode(), run::err);
        assertTrue(run.err().contains("failed: exit code 1: "), run::err);
        assertTrue(run.err().contains("no luck with it all, thrown at Programs.java:"), run::err);
    }

    @Test
    void exitCodeOfAProgramThatEndsItsOwnJvmPassesThrough() throws Exception {
        ProgramRun run = run(Programs.Exits.class, List.of(), "7");

        assertEquals(7, run.exitCode(), run::err);
        assertTrue(run.err().contains("the program ended the driver by System.exit"), run::err);
    }

    @Test
    void driverThatIsKilledRunsAgainInTheExecutorsThatAreThere() throws Exception {
        Path result = directory.resolve("result");

        ProgramRun run = run(Programs.DiesOnce.class, List.of(), result.toString());

        assertEquals(0, run.exitCode(), run::err);
        String second = Files.readString(result);
        assertTrue(second.matches("10 by \\d+"), second);
        assertEquals(Files.readString(directory.resolve("result.first")), second);
    }

    @Test
    void queueThatIsOwedRoomGetsItAndTheExecutorThatMakesItLosesNoMapOutput() throws Exception {
        Path result = directory.resolve("result");
        KindlingConf greedy = new KindlingConf()
                .setAll(cluster.settings())
                .set("kindling.executor.memory", "128m")
                .set("kindling.executor.count", "2")
                // Each takes all of a node, of 4,096 MiB.
                .set("kindling.yarn.memoryOverhead", "3772m")
                .set("kindling.yarn.preemptionNoticeMs", "540s");
        try (KindlingContext kindling = new KindlingContext("yarn", "greedy", greedy)) {
            List<Event> events = TestJobs.eventsOf(kindling);
            PairRDD<Long, Long> counts = TestJobs.counts(kindling);
            assertEquals(2, TestJobs.processes(kindling, 2).size());
            assertEquals(3, counts.count());

            ProgramRun owed =
                    run(Programs.Counts.class, Map.of("kindling.yarn.queue", "promised"), List.of(), result.toString());

            assertEquals(0, owed.exitCode(), owed::err);
            assertEquals("10", Files.readString(result));
            assertTrue(TestJobs.hasDrained(events), events::toString);
            assertTrue(events.toString().contains("its container is being preempted"), events::toString);
            assertEquals(3, counts.count());
            assertFalse(TestJobs.hasLostMapOutputs(events), events::toString);
        }
    }
}
