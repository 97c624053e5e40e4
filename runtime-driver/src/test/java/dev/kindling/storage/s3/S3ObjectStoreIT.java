package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.ObjectStore.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real server in a process of its own, which checks signatures. */
class S3ObjectStoreIT {
    private TestBucket bucket;

    @BeforeEach
    void open() {
        bucket = new TestBucket("kindling.s3.retryForMs", "10s", "kindling.storage.readAheadStreams", "16");
    }

    @AfterEach
    void close() {
        bucket.close();
    }

    private List<String> list(String key, boolean isRecursive) throws IOException {
        int prefix = bucket.path("").length();
        return bucket.objects().list(bucket.path(key), isRecursive).stream()
                .map(file -> file.path().substring(prefix))
                .toList();
    }

    private KindlingException refused(String key) {
        return assertThrows(KindlingException.class, () -> bucket.objects().list(bucket.path(key), false));
    }

    // ---- listing --------------------------------------------------------------------------------------------------

    @Test
    void aDirectoryStandsForItsVisibleFilesAndAGlobForWhatMatches() throws IOException {
        for (String key : List.of(
                "a/1.txt",
                "a/2.txt",
                "a/_hidden",
                "a/.dot",
                "a/b/3.txt",
                "c/1.txt",
                "d/",
                "d/x y+z%20.txt",
                "d[1].txt")) {
            bucket.put(key, key);
        }

        assertEquals(List.of("a/1.txt"), list("a/1.txt", false));
        assertEquals(List.of("a/_hidden"), list("a/_hidden", false));
        assertEquals(List.of("c/1.txt"), list("c", false));
        assertEquals(List.of("c/1.txt"), list("c/", false));
        assertEquals(List.of("d/x y+z%20.txt"), list("d", false));
        assertEquals(List.of("a/1.txt", "a/2.txt", "a/b/3.txt"), list("a", true));
        assertEquals(List.of("a/1.txt", "c/1.txt"), list("*/1.txt", false));
        assertEquals(List.of("a/1.txt", "a/2.txt", "c/1.txt"), list("{a,c}/[0-9]*", false));
        assertEquals(List.of("a/_hidden"), list("a/_*", false));
        assertEquals(List.of("a/b/3.txt"), list("*/b", false));
        assertEquals(List.of("d[1].txt"), list("d[1].txt", false));
        assertTrue(
                refused("a").getMessage().contains("holds the directory b"),
                refused("a").getMessage());
    }

    @Test
    void aListingOfSeveralPagesIsWhole() throws IOException {
        for (String key : List.of("many/1", "many/2", "many/3", "many/4", "many/5", "many/6", "more/7")) {
            bucket.put(key, "");
        }
        S3Listing inPages = new S3Listing(bucket.calls(), 2);

        assertEquals(6, inPages.files(S3Path.parse(bucket.path("many")), false).size());
        assertEquals(6, inPages.files(S3Path.parse(bucket.path("many")), true).size());
        assertEquals(7, inPages.files(S3Path.parse(bucket.path("m*")), false).size());
    }

    @Test
    void whatIsMissingIsNamedWithWhatIsThere() {
        bucket.put("in/zipcodes.tsv", "");

        KindlingException file = refused("in/zipcode.tsv");
        KindlingException glob = refused("in/*.csv");
        KindlingException noBucket =
                assertThrows(KindlingException.class, () -> bucket.objects().list("s3://no-such-bucket/a", false));

        assertEquals(ErrorCode.INPUT_NOT_FOUND, file.code());
        assertTrue(file.getMessage().contains("does not exist; there is zipcodes.tsv"), file.getMessage());
        assertTrue(glob.getMessage().contains("matches no object"), glob.getMessage());
        assertEquals(ErrorCode.INPUT_NOT_FOUND, noBucket.code());
        assertTrue(noBucket.getMessage().contains("there is no bucket no-such-bucket"), noBucket.getMessage());
    }

