package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.OutputStore.AttemptOutput;
import dev.kindling.storage.OutputStore.Part;
import dev.kindling.testcluster.HdfsCluster;
import dev.kindling.testserver.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Writing to a real HDFS of three DataNodes. */
class HdfsOutputStoreIT {
    private static final HdfsStorage STORAGE = new HdfsStorage(new TreeMap<>(), -1);
    private static final HdfsCluster CLUSTER = HdfsCluster.shared();

    private String root;
    private DistributedFileSystem files;

    @BeforeEach
    void cleanDirectory() throws IOException {
        root = CLUSTER.uri() + "/write";
        files = STORAGE.client(root).files();
        files.mkdirs(new Path(root));
    }

    @AfterEach
    void delete() throws IOException {
        files.delete(new Path(root), true);
    }

    private static Part write(HdfsOutputStore store, String target, int partition, String attempt) throws IOException {
        AttemptOutput output = store.openAttempt(target, partition, "", attempt);
        String text = "(k" + partition + ",1)\n";
        try (var stream = output.stream()) {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return new Part(output.attemptFile(), output.finalName(), 1, text.length());
    }

    private static List<Part> writeAll(HdfsOutputStore store, String target, String application) throws IOException {
        List<Part> parts = new ArrayList<>();
        for (int partition = 0; partition < 3; partition++) {
            parts.add(write(store, target, partition, application + "-s1p" + partition + "#0"));
        }
        return parts;
    }

    private static void wholeJob(HdfsOutputStore store, String target, String application) throws IOException {
        store.claim(target, application);
        store.publish(target, writeAll(store, target, application));
    }

    private List<String> namesIn(String directory) throws IOException {
        List<String> names = new ArrayList<>();
        for (FileStatus file : files.listStatus(new Path(directory))) {
            names.add(file.getPath().getName());
        }
        return names;
    }

    private String read(String path) throws IOException {
        try (InputStream in = files.open(new Path(path))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void publishedOutputHoldsThePartsAndTheManifestAndNothingElse() throws IOException {
        HdfsOutputStore store = new HdfsOutputStore(STORAGE);
        String target = root + "/made/out";

        store.claim(target, "app1");
        write(store, target, 1, "zombie-s1p1#0");
        store.publish(target, writeAll(store, target, "app1"));

        assertEquals(List.of("_SUCCESS", "part-00000", "part-00001", "part-00002"), namesIn(target));
        assertEquals("(k1,1)\n", read(target + "/part-00001"));
        assertTrue(read(target + "/_SUCCESS").contains("\"rows\":3"));
        IOException late = assertThrows(IOException.class, () -> write(store, target, 1, "late-s1p1#1"));
        assertTrue(late.getMessage().endsWith("published or given up before"), late.getMessage());
        assertEquals(4, namesIn(target).size());
    }

    @Test
    void targetThatIsCompleteOrInUseOrAnothersIsRefused() throws IOException {
        HdfsOutputStore store = new HdfsOutputStore(STORAGE);
        wholeJob(store, root + "/done", "app1");
        store.claim(root + "/busy", "app1");
        files.create(new Path(root + "/other/data")).close();

        for (String target : List.of("/done", "/busy", "/other", "/other/data")) {
            KindlingException refused =
                    assertThrows(KindlingException.class, () -> store.claim(root + target, "app2"), target);
            assertEquals(ErrorCode.OUTPUT_EXISTS, refused.code(), refused.getMessage());
        }
        store.discard(root + "/busy");
        assertEquals(List.of("done", "other"), namesIn(root));
    }

    /** The process that is killed is another JVM: only so does its hold on the claim end as it would. */
    @Test
    @EnabledIfSystemProperty(named = "tests.long", matches = "true", disabledReason = "-Dtests.long=true runs it")
    void driverKilledInTheMiddleOfItsCommitLeavesNoSuccessAndTheNextRunIsClean() throws Exception {
        for (String step : List.of("move part-00002", "delete _temporary")) {
            String target = root + "/killed/" + step.replace(' ', '-');
            run(Dying.class, target, step);
            boolean isComplete = step.equals("delete _temporary");
            assertEquals(isComplete, namesIn(target).contains("_SUCCESS"), step);

            HdfsOutputStore store = new HdfsOutputStore(STORAGE);
            if (isComplete) {
                assertEquals(
                        ErrorCode.OUTPUT_EXISTS,
                        assertThrows(KindlingException.class, () -> store.claim(target, "next"))
                                .code());
            } else {
                wholeJob(store, target, "next");
                assertEquals(List.of("_SUCCESS", "part-00000", "part-00001", "part-00002"), namesIn(target), step);
            }
        }
    }

    /** In another JVM, which ends as if it was killed. */
    private static void run(Class<?> dying, String... arguments) throws Exception {
        Process process = Programs.start(dying, Map.of(), java.nio.file.Path.of("/dev/null"), arguments);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "hangs");
        assertEquals(Dying.KILLED, process.exitValue(), String.join(" ", arguments));
    }

    /** A driver that ends in the middle of its commit, without any clean-up. */
    static final class Dying {
        static final int KILLED = 66;

        private Dying() {}

        public static void main(String[] args) throws IOException {
            HdfsOutputStore store = new HdfsOutputStore(STORAGE, step -> {
                if (step.equals(args[1])) {
                    Runtime.getRuntime().halt(KILLED);
                }
            });
            wholeJob(store, args[0], "dead");
        }
    }

    /** Whether a process of another machine lives cannot be asked; the NameNode has heard of it or not. */
    @Test
    void claimOfADeadDriverOfAnotherMachineIsTakenOverWhenTheNameNodeHasNotHeardOfItForLong() throws Exception {
        String target = root + "/elsewhere";
        files.mkdirs(new Path(target + "/_temporary/app1-s1p0#0"));
        files.create(new Path(target + "/_temporary/app1-s1p0#0/part-00000")).close();
        run(Elsewhere.class, target);
        HdfsOutputStore store = new HdfsOutputStore(STORAGE);

        KindlingException refused = assertThrows(KindlingException.class, () -> store.claim(target, "app2"));
        assertEquals(ErrorCode.OUTPUT_EXISTS, refused.code());
        assertTrue(refused.getMessage().contains("is being written by another application"), refused.getMessage());

        CLUSTER.tell("lease 200");
        try {
            while (!isClaimed(store, target)) {
                Thread.onSpinWait();
            }
        } finally {
            CLUSTER.tell("lease 60000");
        }
        store.publish(target, writeAll(store, target, "app2"));
        assertEquals(List.of("_SUCCESS", "part-00000", "part-00001", "part-00002"), namesIn(target));
    }

    private static boolean isClaimed(HdfsOutputStore store, String target) throws IOException {
        try {
            store.claim(target, "app2");
            return true;
        } catch (KindlingException e) {
            assertEquals(ErrorCode.OUTPUT_EXISTS, e.code());
            return false;
        }
    }

    /** A driver whose claim tells another machine, and that ends without closing it. */
    static final class Elsewhere {
        private Elsewhere() {}

        public static void main(String[] args) throws IOException {
            Path file = new Path(args[0] + "/_temporary/_claim");
            HdfsDataOutputStream out =
                    (HdfsDataOutputStream) STORAGE.client(args[0]).files().create(file);
            out.write(
                    "{\"application\":\"app1\",\"machine\":\"another\",\"process\":1,\"started\":\"\",\"created\":[]}\n"
                            .getBytes(StandardCharsets.UTF_8));
            out.hsync();
            Runtime.getRuntime().halt(Dying.KILLED);
        }
    }

    @Test
    void claimThatTheNameNodeGaveToAnotherStopsTheCommitAndNothingOfTheOthersIsTouched() throws IOException {
        HdfsOutputStore store = new HdfsOutputStore(STORAGE);
        String target = root + "/lost";
        store.claim(target, "slow");
        List<Part> parts = writeAll(store, target, "slow");
        Path claim = new Path(target + "/_temporary/_claim");
        while (!files.recoverLease(claim)) {
            Thread.onSpinWait();
        }

        KindlingException lost = assertThrows(KindlingException.class, () -> store.publish(target, parts));

        assertEquals(ErrorCode.COMMIT_FAILED, lost.code());
        assertTrue(lost.getMessage().contains("claim on it was lost"), lost.getMessage());
        assertEquals(List.of("_temporary"), namesIn(target));
        assertEquals(4, namesIn(target + "/_temporary").size());
    }

    @Test
    void quotaAndSafeModeAreSaidBeforeAnyTaskRuns() throws IOException {
        HdfsOutputStore store = new HdfsOutputStore(STORAGE);
        files.mkdirs(new Path(root + "/small"));
        files.setQuota(new Path(root + "/small"), 2, 1L << 40);

        KindlingException quota = assertThrows(KindlingException.class, () -> store.claim(root + "/small/out", "app1"));
        files.setSafeMode(SafeModeAction.ENTER);
        KindlingException safeMode;
        try {
            safeMode = assertThrows(KindlingException.class, () -> store.claim(root + "/out", "app1"));
        } finally {
            files.setSafeMode(SafeModeAction.LEAVE);
        }

        assertTrue(
                quota.getMessage().contains("a quota of a directory is used up, for the number of names"),
                quota.getMessage());
        assertTrue(safeMode.getMessage().contains("the NameNode is in safe mode"), safeMode.getMessage());
        assertEquals(List.of(), namesIn(root + "/small"));
    }
}
