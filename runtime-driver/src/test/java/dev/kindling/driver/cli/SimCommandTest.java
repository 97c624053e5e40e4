package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SimCommandTest {
    @Test
    void goodSeedIsOneLineAndTheSameOneEachTime() {
        String once = run("sim", "--seed", "42", "--kill", "0.02", "--drop", "0.05");

        assertTrue(once.startsWith("0\nseed 42: "), once);
        assertEquals(1, once.lines().skip(1).count());
        assertEquals(once, run("sim", "--seed", "42", "--kill", "0.02", "--drop", "0.05"));
    }

    @Test
    void traceTellsEveryEvent() {
        String traced = run("sim", "--seed", "1", "--no-faults", "--trace");

        assertTrue(traced.contains("hears LaunchTasks (s"), traced);
        assertTrue(traced.contains("-> complete job"), traced);
        assertTrue(traced.trim().endsWith("faults: none"), traced);
    }

    @Test
    void manySeedsOnSeveralThreadsSayHowManyAreGood() {
        String swept = run("sim", "--seeds", "20", "--threads", "2", "--keep-going");

        assertTrue(swept.startsWith("0\n20 of 20 seeds, 0 bad, "), swept);
    }

    @Test
    void whatIsNoProbabilityIsRefused() {
        assertTrue(run("sim", "--kill", "2").startsWith("2\n"));
    }

    /** The exit code, then what was printed. */
    private static String run(String... args) {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            int code = Main.run(args);
            return code + "\n" + printed.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
        } finally {
            System.setOut(before);
        }
    }
}
