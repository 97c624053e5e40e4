package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What is called wrongly gets one line on standard error that says what is wrong and what would be right. */
class UsageTest {
    @TempDir
    Path world;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "demo --master nowhere              | local-cluster[2,1,512]",
                "demo --master local[0]             | from 1 to",
                "demo --mastr local                 | --master",
                "demo --deploy-mode both            | client, cluster",
                "demo --executors 2 --master local  | local-cluster",
                "demo --executors none              | --num-executors",
                "demo --executor-memory 1           | 256m",
                "config --executor-memory 1         | 256m",
                "config --executor-cores 0          | from 1",
                "demo --conf kindling.mastr=local   | kindling.master",
                "demo --input missing.tsv           | does not exist",
                "demo --output DIR                  | exists",
                "demo --jars missing.jar            | does not exist",
                "demo --files DIR                   | is not a file",
                "demo --chaos --master local[2]     | local-cluster",
                "demo --detach                      | --deploy-mode cluster",
                "submit                             | JAR",
                "submit missing.jar                 | does not exist",
                "submit TEXT                        | is not a jar",
                "status app-1                       | no application app-1",
                "kill app-1                         | no application app-1",
                "story missing.jsonl                | no event log or kept run",
                "page missing.jsonl                 | no event log or kept run",
                "page a b c                         | compares two runs",
                "sim --lose e2                      | --lose",
                "sim --skew 200                     | 0 to 100 percent",
                "sim --page run.html --seeds 2      | one run",
                "story TEXT --subject task3         | task:3.7 (stage 3, partition 7)",
                "frobnicate                         | demo"
            })
    void isOneLineAndExitCodeTwo(String command, String hint) throws Exception {
        Path wrong = Files.writeString(world.resolve("not-a.jar"), "text");
        List<String> arguments = Arrays.stream(command.split(" +"))
                .map(word -> word.equals("DIR") ? world.toString() : word.equals("TEXT") ? wrong.toString() : word)
                .toList();

        int exitCode = run(arguments);

        assertEquals(2, exitCode, err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertTrue(err.toString().startsWith("kindling: "), err::toString);
        assertTrue(err.toString().contains(hint), err::toString);
        assertEquals("", out.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"demo", "submit", "status", "kill", "config", "story", "page", "replay", "runs", "sim", "doctor"
            })
    void everyCommandExplainsItself(String command) throws Exception {
        assertEquals(0, run(List.of(command, "--help")));
        assertTrue(out.toString().startsWith("Usage: kindling " + command), out::toString);
        assertEquals("", err.toString());
    }

    @Test
    void configTellsHowAnExecutorDividesItsMemory() throws Exception {
        assertEquals(0, run(List.of("config", "--executor-memory", "512m", "--executor-cores", "2")));

        assertTrue(out.toString().startsWith("  512 MiB  heap (kindling.executor.memory)\n"), out::toString);
        assertTrue(out.toString().contains("  103 MiB    counted pages: "), out::toString);
        assertTrue(out.toString().contains("   13 MiB      for each task whatever others hold"), out::toString);
        assertTrue(out.toString().contains("   64 MiB  buffers of files and sockets"), out::toString);
    }

    @Test
    void theHelpListsEveryCommandThatIsThere() {
        assertEquals(0, run(List.of("--help")));
        for (String command : List.of(
                "demo", "submit", "status", "kill", "config", "story", "page", "replay", "runs", "sim", "doctor")) {
            assertTrue(out.toString().contains("\n  " + command + " "), () -> command + " in " + out);
        }
    }

    private int run(List<String> arguments) {
        String[] args = arguments.toArray(String[]::new);
        CommandLine line = Main.commandLine(args);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }
}
