package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.executor.ExecutorBootstrap;
import dev.kindling.rpc.ApplicationCredentials;
import dev.kindling.util.Secret;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.security.Credentials;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Word of a later driver, by way of files that anybody may read. */
class HandoverTest {
    private static final String NONCE = "a nonce that nobody else may know";

    @TempDir
    Path directory;

    private final Configuration settings = new Configuration(false);
    private Handover drivers;
    private Handover executors;

    @BeforeEach
    void bothSidesHaveTheSameCredentials() {
        drivers = Handover.of(new org.apache.hadoop.fs.Path(directory.toUri()), "application_1_0001");
        Credentials credentials = new Credentials();
        drivers.addTo(credentials);
        executors = Handover.of(credentials).orElseThrow();
    }

    private static byte[] bootstrap(long incarnation) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ExecutorBootstrap(
                        "application",
                        "e1",
                        incarnation,
                        Secret.of(NONCE),
                        1,
                        1L << 27,
                        List.of(),
                        "",
                        "host",
                        4_711,
                        ApplicationCredentials.withoutCertificate(),
                        List.of(),
                        false,
                        Map.of())
                .write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private FileSystem files() throws IOException {
        return FileSystem.getLocal(settings);
    }

    @Test
    void executorHearsWhatTheNextDriverLeftForItsContainer() throws IOException {
        assertEquals(Optional.empty(), executors.look(files(), "c1"));

        drivers.tell(settings, "c1", bootstrap(2));
        drivers.tell(settings, "c1", bootstrap(3));

        ExecutorBootstrap told = executors.await(settings, "c1", 2, 60_000).orElseThrow();
        assertEquals(3, told.incarnation());
        assertEquals(Secret.of(NONCE), told.nonce());
        assertEquals(Optional.empty(), executors.look(files(), "c2"));
        drivers.forget(settings);
        assertFalse(Files.exists(Path.of(URI.create(drivers.directory()))));
    }

    @Test
    void whatAnEarlierDriverLeftIsNoWordOfTheNextOne() throws IOException {
        drivers.tell(settings, "c1", bootstrap(2));

        assertEquals(Optional.empty(), executors.await(settings, "c1", 2, 1));
    }

    @Test
    void fileTellsNothingToWhoHasNoKeyAndIsWorthNothingElsewhere() throws IOException {
        drivers.tell(settings, "c1", bootstrap(2));
        Path file = Path.of(URI.create(drivers.directory())).resolve("c1");

        assertFalse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(NONCE));
        Files.copy(file, file.resolveSibling("c2"));
        IOException failure = assertThrows(IOException.class, () -> executors.look(files(), "c2"));
        assertTrue(failure.getMessage().contains("not what a driver of this application wrote"), failure::getMessage);
    }
}
