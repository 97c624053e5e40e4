package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.testcluster.HdfsCluster;
import dev.kindling.testserver.CourseCommands;
import dev.kindling.testserver.CourseCommands.Kind;
import java.io.IOException;
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
        Files.createSymbolicLink(world.resolve("bin"), CourseCommands.REPOSITORY.resolve("bin"));
        Files.createSymbolicLink(world.resolve("lib"), packagedLib());
        CLUSTER.tell("put " + CourseCommands.REPOSITORY.resolve("data/zipcodes.tsv") + " /data/zipcodes.tsv");
        String commands = CourseCommands.of(Kind.READER_OF_HDFS);
        assertTrue(commands.contains("hdfs://localhost:8020/"), commands);

        String said = run(
                "set -ex\n" + commands.replace("hdfs://localhost:8020", CLUSTER.uri()),
                world,
                Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "KINDLING_JAVA_OPTIONS",
                        "-Xmx256m -XX:TieredStopAtLevel=1",
                        "KINDLING_ARCHIVES",
                        "off",
                        "KINDLING_DIR",
                        world.resolve("state").toString()));

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

        String said = run(
                CourseCommands.of(Kind.HDFS),
                CourseCommands.REPOSITORY,
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

    /** What bin/kindling would build in a clone. */
    private static Path packagedLib() throws IOException {
        Path target = Path.of("target").toAbsolutePath();
        try (DirectoryStream<Path> archives = Files.newDirectoryStream(target, "kindling-*.tar.gz")) {
            String name = archives.iterator().next().getFileName().toString().replace(".tar.gz", "");
            return target.resolve(name).resolve(name).resolve("lib");
        }
    }

    private String run(String script, Path directory, Map<String, String> environment) throws Exception {
        Path log = Files.createTempFile(world, "said", ".txt");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        String said = Files.readString(log);
        assertEquals(0, process.waitFor(), said);
        return said;
    }
}
