package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.Tuple2;
import dev.kindling.driver.cli.Main;
import dev.kindling.testcluster.HdfsCluster;
import dev.kindling.testcluster.YarnCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.NativeCodeLoader;
import org.junit.jupiter.api.Test;

/** Programs whose driver is this process and whose executors are containers of a real, small YARN. */
class ClientModeIT {
    private static KindlingConf conf(YarnCluster cluster) {
        return new KindlingConf()
                .setAll(cluster.settings())
                .set("kindling.executor.memory", "128m")
                .set("kindling.executor.count", "2");
    }

    private static FileSystem fileSystem(YarnCluster cluster) throws IOException {
        Configuration settings = new Configuration();
        settings.set("fs.defaultFS", cluster.settings().get("kindling.hadoop.fs.defaultFS"));
        return FileSystem.get(settings);
    }

    @Test
    void jobWithAShuffleRunsInContainersThatAreAskedForNearItsInputAndNothingIsLeft() throws Exception {
        YarnCluster cluster = YarnCluster.shared();
        Path input = new Path("/first/numbers.txt");
        try (FSDataOutputStream out = fileSystem(cluster).create(input)) {
            for (int i = 0; i < 1_000; i++) {
                out.writeBytes(i + "\n");
            }
        }
        // Nothing is asked for before the job has said where its input lies.
        KindlingConf conf = conf(cluster)
                .set("kindling.yarn.inputWaitMs", "10m")
                .set("kindling.ui.enabled", "true")
                .set("kindling.ui.port", "0")
                // The settings name a proxy of EMR's; this cluster's is its ResourceManager.
                .set("kindling.hadoop.yarn.web-proxy.address", ProxiedPage.proxyOf(cluster.settings()))
                // For a cluster that asks nobody who he is.
                .set("kindling.yarn.viewAcl", "dr.who");
        try (KindlingContext kindling = new KindlingContext("yarn", "first", conf)) {
            List<Tuple2<Long, Long>> counts = kindling.textFile("hdfs://" + input, 4)
                    .mapToPair(line -> Tuple2.of(Long.parseLong(line) % 3, 1L))
                    .reduceByKey(Long::sum)
                    .sortByKey()
                    .collect();

            assertEquals(
                    List.of(Tuple2.of(0L, 334L), Tuple2.of(1L, 333L), Tuple2.of(2L, 333L)), new ArrayList<>(counts));
            assertEquals(2, TestJobs.containersOfLast(cluster).size());
            String shown = ProxiedPage.read(cluster.settings(), cluster.list("applications"), "api/v1/applications");
            assertTrue(shown.contains("\"name\":\"first\""), shown);
            String told = ProxiedPage.read(cluster.settings(), cluster.list("applications"), "events");
            assertTrue(told.startsWith("data: {"), told);
        }

        List<String> applications = cluster.list("applications");
        String application = applications.get(applications.size() - 1);
        Await.until(() -> cluster.list("containers").isEmpty(), "no container is left");
        Await.until(() -> cluster.tell("state " + application).equals("FINISHED SUCCEEDED"), "it has succeeded");
    }

    @Test
    void containersFindTheNativeLibraryOfTheirNode() {
        assumeTrue(ClientModeIT.class.getResource("/hadoop-native") != null, "nobody has built it for this machine");
        try (KindlingContext kindling = new KindlingContext("yarn", "native", conf(YarnCluster.shared()))) {
            assertEquals(
                    List.of(true, true),
                    kindling.range(0, 2, 1, 2)
                            .map(i -> NativeCodeLoader.isNativeCodeLoaded())
                            .collect());
        }
    }

    /** By the library of their node, and settings that files of a cluster would hold. */
    @Test
    void containersReadTheFilesOfBlocksThemselves() throws Exception {
        URL library = ClientModeIT.class.getResource("/hadoop-native");
        assumeTrue(library != null, "nobody has built it for this machine");
        String directory = java.nio.file.Path.of(library.toURI()).toString();
        try (HdfsCluster files = HdfsCluster.startShortCircuit(1, directory, List.of())) {
            Path input = new Path(files.uri() + "/numbers.txt");
            try (FSDataOutputStream out =
                    input.getFileSystem(new Configuration()).create(input, true, 4096, (short) 1, 1 << 20)) {
                for (int i = 0; i < 300_000; i++) {
                    out.writeBytes(i + "\n");
                }
            }
            KindlingConf handed = conf(YarnCluster.shared());
            files.shortCircuitSettings().forEach((name, value) -> handed.set("kindling.hadoop." + name, value));

            assertEquals(300_000, countOf(input, handed));
            String sentWhenHanded = files.tell("sent");
            assertEquals(300_000, countOf(input, conf(YarnCluster.shared())));

            assertEquals("0", sentWhenHanded);
            assertNotEquals("0", files.tell("sent"));
        }
    }

