package dev.kindling.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.bench.ramp.OperatorSample;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One program that uses the operators, by our engine and, unchanged, by Spark. */
class OnSparkIT {
    /** At its end, what the way out refuses. */
    private static final int REFUSED = 2;

    @TempDir
    Path directory;

    @Test
    void aProgramGivesTheSameOnSpark() throws Exception {
        Path input = Files.writeString(directory.resolve("input.txt"), "one\ntwo\n\nthree four\nfive\n");
        URI classes = OperatorSample.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();

        List<String> ours = Files.readAllLines(ours(input));
        List<String> sparks = Files.readAllLines(sparks(input, Path.of(classes)));

        assertTrue(ours.size() > 50, ours::toString);
        int same = ours.size() - REFUSED;
        assertEquals(String.join("\n", ours.subList(0, same)), String.join("\n", sparks.subList(0, same)));
        assertEquals(List.of("accumulator 10", "broadcast 7"), ours.subList(same, ours.size()));
        List<String> refused = sparks.subList(same, sparks.size());
        assertEquals(REFUSED, refused.size(), refused::toString);
        assertTrue(refused.get(0).contains("an accumulator cannot be translated to Spark"), refused::toString);
        assertTrue(refused.get(1).contains("a broadcast value cannot be translated to Spark"), refused::toString);
    }

    private Path ours(Path input) throws Exception {
        Path printed = directory.resolve("ours.txt");
        Path output = Files.createDirectory(directory.resolve("ours"));
        OperatorSample.main(new String[] {input.toString(), output.toString(), printed.toString()});
        return printed;
    }

    private Path sparks(Path input, Path classes) throws Exception {
        Path printed = directory.resolve("sparks.txt");
        Path output = Files.createDirectory(directory.resolve("sparks"));
        Path log = directory.resolve("spark.log");
        List<String> command = OnSpark.command(
                classes.toString(),
                List.of(OperatorSample.class.getName(), input.toString(), output.toString(), printed.toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(10, TimeUnit.MINUTES), "Spark did not end");
        } finally {
            process.destroyForcibly();
        }
        assertEquals(0, process.exitValue(), () -> logOf(log));
        return printed;
    }

    private static String logOf(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return log + " cannot be read: " + e;
        }
    }
}
