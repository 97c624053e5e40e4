package dev.kindling.bench.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.bench.storage.Comparison.Measured;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.util.NativeCodeLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole run of {@code bin/bench storage}, with so little that its figures mean nothing. */
class StorageBenchmarkIT {
    @Test
    void everyComparisonReadsTheSameOnBothSidesAndIsInTheTable(@TempDir Path directory) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();

        List<Measured> measured = new StorageBenchmark(
                        directory,
                        300_000,
                        0,
                        2,
                        Optional.empty(),
                        new PrintStream(printed, true, StandardCharsets.UTF_8))
                .run();

        String text = printed.toString(StandardCharsets.UTF_8);
        boolean hasShortCircuit = NativeCodeLoader.isNativeCodeLoaded();
        assertEquals(hasShortCircuit ? 32 : 26, measured.size());
        assertEquals(
                hasShortCircuit ? 14 : 12,
                measured.stream().filter(one -> one.of().bar() > 0).count());
        for (Measured one : measured) {
            assertEquals(2, one.ours().length);
            assertTrue(one.ratio() > 0, one.of().what());
            assertTrue(text.contains("| " + one.of().what()), text);
        }
    }
}
