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

    /** What stands in core-site.xml of an EMR cluster, by its meaning: none of these classes is on our class path. */
    private static final Map<String, String> OF_EMR = Map.of(
            "io.compression.codecs",
                    "org.apache.hadoop.io.compress.GzipCodec,com.hadoop.compression.lzo.LzoCodec,"
                            + "com.hadoop.compression.lzo.LzopCodec,org.apache.hadoop.io.compress.BZip2Codec",
            "io.compression.codec.lzo.class", "com.hadoop.compression.lzo.LzoCodec",
            "fs.s3.impl", "com.amazon.ws.emr.hadoop.fs.EmrFileSystem",
            "fs.s3n.impl", "com.amazon.ws.emr.hadoop.fs.EmrFileSystem",
            "fs.AbstractFileSystem.s3.impl", "org.apache.hadoop.fs.s3.EMRFSDelegate",
            "fs.s3.buffer.dir", "/mnt/s3",
            "hadoop.security.key.default.cipher", "AES/CTR/NoPadding");

    private static void write(Path file, Map<String, String> properties) throws IOException {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?>\n<configuration>\n");
        properties.forEach((name, value) -> xml.append("<property><name>")
                .append(name)
                .append("</name><value>")
                .append(value)
                .append("</value></property>\n"));
        Files.writeString(file, xml.append("</configuration>\n"));
    }

    @Test
    void classesThatOnlyTheClusterHasDoNoHarm() throws Exception {
        HdfsCluster cluster = HdfsCluster.shared();
        Map<String, String> core = new TreeMap<>(OF_EMR);
        core.put("fs.defaultFS", cluster.uri());
        write(scratch.resolve("core-site.xml"), core);
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
