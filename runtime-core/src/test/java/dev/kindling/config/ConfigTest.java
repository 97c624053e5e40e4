package dev.kindling.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {
    private static String errorOf(Map<String, String> entries) {
        KindlingException e = assertThrows(KindlingException.class, () -> Config.parse(entries));
        assertEquals(ErrorCode.BAD_CONFIGURATION, e.code());
        return e.getMessage();
    }

    @Test
    void valuesAreParsedByTheirType() {
        Config config = Config.parse(Map.of(
                "kindling.executor.cores", " 3 ",
                "kindling.executor.memory", "64m",
                "kindling.fetch.timeoutMs", "2s",
                "kindling.ui.progress", "FALSE",
                "kindling.scratch.dirs", "/a, /b,"));

        assertEquals(3, config.get(ExecutorKeys.CORES));
        assertEquals(64L << 20, config.get(ExecutorKeys.MEMORY));
        assertEquals(2_000L, config.get(ShuffleKeys.FETCH_TIMEOUT_MS));
        assertEquals(false, config.get(UiKeys.PROGRESS));
        assertEquals(List.of("/a", "/b"), config.get(StorageKeys.SCRATCH_DIRS));
        assertEquals(4, config.get(TaskKeys.MAX_FAILURES));
        assertTrue(config.isSet(ExecutorKeys.CORES));
        assertFalse(config.isSet(TaskKeys.MAX_FAILURES));
    }

    @Test
    void unknownKeyStopsTheStartAndNamesTheNearestThree() {
        String message = errorOf(Map.of("kindling.executor.memroy", "1g"));

        assertTrue(
                message.startsWith("unknown key kindling.executor.memroy; the nearest are kindling.executor.memory, "),
                message);
        assertEquals(2, message.chars().filter(c -> c == ',').count());
    }

    @Test
    void badValueNamesKeyValueBoundsAndDefault() {
        assertEquals(
                "kindling.executor.cores = 'many' cannot be used; allowed: whole number from 1 to 1024; default: 1",
                errorOf(Map.of("kindling.executor.cores", "many")));
        assertEquals(
                "kindling.executor.memory = '1k' cannot be used; allowed: size from 32m to 1t; default: 1g",
                errorOf(Map.of("kindling.executor.memory", "1k")));
        assertEquals(
                "kindling.ui.progress = 'yes' cannot be used; allowed: true or false; default: true",
                errorOf(Map.of("kindling.ui.progress", "yes")));
    }

    @Test
    void allErrorsAreSaidAtOnce() {
        String message = errorOf(Map.of("kindling.nonsense", "1", "kindling.executor.cores", "0"));

        assertEquals(2, message.lines().count(), message);
    }

    @Test
    void sparkKeysStandForTheirCounterpartsInSparksUnits() {
        Config config = Config.parse(Map.of(
                "spark.executor.memory", "512",
                "spark.executor.cores", "2",
                "spark.locality.wait", "3s",
                "spark.driver.maxResultSize", "4096",
                "spark.app.name", "zips"));

        assertEquals(512L << 20, config.get(ExecutorKeys.MEMORY));
        assertEquals(2, config.get(ExecutorKeys.CORES));
        assertEquals(3_000L, config.get(TaskKeys.LOCALITY_WAIT_MS));
        assertEquals(4_096L, config.get(ResultKeys.MAX_BYTES));
        assertEquals("zips", config.get(ApplicationKeys.NAME));
        assertEquals(List.of(), config.warnings());
        assertEquals("512m", config.entries().get("kindling.executor.memory"));
    }

    @Test
    void otherSparkKeysAreWarnedAboutAndOursWinOverTheirAlias() {
        Config config = Config.parse(Map.of(
                "spark.sql.shuffle.partitions", "7", "spark.executor.cores", "2", "kindling.executor.cores", "5"));

        assertEquals(5, config.get(ExecutorKeys.CORES));
        assertEquals(
                List.of(
                        "spark.executor.cores is ignored: kindling.executor.cores is set too and wins",
                        "spark.sql.shuffle.partitions is ignored: it has no counterpart here"),
                config.warnings());
    }

    @Test
    void secretsAreMaskedInEveryText() {
        Config config = Config.parse(Map.of(
                "app.password",
                "hunter2",
                "app.url",
                "http://x/?token=abc",
                "app.region",
                "eu",
                "kindling.app.name",
                "a"));

        assertEquals("app.password = ***\napp.region = eu\napp.url = ***\nkindling.app.name = a\n", config.describe());
        assertEquals("hunter2", config.entries().get("app.password"));
    }

    @Test
    void entriesParsedAgainGiveTheSameSettings() {
        Config config = Config.parse(Map.of("spark.executor.memory", "1g", "mine", "x"));

        Config again = Config.parse(config.entries());

        assertEquals(config.entries(), again.entries());
        assertEquals(config.get(ExecutorKeys.MEMORY), again.get(ExecutorKeys.MEMORY));
    }

    @Test
    void laterEntriesWin() {
        Config config = Config.parse(Map.of("kindling.executor.cores", "2"));

        assertEquals(3, config.with(Map.of("kindling.executor.cores", "3")).get(ExecutorKeys.CORES));
        assertEquals(3, config.with(Map.of("spark.executor.cores", "3")).get(ExecutorKeys.CORES));
    }

    @Test
    void familyOfKeysHasAValueForEachNameThatWasSet() {
        Config config = Config.parse(Map.of(
                "kindling.scheduler.pool.fast.weight", "3",
                "kindling.scheduler.pool.night.shift.weight", "2",
                "kindling.scheduler.pool.fast.mode", "fair",
                "spark.scheduler.mode", "FAIR"));

        assertEquals(Map.of("fast", 3, "night.shift", 2), config.members(SchedulerKeys.POOL_WEIGHT));
        assertEquals(Map.of("fast", "FAIR"), config.members(SchedulerKeys.POOL_MODE));
        assertEquals(Map.of(), config.members(SchedulerKeys.POOL_MIN_SHARE));
        assertEquals("FAIR", config.get(SchedulerKeys.MODE));
    }

    @Test
    void familyOfKeysRefusesOtherEndingsNamesThatAreEmptyAndBadValues() {
        for (Map<String, String> bad : List.of(
                Map.of("kindling.scheduler.pool.fast.wait", "3"),
                Map.of("kindling.scheduler.pool..weight", "3"),
                Map.of("kindling.scheduler.pool.<name>.weights", "3"),
                Map.of("kindling.scheduler.pool.fast.weight", "0"),
                Map.of("kindling.scheduler.mode", "LIFO"))) {
            KindlingException refused = assertThrows(KindlingException.class, () -> Config.parse(bad));

            assertEquals(ErrorCode.BAD_CONFIGURATION, refused.code(), bad.toString());
            assertTrue(refused.getMessage().contains(bad.keySet().iterator().next()), refused.getMessage());
        }
    }

    @Test
    void everyDefaultIsReadBackFromItsText() {
        for (ConfigKey<?> key : ConfigKeys.all()) {
            assertEquals(key.defaultValue(), key.parse(key.defaultText()), key.name());
            assertTrue(key.name().startsWith("kindling."), key.name());
            assertTrue(key.doc().endsWith("."), key.name());
        }
    }

    @Test
    void committedManualIsWhatTheDeclarationsSay() throws IOException {
        Path manual = Path.of("").toAbsolutePath();
        while (!Files.exists(manual.resolve("docs/config.md"))) {
            manual = manual.getParent();
        }

        assertEquals(
                ConfigManual.markdown(),
                Files.readString(manual.resolve("docs/config.md")),
                "docs/config.md is stale: write what `kindling config --markdown` prints");
    }
}
