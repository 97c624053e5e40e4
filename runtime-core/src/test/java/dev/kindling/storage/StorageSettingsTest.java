package dev.kindling.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.config.StorageKeys;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StorageSettingsTest {
    private static final Config TWO_COPIES = Config.parse(Map.of("kindling.hadoop.dfs.replication", "2"));

    @Test
    void applicationsThatAgreeShareTheSettingsAndOthersAreRefusedUntilTheyAreClosed() {
        Config alsoNamed = TWO_COPIES.with(Map.of("kindling.app.name", "other"));
        KindlingException refused;
        try (StorageSettings.Use first = StorageSettings.use(TWO_COPIES);
                StorageSettings.Use second = StorageSettings.use(alsoNamed)) {
            refused = assertThrows(KindlingException.class, () -> StorageSettings.use(Config.defaults()));
        }

        assertTrue(refused.getMessage().contains("kindling.hadoop.dfs.replication"), refused.getMessage());
        try (StorageSettings.Use third = StorageSettings.use(Config.defaults())) {
            assertEquals(Map.of(), StorageSettings.current().members(StorageKeys.HADOOP));
        }
    }

    @Test
    void sparksNameOfAPropertyOfHadoopMeansTheSame() {
        Config config = Config.parse(Map.of("spark.hadoop.dfs.replication", "1"));

        assertEquals(Map.of("dfs.replication", "1"), config.members(StorageKeys.HADOOP));
    }
}
