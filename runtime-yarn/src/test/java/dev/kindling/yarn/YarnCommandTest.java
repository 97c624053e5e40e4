package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The command is found by the command line, and says what is wrong before it asks a cluster. */
class YarnCommandTest {
    private static String complaintOf(String... arguments) {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertEquals(2, Main.run(arguments));
        } finally {
            System.setErr(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void commandsAreNamedToWhoGivesNone() {
        assertTrue(complaintOf("yarn").contains("use one of list, logs, kill, clean"));
    }

    @Test
    void whatIsNoApplicationIsRefused() {
        assertTrue(complaintOf("yarn", "kill", "nonsense").contains("nonsense is no application"));
        assertTrue(complaintOf("yarn", "logs", "nonsense").contains("nonsense is no application"));
    }

    @Test
    void contentThatMayBeUsedTodayIsNeverCleared() {
        assertTrue(complaintOf("yarn", "clean", "--unused-for", "1").contains("--unused-for must be 2 at least"));
    }

    @Test
    void doctorIsFoundAmongThoseOfOtherThings() {
        assertTrue(complaintOf("doctor", "yarn", "--queu", "q").contains("did you mean"));
        assertTrue(complaintOf("doctor", "zarn").contains("yarn"));
    }
}
