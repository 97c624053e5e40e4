package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.driver.LateAttempt;
import dev.kindling.storage.PackedText;
import dev.kindling.testcluster.HdfsCluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
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

    @Test
    void ofALateAttemptThatStillWritesWhenItsCopyIsPublishedNothingIsSeenOrLeft() throws IOException {
        String target = CLUSTER.uri() + "/late";
        KindlingConf conf = LateAttempt.expectedBy(new KindlingConf().set("kindling.scratch.dirs", scratch.toString()));

        try (KindlingContext kindling = new KindlingContext("local-cluster[2,1,128]", "late", conf)) {
            LateAttempt.save(kindling, target, Files.createDirectory(scratch.resolve("marks")));

            assertEquals(
                    LateAttempt.rows(),
                    kindling.textFile(target).map(LateAttempt::start).collect());
        }
        List<String> names = new ArrayList<>();
        try (HdfsStorage storage = new HdfsStorage(new TreeMap<>(), -1)) {
            for (FileStatus file : storage.client(target).files().listStatus(new Path(target))) {
                names.add(file.getPath().getName());
            }
        }
        assertEquals(List.of("_SUCCESS", "part-00000", "part-00001", "part-00002", "part-00003"), names);
    }

    /** Of bzip2 each split reads the blocks that begin in it; the others are read as a whole. */
    @Test
    void packedLinesAreThoseOfTheText() throws IOException {
        List<String> lines =
                IntStream.range(0, 300_000).mapToObj(i -> "line " + i * 7_919L).toList();
        String root = CLUSTER.uri() + "/packed-jobs";
        try (HdfsStorage storage = new HdfsStorage(new TreeMap<>(), -1)) {
            DistributedFileSystem files = storage.client(root).files();
            for (Map.Entry<String, byte[]> file : PackedText.filesOf(lines).entrySet()) {
                try (OutputStream out =
                        files.create(new Path(root + "/" + file.getKey()), true, 4096, (short) 1, 1 << 20)) {
                    out.write(file.getValue());
                }
            }
        }
        KindlingConf conf = new KindlingConf().set("kindling.scratch.dirs", scratch.toString());

        try (KindlingContext kindling = new KindlingContext("local-cluster[2,1,128]", "packed", conf)) {
            List<String> all = kindling.textFile(root, 6).collect();
            List<Integer> counts = kindling.textFile(root + "/1.bz2", 3)
                    .mapPartitions(part -> {
                        int count = 0;
                        for (; part.hasNext(); part.next()) {
                            count++;
                        }
                        return List.of(count).iterator();
                    })
                    .collect();

            assertEquals(lines, all.subList(0, lines.size()));
            assertEquals(lines, all.subList(lines.size(), 2 * lines.size()));
            assertEquals(lines, all.subList(2 * lines.size(), all.size()));
            assertEquals(3, counts.size());
            assertTrue(counts.stream().allMatch(count -> count > 0), counts::toString);
        }
    }

    /** As a cluster's hdfs-site.xml asks for, and a user who has Hadoop's native library for the executors. */
    @Test
    void executorsReadTheFilesOfBlocksThemselvesWhereTheirMachineHasThem() throws Exception {
        String directory = nativeLibrary();
        List<String> lines =
                IntStream.range(0, 300_000).mapToObj(i -> "line " + i).toList();
        try (HdfsCluster cluster = HdfsCluster.startShortCircuit(1, directory, List.of());
                HdfsStorage storage = new HdfsStorage(new TreeMap<>(), -1)) {
            String path = cluster.uri() + "/in";
            try (OutputStream out =
                    storage.client(path).files().create(new Path(path), true, 4096, (short) 1, 1 << 20)) {
                out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
            }
            KindlingConf conf = new KindlingConf().set("kindling.scratch.dirs", scratch.toString());

            assertEquals(lines, linesOf(path, handedFiles(cluster, directory)));
            String sentWhenHanded = cluster.tell("sent");
            assertEquals(lines, linesOf(path, conf));
            String sentInAll = cluster.tell("sent");

            assertEquals("0", sentWhenHanded);
            assertNotEquals("0", sentInAll);
        }
    }

    /**
     * Each block has two copies, one of them corrupt, on the DataNode that hands over its files. The other DataNode is as one
     * of another machine: it hands over nothing, and who has asked it once does not try again.
     */
    @Test
    void corruptCopyWhoseFileIsReadIsLeftForOneOfAnotherDataNode() throws Exception {
        String directory = nativeLibrary();
        List<String> lines =
                IntStream.range(0, 100_000).mapToObj(i -> "line " + i).toList();
        try (HdfsCluster cluster = HdfsCluster.startShortCircuit(2, directory, List.of());
                HdfsStorage storage = new HdfsStorage(new TreeMap<>(), -1)) {
            String path = cluster.uri() + "/in";
            DistributedFileSystem files = storage.client(path).files();
            try (OutputStream out = files.create(new Path(path), true, 4096, (short) 2, 64 << 10)) {
                out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
            }
            String corrupt = cluster.tell("corrupt /in");
            String other = fileElsewhere(files, corrupt);
            String port = portOf(files, other);
            Files.delete(java.nio.file.Path.of(
                    cluster.shortCircuitSettings().get("dfs.domain.socket.path").replace("_PORT", port)));

            try (KindlingContext kindling =
                    new KindlingContext("local-cluster[1,1,128]", "corrupt", handedFiles(cluster, directory))) {
                assertEquals(List.of("elsewhere"), kindling.textFile(other, 1).collect());
                assertEquals(lines, kindling.textFile(path, 4).collect());
            }

            assertNotEquals("0", cluster.tell("corrupt-known"));
            assertEquals("0", cluster.tell("sent " + corrupt));
        }
    }

    /** A file of one copy, on the other one of two DataNodes. */
    private static String fileElsewhere(DistributedFileSystem files, String port) throws IOException {
        for (int i = 0; i < 100; i++) {
            String path = files.getUri() + "/elsewhere" + i;
            try (OutputStream out = files.create(new Path(path), (short) 1)) {
                out.write("elsewhere".getBytes(StandardCharsets.UTF_8));
            }
            if (!portOf(files, path).equals(port)) {
                return path;
            }
        }
        throw new IOException("a hundred files are all on the DataNode at " + port);
    }

    private static String portOf(DistributedFileSystem files, String path) throws IOException {
        String name = files.getFileBlockLocations(new Path(path), 0, 1)[0].getNames()[0];
        return name.substring(name.lastIndexOf(':') + 1);
    }

    private static String nativeLibrary() throws URISyntaxException {
        URL library = HdfsJobsIT.class.getResource("/hadoop-native");
        assumeTrue(library != null, "nobody has built Hadoop's native library for this machine");
        return java.nio.file.Path.of(library.toURI()).toString();
    }

    private KindlingConf handedFiles(HdfsCluster cluster, String nativeLibrary) {
        KindlingConf conf = new KindlingConf()
                .set("kindling.scratch.dirs", scratch.toString())
                .set("kindling.executor.javaOptions", "-Djava.library.path=" + nativeLibrary);
        cluster.shortCircuitSettings().forEach((name, value) -> conf.set("kindling.hadoop." + name, value));
        return conf;
    }

    /** The executor is on the machine of one DataNode of three; nobody else takes the tasks of the other blocks. */
    @Test
    void tasksBeginWithTheBlocksOfTheirExecutorsMachineAndCountAsLocalThere() throws IOException {
        String root = CLUSTER.uri() + "/near";
        DistributedFileSystem files =
                new HdfsStorage(new TreeMap<>(), -1).client(root).files();
        SortedMap<Boolean, Integer> blocks = new TreeMap<>(Map.of(true, 0, false, 0));
        for (int i = 0; blocks.get(true) < 3 || blocks.get(false) < 3; i++) {
            assertTrue(i < 200, () -> "of 200 blocks so many are on that machine: " + blocks);
            Path file = new Path(root + "/in/" + i);
            try (OutputStream out = files.create(file, (short) 1)) {
                out.write(("line of " + i).getBytes(StandardCharsets.UTF_8));
            }
            blocks.merge(isThere(files, file), 1, Integer::sum);
        }
        int all = blocks.get(true) + blocks.get(false);
        List<Locality> begun = new CopyOnWriteArrayList<>();
        KindlingConf conf = new KindlingConf()
                .set("kindling.scratch.dirs", scratch.toString())
                .set("kindling.executor.bindAddress", "127.0.0.3");

        try (KindlingContext kindling = new KindlingContext("local-cluster[1,1,128]", "near", conf)) {
            kindling.addListener(new KindlingListener() {
                @Override
                public void onEvent(Event event) {
                    if (event instanceof Event.TaskStart start) {
                        begun.addAll(Collections.nCopies(start.partitions().size(), start.locality()));
                    }
                }
            });
            assertEquals(all, kindling.textFile(root + "/in", all).count());
        }

        // A block that a DataNode was to have when it ended may lie elsewhere by now.
        int there = 0;
        for (int i = 0; i < all; i++) {
            there += isThere(files, new Path(root + "/in/" + i)) ? 1 : 0;
        }
        List<Locality> expected = new ArrayList<>(Collections.nCopies(there, Locality.NODE_LOCAL));
        expected.addAll(Collections.nCopies(all - there, Locality.ANY));
        assertEquals(expected, begun);
    }

    private static boolean isThere(DistributedFileSystem files, Path file) throws IOException {
        return List.of(files.getFileBlockLocations(file, 0, 1)[0].getHosts()).contains("127.0.0.3");
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
