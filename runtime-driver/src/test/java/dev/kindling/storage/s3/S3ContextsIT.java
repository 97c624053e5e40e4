package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.BinaryFile;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.s3server.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two applications of one JVM that reach S3 at different servers, as different users, at the same time. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class S3ContextsIT {
    private static final long PAUSE_NANOS = 20_000_000;
    private static final String FILE_PROPERTY = "aws.sharedCredentialsFile";

    @TempDir
    Path scratch;

    private S3Server server(String user, String content) throws IOException {
        S3Server server = S3Server.start();
        server.tell("user AKIA" + user + "KEY " + user + "-secret rw");
        server.tell("bucket data");
        Path file = Files.writeString(scratch.resolve("content-" + user), content);
        server.tell("put " + file + " data in");
        return server;
    }

    private KindlingConf conf(String master, String user, S3Server server) {
        return new KindlingConf(false)
                .setMaster(master)
                .set("kindling.s3.endpoint", server.url())
                .set("kindling.s3.profile", user)
                .set("kindling.scratch.dirs", scratch.toString());
    }

    @Test
    void eachHasItsOwnServerIdentityAndOutputsUntilItIsClosed() throws IOException {
        Path credentials = Files.writeString(
                scratch.resolve("credentials"),
                "[left]\naws_access_key_id=AKIAleftKEY\naws_secret_access_key=left-secret\n"
                        + "[right]\naws_access_key_id=AKIArightKEY\naws_secret_access_key=right-secret\n");
        System.setProperty(FILE_PROPERTY, credentials.toString());
        try (S3Server leftServer = server("left", "from left");
                S3Server rightServer = server("right", "from right");
                KindlingContext left = new KindlingContext(conf("local[2]", "left", leftServer))) {
            BinaryFile ofRight;
            try (KindlingContext right = new KindlingContext(conf("local-cluster[1,1,128]", "right", rightServer))) {
                assertEquals(List.of("from left"), left.textFile("s3://data/in").collect());
                assertEquals(
                        List.of("from right"), right.textFile("s3://data/in").collect());
                left.textFile("s3://data/in").saveAsTextFile("s3://data/out");
                right.textFile("s3://data/in").saveAsTextFile("s3://data/out");
                BinaryFile ofLeft = left.binaryFiles("s3://data/in").values().first();
                ofRight = right.binaryFiles("s3://data/in").values().first();
                assertEquals("from left", new String(ofLeft.toArray()));
                assertEquals("from right", new String(ofRight.toArray()));
            }

            assertEquals(List.of("from left"), left.textFile("s3://data/out").collect());
            KindlingException ended = assertThrows(KindlingException.class, ofRight::toArray);
            assertEquals(ErrorCode.CLOSED, ended.code());
            assertTrue(ended.getMessage().contains("has ended in this process"), ended.getMessage());
        } finally {
            System.clearProperty(FILE_PROPERTY);
        }
        while (Thread.getAllStackTraces().keySet().stream().anyMatch(S3ContextsIT::isOfS3)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static boolean isOfS3(Thread thread) {
        return thread.getName().startsWith("s3-") || thread.getName().startsWith("idle-connection-reaper");
    }
}
