package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.plan.PlanNode.FileInput.Format;
import dev.kindling.storage.LineReader;
import dev.kindling.storage.ObjectStore;
import dev.kindling.storage.ObjectStore.StoredFile;
import dev.kindling.storage.PackedText;
import dev.kindling.storage.Split;
import dev.kindling.storage.SplitPlanner;
import dev.kindling.storage.Stores;
import dev.kindling.testcluster.HdfsCluster;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PrivilegedExceptionAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.client.HdfsDataInputStream;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Reading from a real HDFS of three DataNodes. */
class HdfsObjectStoreIT {
    private static final Stores STORES = new Stores(Config.defaults());

    private static final HdfsCluster CLUSTER = HdfsCluster.shared();

    private final HdfsStorage storage = new HdfsStorage(new TreeMap<>(), 16);
    private final ObjectStore store = storage.objects();
    private String root;
    private DistributedFileSystem files;

    @BeforeEach
    void cleanDirectory() throws IOException {
        root = CLUSTER.uri() + "/read";
        files = storage.client(root).files();
        files.mkdirs(new Path(root));
    }

    @AfterEach
    void delete() throws IOException {
        files.delete(new Path(root), true);
    }

    private String write(String name, byte[] bytes, int copies, long blockBytes) throws IOException {
        Path file = new Path(root + "/" + name);
        try (OutputStream out = files.create(file, true, 4096, (short) copies, blockBytes)) {
            out.write(bytes);
        }
        return root + "/" + name;
    }

    private String write(String name, String text) throws IOException {
        return write(name, text.getBytes(StandardCharsets.UTF_8), 1, 1 << 20);
    }

    private List<String> names(String path, boolean isRecursive) throws IOException {
        return store.list(path, isRecursive).stream()
                .map(file -> file.path().substring(root.length() + 1))
                .toList();
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    @Test
    void directoriesGlobsAndNamesStandForTheSameFilesAsLocally() throws IOException {
        for (String name : List.of("b", "a", "_hidden", ".crc", "p[1]q", "p1q", "x y%20z", "sub/deep/c", "sub/d")) {
            write(name, name);
        }
        files.delete(new Path(root + "/p1q"), false);

        assertEquals(List.of("p[1]q"), names(root + "/p[1]q", false));
        assertEquals(List.of("_hidden"), names(root + "/_hidden", false));
        assertEquals(List.of("a", "b"), names(root + "/[ab]", false));
        assertEquals(List.of("_hidden", "a"), names(root + "/{_h*,a}", false));
        assertEquals(List.of("x y%20z"), names(root + "/x y%20z", false));
        assertEquals(List.of("sub/d", "sub/deep/c"), names(root + "/sub", true));
        assertEquals(List.of("a", "b", "p[1]q", "sub/d", "sub/deep/c", "x y%20z"), names(root, true));
        KindlingException below = assertThrows(KindlingException.class, () -> store.list(root, false));
        assertTrue(below.getMessage().contains("holds the directory sub"), below.getMessage());
    }

    @Test
    void missingInputIsSaidWithTheNearestName() throws IOException {
        write("numbers.txt", "1\n");

        KindlingException missing =
                assertThrows(KindlingException.class, () -> store.list(root + "/number.txt", false));
        KindlingException nothing = assertThrows(KindlingException.class, () -> store.list(root + "/z*", false));

        assertEquals(ErrorCode.INPUT_NOT_FOUND, missing.code());
        assertTrue(missing.getMessage().endsWith("does not exist; there is numbers.txt"), missing.getMessage());
        assertTrue(nothing.getMessage().endsWith("/z* matches no file"), nothing.getMessage());
    }

    @Test
    void splitsPreferTheHostsThatHaveTheirBytesAndLinesAreThoseOfTheFile() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            text.append("line ").append(i).append(i % 7 == 0 ? "\r\n" : "\n");
        }
        String path = write("lines", text.toString().getBytes(StandardCharsets.UTF_8), 2, 4096);

        List<Split> splits = SplitPlanner.plan(STORES, path, false, 5, Format.TEXT_LINES);
        List<String> lines = new ArrayList<>();
        for (Split split : splits) {
            assertTrue(split.preferredHosts().contains("127.0.0.1"), split.toString());
            lines.addAll(linesOf(split, ""));
        }

