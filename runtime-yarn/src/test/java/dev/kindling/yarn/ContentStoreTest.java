package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent to the cluster, over the file system of this machine. */
class ContentStoreTest {
    @TempDir
    Path directory;

    private FileSystem files;
    private String user;
    private Path jar;

    @BeforeEach
    void makeFile() throws IOException {
        files = FileSystem.getLocal(new Configuration());
        user = Files.getOwner(directory).getName();
        jar = Files.writeString(directory.resolve("a.jar"), "some classes");
    }

    private ContentStore store(String name, boolean isShared) throws IOException {
        return ContentStore.open(
                files, new org.apache.hadoop.fs.Path(directory.resolve(name).toUri()), user, isShared);
    }

    private static String pathOf(LocalResource resource) {
        return resource.getResource().getFile();
    }

    @Test
    void secondSubmissionSendsNothing() throws IOException {
        ContentStore first = store("runtime", true);
        LocalResource sent = first.put(jar, LocalResourceType.FILE);
        assertEquals(12, first.sentBytes());

        ContentStore second = store("runtime", true);
        LocalResource again = second.put(jar, LocalResourceType.FILE);

        assertEquals(0, second.sentBytes());
        assertEquals(0, second.sentFiles());
        assertEquals(sent, again);
        assertEquals("some classes", Files.readString(Path.of(pathOf(again))));
    }

    @Test
    void otherContentOfTheSameNameLiesElsewhere() throws IOException {
        ContentStore store = store("runtime", true);
        String before = pathOf(store.put(jar, LocalResourceType.FILE));
        Files.writeString(jar, "other classes");

        String after = pathOf(store.put(jar, LocalResourceType.FILE));

        assertNotEquals(before, after);
        assertEquals(Path.of(before).getFileName(), Path.of(after).getFileName());
    }

    @Test
    void sharedFileIsPublicOnlyWhereEverybodyGetsToIt() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));

        LocalResource hidden = store("runtime", true).put(jar, LocalResourceType.FILE);

        assertEquals(LocalResourceVisibility.PRIVATE, hidden.getVisibility());
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        LocalResource open = store("runtime", true).put(jar, LocalResourceType.FILE);
        assertEquals(LocalResourceVisibility.PUBLIC, open.getVisibility());
        assertEquals("rw-r--r--", permissions(Path.of(pathOf(open))));
    }

    @Test
    void ownFilesAreForTheirOwnerOnly() throws IOException {
        LocalResource own = store("own", false).put(jar, LocalResourceType.FILE);

        assertEquals(LocalResourceVisibility.PRIVATE, own.getVisibility());
        assertEquals("rw-------", permissions(Path.of(pathOf(own))));
        assertEquals("rwx------", permissions(directory.resolve("own")));
    }

    @Test
    void directoryOfSomebodyElseIsRefused() throws IOException {
        Files.createDirectory(directory.resolve("theirs"));
        user = "nobody-" + user;

        KindlingException failure = assertThrows(KindlingException.class, () -> store("theirs", true));

        assertTrue(failure.getMessage().contains("so what lies there cannot be trusted"), failure::getMessage);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
