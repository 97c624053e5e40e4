package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.testcluster.HdfsCluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
