package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.FutureAction;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.driver.launch.SilentLaunchers;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** What the program hears when nobody makes executors any more. */
class LauncherFailureTest {
    @Test
    void jobsThatWaitAndLaterOnesFailWithTheSentenceOfTheLauncher() {
        try (KindlingContext kindling =
                new KindlingContext(new KindlingConf().setMaster("silent").setAppName("failing"))) {
            FutureAction<Long> waiting = kindling.range(0, 10, 1, 2).countAsync();

            SilentLaunchers.listener().launcherFailed("what makes executors hangs; try another machine");

            ExecutionException failure = assertThrows(ExecutionException.class, waiting::get);
            assertTrue(failure.toString().contains("hangs; try another machine"), failure::toString);
            KindlingException later = assertThrows(
                    KindlingException.class, () -> kindling.range(0, 10, 1, 2).count());
            assertEquals("what makes executors hangs; try another machine", later.getMessage());
        }
    }
}
