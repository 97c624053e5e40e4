package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.RDD;
import dev.kindling.testkit.KindlingExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Rows through processes: whatever order these read and write in, and however they end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(KindlingExtension.class)
class PipeTest {
    private static final List<Integer> NUMBERS =
            IntStream.range(0, 20_000).boxed().toList();

    private static List<String> shell(String script) {
        return List.of("sh", "-c", script);
    }

    @Test
    void everyPartitionHasAProcessOfItsOwn(KindlingContext kindling) {
        List<String> lines = NUMBERS.stream().map(String::valueOf).toList();

        assertEquals(lines, kindling.parallelize(NUMBERS, 3).pipe("cat").collect());
        assertEquals(
                List.of("0", "6666", "6667", "6667"),
                kindling.parallelize(NUMBERS, 3)
                        .union(kindling.parallelize(List.<Integer>of(), 1))
                        .pipe("wc -l")
                        .map(String::trim)
                        .sortBy(line -> line, true, 1)
                        .collect());
    }

    @Test
    void aProcessThatWritesMuchBeforeItReadsAnythingIsNoDeadlock(KindlingContext kindling) {
        // More than any pipe holds, in both directions.
        RDD<String> piped = kindling.parallelize(NUMBERS, 1).pipe(shell("seq 1 300000; cat; seq 1 100000"));

        assertEquals(300_000 + 20_000 + 100_000, piped.count());
    }

    @Test
    void aProcessThatReadsEverythingBeforeItWritesGetsEverything(KindlingContext kindling) {
        assertEquals(
                List.of("19999", "19998"),
                kindling.range(0, 20_000, 1, 1).pipe("sort -rn").take(2));
    }

    @Test
    void aProcessThatStopsReadingIsFedNoMore(KindlingContext kindling) {
        assertEquals(
                List.of("0", "1", "2"),
                kindling.range(0, Long.MAX_VALUE, 1, 1).pipe("head -n 3").collect());
    }

    @Test
    void theEnvironmentIsAddedTo(KindlingContext kindling) {
        assertEquals(
                List.of("ember and path"),
                kindling.of(1)
                        .coalesce(1)
                        .pipe(shell("cat > /dev/null; echo $GLOW and ${PATH:+path}"), Map.of("GLOW", "ember"))
                        .filter(line -> line.startsWith("ember"))
                        .distinct()
                        .collect());
    }

    @Test
    void anExitCodeFailsTheTaskWithWhatTheProcessSaid(KindlingContext kindling) {
        KindlingException failed = assertThrows(
                KindlingException.class,
                () -> kindling.parallelize(NUMBERS, 2)
                        .pipe(shell("cat > /dev/null; echo no licence found >&2; exit 3"))
                        .collect());

        assertEquals(ErrorCode.USER_CODE_FAILED, failed.code());
        assertTrue(failed.getMessage().contains("ended with exit code 3: no licence found"), failed.getMessage());
    }

    @Test
    void aProgramThatIsNotThereIsNamed(KindlingContext kindling) {
        KindlingException failed = assertThrows(
                KindlingException.class,
                () -> kindling.of(1).pipe("no-such-program").collect());

        assertTrue(failed.getMessage().contains("no-such-program"), failed.getMessage());
        assertThrows(KindlingException.class, () -> kindling.of(1).pipe(" "));
    }

    @Test
    void aReaderThatStopsEarlyEndsTheProcess(KindlingContext kindling, @TempDir Path directory) throws Exception {
        Path pid = directory.resolve("pid");

        assertEquals(
                List.of("y"),
                kindling.range(0, 10, 1, 1)
                        .pipe(shell("echo $$ > " + pid + "; exec yes"))
                        .take(1));

        long id = Long.parseLong(Files.readString(pid).trim());
        ProcessHandle.of(id).ifPresent(process -> process.onExit().join());
    }

    @Test
    void aFunctionThatFailsBelowTheProcessIsTheCause(KindlingContext kindling) {
        KindlingException failed = assertThrows(
                KindlingException.class,
                () -> kindling.range(0, 10, 1, 1)
                        .map(n -> 10 / (n - 5))
                        .pipe("cat")
                        .collect());

        assertTrue(failed.getCause() instanceof ArithmeticException, failed.toString());
    }
}
