package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.OutputManifest;
import dev.kindling.storage.OutputStore.AttemptOutput;
import dev.kindling.storage.OutputStore.Part;
import dev.kindling.storage.TargetObjects;
import dev.kindling.storage.TargetObjects.Finish;
import dev.kindling.storage.TargetObjects.Piece;
import dev.kindling.storage.TargetObjects.Upload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real server in a process of its own. A crash is the loss of the claim in this process. */
class S3OutputStoreIT {
    private TestBucket bucket;
    private String target;

    @BeforeEach
    void open() {
        bucket = new TestBucket("kindling.s3.tries", "3");
        target = bucket.path("out");
    }

    @AfterEach
    void close() {
        S3Claim.forgetAll(bucket.calls());
        bucket.server.tell("fail completeMultipartUpload 500 InternalError 0");
        bucket.server.tell("fail putBlob 500 InternalError 0");
        bucket.close();
    }

    private Part write(int partition, String attempt, String text) throws IOException {
        AttemptOutput output = bucket.outputs().openAttempt(target, partition, ".txt", attempt);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        output.stream().write(bytes);
        output.stream().close();
        return new Part(output.attemptFile(), output.finalName(), 1, bytes.length);
    }

    private TargetObjects objects() {
        return new S3TargetObjects(bucket.calls(), S3Path.parse(target));
    }

    private static Upload uploadOf(Part part) {
        return new Upload(part.finalName(), part.attemptFile().split("\\?")[1]);
    }

    private KindlingException refused() {
        return assertThrows(KindlingException.class, () -> bucket.outputs().claim(target, "another"));
    }

    @Test
    void anotherApplicationOfThisProcessThatNamesTheTargetBySchemeS3aIsRefused() throws IOException {
        bucket.outputs().claim(target, "app");
        try (S3Storage another = new S3Storage(S3Settings.of(bucket.config()))) {
            String sameTarget = target.replace("s3:", "s3a:");

            KindlingException refused = assertThrows(
                    KindlingException.class, () -> another.outputs().claim(sameTarget, "another"));
            another.outputs().discard(sameTarget);

            assertEquals(ErrorCode.OUTPUT_EXISTS, refused.code());
        }
        bucket.outputs().publish(target, List.of(write(0, "a", "x")));
        assertEquals(List.of("out/_SUCCESS", "out/part-00000.txt"), bucket.keys());
    }

    @Test
    void partsAreInvisibleUntilTheyArePublishedAndThenSuccessListsThem() throws IOException {
        bucket.outputs().claim(target, "app");
        Part first = write(0, "s0p0#0", "zero");
        write(0, "s0p0#1", "slow twin");
        Part empty = write(1, "s0p1#0", "");
        Part large = write(2, "s0p2#0", "x".repeat(11 << 20));

        assertEquals(List.of("out/_temporary/claim-00000001"), bucket.keys());
        bucket.outputs().publish(target, List.of(first, empty, large));

        assertEquals(
                List.of("out/_SUCCESS", "out/part-00000.txt", "out/part-00001.txt", "out/part-00002.txt"),
                bucket.keys());
        assertEquals("zero", bucket.text("out/part-00000.txt"));
        assertEquals("", bucket.text("out/part-00001.txt"));
        assertEquals(11 << 20, bucket.text("out/part-00002.txt").length());
        assertEquals(
                Set.of("part-00000.txt", "part-00001.txt", "part-00002.txt"),
                OutputManifest.partNames(bucket.text("out/_SUCCESS")));
        assertEquals(0, bucket.unfinishedUploads());
    }

    @Test
    void whatIsThereIsNeverWrittenOver() throws IOException {
        bucket.put("out/mine", "x");
        assertTrue(
                refused().getMessage().contains("is not empty: it holds mine"),
                refused().getMessage());
        assertEquals(ErrorCode.OUTPUT_EXISTS, refused().code());

        target = bucket.path("out2");
        bucket.put("out2", "x");
        assertTrue(refused().getMessage().contains("is an object"), refused().getMessage());

        target = bucket.path("out3");
        bucket.outputs().claim(target, "app");
        assertTrue(
                refused().getMessage().contains("is being written"), refused().getMessage());
        bucket.outputs().publish(target, List.of(write(0, "a", "x")));
        assertTrue(
                refused().getMessage().contains("holds the output of an earlier job"),
                refused().getMessage());
        assertEquals(List.of("out/mine", "out2", "out3/_SUCCESS", "out3/part-00000.txt"), bucket.keys());
    }

    @Test
    void aDiscardedJobLeavesNothingAndALateAttemptNeither() throws IOException {
        bucket.outputs().claim(target, "app");
        Part part = write(0, "a", "x");
        bucket.outputs().discardAttempt(target, part.attemptFile());
        bucket.outputs().discardAttempt(target, part.attemptFile());
        assertEquals(0, bucket.unfinishedUploads());
        write(0, "b", "x");

        bucket.outputs().discard(target);

        assertEquals(List.of(), bucket.keys());
        assertEquals(0, bucket.unfinishedUploads());
        IOException late =
                assertThrows(IOException.class, () -> bucket.outputs().openAttempt(target, 2, "", "d"));
        assertTrue(late.getMessage().contains("was published or given up before"), late.getMessage());
        assertEquals(0, bucket.unfinishedUploads());
    }

