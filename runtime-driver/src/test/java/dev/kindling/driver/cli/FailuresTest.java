package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void framesOfTheUserAreShownAndThoseOfTheLibrariesOfStoresAreNot() {
        Exception cause = new Exception("denied");
        cause.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("software.amazon.awssdk.core.Stage", "execute", "Stage.java", 1),
            new StackTraceElement("org.apache.hadoop.ipc.Client", "call", "Client.java", 2),
            new StackTraceElement("org.example.Program", "main", "Program.java", 3)
        });
        StringWriter said = new StringWriter();

        int exitCode = Failures.report(
                new KindlingException(ErrorCode.ACCESS_DENIED, "cannot read s3://b/k", cause), new PrintWriter(said));

        assertEquals(Main.FAILED, exitCode);
        assertTrue(said.toString().contains("org.example.Program.main(Program.java:3)"), said.toString());
        assertFalse(said.toString().contains("Stage.java"), said.toString());
        assertFalse(said.toString().contains("Client.java"), said.toString());
    }
}
