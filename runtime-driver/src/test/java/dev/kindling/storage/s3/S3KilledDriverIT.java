package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.storage.OutputManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process of a driver is killed at one moment or another of writing to S3, and its program is run again. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class S3KilledDriverIT {
    private static final int PARTS = 6;
    private static final long PAUSE_NANOS = 50_000_000;

    @TempDir
    Path scratch;

    private TestBucket bucket;
    private Process program;

    @BeforeEach
    void open() {
        bucket = new TestBucket();
        bucket.put("in", text("first"));
    }

    @AfterEach
    void close() {
        bucket.server.tell("release");
        if (program != null) {
            program.destroyForcibly();
        }
        bucket.close();
    }

    private static String text(String word) {
        return IntStream.range(0, 600).mapToObj(i -> word + " " + i + "\n").collect(Collectors.joining());
    }

    private void start(String output) throws IOException {
        program = CopyProgram.start(
                scratch,
                scratch.resolve(output),
                Map.of("AWS_ACCESS_KEY_ID", TestBucket.KEY, "AWS_SECRET_ACCESS_KEY", TestBucket.SECRET),
                Map.of("kindling.master", "local-cluster[2,1,128]", "kindling.s3.endpoint", bucket.server.url()),
                List.of(bucket.path("in"), bucket.path("out"), Integer.toString(PARTS)));
    }

    private void await(String what, Callable<Boolean> condition) throws Exception {
        while (!condition.call()) {
            assertTrue(program.isAlive(), () -> "the program ended before " + what + ": " + said("killed"));
            pause();
        }
    }

    /** Between two looks: the processes that are looked at need the processors. */
    private static void pause() {
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    private String said(String output) {
        try {
            return Files.readString(scratch.resolve(output));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void kill() throws Exception {
        List<ProcessHandle> executors = program.descendants().toList();
        assertEquals(2, executors.size());
        program.destroyForcibly();
        assertEquals(137, program.waitFor());
        for (ProcessHandle executor : executors) {
            executor.onExit().get(60, TimeUnit.SECONDS);
        }
    }

    private long visibleParts() throws IOException {
        return bucket.keys().stream().filter(key -> key.startsWith("out/part-")).count();
    }

    private void runAgain() throws Exception {
        bucket.put("in", text("second"));
        start("again");
        assertTrue(program.waitFor(200, TimeUnit.SECONDS), "the program hangs");
        assertTrue(said("again").contains("copied 600 lines"), said("again"));
        List<String> parts =
                IntStream.range(0, PARTS).mapToObj(i -> "out/part-0000" + i).toList();
        assertEquals("out/_SUCCESS", bucket.keys().get(1));
        assertEquals(parts, bucket.keys().subList(2, bucket.keys().size()));
        assertEquals(
                PARTS, OutputManifest.partNames(bucket.text("out/_SUCCESS")).size());
        StringBuilder all = new StringBuilder();
        for (String part : parts) {
            all.append(bucket.text(part));
        }
        assertEquals(text("second"), all.toString());
        assertEquals(0, bucket.unfinishedUploads());
    }

    @Test
    void inMidCommitThereIsNoSuccessAndTheNextRunIsCleanAlsoWhereTheServerFinishedMoreAfterTheDeath() throws Exception {
        bucket.server.tell("hold completeMultipartUpload 2");
        start("killed");
        await(
                "its commit",
                () -> visibleParts() == 2 && !bucket.server.tell("held").equals("0"));

        kill();

        assertEquals(2, visibleParts());
        assertTrue(
                bucket.keys().stream().noneMatch(key -> key.endsWith("_SUCCESS")),
                bucket.keys().toString());
        bucket.server.tell("release");
        assertTrue(
                bucket.keys().stream().noneMatch(key -> key.endsWith("_SUCCESS")),
                bucket.keys().toString());
        while (!bucket.server.tell("held").equals("0")) {
            pause();
        }
        runAgain();
    }

    @Test
    void whileTasksWriteNothingIsVisibleAndTheNextRunAbortsTheUploads() throws Exception {
        bucket.server.tell("hold uploadMultipartPart 1");
        start("killed");
        await("its first part", () -> bucket.server.tell("held").equals("2"));

        kill();

        assertEquals(0, visibleParts());
        assertTrue(bucket.unfinishedUploads() > 0);
        bucket.server.tell("release");
        while (!bucket.server.tell("held").equals("0")) {
            pause();
        }
        runAgain();
    }
}
