package dev.kindling.executor.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.protocol.HotKey;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which keys a writer names as heavy. */
class HeavyKeysTest {
    private static final int SAMPLES = 20_000;

    @Test
    void keyOfAThirdOfTheRowsIsFoundAmongManyOthers() {
        SplittableRandom random = new SplittableRandom(5);
        HeavyKeys keys = new HeavyKeys();
        for (int i = 0; i < SAMPLES; i++) {
            int key = random.nextInt(3) == 0 ? 7 : random.nextInt(1_000_000);
            keys.add(key, key, key % 4);
        }

        List<HotKey> found = keys.found();

        assertEquals(1, found.size());
        assertEquals("7", found.get(0).name());
        assertEquals(3, found.get(0).partition());
        long rows = SAMPLES / 3 * HeavyKeys.ROWS_PER_SAMPLE;
        assertTrue(Math.abs(found.get(0).rowCount() - rows) < rows / 10, found::toString);
    }

    @Test
    void keysThatComeAlikeAreNotHeavy() {
        HeavyKeys keys = new HeavyKeys();
        for (int i = 0; i < SAMPLES; i++) {
            keys.add(i % 500, i % 500, 0);
        }

        assertEquals(List.of(), keys.found());
    }

    @Test
    void fewRowsTellNothing() {
        HeavyKeys keys = new HeavyKeys();
        for (int i = 0; i < 250; i++) {
            keys.add("same", 1, 0);
        }

        assertEquals(List.of(), keys.found());
    }

    @Test
    void heaviestComesFirstAndLongNamesAreCut() {
        HeavyKeys keys = new HeavyKeys();
        String longKey = "k".repeat(500);
        for (int i = 0; i < SAMPLES; i++) {
            Object key = i % 4 == 0 ? longKey : i % 4 == 1 ? null : "most";
            keys.add(key, key == null ? 0 : key.hashCode(), 0);
        }

        List<String> names = keys.found().stream().map(HotKey::name).toList();

        assertEquals("most", names.get(0));
        assertTrue(names.contains("null") && names.contains("k".repeat(100) + "..."), names::toString);
    }

    @Test
    void namesStayOutOfTexts() {
        assertEquals("HotKey[partition 3, about 640 rows]", new HotKey("secret", 3, 640).toString());
    }
}
