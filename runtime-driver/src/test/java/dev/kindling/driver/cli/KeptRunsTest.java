package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptRunsTest {
    @TempDir
    Path directory;

    @Test
    void theirDirectoryIsTheUsersOwn() {
        assertEquals(Path.of("/k/runs"), KeptRuns.directory(Map.of("KINDLING_DIR", "/k", "HOME", "/h"), "/u"));
        assertEquals(
                Path.of("/s/kindling/runs"), KeptRuns.directory(Map.of("XDG_STATE_HOME", "/s", "HOME", "/h"), "/u"));
        assertEquals(
                Path.of("/h/.local/state/kindling/runs"),
                KeptRuns.directory(Map.of("XDG_STATE_HOME", "not/absolute", "HOME", "/h"), "/u"));
        assertEquals(Path.of("/u/.local/state/kindling/runs"), KeptRuns.directory(Map.of(), "/u"));
    }

    @Test
    void onlyTheLatestAreKept() throws IOException {
        for (String id : List.of("1", "2", "3", "4")) {
            keep("2026110" + id, 10);
        }
        Files.writeString(directory.resolve("20200101.txt"), "not ours");

        KeptRuns.forgetOld(directory, 2, 1_000);

        assertEquals(List.of("20261104", "20261103"), ids());
        assertTrue(Files.exists(directory.resolve("20200101.txt")), "files of others stay");
    }

    @Test
    void togetherTheyTakeNoMoreThanTheyMay() throws IOException {
        keep("20261101", 10);
        keep("20261102", 600);
        keep("20261103", 300);

        KeptRuns.forgetOld(directory, 10, 500);

        assertEquals(List.of("20261103"), ids());
    }

    @Test
    void aPageGoesWithItsLogAndCountsAsPartOfTheRun() throws IOException {
        for (String id : List.of("20261101", "20261102", "20261103")) {
            keep(id, 10);
            Files.writeString(KeptRuns.pageOf(directory, id), "x".repeat(300));
        }

        KeptRuns.forgetOld(directory, 10, 700);

        assertEquals(List.of("20261103", "20261102"), ids());
        assertFalse(Files.exists(KeptRuns.pageOf(directory, "20261101")));
        assertTrue(Files.exists(KeptRuns.pageOf(directory, "20261102")));
    }

    @Test
    void aRunIsNamedByItsFileItsIdTheBeginningOfThatOrAsTheLast() throws IOException {
        Path first = keep("20261101-100000-aaaaaa", 1);
        Path second = keep("20261102-100000-bbbbbb", 1);

        assertEquals(first, KeptRuns.logOf(first.toString(), directory));
        assertEquals(first, KeptRuns.logOf("20261101", directory));
        assertEquals(second, KeptRuns.logOf("last", directory));
        assertTrue(assertThrows(UsageError.class, () -> KeptRuns.logOf("202611", directory))
                .getMessage()
                .startsWith("2 kept runs begin with 202611"));
        assertTrue(assertThrows(UsageError.class, () -> KeptRuns.logOf("nothing", directory))
                .getMessage()
                .contains("2 kept runs, see kindling runs"));
    }

    @Test
    void aDirectoryThatCannotBeMadeIsKnownBefore() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertTrue(KeptRuns.isWritable(directory.resolve("not/yet/there")));
        assertFalse(KeptRuns.isWritable(file.resolve("below")));
    }

    private Path keep(String id, int bytes) throws IOException {
        return Files.writeString(directory.resolve(id + ".events.jsonl"), "x".repeat(bytes));
    }

    private List<String> ids() {
        return KeptRuns.all(directory).stream()
                .map(path -> path.getFileName().toString().replace(".events.jsonl", ""))
                .toList();
    }
}
