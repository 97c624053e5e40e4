package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.testcluster.HdfsCluster;
import dev.kindling.testserver.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process of a driver with executor processes is killed while it commits, and its program is run again. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledCommitIT {
    // So many renames that the first is seen long before the last; those of local files take no time.
    private static final int PARTS_ON_HDFS = 150;
    private static final int PARTS_ON_LOCAL_FILES = 500;

    private static final int ROWS_A_PART = 3;

    /** Between two looks: the processes that are looked at need the processors. */
    private static final long PAUSE_NANOS = 500_000;

    private static final int MOST_TRIES = 10;

    @TempDir
    Path scratch;

    private Process program;

    @AfterEach
    void end() {
        if (program != null) {
            program.destroyForcibly();
        }
    }

    /** Saves rows in so many parts as its third argument says. */
    public static final class Program {
        private Program() {}

        public static void main(String[] args) {
            // Without executor processes it is soon where it is wanted: the driver commits.
            KindlingConf conf = new KindlingConf().setMaster("local[2]").set("kindling.scratch.dirs", args[0]);
            int parts = Integer.parseInt(args[2]);
            try (KindlingContext kindling = new KindlingContext(conf)) {
                kindling.range(0, (long) parts * ROWS_A_PART, 1, parts).saveAsTextFile(args[1]);
            }
        }
    }

    private void start(String target, int parts) throws IOException {
        program = Programs.start(
                Program.class, Map.of(), scratch.resolve("said"), scratch.toString(), target, Integer.toString(parts));
    }

    private static List<String> namesIn(FileSystem files, String directory) throws IOException {
        List<String> names = new ArrayList<>();
        for (FileStatus file : files.listStatus(new org.apache.hadoop.fs.Path(directory))) {
            if (!file.getPath().getName().endsWith(".crc")) {
                names.add(file.getPath().getName());
            }
        }
        names.sort(null);
        return names;
    }

    /** False when the commit was over before. */
    private boolean isKilledInMidCommit(FileSystem files, String target, int parts) throws Exception {
        org.apache.hadoop.fs.Path first = new org.apache.hadoop.fs.Path(target + "/part-00000");
        start(target, parts);
        while (program.isAlive() && !files.exists(first)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        program.destroyForcibly().waitFor();
        assertTrue(files.exists(first), () -> "the program failed: " + said());
        return !namesIn(files, target).contains("_SUCCESS");
    }

    private String said() {
        try {
            return Files.readString(scratch.resolve("said"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void driverKilledInMidCommitLeavesNoSuccessAndTheNextRunIsClean(FileSystem files, String root, int parts)
            throws Exception {
        int tries = 1;
        while (!isKilledInMidCommit(files, root + "/out" + tries, parts)) {
            assertTrue(tries < MOST_TRIES, "never in the middle of the commit");
            tries++;
        }
        String target = root + "/out" + tries;
        assertTrue(namesIn(files, target).contains("_temporary"));

        start(target, parts);

        assertTrue(program.waitFor(200, TimeUnit.SECONDS), "hangs");
        assertEquals(0, program.exitValue(), said());
        List<String> expected = new ArrayList<>(List.of("_SUCCESS"));
        IntStream.range(0, parts).mapToObj(i -> String.format("part-%05d", i)).forEach(expected::add);
        assertEquals(expected, namesIn(files, target));
        try (KindlingContext kindling = new KindlingContext("local[2]", "check", new KindlingConf())) {
            assertEquals(
                    LongStream.range(0, (long) parts * ROWS_A_PART)
                            .mapToObj(Long::toString)
                            .toList(),
                    kindling.textFile(target).collect());
        }
        assertFalse(files.exists(new org.apache.hadoop.fs.Path(target + "/_temporary")));
    }

    @Test
    void onHdfs() throws Exception {
        String root = HdfsCluster.shared().uri() + "/killed-commit";
        try (HdfsStorage storage = new HdfsStorage(new TreeMap<>(), -1)) {
            driverKilledInMidCommitLeavesNoSuccessAndTheNextRunIsClean(
                    storage.client(root).files(), root, PARTS_ON_HDFS);
        }
    }

    @Test
    void onLocalFiles() throws Exception {
        try (FileSystem files = new RawLocalFileSystem()) {
            files.initialize(scratch.toUri(), new Configuration(false));
            driverKilledInMidCommitLeavesNoSuccessAndTheNextRunIsClean(files, scratch + "/files", PARTS_ON_LOCAL_FILES);
        }
    }
}
