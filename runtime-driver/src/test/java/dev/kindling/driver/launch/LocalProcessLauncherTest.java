package dev.kindling.driver.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.config.Config;
import dev.kindling.driver.core.DrainReason;
import dev.kindling.driver.core.ExecutorPlace;
import dev.kindling.rpc.ApplicationCredentials;
import dev.kindling.storage.Stores;
import dev.kindling.util.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalProcessLauncherTest {
    private static final int LOST = LocalProcessLauncher.KEPT_LOGS + 5;

    @TempDir
    Path scratch;

    /** Executors that end before they register, as others that are lost. */
    @Test
    void onlyTheNewestLogsOfLostExecutorsAreKept() throws Exception {
        CountDownLatch exits = new CountDownLatch(LOST);
        try (Program program = new Program(getClass().getClassLoader(), scratch)) {
            LocalProcessLauncher launcher =
                    new LocalProcessLauncher(new MasterUrl.LocalCluster("two", 1, 1, 64), context(program));
            launcher.start(listener(exits));
            for (int i = 1; i < LOST; i++) {
                launcher.replace("e" + i);
            }
            assertTrue(exits.await(1, TimeUnit.MINUTES), "executors did not end");
            // Waits for the threads that follow them.
            launcher.close();
        }

        try (var all = Files.list(scratch.resolve("logs"))) {
            assertEquals(LocalProcessLauncher.KEPT_LOGS, all.count());
        }
    }

    private LaunchContext context(Program program) {
        return new LaunchContext(
                "app",
                Map.of(),
                List.of(scratch),
                "localhost",
                1,
                ApplicationCredentials.withoutCertificate(),
                List.of(),
                List.of("true"),
                program,
                new Stores(Config.defaults()));
    }

    private static ClusterLauncher.Listener listener(CountDownLatch exits) {
        return new ClusterLauncher.Listener() {
            @Override
            public void executorRequested(String executorId, Secret nonce, ExecutorPlace place) {
                // Nobody waits for it.
            }

            @Override
            public void executorLeaving(String executorId, DrainReason reason, long withinMs) {
                throw new AssertionError(executorId + " leaves");
            }

            @Override
            public void executorExited(String executorId, ExitReason reason) {
                exits.countDown();
            }

            @Override
            public void launcherFailed(String why) {
                throw new AssertionError(why);
            }
        };
    }
}
