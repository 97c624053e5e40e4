package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.cli.Main;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code kindling doctor s3} tells of users with all, some and nearly no rights. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class S3DoctorIT {
    private final List<String> told = new ArrayList<>();
    private TestBucket bucket;

    @BeforeEach
    void open() {
        bucket = new TestBucket();
    }

    @AfterEach
    void close() {
        bucket.close();
    }

    private boolean examine(String key) throws IOException {
        return S3Doctor.examine(bucket.config(), bucket.path(key), false, false, told::add);
    }

    private boolean examineForWriting(String key) throws IOException {
        return S3Doctor.examine(bucket.config(), bucket.path(key), true, false, told::add);
    }

    private String told(String what) {
        return told.stream()
                .filter(line -> line.startsWith(what))
                .map(line -> line.substring(what.length()).strip())
                .findFirst()
                .orElse("nothing");
    }

    private void actAs(String user, String rights) {
        bucket.server.tell("user " + user + " doctor-secret " + rights);
        TestBucket.actAs(user, "doctor-secret");
        bucket.reconfigure();
    }

    @Test
    void whoMayDoEverythingIsToldSoAndNothingIsLeftBehind() throws IOException {
        bucket.put("in/f", "x");

        assertTrue(examine("in"), told.toString());

        for (Operation operation : Operation.values()) {
            assertEquals("yes", told(operation.permission), operation + " of " + told);
        }
        assertTrue(told("identity").contains("access key ..."), told.toString());
        assertFalse(told.toString().contains("aws policy"), told.toString());
        told.clear();
        assertTrue(examine("in"), told.toString());
        assertEquals("nothing", told("unfinished upload"));
    }

    @Test
    void whoMayOnlyReadIsToldWhatIsRefusedAndWhatToDo() throws IOException {
        bucket.put("in/f", "x");
        actAs("AKIADOCTORREADONLY01", "ro");

        assertTrue(examine("in"), told.toString());

        assertEquals("yes", told("s3:ListBucket"));
        assertEquals("yes", told("s3:GetObject"));
        assertTrue(told("s3:PutObject").startsWith("no: "), told.toString());
        assertTrue(told("kindling aws policy").contains("--prefix in --read-only prints the rights"), told.toString());
        assertFalse(examineForWriting("out"), told.toString());
        assertEquals("no", told("a job may write here"));
    }

    @Test
    void aKeyThatIsNotThereCannotBeReadButWrittenTo() throws IOException {
        assertFalse(examine("out"), told.toString());
        assertEquals("not tried: there is no object", told("s3:GetObject"));

        assertTrue(examineForWriting("out"), told.toString());
    }

    @Test
    void longerNamesThatBeginAlikeAreAnothersBusiness() throws IOException {
        bucket.put("in-other/f", "x");
        bucket.calls()
                .client()
                .createMultipartUpload(create -> create.bucket(bucket.name).key("in-other/part-00000"));

        assertFalse(S3Doctor.examine(bucket.config(), bucket.path("in"), false, true, told::add), told.toString());
        assertEquals(1, bucket.unfinishedUploads());

        bucket.put("in/f", "x");
        assertTrue(examine("in"), told.toString());
    }

    @Test
    void uploadsOfOthersAreShownAndLeftAlone() throws IOException {
        bucket.calls()
                .client()
                .createMultipartUpload(create -> create.bucket(bucket.name).key("in/backup.tar"));
        bucket.calls()
                .client()
                .createMultipartUpload(create -> create.bucket(bucket.name).key("in/part-00001.gz"));

        S3Doctor.examine(bucket.config(), bucket.path("in"), false, true, told::add);

        assertEquals(1, bucket.unfinishedUploads());
        assertTrue(
                told.toString().matches("(?s).*in/backup.tar, begun [^,]*: not of Kindling, left alone.*"),
                told.toString());
        assertTrue(told.toString().matches("(?s).*in/part-00001.gz, begun [^,]*: aborted.*"), told.toString());
    }

    @Test
    void theNameOfTheIdentityIsAskedForWhereATokenServiceIsNamedAndIsNoMatterOfSuccess() throws IOException {
        bucket.put("in/f", "x");
        assertTrue(examine("in"), told.toString());
        assertTrue(told("name of it").startsWith("not asked for: the server is not AWS"), told.toString());

        System.setProperty("aws.endpointUrlSts", bucket.server.tell("identities " + TestBucket.KEY));
        try {
            told.clear();
            assertTrue(examine("in"), told.toString());
            assertEquals("arn:aws:iam::123456789012:user/" + TestBucket.KEY, told("name of it"));
        } finally {
            System.setProperty("aws.endpointUrlSts", "http://127.0.0.1:1");
        }
        try {
            told.clear();
            assertTrue(examine("in"), told.toString());
            assertTrue(told("name of it").startsWith("not known: "), told.toString());
        } finally {
            System.clearProperty("aws.endpointUrlSts");
        }
    }

    @Test
    void bucketThatMayNotBeListedIsNoSuccessWhenNoObjectIsNamed() throws IOException {
        bucket.put("in/f", "x");
        actAs("AKIADOCTORGETONLY001", "get");

        assertFalse(examine(""), told.toString());
        assertTrue(told("s3:ListBucket").startsWith("no: "), told.toString());

        told.clear();
        assertTrue(examine("in/f"), told.toString());
        assertEquals("yes", told("s3:GetObject"));
    }

    /** As a script sees it: rights that the job in question does not need make no difference. */
    @Test
    void theExitCodeSaysWhetherThatJobMayRun() {
        bucket.put("in/f", "x");
        assertEquals(List.of(0, 0), exitCodes("in"));
        assertEquals(List.of(1, 0), exitCodes("out"));

        actAs("AKIADOCTORREADONLY02", "ro");
        assertEquals(List.of(0, 1), exitCodes("in"));

        actAs("AKIADOCTORGETONLY002", "get");
        assertEquals(List.of(1, 1), exitCodes("in"));
        assertEquals(List.of(0, 1), exitCodes("in/f"));

        TestBucket.actAs("AKIADOCTORUNKNOWN001", "doctor-secret");
        assertEquals(List.of(1, 1), exitCodes("in/f"));

        assertEquals(2, Main.run("doctor", "s3", "in/f"));
        assertEquals(2, Main.run("doctor", "s3"));
    }

    /** For reading and for writing. */
    private List<Integer> exitCodes(String key) {
        String[] read = {"doctor", "s3", bucket.path(key), "--conf", "kindling.s3.endpoint=" + bucket.server.url()};
        String[] write = Arrays.copyOf(read, read.length + 1);
        write[read.length] = "--write";
        return List.of(Main.run(read), Main.run(write));
    }
}
