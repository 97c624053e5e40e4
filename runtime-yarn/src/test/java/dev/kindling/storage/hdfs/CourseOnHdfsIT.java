package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.testcluster.HdfsCluster;
import dev.kindling.testserver.CourseCommands;
import dev.kindling.testserver.CourseCommands.Kind;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/course.md that need an HDFS, beside the one that the other tests have. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class CourseOnHdfsIT {
    private static final HdfsCluster CLUSTER = HdfsCluster.shared();

    @TempDir
    Path world;

    @Test
    void everyCommandThatReadsAndWritesHdfsRuns() throws Exception {
        CLUSTER.tell("put " + CourseCommands.REPOSITORY.resolve("data/zipcodes.tsv") + " /data/zipcodes.tsv");
        String commands = CourseCommands.of(Kind.READER_OF_HDFS);
        assertTrue(commands.contains("hdfs://localhost:8020/"), commands);

        String said =
                new PackagedKindling(world).run(commands.replace("hdfs://localhost:8020", CLUSTER.uri()), Map.of());

        assertTrue(said.contains(" keys of 42049 rows"), said);
        assertTrue(Files.readString(world.resolve("hdfs.html")).contains("</html>"));
        assertTrue(new HdfsStorage(new TreeMap<>(), -1)
                .client(CLUSTER.uri())
                .files()
                .exists(new org.apache.hadoop.fs.Path("/counts/_SUCCESS")));
    }

    /** The command itself, with a Java that only says what it is asked to run: the others have a cluster already. */
    @Test
    void theServersCommandStartsAnHdfsAtThePortWithTheFile() throws Exception {
        Path java = Files.createDirectories(world.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));

        String said = PackagedKindling.run(
                CourseCommands.of(Kind.HDFS),
                CourseCommands.REPOSITORY,
                world,
                Map.of(
                        "JAVA_HOME",
                        world.resolve("jdk").toString(),
                        "TMPDIR",
                        Files.createDirectory(world.resolve("tmp")).toString()));

        assertTrue(said.contains(" dev.kindling.testcluster.MiniHdfs " + world.resolve("tmp")), said);
        assertTrue(said.contains(" 3 8020 --by-hand data/zipcodes.tsv"), said);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(world.resolve("tmp"))) {
            assertTrue(!left.iterator().hasNext(), "its files are gone when it ends");
        }
    }
}
