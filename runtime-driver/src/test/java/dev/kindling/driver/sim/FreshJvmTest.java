package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same seed is the same run in another process, with other flags, and, where JAVA25_HOME names one, on a newer JDK. */
class FreshJvmTest {
    private static final int DEADLINE_SECONDS = 120;

    @TempDir
    Path directory;

    @Test
    void equalSeedsAreEqualRunsInAFreshJvm() throws IOException, InterruptedException {
        assertEquals(SimHashes.hashes(), hashesOf(System.getProperty("java.home")));
    }

    @Test
    void equalSeedsAreEqualRunsOnANewerJdk() throws IOException, InterruptedException {
        String home = System.getenv().getOrDefault("JAVA25_HOME", System.getProperty("java.home"));

        assertEquals(SimHashes.hashes(), hashesOf(home));
    }

    /** Of a JVM that compiles and collects otherwise. */
    private List<String> hashesOf(String javaHome) throws IOException, InterruptedException {
        Path output = directory.resolve("hashes");
        Process process = new ProcessBuilder(
                        Path.of(javaHome, "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SimHashes.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "the other JVM did not end");
        return Files.readAllLines(output, StandardCharsets.UTF_8);
    }
}
