package dev.kindling.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KindlingConfTest {
    private static final KindlingConf.Key<Integer> SLOTS =
            new KindlingConf.Key<>("app.slots", Integer.class, 4, "Slots.");

    @Test
    void aTypedKeyAnswersInItsTypeOrWithItsDefault() {
        KindlingConf conf = new KindlingConf(false);

        assertEquals(4, conf.get(SLOTS));
        assertEquals(9, conf.set(SLOTS, 9).get(SLOTS));
        assertEquals("9", conf.get("app.slots"));
    }

    @Test
    void aValueOfTheWrongTypeNamesKeyAndValue() {
        KindlingConf conf = new KindlingConf(false).set("app.slots", "many");

        KindlingException e = assertThrows(KindlingException.class, () -> conf.get(SLOTS));

        assertEquals(ErrorCode.BAD_CONFIGURATION, e.code());
        assertTrue(e.getMessage().contains("app.slots is 'many'"), e.getMessage());
    }

    @Test
    void sizesAndTimesHaveUnits() {
        KindlingConf conf = new KindlingConf(false)
                .set("a", "64k")
                .set("b", "2g")
                .set("c", "5m")
                .set("d", "1500");

        assertEquals(64 << 10, conf.getSizeAsBytes("a", "0"));
        assertEquals(2L << 30, conf.getSizeAsBytes("b", "0"));
        assertEquals(Duration.ofMinutes(5), conf.getDuration("c", "0"));
        assertEquals(Duration.ofMillis(1500), conf.getDuration("d", "0"));
        assertThrows(KindlingException.class, () -> conf.set("e", "12 parsecs").getDuration("e", "0"));
        assertThrows(KindlingException.class, () -> conf.set("f", "16777216t").getSizeAsBytes("f", "0"));
    }

    @Test
    void aCloneIsIndependent() {
        KindlingConf conf = new KindlingConf(false).setMaster("local[2]");
        KindlingConf copy = conf.clone().setMaster("local[4]");

        assertEquals("local[2]", conf.get(KindlingConf.MASTER));
        assertEquals("local[4]", copy.get(KindlingConf.MASTER));
    }

    @Test
    void secretsAreNotPrinted() {
        KindlingConf conf =
                new KindlingConf(false).set("app.password", "hunter2").set("app.user", "me");

        assertFalse(conf.toDebugString().contains("hunter2"));
        assertTrue(conf.toString().contains("app.user=me"));
    }

    @Test
    void settingsCanComeFromAFile(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("app.conf"), "kindling.master=local[3]\napp.x: 7 \n");

        KindlingConf conf = KindlingConf.load(file);

        assertEquals("local[3]", conf.get(KindlingConf.MASTER));
        assertEquals(7, conf.getInt("app.x", 0));
    }

    @Test
    void registeredClassesAddUp() {
        KindlingConf conf = new KindlingConf(false)
                .registerKryoClasses(String.class, int[].class)
                .registerKryoClasses(Thread.State.class, String.class);

        assertEquals("java.lang.String,[I,java.lang.Thread$State", conf.get("kindling.kryo.classesToRegister"));
    }
}