    private static long countOf(Path input, KindlingConf conf) {
        try (KindlingContext kindling = new KindlingContext("yarn", "count", conf)) {
            return kindling.textFile(input.toString(), 4).count();
        }
    }

    @Test
    void executorsOfALabelAreOnItsNodesOnly() throws Exception {
        YarnCluster cluster = YarnCluster.shared();
        cluster.tell("label 1");
        try (KindlingContext kindling =
                new KindlingContext("yarn", "label", conf(cluster).set("kindling.yarn.executorLabel", "CORE"))) {
            String well = doctor(cluster, "--executor-memory", "256m", "--executor-label", "CORE");
            String wrong =
                    doctor(cluster, "--executor-memory", "256m", "--executor-label", "CORE", "--queue", "promised");

            assertEquals(2, TestJobs.processes(kindling, 2).size());
            List<String> containers = TestJobs.containersOfLast(cluster);
            assertTrue(containers.stream().allMatch(container -> container.endsWith("@1")), containers::toString);
            assertTrue(well.matches("(?s).*\\nlabel of executors +CORE\\n.*\\n0"), well);
            assertTrue(wrong.contains("WRONG: the queue may not use label CORE"), wrong);
        } finally {
            cluster.tell("unlabel 1");
        }
    }

    /** What the doctor says of an application of these settings, and its exit code behind it. */
    private static String doctor(YarnCluster cluster, String... options) {
        return said(cluster, List.of("doctor", "yarn"), options);
    }

    private static String said(YarnCluster cluster, List<String> words, String... options) {
        List<String> command = new ArrayList<>(words);
        cluster.settings().forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
        command.addAll(List.of(options));
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            int exitCode = Main.run(command.toArray(String[]::new));
            return said.toString(StandardCharsets.UTF_8) + exitCode;
        } finally {
            System.setOut(before);
        }
    }

    @Test
    void doctorFindsAClusterThatIsWellAndSaysWhatIsNot() {
        YarnCluster cluster = YarnCluster.shared();

        String well = doctor(cluster, "--executor-memory", "256m");
        String wrong = doctor(
                cluster,
                "--executor-memory",
                "3500m",
                "--driver-memory",
                "64g",
                "--queue",
                "nowhere",
                "--am-label",
                "TASK",
                "--executor-label",
                "CORE");

        assertTrue(well.endsWith("\n0"), well);
        assertTrue(!well.contains("WRONG"), well);
        assertTrue(well.matches("(?s).*\\nnodes +2 run\\n.*"), well);
        assertTrue(well.matches("(?s).*\\nqueue +default, \\d+% of its share in use\\n.*"), well);
        assertTrue(well.matches("(?s).*\\nJava of nodes +" + Runtime.version().feature() + "\\n.*"), well);
        assertTrue(well.contains(".kindling, runtime fetched once by every node"), well);
        assertTrue(wrong.endsWith("\n1"), wrong);
        assertTrue(wrong.contains("WRONG: there is no queue nowhere; use one of default, promised, narrow"), wrong);
        assertTrue(wrong.contains("WRONG: the cluster has no label TASK, it has [CORE]"), wrong);
        assertTrue(wrong.contains("WRONG: no node has label CORE"), wrong);
        // By its limit or by the size of its nodes: until it has been up for a while only the latter is that small.
        assertTrue(wrong.contains("WRONG: 4448 MiB and 1 core, more than the 4096 MiB"), wrong);
        assertTrue(wrong.contains("that the cluster gives one container; ask for less (--driver-memory)"), wrong);
    }

    @Test
    void whatWasSentTodayIsNotCleared() {
        YarnCluster cluster = YarnCluster.shared();
        doctor(cluster);

        String cleaned = said(cluster, List.of("yarn", "clean"), "--unused-for", "2");

        assertTrue(cleaned.matches("(?s)deleted 0 of \\d+ entries .*/.kindling, not used since .*\\n0"), cleaned);
    }
}