        assertEquals(5, splits.size());
        assertEquals(
                (text.length() + 4095) / 4096,
                store.list(path, false).get(0).blocks().size());
        assertEquals(text.toString().lines().toList(), lines);
    }

    private static List<String> linesOf(Split split, String delimiter) throws IOException {
        List<String> lines = new ArrayList<>();
        Object[] batch = new Object[100];
        try (LineReader reader = new LineReader(STORES, split, delimiter)) {
            for (int count = reader.read(batch, 0, 100); count > 0; count = reader.read(batch, 0, 100)) {
                for (int i = 0; i < count; i++) {
                    lines.add((String) batch[i]);
                }
            }
        }
        return lines;
    }

    @Test
    void packedFileOfSeveralBlocksIsOneTaskWithAWarning() throws IOException {
        String one = write("one.gz", random(4096), 1, 4096);
        String two = write("two.gz", random(4097), 1, 4096);
        write("plain", random(4097), 1, 4096);
        Logger planner = (Logger) LoggerFactory.getLogger(SplitPlanner.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        planner.addAppender(said);

        try {
            List<Split> splits = SplitPlanner.plan(STORES, root, false, 1, Format.TEXT_LINES);
            assertEquals(1, splits.size());
            assertEquals(
                    2,
                    SplitPlanner.plan(STORES, one + "," + two, false, 5, Format.TEXT_LINES)
                            .size());
        } finally {
            planner.detachAppender(said);
        }

        List<String> warnings =
                said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        String warning =
                two + " (4.0 KiB) is compressed, so one task reads all of it; several smaller files are read by many";
        assertEquals(List.of(warning, warning), warnings);
    }

    /** Blocks of HDFS, blocks of bzip2 and splits end in different places. */
    @Test
    void packedLinesAreThoseOfTheText() throws IOException {
        List<String> lines = IntStream.range(0, 300_000)
                .mapToObj(i -> Integer.toString(i * 7_919))
                .toList();
        for (Map.Entry<String, byte[]> file : PackedText.filesOf(lines).entrySet()) {
            write("packed/" + file.getKey(), file.getValue(), 1, 64 << 10);
        }

        List<String> read = new ArrayList<>();
        List<Split> splits = SplitPlanner.plan(STORES, root + "/packed", false, 8, Format.TEXT_LINES);
        for (Split split : splits) {
            read.addAll(linesOf(split, ""));
        }

        assertEquals(8, splits.size());
        assertEquals(lines, read.subList(0, lines.size()));
        assertEquals(lines, read.subList(lines.size(), 2 * lines.size()));
        assertEquals(lines, read.subList(2 * lines.size(), read.size()));
    }

    /** Most splits begin in a run of places that overlap, and look back to where it begins. */
    @Test
    void recordsWithADelimiterThatOverlapsItselfAreThoseOfTheFile() throws IOException {
        String text = ("x".repeat(100) + "a".repeat(7_001)).repeat(5) + "end";
        String path = write("records", text.getBytes(StandardCharsets.UTF_8), 1, 4096);
        List<String> expected = new ArrayList<>();
        int begin = 0;
        for (int at = text.indexOf("aa"); at >= 0; at = text.indexOf("aa", begin)) {
            expected.add(text.substring(begin, at));
            begin = at + 2;
        }
        expected.add(text.substring(begin));

        List<String> records = new ArrayList<>();
        for (Split split : SplitPlanner.plan(STORES, path, false, 11, Format.TEXT_LINES, "aa")) {
            records.addAll(linesOf(split, "aa"));
        }

        assertEquals(expected, records);
    }

    /** More directories than are asked for at once, below each other. */
    @Test
    void manyDirectoriesAreListedInTheOrderOfTheirNames() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            for (String name : List.of("/a", "/b/c", "/d")) {
                expected.add(write("many/" + i + name, i + name + "\n"));
            }
        }

        List<String> below =
                store.list(root + "/many", true).stream().map(StoredFile::path).toList();
        List<String> matching = store.list(root + "/many/*/*/c", false).stream()
                .map(StoredFile::path)
                .toList();

        assertEquals(expected, below);
        assertEquals(expected.stream().filter(path -> path.endsWith("/b/c")).toList(), matching);
    }

    @Test
    void readingBeginsAtAnyByte() throws IOException {
        byte[] bytes = random(10_000);
        String path = write("bytes", bytes, 1, 2048);

        for (int offset : new int[] {0, 1, 2047, 2048, 2049, 9_999, 10_000}) {
            try (InputStream in = store.open(path, offset, 0, "")) {
                byte[] expected = Arrays.copyOfRange(bytes, offset, bytes.length);
                assertArrayEquals(expected, in.readAllBytes(), "from " + offset);
            }
        }
    }

    /** Blocks change in the middle of what is fetched ahead; some readers want less than there is, some stop before it. */
    @Test
    void whatIsFetchedAheadIsWhatLiesThere() throws IOException {
        byte[] bytes = random(5_000_000);
        String path = write("ahead", bytes, 1, 1 << 20);

        for (int offset : new int[] {0, 1_234_567}) {
            for (int wanted : new int[] {1 << 20, 3_000_001, bytes.length - offset, bytes.length}) {
                try (InputStream in = store.open(path, offset, wanted, "")) {
                    assertArrayEquals(Arrays.copyOfRange(bytes, offset, bytes.length), in.readAllBytes());
                }
                try (InputStream in = store.open(path, offset, wanted, "")) {
                    assertArrayEquals(Arrays.copyOfRange(bytes, offset, offset + 700_000), in.readNBytes(700_000));
                }
            }
        }
    }

    @Test
    void fileThatWasWrittenAnewIsRefusedAlsoWhenItsSizeAndTimeAreTheSame() throws IOException {
        String path = write("changing", "one\n");
        StoredFile planned = store.list(path, false).get(0);
        long time = files.getFileStatus(new Path(path)).getModificationTime();
        store.open(path, 0, 0, planned.version()).close();

        write("changing", "two\n");
        files.setTimes(new Path(path), time, -1);

        KindlingException changed =
                assertThrows(KindlingException.class, () -> store.open(path, 0, 0, planned.version()));
        assertEquals(ErrorCode.INPUT_CHANGED, changed.code());
        files.delete(new Path(path), false);
        assertEquals(
                ErrorCode.INPUT_NOT_FOUND,
                assertThrows(KindlingException.class, () -> store.open(path, 0, 0, planned.version()))
                        .code());
    }

    /** What hdfs-site.xml of most clusters asks for; Hadoop keeps such settings for each context of a process once. */
    @Test
    void shortCircuitReadsThatAreAskedForWhereTheyCannotBeHadGoOverTheNetwork() throws IOException {
        byte[] bytes = random(3 << 20);
        String path = write("short", bytes, 1, 1 << 20);
        Map<String, String> settings = Map.of(
                "dfs.client.read.shortcircuit", "true",
                "dfs.domain.socket.path", "/tmp/no-socket-_PORT",
                "dfs.client.context", "short-circuit");
        try (HdfsStorage asking = new HdfsStorage(new TreeMap<>(settings), 0);
                InputStream in = asking.objects().open(path, 1, bytes.length - 1, "")) {
            assertArrayEquals(Arrays.copyOfRange(bytes, 1, bytes.length), in.readAllBytes());
        }
    }

    @Test
    void corruptCopyIsReadFromAnotherDataNode() throws IOException {
        byte[] bytes = random(300_000);
        String path = write("corrupt", bytes, 2, 1 << 20);
        CLUSTER.tell("corrupt " + new Path(path).toUri().getPath());

        for (int round = 0; round < 4; round++) {
            try (InputStream in = store.open(path, 0, 0, "")) {
                assertArrayEquals(bytes, in.readAllBytes());
            }
        }
    }

    @Test
    void dataNodeThatEndsInTheMiddleOfAReadIsReplacedByAnother() throws IOException {
        byte[] bytes = random(6 << 20);
        String path = write("cut", bytes, 2, 8 << 20);
        try (InputStream in = storage.client(path).files().open(new Path(path))) {
            byte[] read = in.readNBytes(100_000);
            String name = ((HdfsDataInputStream) in).getCurrentDatanode().getXferAddr();
            CLUSTER.tell("stop-datanode " + name.substring(name.lastIndexOf(':') + 1));
            byte[] rest = storage.client(path)
                    .ahead(path, (FSDataInputStream) in, bytes.length - read.length)
                    .readAllBytes();

            assertEquals(bytes.length, read.length + rest.length);
            assertArrayEquals(Arrays.copyOfRange(bytes, 100_000, bytes.length), rest);
        } finally {
            CLUSTER.tell("start-datanodes");
        }
    }

    @Test
    void whoMayNotReadIsToldWhoHeIsAndWhatTheModeIs() throws IOException {
        String path = write("locked/secret", "1\n");
        files.setPermission(new Path(root + "/locked"), new FsPermission((short) 0700));

        KindlingException denied = assertThrows(KindlingException.class, () -> asUser("mallory", path));

        assertEquals(ErrorCode.ACCESS_DENIED, denied.code());
        assertTrue(denied.getMessage().contains(": user mallory may not EXECUTE"), denied.getMessage());
        assertTrue(denied.getMessage().contains("/read/locked, which belongs to"), denied.getMessage());
        assertTrue(denied.getMessage().contains("drwx------"), denied.getMessage());
    }

    private static void asUser(String user, String path) throws IOException {
        try {
            UserGroupInformation.createRemoteUser(user).doAs((PrivilegedExceptionAction<Object>) () -> {
                DistributedFileSystem files = new DistributedFileSystem();
                files.initialize(URI.create(CLUSTER.uri()), HadoopSettings.load(new TreeMap<>()));
                try {
                    return new HdfsListing(new HdfsClient(files, HdfsPaths.authorityOf(path), 0)).list(path, false);
                } finally {
                    files.close();
                }
            });
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void nameNodeThatCannotBeReachedIsSaidInOneSentence() {
        IOException nobody =
                assertThrows(IOException.class, () -> store.list("hdfs://no.such.host.invalid:8020/x", false));
        KindlingException noDefault = assertThrows(KindlingException.class, () -> store.list("hdfs:/x", false));

        assertTrue(nobody.getMessage().startsWith("the NameNode's host is not known"), nobody.getMessage());
        assertTrue(noDefault.getMessage().contains("hdfs:/x names no NameNode"), noDefault.getMessage());
        assertFalse(nobody instanceof FileNotFoundException);
    }
}
