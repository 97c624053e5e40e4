package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.config.Config;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.QueueACL;
import org.apache.hadoop.yarn.api.records.QueueInfo;
import org.apache.hadoop.yarn.api.records.QueueState;
import org.apache.hadoop.yarn.api.records.QueueUserACLInfo;
import org.apache.hadoop.yarn.api.records.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor thinks of figures; that it gets them from a cluster is shown on one. */
class YarnDoctorTest {
    @TempDir
    Path directory;

    private static final Resource MOST = Resource.newInstance(8192, 4);

    @Test
    void containerMustFitTheClustersLimitAndTheLargestNode() {
        assertEquals("", YarnDoctor.problemOf(4096, 4, MOST, 4096, "--x"));
        assertTrue(YarnDoctor.problemOf(4097, 1, MOST, 4096, "--x").contains("4096 MiB of the largest node"));
        assertTrue(
                YarnDoctor.problemOf(8193, 1, MOST, 9000, "--x").contains("the 8192 MiB and 4 cores that the cluster"));
        assertTrue(YarnDoctor.problemOf(1, 5, MOST, 9000, "--x").contains("ask for less (--x)"));
    }

    @Test
    void clocksMayDifferByAMinute() {
        assertEquals("", YarnDoctor.problemOfClock(60_000));
        assertTrue(YarnDoctor.problemOfClock(61_000).startsWith("61 s ahead of this machine's"));
        assertTrue(YarnDoctor.problemOfClock(-300_000).startsWith("300 s behind this machine's"));
    }

    @Test
    void nodesOfOldJavaAreKnownByEitherWayOfNumberingIt() {
        assertTrue(new NodeProbe(OptionalLong.empty(), "1.8").isJavaTooOld());
        assertTrue(new NodeProbe(OptionalLong.empty(), "11").isJavaTooOld());
        assertFalse(new NodeProbe(OptionalLong.empty(), "17").isJavaTooOld());
        assertFalse(new NodeProbe(OptionalLong.empty(), "").isJavaTooOld());
    }

    @Test
    void nodeThatIsNotHealthyIsToldWithWhatHelpsIt() {
        assertTrue(YarnDoctor.unhealthy("1/1 local-dirs usable space is below configured utilization percentage")
                .contains("; free space on its disks, or raise"));
        assertTrue(YarnDoctor.unhealthy("1/1 log-dirs have errors: [ /logs : Cannot create directory ]")
                .contains("; its disks, or who may write"));
        assertTrue(YarnDoctor.unhealthy("ERROR no network").contains("health-checker.script.path"));
    }

    @Test
    void ofManyLostNodesAFewAreNamed() {
        List<NodeReport> nodes = IntStream.range(0, 12)
                .mapToObj(i -> NodeReport.newInstance(
                        NodeId.newInstance("task" + i, 8041), NodeState.LOST, "", "", MOST, MOST, 0, "", 0))
                .toList();

        assertTrue(YarnDoctor.lost(nodes).startsWith("12, not heard of any more: task0:8041, "));
        assertTrue(YarnDoctor.lost(nodes).contains(", task9:8041, ...; where such"));
        assertTrue(YarnDoctor.lost(nodes.subList(0, 1)).contains(": task0:8041; where such"));
    }

    // ---- as its user reads it -------------------------------------------------------------------------------------

    private static List<String> findings(Map<String, String> settings) {
        List<String> said = new ArrayList<>();
        assertFalse(new YarnDoctor(Config.parse(settings), said::add, 1_000).examine());
        return said;
    }

    private static void assertWrong(String what, String why, List<String> findings) {
        assertTrue(
                findings.stream().anyMatch(line -> line.startsWith(what + " ") && line.contains(" WRONG: " + why)),
                findings::toString);
    }

    @Test
    void whereNoClusterIsConfiguredItSaysWhatToSet() {
        List<String> said = findings(Map.of("kindling.hadoop.yarn.resourcemanager.address", "0.0.0.0:8032"));

        assertWrong("ResourceManager", "no ResourceManager is configured", said);
        assertTrue(said.toString().contains("set HADOOP_CONF_DIR to the directory"), said::toString);
    }

