package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.testcluster.SecureHdfs;
import dev.kindling.testserver.Programs;
import dev.kindling.testserver.ServerProcess;
import dev.kindling.yarn.TokensOfAlice;
import java.io.IOException;
import java.net.URI;
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
                kindling.range(0, 1_000, 1, 3).saveAsTextFile(args[1]);
                long rows = kindling.textFile(args[1]).count();
                org.apache.hadoop.fs.Path part =
                        new org.apache.hadoop.fs.Path(URI.create(args[1]).getPath(), "part-00002");
                System.out.println(rows + " rows of "
                        + storage.client("hdfs:/").files().getFileStatus(part).getOwner());
            }
        }
    }

    private String run(Class<?> program, String ticket, String tokens, int exitCode, String... arguments)
            throws Exception {
        String[] readyAt = cluster.readyAt().split(" ");
        Path said = scratch.resolve("said");
        Map<String, String> environment = new TreeMap<>(Map.of(
                "HADOOP_CONF_DIR",
                readyAt[0],
                "KRB5CCNAME",
                ticket.isEmpty() ? "/none" : readyAt[0] + "/" + ticket,
                // On a machine of a cluster this is /etc/krb5.conf.
                "JAVA_TOOL_OPTIONS",
                "-Djava.security.krb5.conf=" + readyAt[1]));
        if (!tokens.isEmpty()) {
            // As YARN tells a container where its credentials lie.
            environment.put(
                    "HADOOP_TOKEN_FILE_LOCATION", scratch.resolve(tokens).toString());
        }
        Process running = Programs.start(program, environment, said, arguments);
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
        String said = run(Program.class, "alice.ticket", "", 0, scratch.toString(), "hdfs:/alice/out");

        assertTrue(said.contains("1000 rows of alice"), said);
    }

    @Test
    void whoHasNoTicketIsToldToRunKinit() throws Exception {
        String said = run(Program.class, "", "", 1, scratch.toString(), "hdfs:/alice/none");

        assertTrue(said.contains("refuses this user"), said);
        assertTrue(said.contains("run kinit"), said);
    }

    @Test
    void containersReachHdfsByTheTokensOfTheirApplicationUntilThoseEnd() throws Exception {
        String taken = run(TokensOfAlice.class, "alice.ticket", "", 0, scratch.toString());
        assertTrue(taken.contains("1 tokens, of one end: true"), taken);

        String said = run(Program.class, "", "valid", 0, scratch.toString(), "hdfs:/alice/by-token");
        assertTrue(said.contains("1000 rows of alice"), said);

        String ended = run(Program.class, "", "cancelled", 1, scratch.toString(), "hdfs:/alice/too-late");
        assertTrue(ended.contains("does not accept this application's delegation token any more"), ended);
        assertTrue(ended.contains("so submit the application again"), ended);
    }
}
