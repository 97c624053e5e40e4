package dev.kindling.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.rpc.ApplicationCredentials;
import dev.kindling.util.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExecutorBootstrapTest {
    private static byte[] write(ExecutorBootstrap bootstrap) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bootstrap.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static ExecutorBootstrap read(byte[] bytes) throws IOException {
        return ExecutorBootstrap.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    private static ExecutorBootstrap sample(ApplicationCredentials credentials) {
        return new ExecutorBootstrap(
                "app-1",
                "e7",
                3,
                Secret.of("0123456789abcdef0123456789abcdef"),
                2,
                64L << 20,
                List.of("/tmp/a", "/tmp/b"),
                "host-1",
                "localhost",
                41_000,
                credentials,
                List.of("/lib/app.jar", "/ä/classes"),
                true,
                Map.of("kindling.task.batchRows", "12", "spark.x", ""));
    }

    @Test
    void everythingArrivesAsItWasWritten() throws IOException {
        ApplicationCredentials credentials = ApplicationCredentials.withCertificate();

        ExecutorBootstrap arrived = read(write(sample(credentials)));

        // Credentials have no equality on purpose; written again they must give the same bytes.
        assertEquals(
                List.of(write(sample(credentials)).length, "e7"), List.of(write(arrived).length, arrived.executorId()));
        assertEquals(
                new String(write(sample(credentials)), StandardCharsets.ISO_8859_1),
                new String(write(arrived), StandardCharsets.ISO_8859_1));
        assertEquals(sample(arrived.credentials()), arrived);
    }

    @Test
    void textFormHasNoCredentials() throws IOException {
        ApplicationCredentials credentials = ApplicationCredentials.withCertificate();

        assertEquals(
                sample(ApplicationCredentials.withCertificate()).toString(),
                sample(credentials).toString());
    }

    @Test
    void anythingElseIsRefusedWithAHint() {
        IOException refused =
                assertThrows(IOException.class, () -> read("hello, executor".getBytes(StandardCharsets.UTF_8)));

        assertTrue(refused.getMessage().contains("executors are started by their driver"), refused.getMessage());
        assertThrows(IOException.class, () -> read(new byte[] {0x4b, 0x49, 0x4e, 0x44, -1, -1, -1, -1}));
    }
}
