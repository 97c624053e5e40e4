package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RunOptionsTest {
    private static final String PREPARE = "kindling.storage.prepare";

    private static Map<String, String> settings(List<String> programArguments, String... options) {
        RunOptions run = new RunOptions();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("run", CommandLine.Model.CommandSpec.forAnnotatedObject(run)))
                .parseArgs(options);
        run.expectPaths(programArguments);
        return run.settings("");
    }

    @Test
    void clientsAreMadeReadyForThePathsAmongTheArgumentsOfAProgram() {
        assertEquals("s3", settings(List.of("10", "s3://bucket/in")).get(PREPARE));
        assertEquals(
                "s3,s3a", settings(List.of("--in=s3a://b/x", "/local,s3://b/y")).get(PREPARE));
        assertEquals(
                null,
                settings(List.of("/data/s3:/in", "his3://", "hdfs://nn/x")).get(PREPARE));
        assertEquals(
                "", settings(List.of("s3://bucket/in"), "--conf", PREPARE + "=").get(PREPARE));
    }
}
