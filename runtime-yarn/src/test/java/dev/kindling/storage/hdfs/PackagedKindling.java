package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.testserver.CourseCommands;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A directory in which {@code bin/kindling} runs what was packaged, as it would run what it has built in a clone. */
final class PackagedKindling {
    private final Path world;

    PackagedKindling(Path world) throws IOException {
        this.world = world;
        Files.createSymbolicLink(world.resolve("bin"), CourseCommands.REPOSITORY.resolve("bin"));
        Files.createSymbolicLink(world.resolve("lib"), lib());
    }

    private static Path lib() throws IOException {
        Path target = Path.of("target").toAbsolutePath();
        try (DirectoryStream<Path> archives = Files.newDirectoryStream(target, "kindling-*.tar.gz")) {
            String name = archives.iterator().next().getFileName().toString().replace(".tar.gz", "");
            return target.resolve(name).resolve(name).resolve("lib");
        }
    }

    /** What commands say that succeed, with these variables besides. */
    String run(String script, Map<String, String> variables) throws Exception {
        Map<String, String> all = new TreeMap<>(Map.of(
                "KINDLING_JAVA_OPTIONS",
                "-Xmx256m -XX:TieredStopAtLevel=1",
                "KINDLING_ARCHIVES",
                "off",
                "KINDLING_DIR",
                world.resolve("state").toString()));
        all.putAll(variables);
        return run("set -ex\n" + script, world, world, all);
    }

    /** What a script says that succeeds. */
    static String run(String script, Path directory, Path logs, Map<String, String> variables) throws Exception {
        Path log = Files.createTempFile(logs, "said", ".txt");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(variables);
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
