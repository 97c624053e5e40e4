package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.FutureAction;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.driver.launch.SubmittedProgram;
import dev.kindling.testcluster.YarnCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on a real, small YARN, and what the user hears of it. */
class FaultsIT {
    @TempDir
    Path directory;

    private final YarnCluster cluster = YarnCluster.shared();

    private KindlingConf conf() {
        return new KindlingConf()
                .setAll(cluster.settings())
                .set("kindling.executor.memory", "128m")
                .set("kindling.executor.count", "1");
    }

    /** Processes of executors of this application, as this machine sees them. */
    private static List<ProcessHandle> executorsOf(String application) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(application) && line.contains(ContainerMain.class.getName()))
                        .isPresent())
                .toList();
    }

    @Test
    void killedExecutorIsExplainedAndReplacedAndTheJobGoesOn() throws Exception {
        List<String> losses = new CopyOnWriteArrayList<>();
        Path goOn = directory.resolve("go-on");
        Path begun = directory.resolve("begun");
        try (KindlingContext kindling = new KindlingContext("yarn", "killed", conf())) {
            kindling.addListener(new KindlingListener() {
                @Override
                public void onEvent(Event event) {
                    if (event instanceof Event.ExecutorRemoved removed) {
                        losses.add(removed.reason().toString());
                    } else if (event instanceof Event.ExecutorLossExplained explained) {
                        losses.add(explained.reason().toString());
                    }
                }
            });
            String begunAt = begun.toString();
            String goOnAt = goOn.toString();
            FutureAction<Long> count = kindling.range(0, 10, 1, 2)
                    .map(i -> Waits.until(i, begunAt, goOnAt))
                    .countAsync();
            Await.until(() -> Files.exists(begun), "a task runs");
            List<String> applications = cluster.list("applications");

            executorsOf(applications.get(applications.size() - 1)).forEach(ProcessHandle::destroyForcibly);
            Await.until(
                    () -> losses.stream().anyMatch(loss -> loss.contains("exit code 137 (SIGKILL)")),
                    "the loss is explained");
            Files.createFile(goOn);

            assertEquals(10, count.get());
        }
    }

    @Test
    void nodeThatIsDecommissionedLosesNoMapOutput() throws Exception {
        try (KindlingContext kindling = new KindlingContext("yarn", "decommissioned", conf())) {
            List<Event> events = TestJobs.eventsOf(kindling);
            PairRDD<Long, Long> counts = TestJobs.counts(kindling);
            assertEquals(3, counts.count());
            String node = nodeOf(TestJobs.containersOfLast(cluster).get(0));

            cluster.tell("decommission " + node + " 600");
            try {
                Await.until(() -> TestJobs.hasDrained(events), "the executor has left");
            } finally {
                cluster.tell("recommission " + node);
            }

            assertEquals(3, counts.count());
            assertFalse(TestJobs.hasLostMapOutputs(events), events::toString);
        }
    }

    @Test
    void jobGoesOnWhenANodeManagerStops() throws Exception {
        try (KindlingContext kindling = new KindlingContext("yarn", "stopped", conf())) {
            List<Event> events = TestJobs.eventsOf(kindling);
            PairRDD<Long, Long> counts = TestJobs.counts(kindling);
            assertEquals(3, counts.count());
            String node = nodeOf(TestJobs.containersOfLast(cluster).get(0));

            cluster.tell("stop-nodemanager " + node);
            try {
                Await.until(
                        () -> events.stream().anyMatch(Event.ExecutorRemoved.class::isInstance), "the loss is seen");

                assertEquals(3, counts.count());
                assertTrue(
                        TestJobs.containersOfLast(cluster).stream()
                                .anyMatch(container -> !nodeOf(container).equals(node)),
                        "none is on the other node");
            } finally {
                cluster.tell("start-nodemanager " + node);
            }
        }
    }

    private static String nodeOf(String container) {
        return container.substring(container.indexOf('@') + 1);
    }

    @Test
    void executorsAreGrantedWhileTasksWaitAndGivenBackWhenTheyAreIdle() throws Exception {
        Path goOn = directory.resolve("enough-executors");
        KindlingConf conf = conf().set("kindling.executor.cores", "1")
                .set("kindling.dynamicAllocation.enabled", "true")
                .set("kindling.dynamicAllocation.maxExecutors", "2")
                .set("kindling.dynamicAllocation.schedulerBacklogTimeoutMs", "100ms")
                .set("kindling.dynamicAllocation.executorIdleTimeoutMs", "500ms");
        try (KindlingContext kindling = new KindlingContext("yarn", "dynamic", conf)) {
            List<String> applications = cluster.list("applications");
            String containers = "containers " + applications.get(applications.size() - 1);
            String begunAt = directory.resolve("waits").toString();
            String goOnAt = goOn.toString();
            FutureAction<Long> count = kindling.range(0, 4, 1, 4)
                    .map(i -> Waits.until(i, begunAt, goOnAt))
                    .countAsync();

            Await.until(() -> cluster.list(containers).size() == 2, "a second executor is granted");
            Files.createFile(goOn);
            assertEquals(4, count.get());

            Await.until(() -> cluster.list(containers).size() == 1, "the one that is idle is given back");
        }
    }

    @Test
    void executorsThatComeAndGoAreElsewhereThanThoseThatStay() throws Exception {
        Path goOn = directory.resolve("enough-of-both");
        KindlingConf conf = conf().set("kindling.executor.cores", "1")
                .set("kindling.yarn.executorLabel", "CORE")
                .set("kindling.yarn.elasticLabel", "none")
                .set("kindling.dynamicAllocation.enabled", "true")
                .set("kindling.dynamicAllocation.maxExecutors", "2")
                .set("kindling.dynamicAllocation.schedulerBacklogTimeoutMs", "100ms")
                .set("kindling.dynamicAllocation.executorIdleTimeoutMs", "500ms");
        cluster.tell("label 1");
        try (KindlingContext kindling = new KindlingContext("yarn", "elastic", conf)) {
            String begunAt = directory.resolve("waits").toString();
            String goOnAt = goOn.toString();
            List<Event> events = TestJobs.eventsOf(kindling);
            PairRDD<Long, Long> counts = kindling.range(0, 4, 1, 4)
                    .mapToPair(i -> Tuple2.of(Waits.until(i, begunAt, goOnAt), 1L))
                    .reduceByKey(Long::sum);
            FutureAction<Long> count = counts.countAsync();

            Await.until(() -> TestJobs.containersOfLast(cluster).size() == 2, "a second executor is granted");
            List<String> both = TestJobs.containersOfLast(cluster).stream()
                    .map(FaultsIT::nodeOf)
                    .sorted()
                    .toList();
            Files.createFile(goOn);
            assertEquals(4, count.get());
            Await.until(() -> TestJobs.containersOfLast(cluster).size() == 1, "the one that is idle is given back");

            assertEquals(1, both.stream().filter("1"::equals).count(), both::toString);
            assertEquals("1", nodeOf(TestJobs.containersOfLast(cluster).get(0)));
            assertEquals(4, counts.count());
            assertFalse(TestJobs.hasLostMapOutputs(events), "what it had shuffled was lost");
        } finally {
            cluster.tell("unlabel 1");
        }
    }

    /** A task's function that waits for a file. */
    static final class Waits {
        private Waits() {}

        static long until(long value, String begun, String goOn) throws IOException, InterruptedException {
            if (Files.notExists(Path.of(begun))) {
                Files.writeString(Path.of(begun), "");
            }
            while (Files.notExists(Path.of(goOn))) {
                Thread.sleep(20);
            }
            return value;
        }
    }

    @Test
    void nodesWithoutJavaFailTheJobWithAdviceAndTheApplicationWithIt() throws Exception {
        KindlingConf conf =
                conf().set("kindling.yarn.javaHome", "/nowhere").set("kindling.yarn.maxExecutorFailures", "1");
        try (KindlingContext kindling = new KindlingContext("yarn", "no java", conf)) {
            KindlingException failure = assertThrows(
                    KindlingException.class, () -> kindling.range(0, 10, 1, 2).count());

            assertTrue(failure.getMessage().contains("no Java where it was looked for"), failure::getMessage);
            assertTrue(failure.getMessage().contains("--java-home"), failure::getMessage);
        }
        List<String> applications = cluster.list("applications");
        String application = applications.get(applications.size() - 1);
        Await.until(
                () -> cluster.tell("state " + application).startsWith("FINISHED FAILED no executor stays alive"),
                "the ResourceManager knows that it has failed, and why");
    }

    @Test
    void fileThatCannotBeSentFailsTheStartAndTheApplicationOnce() throws Exception {
        KindlingConf conf = conf().set("kindling.yarn.archives", "/nowhere/models.zip");

        KindlingException failure =
                assertThrows(KindlingException.class, () -> new KindlingContext("yarn", "no file", conf).close());

        assertTrue(failure.getMessage().contains("there is no file /nowhere/models.zip"), failure::getMessage);
        List<String> applications = cluster.list("applications");
        String application = applications.get(applications.size() - 1);
        Await.until(
                () -> cluster.tell("state " + application).startsWith("FINISHED FAILED what containers need"),
                "the ResourceManager knows that it has failed, and why");
    }

    @Test
    void containersThatNeverBecomeExecutorsFailTheJob() throws IOException {
        Path java = Files.createDirectories(directory.resolve("java/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexec sleep 600\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        KindlingConf conf = conf().set(
                        "kindling.yarn.javaHome", directory.resolve("java").toString())
                .set("kindling.yarn.launchTimeoutMs", "1s")
                .set("kindling.yarn.maxExecutorFailures", "1");
        try (KindlingContext kindling = new KindlingContext("yarn", "never", conf)) {
            KindlingException failure = assertThrows(
                    KindlingException.class, () -> kindling.range(0, 10, 1, 2).count());

            assertTrue(failure.getMessage().contains("did not become an executor within 1"), failure::getMessage);
        }
    }

    @Test
    void driverThatItsQueueHasNoRoomForIsGivenUpWithTheReasonOfTheResourceManager() throws IOException {
        Map<String, String> settings = new TreeMap<>(cluster.settings());
        settings.put("kindling.yarn.queue", "narrow");
        settings.put("kindling.yarn.acceptTimeoutMs", "2s");
        SubmittedProgram program = new SubmittedProgram(
                Optional.of("Any"),
                Files.writeString(directory.resolve("any.jar"), ""),
                List.of(),
                settings,
                List.of(),
                List.of(),
                false);

        KindlingException failure =
                assertThrows(KindlingException.class, () -> new YarnMasters().runInCluster(program));

        assertTrue(failure.getMessage().contains("waited in queue root.narrow"), failure::getMessage);
        assertTrue(failure.getMessage().contains("the ResourceManager says: "), failure::getMessage);
        List<String> applications = cluster.list("applications");
        assertTrue(cluster.tell("state " + applications.get(applications.size() - 1))
                .startsWith("KILLED"));
    }

    @Test
    void queueThatDoesNotExistIsRefusedInOneSentence() {
        KindlingConf conf = conf().set("kindling.yarn.queue", "nowhere");

        KindlingException failure =
                assertThrows(KindlingException.class, () -> new KindlingContext("yarn", "no queue", conf).close());

        assertTrue(failure.getMessage().contains("nowhere"), failure::getMessage);
    }
}
