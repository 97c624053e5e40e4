package dev.kindling.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.OutputStore.AttemptOutput;
import dev.kindling.storage.OutputStore.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LocalOutputStoreTest {
    @TempDir
    Path root;

    /** The process dies here: nothing of it runs any more, not even its clean-up. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    @AfterEach
    void endProcess() {
        LocalClaim.releaseAll();
    }

    private String target() {
        return root.resolve("made/out").toString();
    }

    private static Part write(LocalOutputStore store, String target, int partition, String attempt, String text)
            throws IOException {
        AttemptOutput output = store.openAttempt(target, partition, "", attempt);
        try (var stream = output.stream()) {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return new Part(output.attemptFile(), output.finalName(), 1, text.length());
    }

    private static void wholeJob(LocalOutputStore store, String target, String application) throws IOException {
        store.claim(target, application);
        List<Part> parts = new ArrayList<>();
        for (int partition = 0; partition < 3; partition++) {
            parts.add(write(
                    store, target, partition, application + "-s1p" + partition + "#0", "(k" + partition + ",1)\n"));
        }
        store.publish(target, parts);
    }

    private TreeMap<String, String> tree() throws IOException {
        TreeMap<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                if (!path.equals(root)) {
                    files.put(root.relativize(path).toString(), Files.isDirectory(path) ? "/" : Files.readString(path));
                }
            }
        }
        return files;
    }

    @Test
    void publishedOutputHoldsThePartsAndTheManifestAndNothingElse() throws IOException {
        LocalOutputStore store = new LocalOutputStore();

        wholeJob(store, target(), "app1");

        assertEquals(
                List.of(
                        "made",
                        "made/out",
                        "made/out/_SUCCESS",
                        "made/out/part-00000",
                        "made/out/part-00001",
                        "made/out/part-00002"),
                List.copyOf(tree().keySet()));
        assertEquals("(k1,1)\n", tree().get("made/out/part-00001"));
        assertEquals(
                "{\"format\":1,\"rows\":3,\"bytes\":21,\"parts\":[{\"name\":\"part-00000\",\"rows\":1,\"bytes\":7},{\"name\":\"part-00001\",\"rows\":1,\"bytes\":7},{\"name\":\"part-00002\",\"rows\":1,\"bytes\":7}]}\n",
                tree().get("made/out/_SUCCESS"));
    }

    @Test
    void crashAtAnyStepLeavesNoSuccessUnlessAllIsThereAndTheNextRunIsClean() throws IOException {
        int crashes = 0;
        for (int step = 1; ; step++) {
            int crashAt = step;
            int[] steps = {0};
            String target = root.resolve("crash" + step + "/out").toString();
            Path directory = Path.of(target);
            LocalOutputStore dying = new LocalOutputStore(what -> {
                if (++steps[0] == crashAt) {
                    throw new Crash();
                }
            });
            try {
                wholeJob(dying, target, "dead");
                break;
            } catch (Crash e) {
                crashes++;
                LocalClaim.releaseAll();
            }

            if (Files.exists(directory.resolve("_SUCCESS"))) {
                assertEquals("(k2,1)\n", Files.readString(directory.resolve("part-00002")), "step " + step);
                continue;
            }
            wholeJob(new LocalOutputStore(), target, "next");

            try (Stream<Path> files = Files.list(directory)) {
                assertEquals(
                        List.of("_SUCCESS", "part-00000", "part-00001", "part-00002"),
                        files.map(file -> file.getFileName().toString())
                                .sorted()
                                .toList(),
                        "step " + step);
            }
        }
        assertTrue(crashes > 15, crashes + " steps only");
    }

    @Test
    void crashWhileTakingOverADeadApplicationsTargetIsNoHarmEither() throws IOException {
        for (int step = 1; step <= 40; step++) {
            int crashAt = step;
            String target = root.resolve("again" + step).toString();
            LocalOutputStore first = new LocalOutputStore(what -> {
                if (what.equals("move part-00002")) {
                    throw new Crash();
                }
            });
            assertThrows(Crash.class, () -> wholeJob(first, target, "dead1"));
            LocalClaim.releaseAll();
            int[] steps = {0};
            LocalOutputStore second = new LocalOutputStore(what -> {
                if (++steps[0] == crashAt) {
                    throw new Crash();
                }
            });
            try {
                wholeJob(second, target, "dead2");
                assertTrue(step > 20, "ended after " + step + " steps");
                return;
            } catch (Crash e) {
                LocalClaim.releaseAll();
            }
            if (!Files.exists(Path.of(target, "_SUCCESS"))) {
                wholeJob(new LocalOutputStore(), target, "next");
            }

            assertEquals("(k0,1)\n", Files.readString(Path.of(target, "part-00000")));
        }
    }

    @Test
    void failureToPublishIsUndone() throws IOException {
        LocalOutputStore store = new LocalOutputStore();
        store.claim(target(), "app1");
        Part first = write(store, target(), 0, "a#0", "x\n");
        Part lost = new Part("_temporary/a#1/part-00001", "part-00001", 1, 2);

        KindlingException e =
                assertThrows(KindlingException.class, () -> store.publish(target(), List.of(first, lost)));

        assertEquals(ErrorCode.COMMIT_FAILED, e.code());
        assertTrue(e.getMessage().contains("part-00001 does not exist; nothing of it is visible"), e.getMessage());
        assertEquals(List.of(), List.copyOf(tree().keySet()));
    }

    @Test
    void partOfAnotherSizeThanItsTaskWroteIsNotPublished() throws IOException {
        LocalOutputStore store = new LocalOutputStore();
        store.claim(target(), "app1");
        Part part = write(store, target(), 0, "a#0", "x\n");

        KindlingException e = assertThrows(
                KindlingException.class,
                () -> store.publish(target(), List.of(new Part(part.attemptFile(), part.finalName(), 1, 3))));

        assertTrue(e.getMessage().contains("has 2 bytes, its task wrote 3"), e.getMessage());
        assertFalse(Files.exists(Path.of(target())));
    }

    @Test
    void discardLeavesNothingNotEvenDirectoriesTheClaimMade() throws IOException {
        LocalOutputStore store = new LocalOutputStore();
        store.claim(target(), "app1");
        write(store, target(), 0, "a#0", "x");

        store.discard(target());

        assertEquals(List.of(), List.copyOf(tree().keySet()));
    }

    @Test
    void discardKeepsADirectoryThatWasThereBefore() throws IOException {
        Files.createDirectories(Path.of(target()));
        LocalOutputStore store = new LocalOutputStore();
        store.claim(target(), "app1");

        store.discard(target());

        assertEquals(List.of("made", "made/out"), List.copyOf(tree().keySet()));
    }

    @Test
    void discardedAttemptIsGoneAndOthersStay() throws IOException {
        LocalOutputStore store = new LocalOutputStore();
        store.claim(target(), "app1");
        Part loser = write(store, target(), 0, "a#0", "lost\n");
        Part winner = write(store, target(), 0, "a#1", "won\n");

        store.discardAttempt(target(), loser.attemptFile());
        store.publish(target(), List.of(winner));

        assertEquals("won\n", Files.readString(Path.of(target(), "part-00000")));
    }

    @Test
    void lateAttemptCannotWriteAfterTheEnd() throws IOException {
        LocalOutputStore store = new LocalOutputStore();
        wholeJob(store, target(), "app1");

        IOException e = assertThrows(IOException.class, () -> store.openAttempt(target(), 0, "", "late#1"));

        assertTrue(e.getMessage().contains("published or given up before"), e.getMessage());
        assertFalse(Files.exists(Path.of(target(), "_temporary")));
    }

    @Test
    void filesThatAreThereAreRefusedAndKept() throws IOException {
        Files.createDirectories(Path.of(target()));
        Files.writeString(Path.of(target(), "mine.txt"), "precious");

        KindlingException e =
                assertThrows(KindlingException.class, () -> new LocalOutputStore().claim(target(), "app1"));

        assertEquals(ErrorCode.OUTPUT_EXISTS, e.code());
        assertTrue(e.getMessage().contains("is not empty: it holds mine.txt; name"), e.getMessage());
        assertEquals("precious", Files.readString(Path.of(target(), "mine.txt")));
    }

    @Test
    void earlierOutputIsRefused() throws IOException {
        wholeJob(new LocalOutputStore(), target(), "app1");

        KindlingException e =
                assertThrows(KindlingException.class, () -> new LocalOutputStore().claim(target(), "app2"));

        assertTrue(e.getMessage().contains("holds the output of an earlier job"), e.getMessage());
    }

    @Test
    void fileIsRefusedAsTarget() throws IOException {
        Files.writeString(root.resolve("file"), "");

        KindlingException target =
                assertThrows(KindlingException.class, () -> new LocalOutputStore().claim(root + "/file", "app1"));
        KindlingException parent =
                assertThrows(KindlingException.class, () -> new LocalOutputStore().claim(root + "/file/out", "app1"));

        assertTrue(target.getMessage().contains("file is a file; name a directory"), target.getMessage());
        assertTrue(parent.getMessage().contains("file is a file"), parent.getMessage());
    }

    @Test
    void targetOfALivingApplicationIsRefused() throws IOException {
        LocalOutputStore store = new LocalOutputStore();
        store.claim(target(), "app1");

        KindlingException e = assertThrows(KindlingException.class, () -> store.claim(target(), "app2"));

        assertEquals(ErrorCode.OUTPUT_EXISTS, e.code());
        assertTrue(e.getMessage().contains("being written by another application"), e.getMessage());
        store.publish(target(), List.of(write(store, target(), 0, "a#0", "x")));
    }

    @Test
    @Timeout(60)
    void targetOfAnotherProcessIsRefusedWhileItLivesAndTakenOverWhenItWasKilled() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClaimAndWait.class.getName(),
                        target())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertEquals("claimed", other.inputReader().readLine());
            KindlingException e =
                    assertThrows(KindlingException.class, () -> new LocalOutputStore().claim(target(), "app2"));
            assertTrue(e.getMessage().contains("being written by another application"), e.getMessage());
        } finally {
            other.destroyForcibly().waitFor();
        }

        wholeJob(new LocalOutputStore(), target(), "app2");

        assertEquals("(k0,1)\n", Files.readString(Path.of(target(), "part-00000")));
        assertFalse(Files.exists(Path.of(target(), "_temporary")));
    }

    /** Another application: claims a target, writes half a part, waits to be killed. */
    static final class ClaimAndWait {
        private ClaimAndWait() {}

        public static void main(String[] arguments) throws IOException {
            LocalOutputStore store = new LocalOutputStore();
            store.claim(arguments[0], "app1");
            store.openAttempt(arguments[0], 0, "", "app1-s1p0#0").stream().write(7);
            System.out.println("claimed");
            System.in.read();
        }
    }

    @Test
    void temporaryDirectoryOfAnotherProgramIsRefused() throws IOException {
        Files.createDirectories(Path.of(target(), "_temporary/0"));

        assertThrows(KindlingException.class, () -> new LocalOutputStore().claim(target(), "app1"));

        assertTrue(Files.exists(Path.of(target(), "_temporary/0")));
    }

    @Test
    void attemptFileOutsideTheTargetIsNeverTouched() throws IOException {
        Files.writeString(root.resolve("part-00000"), "other");

        assertThrows(
                KindlingException.class, () -> new LocalOutputStore().discardAttempt(target(), "../../part-00000"));

        assertTrue(Files.exists(root.resolve("part-00000")));
    }
}