    @Test
    void aPathThatIsNoneIsRefused() {
        for (String path : List.of("s3:/bucket/key", "s3://", "s3://b*/key", "s3:///key")) {
            KindlingException refusal =
                    assertThrows(KindlingException.class, () -> bucket.objects().list(path, false), path);
            assertEquals(ErrorCode.BAD_ARGUMENT, refusal.code());
        }
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    private byte[] putRandom(String key, int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        bucket.put(key, bytes);
        return bytes;
    }

    private StoredFile file(String key) throws IOException {
        return bucket.objects().list(bucket.path(key), false).get(0);
    }

    private byte[] read(StoredFile file, long offset, long wanted) throws IOException {
        try (InputStream in = bucket.objects().open(file.path(), offset, wanted, file.version())) {
            return in.readAllBytes();
        }
    }

    @Test
    void aRangeOfAnySizeReadsOnToTheEndOfTheFile() throws IOException {
        byte[] bytes = putRandom("f", 5_000_000);
        StoredFile file = file("f");

        for (long wanted : new long[] {0, 1, 64 << 10, 1 << 20, 4_000_000, 5_000_000, Long.MAX_VALUE}) {
            assertArrayEquals(bytes, read(file, 0, wanted), "wanted " + wanted);
        }
        byte[] tail = Arrays.copyOfRange(bytes, 3_999_999, bytes.length);
        assertArrayEquals(tail, read(file, 3_999_999, 10));
        assertEquals(0, read(file, 5_000_000, 10).length);
        bucket.put("empty", "");
        assertEquals(0, read(file("empty"), 0, 10).length);
        assertEquals(0, read(new StoredFile(bucket.path("empty"), 0, "", List.of()), 0, 10).length);
    }

    @Test
    void whatIsWantedIsOneRequest() throws IOException {
        putRandom("f", 3_000_000);
        StoredFile file = file("f");
        bucket.server.tell("counts");

        try (InputStream in = bucket.objects().open(file.path(), 0, 2_000_000, file.version())) {
            in.readNBytes(2_008_192);
        }

        assertEquals("getBlob=1", bucket.server.tell("counts"));
    }

    @Test
    void aBodyThatIsCutOffIsContinuedBehindItsLastByte() throws IOException {
        byte[] bytes = putRandom("f", 3_000_000);
        StoredFile file = file("f");

        bucket.server.tell("cut 700000 3");
        assertArrayEquals(bytes, read(file, 0, 3_000_000));
        bucket.server.tell("shorten 500000 4");
        assertArrayEquals(bytes, read(file, 0, 3_000_000));
    }

    @Test
    void aBodyThatIsAlwaysCutOffIsTold() throws IOException {
        putRandom("f", 3_000_000);
        StoredFile file = file("f");
        bucket.server.tell("cut 100000 1000");

        KindlingException failure = assertThrows(KindlingException.class, () -> read(file, 0, 3_000_000));

        assertEquals(ErrorCode.INPUT_TRUNCATED, failure.code());
        assertTrue(
                failure.getMessage().contains(": its body was cut off again and again, after 8 tries"),
                failure.getMessage());
    }

    @Test
    void anObjectThatChangesWhileItIsReadIsNeverMixed() throws IOException {
        putRandom("f", 3_000_000);
        StoredFile file = file("f");
        bucket.server.tell("cut 1000000 1");
        KindlingException mixed;
        try (InputStream in = bucket.objects().open(file.path(), 0, 10, file.version())) {
            in.readNBytes(1_000);
            putRandom("f", 3_000_001);
            mixed = assertThrows(KindlingException.class, in::readAllBytes);
        }
        KindlingException before = assertThrows(KindlingException.class, () -> read(file, 0, 10));
        bucket.server.tell("cut 0 0");
        S3Objects.delete(bucket.calls(), List.of(S3Path.parse(file.path())));
        KindlingException gone = assertThrows(KindlingException.class, () -> read(file, 0, 10));

        for (KindlingException failure : List.of(mixed, before, gone)) {
            assertEquals(ErrorCode.INPUT_CHANGED, failure.code(), failure.getMessage());
        }
        assertTrue(gone.getMessage().contains("it is gone"), gone.getMessage());
    }

    // ---- a busy server --------------------------------------------------------------------------------------------

    @Test
    void aBusyServerIsAskedAgainUntilTheBudgetEnds() throws IOException {
        byte[] bytes = putRandom("f", 100_000);
        StoredFile file = file("f");

        bucket.server.tell("fail getBlob 503 SlowDown 3");
        assertArrayEquals(bytes, read(file, 0, 100_000));
        bucket.server.tell("counts");
        bucket.server.tell("fail getBlob 503 SlowDown 1000");
        KindlingException failure = assertThrows(KindlingException.class, () -> read(file, 0, 100_000));

        assertEquals(ErrorCode.THROTTLED, failure.code());
        assertTrue(failure.getMessage().contains("asks to slow down, after 8 tries in "), failure.getMessage());
        // The SDK has tried nothing again.
        assertEquals("getBlob=8", bucket.server.tell("counts"));
    }

    // ---- identity -------------------------------------------------------------------------------------------------

    @Test
    void eachKindOfRefusalIsToldApart() {
        bucket.put("in/f", "x");
        bucket.server.tell("user AKIAREADONLYONLYGET get-secret get");

        TestBucket.actAs(TestBucket.KEY, "canary-wrong-secret");
        bucket.reconfigure();
        KindlingException wrongSecret = refused("in/f");
        TestBucket.actAs("AKIANOBODYKNOWSME", "canary-other-secret");
        bucket.reconfigure();
        KindlingException unknownKey = refused("in/f");
        TestBucket.actAs("AKIAREADONLYONLYGET", "get-secret");
        bucket.reconfigure();
        KindlingException forbidden = refused("in");
        KindlingException missingOrForbidden = refused("in/other");

        assertEquals(ErrorCode.BAD_CREDENTIALS, wrongSecret.code());
        assertTrue(wrongSecret.getMessage().contains("SignatureDoesNotMatch"), wrongSecret.getMessage());
        assertEquals(ErrorCode.BAD_CREDENTIALS, unknownKey.code());
        assertTrue(unknownKey.getMessage().contains("InvalidAccessKeyId"), unknownKey.getMessage());
        assertEquals(ErrorCode.ACCESS_DENIED, forbidden.code());
        assertEquals(ErrorCode.ACCESS_DENIED, missingOrForbidden.code());
        assertTrue(
                missingOrForbidden.getMessage().contains("it is missing or forbidden"),
                missingOrForbidden.getMessage());
        for (KindlingException told : List.of(wrongSecret, unknownKey, forbidden, missingOrForbidden)) {
            assertTrue(told.getMessage().contains(bucket.path("in")), told.getMessage());
            assertTrue(told.getMessage().contains("system properties aws.accessKeyId"), told.getMessage());
            assertTrue(told.getMessage().contains(", request "), told.getMessage());
            assertFalse(told.getMessage().contains("canary"), told.getMessage());
        }
        assertTrue(unknownKey.getMessage().contains("access key ...WSME"), unknownKey.getMessage());
    }

    @Test
    void anObjectIsReadByWhoMayReadItAndNotListIt() throws IOException {
        bucket.put("in/f", "text");
        bucket.server.tell("user AKIAREADONLYONLYGET get-secret get");
        TestBucket.actAs("AKIAREADONLYONLYGET", "get-secret");
        bucket.reconfigure();

        assertEquals("text", new String(read(file("in/f"), 0, 4), StandardCharsets.UTF_8));
    }

    @Test
    void withoutCredentialsEveryPlaceIsNamed() {
        System.setProperty("aws.disableEc2Metadata", "true");
        TestBucket.actAsNobody();
        bucket.reconfigure();
        KindlingException nobody;
        try {
            nobody = refused("f");
        } finally {
            System.clearProperty("aws.disableEc2Metadata");
        }

        assertEquals(ErrorCode.NO_CREDENTIALS, nobody.code());
        for (String place : List.of(
                "\n  system properties",
                "\n  environment",
                "\n  web identity",
                "\n  profile",
                "\n  container",
                "\n  instance profile")) {
            assertTrue(nobody.getMessage().contains(place), place + " of " + nobody.getMessage());
        }
    }

    @Test
    void theInstanceProfileIsUsedWhereThereIsNothingElse() throws IOException {
        bucket.put("f", "text");
        System.setProperty("aws.ec2MetadataServiceEndpoint", bucket.server.tell("identities " + TestBucket.KEY));
        TestBucket.actAsNobody();
        bucket.reconfigure();
        try {
            assertEquals("text", new String(read(file("f"), 0, 4), StandardCharsets.UTF_8));
            assertTrue(
                    bucket.calls().who().contains("instance profile"),
                    bucket.calls().who());
        } finally {
            System.clearProperty("aws.ec2MetadataServiceEndpoint");
        }
    }
}
