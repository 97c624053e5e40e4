package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.hdfs.security.token.delegation.DelegationTokenIdentifier;
import org.apache.hadoop.io.DataInputByteBuffer;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.junit.jupiter.api.Test;

/** Tokens of a file system that hands them out, and where they go; a real one is asked in {@code HdfsKerberosIT}. */
class FileTokensTest {
    private static final long END_MS = 1_800_000_000_000L;

    /** Files of this machine, for whom a token is wanted. */
    public static final class Guarded extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("guarded:///");
        }

        @Override
        public String getCanonicalServiceName() {
            return "guarded";
        }

        @Override
        public Token<?> getDelegationToken(String renewer) throws IOException {
            if (renewer.isEmpty()) {
                throw new IOException("no ticket");
            }
            DelegationTokenIdentifier identifier =
                    new DelegationTokenIdentifier(new Text("alice"), new Text(renewer), new Text());
            identifier.setMaxDate(END_MS);
            return new Token<>(identifier.getBytes(), new byte[0], identifier.getKind(), new Text("guarded"));
        }
    }

    private static Configuration settings() {
        Configuration settings = new Configuration(false);
        settings.setClass("fs.guarded.impl", Guarded.class, Guarded.class);
        return settings;
    }

    @Test
    void eachFileSystemIsAskedOnceForTheResourceManager() throws IOException {
        Credentials tokens = new Credentials();

        FileTokens.obtain(new Path("guarded:/a"), settings(), "rm", tokens);
        FileTokens.obtain(new Path("guarded:/b"), settings(), "somebody else", tokens);

        assertEquals(1, tokens.numberOfTokens());
        DelegationTokenIdentifier identifier =
                (DelegationTokenIdentifier) tokens.getToken(new Text("guarded")).decodeIdentifier();
        assertEquals("rm", identifier.getRenewer().toString());
        assertEquals(OptionalLong.of(END_MS), FileTokens.endOf(tokens));
    }

    @Test
    void whoHasNoTicketIsToldToGetOne() {
        KindlingException failure = assertThrows(
                KindlingException.class,
                () -> FileTokens.obtain(new Path("guarded:/a"), settings(), "", new Credentials()));

        assertEquals(ErrorCode.BAD_CONFIGURATION, failure.code());
        assertTrue(failure.getMessage().contains("guarded:/a for the application's containers: no ticket; run kinit"));
    }

    @Test
    void executorsGetTheDriversTokensAndNotWhatOpensTheResourceManagerNorItsSecrets() throws IOException {
        Credentials drivers = new Credentials();
        FileTokens.obtain(new Path("guarded:/a"), settings(), "rm", drivers);
        drivers.addToken(
                new Text("resourcemanager"),
                new Token<>(new byte[0], new byte[0], AMRMTokenIdentifier.KIND_NAME, new Text("resourcemanager")));
        drivers.addSecretKey(new Text("kindling.driver"), new byte[] {1});

        Credentials executors = FileTokens.passedOn(drivers);

        assertEquals(1, executors.numberOfTokens());
        assertEquals(0, executors.numberOfSecretKeys());
        ContainerLaunchContext command = ContainerCommand.of(
                Config.defaults(), new ContainerFiles(Map.of(), List.of()), List.of(), List.of("Main"), executors);
        assertEquals(
                drivers.getToken(new Text("guarded")), read(command.getTokens()).getToken(new Text("guarded")));
    }

    private static Credentials read(ByteBuffer bytes) throws IOException {
        DataInputByteBuffer in = new DataInputByteBuffer();
        in.reset(bytes);
        Credentials credentials = new Credentials();
        credentials.readTokenStorageStream(new DataInputStream(in));
        return credentials;
    }
}
