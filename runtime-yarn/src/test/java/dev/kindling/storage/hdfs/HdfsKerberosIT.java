package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.testcluster.SecureHdfs;
import dev.kindling.testserver.Programs;
import dev.kindling.testserver.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs with and without the ticket of a real key distribution center, at an HDFS that asks for one. */
class HdfsKerberosIT {
    private static ServerProcess cluster;

    @TempDir
    Path scratch;

    @BeforeAll
    static void start() throws IOException {
        Path directory = Files.createTempDirectory("kindling-kerberos-");
        cluster = new ServerProcess(SecureHdfs.class, "/hadoop-cluster.classpath", directory, directory.toString());
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    /** A driver and its executors; all that they know of the cluster is in their environment. */
    public static final class Program {
        private Program() {}

        public static void main(String[] args) throws IOException {
            KindlingConf conf =
                    new KindlingConf().setMaster("local-cluster[1,1,128]").set("kindling.scratch.dirs", args[0]);
            try (KindlingContext kindling = new KindlingContext(conf);
                    HdfsStorage storage = new HdfsStorage(new TreeMap<>(), -1)) {
                kindling.range(0, 1_000, 1, 3).saveAsTextFile("hdfs:/alice/out");
                long rows = kindling.textFile("hdfs:/alice/out").count();
                org.apache.hadoop.fs.Path part = new org.apache.hadoop.fs.Path("/alice/out/part-00002");
                System.out.println(rows + " rows of "
                        + storage.client("hdfs:/").files().getFileStatus(part).getOwner());
            }
        }
    }

    private String run(String ticket, int exitCode) throws Exception {
        String[] readyAt = cluster.readyAt().split(" ");
        Path said = scratch.resolve("said");
        Map<String, String> environment = Map.of(
                "HADOOP_CONF_DIR",
                readyAt[0],
                "KRB5CCNAME",
                ticket.isEmpty() ? "/none" : readyAt[0] + "/" + ticket,
                // On a machine of a cluster this is /etc/krb5.conf.
                "JAVA_TOOL_OPTIONS",
                "-Djava.security.krb5.conf=" + readyAt[1]);
        Process running = Programs.start(Program.class, environment, said, scratch.toString());
        try {
            assertTrue(running.waitFor(120, TimeUnit.SECONDS), "hangs");
        } finally {
            running.destroyForcibly();
        }
        assertEquals(exitCode, running.exitValue(), Files.readString(said));
        return Files.readString(said);
    }

    @Test
    void ownerOfTheTicketReadsAndWritesAlsoInExecutors() throws Exception {
        String said = run("alice.ticket", 0);

        assertTrue(said.contains("1000 rows of alice"), said);
    }

    @Test
    void whoHasNoTicketIsToldToRunKinit() throws Exception {
        String said = run("", 1);

        assertTrue(said.contains("refuses this user"), said);
        assertTrue(said.contains("run kinit"), said);
    }
}
