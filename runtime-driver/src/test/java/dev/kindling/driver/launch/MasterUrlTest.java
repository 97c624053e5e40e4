package dev.kindling.driver.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasterUrlTest {
    @ParameterizedTest
    @CsvSource({"local,1", "local[1],1", "local[ 7 ],7"})
    void localMasterSaysItsCores(String master, int cores) {
        assertEquals(
                cores,
                assertInstanceOf(MasterUrl.InProcess.class, MasterUrl.parse(master, List.of()))
                        .cores());
    }

    @Test
    void starStandsForTheProcessorsOfThisMachine() {
        MasterUrl.InProcess master = (MasterUrl.InProcess) MasterUrl.parse("local[*]", List.of());

        assertEquals(Runtime.getRuntime().availableProcessors(), master.cores());
    }

    @Test
    void localClusterSaysExecutorsCoresAndMemory() {
        assertEquals(
                new MasterUrl.LocalCluster("local-cluster[2, 3, 512]", 2, 3, 512),
                MasterUrl.parse(" local-cluster[2, 3, 512]", List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "locl[2]",
                "local[]",
                "local[0]",
                "local[-1]",
                "local[99999999999999999999]",
                "local[2",
                "local-cluster[2,1]",
                "local-cluster[0,1,64]",
                "local-cluster[1,1,8]",
                "spark://host:7077",
                "yarn"
            })
    void badMasterGetsOneLineThatSaysWhatWouldBeRight(String master) {
        KindlingException failure = assertThrows(KindlingException.class, () -> MasterUrl.parse(master, List.of()));

        assertEquals(ErrorCode.BAD_ARGUMENT, failure.code());
        assertTrue(failure.getMessage().startsWith("master '" + master + "' "), failure.getMessage());
        assertTrue(failure.getMessage().contains("use local, local[4], local[*] or local-cluster[2,1,512]"));
        assertEquals(1, failure.getMessage().lines().count());
    }

    @Test
    void masterOfAnotherLauncherIsFoundByItsProviderAndItsExampleIsInTheMessage() {
        ClusterLauncherProvider yarn = new ClusterLauncherProvider() {
            @Override
            public boolean serves(String master) {
                return master.equals("yarn");
            }

            @Override
            public List<String> examples() {
                return List.of("yarn");
            }

            @Override
            public String driverHost(String master, Map<String, String> settings) {
                return "127.0.0.1";
            }

            @Override
            public int runInCluster(SubmittedProgram program) {
                throw new UnsupportedOperationException("only asked whom it serves");
            }

            @Override
            public ClusterLauncher launcher(String master, LaunchContext context) {
                throw new AssertionError("nothing is launched");
            }
        };

        assertEquals(new MasterUrl.Provided("yarn", yarn), MasterUrl.parse("yarn", List.of(yarn)));
        KindlingException failure =
                assertThrows(KindlingException.class, () -> MasterUrl.parse("mesos", List.of(yarn)));
        assertTrue(failure.getMessage().endsWith(", yarn"), failure.getMessage());
    }
}
