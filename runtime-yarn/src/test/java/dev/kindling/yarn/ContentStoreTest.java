package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
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
    void fileOfOneRecipeIsMadeOnce() throws IOException {
        ContentStore store = store("runtime", true);

        LocalResource made = store.putMade("java 17", "java.tar.gz", () -> jar, LocalResourceType.ARCHIVE);
        LocalResource again = store.putMade(
                "java 17",
                "java.tar.gz",
                () -> {
                    throw new IOException("made twice");
                },
                LocalResourceType.ARCHIVE);

        assertEquals(made, again);
        assertTrue(pathOf(made).endsWith("/java.tar.gz"));
        assertNotEquals(made, store.putMade("java 21", "java.tar.gz", () -> jar, LocalResourceType.ARCHIVE));
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

    @Test
    void directoryThatOthersMayWriteToIsRefused() throws IOException {
        Path loose = Files.createDirectory(directory.resolve("loose"));
        for (String mode : List.of("rwxrwxr-x", "rwxr-xrwx")) {
            Files.setPosixFilePermissions(loose, PosixFilePermissions.fromString(mode));

            KindlingException failure = assertThrows(KindlingException.class, () -> store("loose", true));

            assertTrue(failure.getMessage().contains("may write to"), failure::getMessage);
            assertTrue(failure.getMessage().contains("(mode " + mode + ")"), failure::getMessage);
        }
    }

    private static void setTime(Path file, long timeMs) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(timeMs));
    }

    @Test
    void contentThatWasNotUsedForLongIsClearedAndThatInUseStays() throws IOException {
        ContentStore store = store("runtime", true);
        Path old = Path.of(pathOf(store.put(jar, LocalResourceType.FILE)));
        setTime(old, 1_000);
        Files.writeString(jar, "other classes");
        Path recent = Path.of(pathOf(store.put(jar, LocalResourceType.FILE)));
        setTime(recent, 2_000);

        ContentStore.Cleared wouldBe = store.clear(2_000, true);
        assertTrue(Files.exists(old));
        ContentStore.Cleared cleared = store.clear(2_000, false);

        assertEquals(new ContentStore.Cleared(1, 2, 12), wouldBe);
        assertEquals(wouldBe, cleared);
        assertTrue(Files.exists(recent));
        try (Stream<Path> left = Files.list(directory.resolve("runtime"))) {
            assertEquals(List.of(recent.getParent()), left.toList());
        }
        assertEquals(new ContentStore.Cleared(0, 1, 0), store.clear(2_000, false));
    }

    @Test
    void useIsNotedBesideTheFileWhoseTimeContainersGoBy() throws IOException {
        ContentStore store = store("runtime", true);
        Path old = Path.of(pathOf(store.put(jar, LocalResourceType.FILE)));
        setTime(old, 1_000);

        LocalResource again = store.put(jar, LocalResourceType.FILE);

        assertEquals(1_000, again.getTimestamp());
        assertEquals(1, store.sentFiles());
        assertEquals(new ContentStore.Cleared(0, 1, 0), store.clear(System.currentTimeMillis() - 3_600_000, false));
        assertTrue(Files.exists(old));
    }

    @Test
    void anApplicationThatRunsKeepsWhatWasThereADayBeforeItBegan() {
        long day = 86_400_000L;
        long now = 100 * day;

        assertEquals(70 * day, ContentStore.usedBeforeMs(now, 30 * day, OptionalLong.empty()));
        assertEquals(70 * day, ContentStore.usedBeforeMs(now, 30 * day, OptionalLong.of(99 * day)));
        long hour = 3_600_000;
        assertEquals(39 * day - hour, ContentStore.usedBeforeMs(now, 30 * day, OptionalLong.of(40 * day)));
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
