package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows with a recognizable word, and the disk below the job that shuffled, sorted, persisted and collected them. */
class EncryptedScratchTest {
    private static final String WORD = "canary";
    private static final int ROWS = 60_000;

    @TempDir
    Path scratch;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noRowIsOnDiskInPlainTextWhereScratchIsEncrypted(boolean isEncrypted) throws IOException {
        KindlingConf conf = new KindlingConf(false)
                .setMaster("local[2]")
                .setAppName("encrypted")
                .set("kindling.scratch.dirs", scratch.toString())
                .set("kindling.result.directBytes", "1k")
                .set("kindling.shuffle.heldBytes", "0")
                .set("kindling.scratch.encrypt", String.valueOf(isEncrypted));
        try (KindlingContext kindling = new KindlingContext(conf)) {
            PairRDD<Integer, String> rows = kindling.range(0, ROWS, 1, 4)
                    .mapToPair(n -> Tuple2.of((int) (n % 1_000), WORD + " " + n * 7 % 977 + " and some more of it"));
            PairRDD<Integer, String> sorted = rows.sortByKey();
            sorted.persist(StorageLevel.DISK_ONLY);

            assertEquals(ROWS, sorted.count());
            assertEquals(
                    1_000,
                    rows.groupByKey(3)
                            .mapValues(values -> values.iterator().next())
                            .collect()
                            .size());

            Map<String, Boolean> kinds = plainTextByKind();
            assertTrue(kinds.keySet().toString().contains("shuffle"), kinds::toString);
            assertTrue(kinds.keySet().toString().contains("cache"), kinds::toString);
            // The same without encryption shows that the word would be found.
            kinds.forEach((kind, isPlain) -> assertEquals(!isEncrypted, isPlain, kind));
        }
        try (Stream<Path> left = Files.list(scratch)) {
            assertEquals(
                    0, left.filter(file -> file.toString().contains("scratch")).count());
        }
    }

    /** Of each directory of map outputs, spilled rows and so on, whether a file in it has the word. */
    private Map<String, Boolean> plainTextByKind() throws IOException {
        Map<String, Boolean> kinds = new TreeMap<>();
        for (Path file : LivingFiles.below(scratch)) {
            String kind = file.getParent().getFileName().toString();
            if (kind.startsWith("shuffle") || kind.equals("cache") || kind.equals("results") || kind.equals("spill")) {
                LivingFiles.content(file)
                        .ifPresent(content -> kinds.merge(kind, content.contains(WORD), Boolean::logicalOr));
            }
        }
        assertFalse(kinds.isEmpty());
        return Collections.unmodifiableMap(kinds);
    }
}
