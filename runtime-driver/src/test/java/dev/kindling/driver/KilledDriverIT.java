package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.driver.journal.Replay;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A driver that ends without closing its context. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledDriverIT {
    @TempDir
    Path scratch;

    @TempDir
    Path journals;

    private Process driver;

    @AfterEach
    void endDriver() {
        if (driver != null) {
            driver.destroyForcibly();
        }
    }

    /** The program that is killed: says when its executors work, then never ends. */
    public static final class Program {
        private Program() {}

        public static void main(String[] args) {
            KindlingConf conf = new KindlingConf()
                    .setMaster("local-cluster[2,1,64]")
                    .set("kindling.scratch.dirs", args[0])
                    .set("kindling.journal.dir", args[1]);
            KindlingContext kindling = new KindlingContext(conf);
            kindling.range(0, 4, 1, 4).map(n -> n + 1).collect();
            System.out.println("works");
            kindling.range(0, 2, 1, 2)
                    .map(n -> {
                        Thread.sleep(600_000);
                        return n;
                    })
                    .collect();
        }
    }

    private void start() throws Exception {
        driver = new ProcessBuilder(Keyboard.attached(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        scratch.toString(),
                        journals.toString())))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader output = driver.inputReader();
        assertEquals("works", output.readLine());
    }

    private static void awaitEnd(List<ProcessHandle> executors) throws Exception {
        assertEquals(2, executors.size());
        for (ProcessHandle executor : executors) {
            executor.onExit().get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void interruptFromTheKeyboardLeavesNoProcessAndNoFile() throws Exception {
        start();
        List<ProcessHandle> executors = driver.descendants().toList();

        Keyboard.interrupt(driver);

        assertTrue(driver.waitFor(60, TimeUnit.SECONDS));
        awaitEnd(executors);
        assertEquals(List.of(), Leftovers.files(scratch));
    }

    @Test
    void executorsEndWhenTheirDriverIsKilled() throws Exception {
        start();
        List<ProcessHandle> executors = driver.descendants().toList();

        driver.destroyForcibly();

        awaitEnd(executors);
    }

    @Test
    void whatAKilledDriverDecidedIsDecidedAgainFromItsJournal() throws Exception {
        start();
        List<ProcessHandle> executors = driver.descendants().toList();
        // A journal reaches its file at each tick.
        awaitStanding("job 1");

        driver.destroyForcibly();
        driver.waitFor();

        List<String> standing = replayed();
        assertTrue(standing.stream().anyMatch(line -> line.contains("job 1")), standing::toString);
        assertTrue(standing.stream().noneMatch(line -> line.contains("job 0")), standing::toString);
        awaitEnd(executors);
    }

    private void awaitStanding(String what) throws Exception {
        while (replayed().stream().noneMatch(line -> line.contains(what))) {
            Thread.sleep(50);
        }
    }

    /** Where all stood at the last whole step. */
    private List<String> replayed() throws Exception {
        Path journal;
        try (Stream<Path> files = Files.list(journals)) {
            journal = files.findFirst().orElseThrow();
        }
        try (Replay replay = new Replay(Files.newInputStream(journal))) {
            while (replay.next().isPresent()) {
                assertFalse(replay.wasCutOff());
            }
            return replay.standing();
        }
    }
}
