package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.testcluster.HdfsCluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole jobs of executor processes that read and write a real HDFS. */
class HdfsJobsIT {
    private static final HdfsCluster CLUSTER = HdfsCluster.shared();

    @TempDir
    java.nio.file.Path scratch;

    @Test
    void executorThatEndsWhileItWritesLeavesExactlyOneOutputOfEachPartition() throws IOException {
        List<String> lines =
                IntStream.range(0, 20_000).mapToObj(i -> "line " + i).toList();
        String root = CLUSTER.uri() + "/jobs";
        DistributedFileSystem files =
                new HdfsStorage(new TreeMap<>(), -1).client(root).files();
        try (OutputStream out = files.create(new Path(root + "/in"))) {
            out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        }
        String mark = scratch.resolve("ended").toString();
        // One setting that only Hadoop's client knows, to see that executors have it.
        KindlingConf conf = new KindlingConf()
                .set("kindling.scratch.dirs", scratch.toString())
                .set("kindling.hadoop.dfs.replication", "1");

        try (KindlingContext kindling = new KindlingContext("local-cluster[2,1,128]", "hdfs", conf)) {
            kindling.textFile(root + "/in", 4)
                    .map(line -> endOnceAt("line 12345", line, mark))
                    .saveAsTextFile(root + "/out");
        }

        assertTrue(Files.exists(scratch.resolve("ended")), "the executor did not end");
        List<String> names = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (FileStatus file : files.listStatus(new Path(root + "/out"))) {
            names.add(file.getPath().getName());
            if (file.getPath().getName().startsWith("part-")) {
                assertEquals(1, file.getReplication());
                try (InputStream in = files.open(file.getPath())) {
                    text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        assertEquals(List.of("_SUCCESS", "part-00000", "part-00001", "part-00002", "part-00003"), names);
        assertEquals(lines, text.toString().lines().toList());
    }

    /** As a cluster's hdfs-site.xml asks for, and a user who has Hadoop's native library for the executors. */
    @Test
    void executorsReadTheFilesOfBlocksThemselvesWhereTheirMachineHasThem() throws Exception {
        URL library = HdfsJobsIT.class.getResource("/hadoop-native");
        assumeTrue(library != null, "nobody has built Hadoop's native library for this machine");
        String directory = java.nio.file.Path.of(library.toURI()).toString();
        List<String> lines =
                IntStream.range(0, 300_000).mapToObj(i -> "line " + i).toList();
        try (HdfsCluster cluster = HdfsCluster.startShortCircuit(directory, List.of());
                HdfsStorage storage = new HdfsStorage(new TreeMap<>(), -1)) {
            String path = cluster.uri() + "/in";
            try (OutputStream out =
                    storage.client(path).files().create(new Path(path), true, 4096, (short) 1, 1 << 20)) {
                out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
            }
            KindlingConf conf = new KindlingConf().set("kindling.scratch.dirs", scratch.toString());
            KindlingConf handed = new KindlingConf()
                    .set("kindling.scratch.dirs", scratch.toString())
                    .set("kindling.executor.javaOptions", "-Djava.library.path=" + directory);
            cluster.shortCircuitSettings().forEach((name, value) -> handed.set("kindling.hadoop." + name, value));

            assertEquals(lines, linesOf(path, handed));
            String sentWhenHanded = cluster.tell("sent");
            assertEquals(lines, linesOf(path, conf));
            String sentInAll = cluster.tell("sent");

            assertEquals("0", sentWhenHanded);
            assertNotEquals("0", sentInAll);
        }
    }

    private static List<String> linesOf(String path, KindlingConf conf) {
        try (KindlingContext kindling = new KindlingContext("local-cluster[2,1,128]", "hdfs", conf)) {
            return kindling.textFile(path, 4).collect();
        }
    }

    private static String endOnceAt(String wanted, String line, String mark) throws IOException {
        if (line.equals(wanted)) {
            try {
                Files.createFile(java.nio.file.Path.of(mark));
                Runtime.getRuntime().halt(9);
            } catch (FileAlreadyExistsException e) {
                // The second time it goes on.
            }
        }
        return line;
    }
}
