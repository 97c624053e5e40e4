package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.config.ApplicationKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a new JVM does until its first result, in classes: time cannot be tested, what takes it can. */
class FirstJobTest {
    private static final int DEADLINE_SECONDS = 120;

    /** Each sets up some machinery of the JDK that takes tens of milliseconds. */
    private static final List<String> SLOW = List.of(
            "jdk.jfr.internal.MetadataRepository",
            "java.io.ObjectStreamClass$RecordSupport",
            "java.lang.runtime.ObjectMethods",
            "java.io.ObjectStreamClass",
            "sun.security.provider.Sun");

    @TempDir
    Path directory;

    @Test
    void setsUpNeitherFlightRecorderNorMethodHandlesForRecords() throws IOException, InterruptedException {
        List<String> loaded = classesOfAFirstJob();

        assertTrue(loaded.contains("dev.kindling.executor.task.TaskRunner"), "a task ran");
        assertEquals(
                List.of(),
                loaded.stream()
                        .filter(name -> SLOW.contains(name)
                                || name.startsWith("dev.kindling.metrics.") && name.endsWith("Event"))
                        .toList());
    }

    private List<String> classesOfAFirstJob() throws IOException, InterruptedException {
        Path log = directory.resolve("classes");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-Xlog:class+load:file=" + log + ":none",
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstJob.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "the other JVM did not end");
        assertEquals(0, process.exitValue(), () -> output());
        return Files.readAllLines(log).stream()
                .map(line -> line.substring(0, (line + " ").indexOf(' ')))
                .toList();
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The job. It is not closed: what ends an application is no part of its start. */
    static final class FirstJob {
        private FirstJob() {}

        public static void main(String[] args) {
            KindlingContext kindling = new KindlingContext(new KindlingConf(false)
                    .set(ApplicationKeys.MASTER.name(), "local[1]")
                    .set(ApplicationKeys.NAME.name(), "first"));
            Runtime.getRuntime().halt(kindling.range(0, 2, 1, 2).map(n -> n + 1).count() == 2 ? 0 : 1);
        }
    }
}
