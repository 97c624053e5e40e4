package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.testcluster.HdfsCluster;
import dev.kindling.testserver.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clusters as administrators configure them. */
class HdfsConfigurationsIT {
    @TempDir
    Path scratch;

    // ---- several NameNodes ----------------------------------------------------------------------------------------

    private static SortedMap<String, String> nameservice(String[] uris) {
        return new TreeMap<>(Map.of(
                "dfs.nameservices", "logs",
                "dfs.ha.namenodes.logs", "one,two",
                "dfs.namenode.rpc-address.logs.one", uris[0].substring("hdfs://".length()),
                "dfs.namenode.rpc-address.logs.two", uris[1].substring("hdfs://".length()),
                "dfs.client.failover.proxy.provider.logs",
                        "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider"));
    }

    @Test
    void nameserviceIsReadAndWrittenWhicheverOfItsNameNodesIsActive() throws IOException {
        try (HdfsCluster cluster = HdfsCluster.startWithStandby(1);
                HdfsStorage logs = new HdfsStorage(nameservice(cluster.uri().split(" ")), -1);
                HdfsStorage single = new HdfsStorage(new TreeMap<>(), -1)) {
            String path = "hdfs://logs/in/file";
            try (OutputStream out = logs.client(path).files().create(new org.apache.hadoop.fs.Path("/in/file"))) {
                out.write("text".getBytes(StandardCharsets.UTF_8));
            }
            String standby = cluster.uri().split(" ")[1] + "/in/file";
            IOException refused =
                    assertThrows(IOException.class, () -> single.objects().list(standby, false));
            assertTrue(refused.getMessage().startsWith("the NameNode is a standby ("), refused.getMessage());
            assertTrue(
                    refused.getMessage().endsWith("name the active one, or its nameservice with HADOOP_CONF_DIR set"),
                    refused.getMessage());

            cluster.tell("failover");

            assertEquals(
                    path, logs.objects().list("hdfs://logs/in", false).get(0).path());
            try (InputStream in = logs.objects().open(path, 1, 3, "")) {
                assertEquals("ext", new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            logs.outputs().claim("hdfs://logs/out", "app");
            cluster.tell("failover");
            logs.outputs().publish("hdfs://logs/out", List.of());
            assertEquals(
                    "hdfs://logs/out/_SUCCESS",
                    logs.objects()
                            .list("hdfs://logs/out/_SUCCESS", false)
                            .get(0)
                            .path());
        }
    }

    @Test
    void portThatRefusesIsSaidInOneSentenceWithinAMinute() {
        try (HdfsStorage nobody = new HdfsStorage(new TreeMap<>(), -1)) {
            IOException refused =
                    assertThrows(IOException.class, () -> nobody.objects().list("hdfs://localhost:1/x", false));

            assertTrue(refused.getMessage().startsWith("the NameNode does not answer ("), refused.getMessage());
            assertTrue(refused.getMessage().contains("Connection refused"), refused.getMessage());
            assertTrue(refused.getMessage().contains("host and port of hdfs://localhost:1/x"), refused.getMessage());
            assertTrue(refused.getMessage().lines().count() == 1, refused.getMessage());
        }
    }

    // ---- files of a vendor ----------------------------------------------------------------------------------------

    /** The configuration of a node of EMR 6, in which the address of this cluster stands. */
    private void configureAsOnEmr(String defaultFileSystem) throws IOException {
        for (String name : List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml", "mapred-site.xml")) {
            try (InputStream in = HdfsConfigurationsIT.class.getResourceAsStream("/emr-6.15.0/" + name)) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                Files.writeString(
                        scratch.resolve(name),
                        text.replace("hdfs://ip-10-0-1-10.eu-central-1.compute.internal:8020", defaultFileSystem));
            }
        }
    }

    @Test
    void classesThatOnlyTheClusterHasDoNoHarm() throws Exception {
        HdfsCluster cluster = HdfsCluster.shared();
        configureAsOnEmr(cluster.uri());
        Map<String, String> environment = Map.of("HADOOP_CONF_DIR", scratch.toString());

        Process running = Programs.start(WriteAndRead.class, environment, scratch.resolve("said"), scratch.toString());

        try {
            assertTrue(running.waitFor(120, TimeUnit.SECONDS), "hangs");
            assertEquals(0, running.exitValue(), Files.readString(scratch.resolve("said")));
        } finally {
            running.destroyForcibly();
        }
    }

    /** Driver and executors of it read and write by what HADOOP_CONF_DIR says. */
    public static final class WriteAndRead {
        private WriteAndRead() {}

        public static void main(String[] args) {
            KindlingConf conf =
                    new KindlingConf().setMaster("local-cluster[1,1,128]").set("kindling.scratch.dirs", args[0]);
            try (KindlingContext kindling = new KindlingContext(conf)) {
                kindling.range(0, 1_000, 1, 3).saveAsTextFile("hdfs:/configured/out");
                kindling.range(0, 1_000, 1, 2)
                        .saveAsTextFile("hdfs:/configured/packed", java.util.zip.GZIPOutputStream.class);
                long rows = kindling.textFile("hdfs:/configured/out").count()
                        + kindling.textFile("hdfs:///configured/packed").count();
                if (rows != 2_000) {
                    throw new IllegalStateException(rows + " rows");
                }
            }
        }
    }
}
