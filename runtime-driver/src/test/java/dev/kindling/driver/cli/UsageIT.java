package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.cli.Kindling.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The start script and the exit codes of the packaged distribution. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class UsageIT {
    @TempDir
    Path world;

    private Kindling kindling;

    @BeforeEach
    void open() throws Exception {
        kindling = new Kindling(world.toRealPath());
    }

    @Test
    void aWrongCallIsOneLineAndExitCodeTwo() throws Exception {
        Run run = kindling.run("demo", "--master", "nowhere");

        assertEquals(2, run.exitCode(), run.err());
        assertEquals(1, run.errLines().size(), run.err());
        assertTrue(run.err().contains("local-cluster[2,1,512]"), run.err());
        assertEquals("", run.out());
    }

    @Test
    void theVersionIsThatOfTheJars() throws Exception {
        Run run = kindling.run("--version");

        run.succeeds();
        assertTrue(run.out().matches("Kindling \\d+\\.\\d+\\.\\d+\\S* \\(Java \\S+\\)\\R"), run.out());
    }

    @Test
    void theManualNamesEveryKeyOnStandardOutput() throws Exception {
        Run run = kindling.run("config");

        run.succeeds();
        assertTrue(run.out().contains("kindling.master"), run.out());
    }

    @Test
    void theFirstRunLeavesArchivesOfClassesAndTheSecondUsesThem() throws Exception {
        Run first = kindling.withOwnArchives().run("demo", "--output", "first");
        Run second = kindling.run("demo", "--output", "second", "--verbose");

        first.succeeds();
        second.succeeds();
        assertTrue(first.err().contains("preparing quick starts"), first.err());
        assertFalse(second.err().contains("preparing quick starts"), second.err());
        try (Stream<Path> files = Files.walk(world.resolve("cache"))) {
            assertEquals(
                    List.of("classes", "driver.jsa", "executor.jsa"),
                    files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString())
                            .sorted()
                            .toList());
        }
        assertEquals(first.out(), second.out());
        assertTrue(kindling.run("doctor").out().contains("executor.jsa"));
    }

    @Test
    void anOlderJavaIsRefusedByTheStartScript() throws Exception {
        Path java = Files.createDirectories(world.resolve("old/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexit 1\n");
        Files.writeString(world.resolve("old/release"), "JAVA_VERSION=\"11.0.2\"\n");
        assertTrue(java.toFile().setExecutable(true));
        ProcessBuilder builder = new ProcessBuilder(
                        Kindling.home().resolve("bin/kindling").toString(), "--version")
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", world.resolve("old").toString());

        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes());

        assertEquals(2, process.waitFor(), said);
        assertTrue(said.contains("11.0.2") && said.contains("17"), said);
    }

    @Test
    void withoutJavaTheStartScriptSaysWhatToInstall() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Kindling.home().resolve("bin/kindling").toString(), "--version")
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", world.resolve("nothing").toString());

        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes());

        assertEquals(2, process.waitFor(), said);
        assertTrue(said.contains("JDK 17"), said);
    }
}