    @Test
    void whatIsWrongWithFilesIsSaidAlsoWhenTheResourceManagerDoesNotAnswer() throws IOException {
        Path others =
                Files.createDirectories(directory.resolve(MasterSession.user()).resolve("runtime"));
        Files.setPosixFilePermissions(others, PosixFilePermissions.fromString("rwxrwxrwx"));

        List<String> said = findings(Map.of(
                "kindling.hadoop.yarn.resourcemanager.address",
                "127.0.0.1:1",
                "kindling.yarn.stagingDir",
                directory.toUri().toString()));

        assertWrong("ResourceManager", "it does not answer: ", said);
        assertTrue(said.toString().contains("does the cluster run, and does a firewall"), said::toString);
        assertWrong("staging directory", "", said);
        assertTrue(said.toString().contains(" may write to file:"), said::toString);
    }

    @Test
    void stagingDirectoryThatCannotBeMadeIsSaidWithTheCommandsThatMakeOne() throws IOException {
        Path file = Files.writeString(directory.resolve("a-file"), "");

        List<String> said = findings(Map.of(
                "kindling.hadoop.yarn.resourcemanager.address",
                "127.0.0.1:1",
                "kindling.yarn.stagingDir",
                file.toUri().toString()));

        assertWrong("staging directory", "cannot be used: ", said);
        assertTrue(said.toString().contains("hdfs dfs -mkdir, -chown"), said::toString);
    }

    /** As a node with Java 8 whose clock stands. */
    private static void answerOnce(ServerSocket node) {
        String beans = "{\"beans\":[{\"SpecVersion\":\"1.8\"}]}";
        String answer = "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2015 00:00:00 GMT\r\nContent-Length: " + beans.length()
                + "\r\nConnection: close\r\n\r\n" + beans;
        try (Socket asked = node.accept()) {
            BufferedReader request =
                    new BufferedReader(new InputStreamReader(asked.getInputStream(), StandardCharsets.US_ASCII));
            while (!request.readLine().isEmpty()) {
                continue;
            }
            asked.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nodesTellTheirJavaAndTheirClock() throws IOException {
        List<String> said = new ArrayList<>();
        ServerSocket node = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        new Thread(() -> answerOnce(node)).start();
        NodeReport report = NodeReport.newInstance(
                NodeId.newInstance("core1", 8041),
                NodeState.RUNNING,
                "127.0.0.1:" + node.getLocalPort(),
                "/default-rack",
                Resource.newInstance(0, 0),
                MOST,
                0,
                "",
                0);
        try (node) {
            new YarnDoctor(Config.defaults(), said::add).checkMachines(List.of(report));
        }

        assertWrong("Java of core1:8041", "1.8, and 17 is needed; name a newer one", said);
        assertTrue(said.toString().contains("--java-archive"), said::toString);
        assertTrue(
                said.toString().matches(".*clock of core1:8041 +WRONG: \\d+ s behind this machine's.*"),
                said::toString);
    }

    @Test
    void whoMayOnlyAdministerAQueueMayNotSubmitToIt() {
        QueueInfo queue = QueueInfo.newInstance(
                "night",
                "root.night",
                1,
                1,
                0,
                List.of(),
                List.of(),
                QueueState.RUNNING,
                Set.of(),
                "",
                null,
                false,
                1,
                0);

        assertTrue(YarnDoctor.maySubmitTo(queue, List.of()));
        assertTrue(YarnDoctor.maySubmitTo(
                queue, List.of(QueueUserACLInfo.newInstance("root.night", List.of(QueueACL.SUBMIT_APPLICATIONS)))));
        assertFalse(YarnDoctor.maySubmitTo(
                queue, List.of(QueueUserACLInfo.newInstance("night", List.of(QueueACL.ADMINISTER_QUEUE)))));
    }
}
