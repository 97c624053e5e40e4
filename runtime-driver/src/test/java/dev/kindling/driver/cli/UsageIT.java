package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.cli.Kindling.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is called wrongly gets one line on standard error that says what is wrong and what would be right. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class UsageIT {
    @TempDir
    Path world;

    private Kindling kindling;

    @BeforeEach
    void open() throws Exception {
        kindling = new Kindling(world.toRealPath());
        Files.writeString(world.resolve("not-a.jar"), "text");
        Files.createDirectory(world.resolve("there"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "demo --master nowhere              | local-cluster[2,1,512]",
                "demo --master local[0]             | from 1 to",
                "demo --mastr local                 | --master",
                "demo --deploy-mode both            | client, cluster",
                "demo --executors 2 --master local  | local-cluster",
                "demo --executors none              | --executors",
                "demo --executor-memory 1           | 256m",
                "demo --conf kindling.mastr=local   | kindling.master",
                "demo --input missing.tsv           | does not exist",
                "demo --output there                | exists",
                "demo --jars missing.jar            | does not exist",
                "demo --files there                 | is not a file",
                "demo --chaos --master local[2]     | local-cluster",
                "demo --detach                      | --deploy-mode cluster",
                "submit                             | JAR",
                "submit missing.jar                 | does not exist",
                "submit not-a.jar                   | is not a jar",
                "status app-1                       | no application app-1",
                "kill app-1                         | no application app-1",
                "story missing.jsonl                | does not exist",
                "frobnicate                         | demo"
            })
    void isOneLineAndExitCodeTwo(String command, String hint) throws Exception {
        Run run = kindling.run(command.split(" +"));

        assertEquals(2, run.exitCode(), run.err());
        assertEquals(1, run.errLines().size(), run.err());
        assertTrue(run.err().startsWith("kindling: "), run.err());
        assertTrue(run.err().contains(hint), run.err());
        assertEquals("", run.out());
    }

    @Test
    void theVersionIsThatOfTheJars() throws Exception {
        Run run = kindling.run("--version");

        run.succeeds();
        assertTrue(run.out().matches("Kindling \\d+\\.\\d+\\.\\d+\\S* \\(Java \\S+\\)\\R"), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "submit", "status", "kill", "config", "story", "doctor"})
    void everyCommandExplainsItself(String command) throws Exception {
        Run run = kindling.run(command, "--help");

        run.succeeds();
        assertTrue(run.out().startsWith("Usage: kindling " + command), run.out());
        assertEquals("", run.err());
    }

    @Test
    void theManualNamesEveryKeyOnStandardOutput() throws Exception {
        Run run = kindling.run("config");

        run.succeeds();
        assertTrue(run.out().contains("kindling.master"), run.out());
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