    @Test
    void aDriverThatDiesInMidCommitLeavesNoSuccessAndTheNextStartsAfresh() throws IOException {
        bucket.outputs().claim(target, "dead");
        List<Part> parts = List.of(write(0, "a", "old"), write(1, "b", "old"), write(2, "c", "old"));
        // The manifest stands, one part is finished, then the driver is gone.
        TargetObjects objects = objects();
        objects.write("_temporary/manifest", OutputManifest.write(parts));
        Upload second = uploadOf(parts.get(1));
        objects.finish(second, objects.pieces(second));
        S3Claim.forgetAll(bucket.calls());
        assertEquals(
                List.of("out/_temporary/claim-00000001", "out/_temporary/manifest", "out/part-00001.txt"),
                bucket.keys());

        bucket.outputs().claim(target, "next");
        assertEquals(List.of("out/_temporary/claim-00000002"), bucket.keys());
        assertEquals(0, bucket.unfinishedUploads());
        bucket.outputs().publish(target, List.of(write(0, "a", "new")));

        assertEquals(List.of("out/_SUCCESS", "out/part-00000.txt"), bucket.keys());
        assertEquals("new", bucket.text("out/part-00000.txt"));
    }

    @Test
    void theDoctorAbortsUploadsOfTheDeadAndNotOfTheLiving() throws IOException {
        bucket.outputs().claim(target, "dead");
        write(0, "a", "x");
        S3Claim.forgetAll(bucket.calls());
        String alive = bucket.path("alive");
        bucket.outputs().claim(alive, "alive");
        bucket.outputs().openAttempt(alive, 0, "", "a");
        List<String> lines = new ArrayList<>();

        assertTrue(S3Doctor.examine(bucket.config(), bucket.path(""), false, false, lines::add));
        assertEquals(2, bucket.unfinishedUploads());
        assertTrue(S3Doctor.examine(bucket.config(), bucket.path(""), false, true, line -> {}));

        String told = String.join("\n", lines);
        assertEquals(1, bucket.unfinishedUploads(), told);
        assertTrue(told.contains("access key ...ROOT"), told);
        assertTrue(told.matches("(?s).*out/part-00000.txt, begun [^\n]*: abandoned.*"), told);
        assertTrue(told.matches("(?s).*alive/part-00000, begun [^\n]*: a job is working on it.*"), told);
        assertFalse(told.contains(": no"), told);
    }

    @Test
    void aClaimOfAnotherMachineIsAliveUntilItHasBeenSilentForAMinute() {
        bucket.put("out/_temporary/claim-00000001", "{\"application\":\"theirs\",\"machine\":\"m\",\"process\":1}");

        assertTrue(
                refused().getMessage().contains("application theirs, process 1 of another machine"),
                refused().getMessage());
    }

    @Test
    void whoWasTakenForDeadCanNotPublish() throws IOException {
        bucket.outputs().claim(target, "slow");
        Part part = write(0, "a", "old");
        bucket.put("out/_temporary/claim-00000002", "{\"application\":\"next\"}");

        KindlingException failure =
                assertThrows(KindlingException.class, () -> bucket.outputs().publish(target, List.of(part)));

        assertEquals(ErrorCode.COMMIT_FAILED, failure.code());
        assertTrue(failure.getMessage().contains("another application has taken it over"), failure.getMessage());
        assertEquals(List.of("out/_temporary/claim-00000002"), bucket.keys());
    }

    @Test
    void anObjectIsKnownByThePiecesItIsMadeOf() throws IOException {
        bucket.outputs().claim(target, "app");
        Part part = write(0, "a", "x");
        TargetObjects objects = objects();
        Upload upload = uploadOf(part);
        List<Piece> pieces = objects.pieces(upload);
        assertEquals(Finish.FINISHED, objects.finish(upload, pieces));

        // As when the server had finished it and its answer did not come: it may say that the upload is gone.
        assertTrue(objects.isMadeOf(upload.name(), pieces));

        bucket.put("out/part-00000.txt", "somebody else's");
        assertNotEquals(Finish.FINISHED, objects.finish(upload, pieces));
        assertFalse(objects.isMadeOf(upload.name(), pieces));
    }

    @Test
    void aCommitThatFailsIsUndone() throws IOException {
        bucket.outputs().claim(target, "app");
        List<Part> parts = List.of(write(0, "a", "x"), write(1, "b", "y"));
        bucket.put("out/part-00001.txt", "a stranger's");

        KindlingException failure =
                assertThrows(KindlingException.class, () -> bucket.outputs().publish(target, parts));

        assertEquals(ErrorCode.COMMIT_FAILED, failure.code());
        assertTrue(
                failure.getMessage().contains("part-00001.txt appeared while the job ran; nothing of it is visible"),
                failure.getMessage());
        assertEquals(List.of("out/part-00001.txt"), bucket.keys());
        assertEquals("a stranger's", bucket.text("out/part-00001.txt"));
        assertEquals(0, bucket.unfinishedUploads());
    }

    @Test
    void aServerThatFailsForAWhileIsWaitedForAndOneThatFailsForGoodIsTold() throws IOException {
        bucket.outputs().claim(target, "app");
        Part part = write(0, "a", "x");
        bucket.server.tell("fail completeMultipartUpload 503 SlowDown 2");
        bucket.outputs().publish(target, List.of(part));
        assertEquals(List.of("out/_SUCCESS", "out/part-00000.txt"), bucket.keys());

        target = bucket.path("other");
        bucket.outputs().claim(target, "app");
        Part other = write(0, "a", "x");
        bucket.server.tell("fail completeMultipartUpload 503 SlowDown 1000");
        KindlingException failure =
                assertThrows(KindlingException.class, () -> bucket.outputs().publish(target, List.of(other)));
        assertTrue(failure.getMessage().contains("asks to slow down, after 3 tries"), failure.getMessage());
        assertTrue(failure.getMessage().contains("nothing of it is visible"), failure.getMessage());
        assertEquals(2, bucket.keys().size());
    }
}
