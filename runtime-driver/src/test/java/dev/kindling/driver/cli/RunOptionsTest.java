package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RunOptionsTest {
    private static final String LOG_DIRECTORY = "kindling.eventlog.dir";
    private static final String LOG_BYTES = "kindling.eventlog.maxBytes";
    private static final String PREPARE = "kindling.storage.prepare";

    private static RunOptions parsed(String... options) {
        RunOptions run = new RunOptions();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("run", CommandLine.Model.CommandSpec.forAnnotatedObject(run)))
                .parseArgs(options);
        return run;
    }

    private static Map<String, String> settings(List<String> programArguments, String... options) {
        RunOptions run = parsed(options);
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

    @Test
    void aRunIsKeptUnlessItsLogLiesElsewhereOrNoneIsWanted() {
        boolean isPossible = KeptRuns.isWritable(KeptRuns.directory());

        assertEquals(isPossible, parsed().isKept());
        assertEquals(
                isPossible,
                "67108864".equals(settings(List.of()).get(LOG_BYTES)),
                "a log may have a quarter of it all");
        assertFalse(parsed("--conf", "kindling.runs.kept=0").isKept());
        assertFalse(parsed("--conf", LOG_DIRECTORY + "=/logs").isKept());
        assertEquals(
                "/logs", settings(List.of(), "--conf", LOG_DIRECTORY + "=/logs").get(LOG_DIRECTORY));
    }
}
