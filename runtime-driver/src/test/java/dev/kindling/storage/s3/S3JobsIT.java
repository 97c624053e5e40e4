package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.RDD;
import dev.kindling.api.TaskContext;
import dev.kindling.driver.LateAttempt;
import dev.kindling.driver.LivingFiles;
import dev.kindling.storage.OutputManifest;
import dev.kindling.storage.PackedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole jobs, on threads and in executor processes. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class S3JobsIT {
    private static final String PROCESSES = "local-cluster[2,1,128]";

    @TempDir
    Path scratch;

    private TestBucket bucket;

    @BeforeEach
    void open() {
        bucket = new TestBucket();
    }

    @AfterEach
    void close() {
        bucket.close();
    }

    private KindlingConf conf(String master) {
        return new KindlingConf(false)
                .setMaster(master)
                .setAll(bucket.entries)
                .set("kindling.eventlog.dir", scratch.resolve("events").toString())
                .set("kindling.scratch.dirs", scratch.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"local[2]", PROCESSES})
    void eachKindOfInputAndOutputIsTheSameAsThatOfLocalFiles(String master) throws IOException {
        List<String> lines =
                IntStream.range(0, 200_000).mapToObj(i -> "line " + i).toList();
        bucket.put("in/a.txt", String.join("\n", lines.subList(0, 150_000)) + "\n");
        bucket.put("in/b.txt", String.join("\r\n", lines.subList(150_000, 200_000)));

        try (KindlingContext kindling = new KindlingContext(conf(master))) {
            assertEquals(lines, kindling.textFile(bucket.path("in"), 7).collect());
            // It overlaps itself, so that splits look back where it stands across their beginning.
            bucket.put("pairs", "a".repeat(10_001) + "end");
            List<String> records = new ArrayList<>(Collections.nCopies(5_000, ""));
            records.add("aend");
            assertEquals(
                    records, kindling.textFile(bucket.path("pairs"), "aa", 5).collect());
            assertEquals(
                    List.of(bucket.path("in/a.txt"), bucket.path("in/b.txt")),
                    kindling.wholeTextFiles(bucket.path("in/*.txt"))
                            .map(file -> file._1())
                            .collect());
            assertEquals(
                    List.of(
                            bucket.text("in/a.txt").length(),
                            bucket.text("in/b.txt").length()),
                    kindling.binaryFiles(bucket.path("in"))
                            .map(file -> file._2().toArray().length)
                            .collect());

            kindling.textFile(bucket.path("in"), 3).saveAsTextFile(bucket.path("text"));
            kindling.parallelize(lines, 3).saveAsObjectFile(bucket.path("objects/"));

            assertEquals(lines, kindling.textFile(bucket.path("text")).collect());
            assertEquals(
                    lines, kindling.<String>objectFile(bucket.path("objects")).collect());
        }
        assertEquals(0, bucket.unfinishedUploads());
        assertEquals(3, OutputManifest.partNames(bucket.text("text/_SUCCESS")).size());
    }

    /** Of bzip2 each split reads the blocks that begin in it; the others are read as a whole. */
    @Test
    void packedLinesAreThoseOfTheText() throws IOException {
        List<String> lines =
                IntStream.range(0, 300_000).mapToObj(i -> "line " + i * 7_919L).toList();
        PackedText.filesOf(lines).forEach((name, bytes) -> bucket.put("in/" + name, bytes));

        try (KindlingContext kindling = new KindlingContext(conf(PROCESSES))) {
            RDD<String> read = kindling.textFile(bucket.path("in"), 6);

            List<String> all = read.collect();
            assertEquals(lines, all.subList(0, lines.size()));
            assertEquals(lines, all.subList(lines.size(), 2 * lines.size()));
            assertEquals(lines, all.subList(2 * lines.size(), all.size()));
            assertTrue(read.getNumPartitions() > 4, read.getNumPartitions() + " partitions");
        }
    }

    @Test
    void anExecutorThatDiesWhileItWritesLeavesOneOutputForEachPartition() throws IOException {
        bucket.server.tell("counts");
        try (KindlingContext kindling = new KindlingContext(conf(PROCESSES).set("kindling.s3.partBytes", "5m"))) {
            kindling.range(0, 4_000, 1, 4)
                    .map(n -> {
                        TaskContext task = TaskContext.get();
                        if (n == 1_990 && task.partitionId() == 1 && task.attemptNumber() == 0) {
                            Runtime.getRuntime().halt(137);
                        }
                        // Of this partition a piece is uploaded before its end.
                        return "row " + n + ".".repeat(task.partitionId() == 1 ? 12_000 : 1);
                    })
                    .saveAsTextFile(bucket.path("out"));
            Matcher pieces = Pattern.compile("uploadMultipartPart=(\\d+)").matcher(bucket.server.tell("counts"));
            // Three of the last attempt, one of each other partition: what is more, the dead one has sent.
            assertTrue(pieces.find() && Integer.parseInt(pieces.group(1)) > 6, pieces.toString());

            List<String> rows = kindling.textFile(bucket.path("out"))
                    .map(line -> line.substring(0, line.indexOf('.')))
                    .collect();
            assertEquals(IntStream.range(0, 4_000).mapToObj(n -> "row " + n).toList(), rows);
        }
        assertEquals(0, bucket.unfinishedUploads());
        assertEquals(
                List.of("out/_SUCCESS", "out/part-00000", "out/part-00001", "out/part-00002", "out/part-00003"),
                bucket.keys());
    }

    @Test
    void ofALateAttemptThatStillWritesWhenItsCopyIsPublishedNothingIsSeenOrLeft() throws IOException {
        KindlingConf conf = LateAttempt.expectedBy(conf(PROCESSES)).set("kindling.s3.partBytes", "5m");
        try (KindlingContext kindling = new KindlingContext(conf)) {
            LateAttempt.save(kindling, bucket.path("out"), Files.createDirectory(scratch.resolve("marks")));

            assertEquals(
                    LateAttempt.rows(),
                    kindling.textFile(bucket.path("out"))
                            .map(LateAttempt::start)
                            .collect());
        }
        assertEquals(0, bucket.unfinishedUploads());
        List<String> parts = List.of("part-00000", "part-00001", "part-00002", "part-00003");
        assertEquals(parts, List.copyOf(OutputManifest.partNames(bucket.text("out/_SUCCESS"))));
        assertEquals(5, bucket.keys().size(), bucket.keys()::toString);
    }

    @Test
    void aJobThatFailsLeavesNothing() throws IOException {
        try (KindlingContext kindling = new KindlingContext(conf("local[2]"))) {
            assertThrows(
                    KindlingException.class,
                    () -> kindling.range(0, 100, 1, 4).map(n -> 1 / (n - 60)).saveAsTextFile(bucket.path("out")));
        }
        assertEquals(List.of(), bucket.keys());
        assertEquals(0, bucket.unfinishedUploads());
    }

    /** S3 refuses each request to such a bucket that does not say so. */
    @Test
    void whoPaysIsSaidByEachRequestOfDriverAndExecutors() throws IOException {
        bucket.put("in/a.txt", "one\ntwo\n");
        try (RequestRelay relay = new RequestRelay(bucket.server.url());
                KindlingContext kindling = new KindlingContext(conf(PROCESSES)
                        .set("kindling.s3.endpoint", relay.url())
                        .set("kindling.s3.requesterPays", "true"))) {
            kindling.textFile(bucket.path("in"), 2).saveAsTextFile(bucket.path("out"));
            assertThrows(
                    KindlingException.class,
                    () -> kindling.range(0, 100, 1, 4).map(n -> 1 / (n - 60)).saveAsTextFile(bucket.path("failed")));

            assertEquals(
                    List.of("one", "two"), kindling.textFile(bucket.path("out")).collect());
            List<String> heads = relay.heads();
            for (String method : List.of("GET", "HEAD", "PUT", "POST", "DELETE")) {
                assertTrue(heads.stream().anyMatch(head -> head.startsWith(method)), "no " + method);
            }
            assertEquals(
                    List.of(),
                    heads.stream()
                            .filter(head -> !head.contains("\r\nx-amz-request-payer: requester\r\n"))
                            .map(head -> head.lines().findFirst().orElseThrow())
                            .toList());
        }
    }

    @Test
    void inputThatChangesUnderAJobFailsItWithItsCodeAndAtOnce() {
        bucket.put("in", "one\ntwo\n");
        try (KindlingContext kindling = new KindlingContext(conf("local[2]"))) {
            var lines = kindling.textFile(bucket.path("in"));
            bucket.put("in", "three\nfour\nfive\n");

            KindlingException failure = assertThrows(KindlingException.class, lines::collect);

            assertEquals(ErrorCode.INPUT_CHANGED, failure.code());
            assertTrue(
                    failure.getMessage().contains(bucket.path("in") + " changed after the job was planned"),
                    failure.getMessage());
        }
    }

    @Test
    void theSecretIsInNoLogEventOrCommandLine() throws IOException {
        bucket.put("in", "one\ntwo\n");
        bucket.server.tell("user AKIACANARYCANARY canary-secret-7Vq2 ro");
        TestBucket.actAs("AKIACANARYCANARY", "canary-secret-7Vq2");
        bucket.reconfigure();
        StringBuilder seen = new StringBuilder();

        try (KindlingContext kindling = new KindlingContext(conf(PROCESSES))) {
            assertEquals(2, kindling.textFile(bucket.path("in"), 2).count());
            KindlingException denied = assertThrows(
                    KindlingException.class,
                    () -> kindling.textFile(bucket.path("in")).saveAsTextFile(bucket.path("out")));
            assertEquals(ErrorCode.ACCESS_DENIED, denied.code(), denied.getMessage());
            assertTrue(denied.getMessage().contains("need s3:PutObject on arn:aws:s3:::"), denied.getMessage());
            seen.append(denied).append(denied.getCause());
            ProcessHandle.current()
                    .descendants()
                    .forEach(process -> seen.append(process.info().commandLine().orElse("")));
            readAll(seen);
        }
        readAll(seen);

        assertTrue(seen.length() > 1_000);
        assertFalse(seen.toString().contains("canary-secret"));
    }

    private void readAll(StringBuilder into) throws IOException {
        for (Path file : LivingFiles.below(scratch)) {
            LivingFiles.content(file).ifPresent(into::append);
        }
    }
}
