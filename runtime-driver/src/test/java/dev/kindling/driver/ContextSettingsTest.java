package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ContextSettingsTest {
    private static KindlingConf conf() {
        return new KindlingConf().setMaster("local[1]");
    }

    @Test
    void aRegisteredClassThatCannotBeWrittenEndsTheStart() {
        KindlingConf conf = conf().registerKryoClasses(Tuple2.class, Thread.class);

        KindlingException refused = assertThrows(KindlingException.class, () -> new KindlingContext(conf));

        assertEquals(ErrorCode.NOT_SERIALIZABLE, refused.code());
        assertTrue(refused.getMessage().contains("java.lang.Thread cannot be written"), refused.getMessage());
    }

    @Test
    void aRegisteredClassThatIsNotThereIsNamed() {
        KindlingConf conf = conf().set("spark.kryo.classesToRegister", "com.example.Missing");

        KindlingException refused = assertThrows(KindlingException.class, () -> new KindlingContext(conf));

        assertTrue(refused.getMessage().contains("com.example.Missing is not found"), refused.getMessage());
    }

    @Test
    void setsHaveAsManyPartitionsAsThereAreCoresUnlessASettingOrTheCallSaysOtherwise() {
        try (KindlingContext cores = new KindlingContext(conf().setMaster("local[3]"));
                KindlingContext set = new KindlingContext(conf().set("kindling.default.parallelism", "5"))) {
            assertEquals(3, cores.parallelize(List.of(1, 2)).getNumPartitions());
            assertEquals(5, set.parallelize(List.of(1, 2)).getNumPartitions());
            assertEquals(7, set.parallelize(List.of(1, 2), 7).getNumPartitions());
        }
    }

    @Test
    void executorsAreNotLostSoonerThanTheyCanBeHeard() {
        KindlingConf conf =
                conf().set("kindling.heartbeat.intervalMs", "4000ms").set("kindling.executor.lostAfterMs", "7999ms");

        KindlingException refused = assertThrows(KindlingException.class, () -> new KindlingContext(conf));

        assertEquals(ErrorCode.BAD_CONFIGURATION, refused.code());
        assertTrue(
                refused.getMessage()
                        .contains("kindling.executor.lostAfterMs (now 7999 ms) must be at least twice"
                                + " kindling.heartbeat.intervalMs (now 4000 ms)"),
                refused.getMessage());
    }

    @Test
    void theLogsLevelIsThatOfTheBackEnd() {
        Logger root = assertInstanceOf(Logger.class, LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME));
        Level before = root.getLevel();
        try (KindlingContext kindling = new KindlingContext(conf().registerKryoClasses(Tuple2.class))) {
            kindling.setLogLevel("error");

            assertEquals(Level.ERROR, root.getLevel());
            KindlingException refused = assertThrows(KindlingException.class, () -> kindling.setLogLevel("loud"));
            assertTrue(refused.getMessage().contains("there is no level 'loud'"), refused.getMessage());
        } finally {
            root.setLevel(before);
        }
    }
}
