package dev.kindling.executor;

import dev.kindling.config.Config;
import dev.kindling.config.ExecutorKeys;
import dev.kindling.config.ResultKeys;
import dev.kindling.config.ShuffleKeys;
import dev.kindling.config.StorageKeys;
import dev.kindling.config.TaskKeys;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.executor.core.FetchSettings;
import dev.kindling.util.Secret;
import java.nio.file.Path;
import java.util.List;

/**
 * What one executor is and goes by.
 *
 * @param executorId such as {@code e1}
 * @param incarnation higher for each later process under this id
 * @param nonce of the launch, which it shows when it registers
 * @param cores attempts that run at once
 * @param memoryBytes heap of its process, for the status
 * @param localDirectories where its files go
 * @param isScratchEncrypted whether what it writes to them is of use to itself alone
 * @param heldOutputBytes map outputs up to this size it holds in memory while there is room
 * @param hostKey equal for executors that may read each other's files
 * @param isProcess whether it has a process of its own, which it may end
 * @param heartbeatMs how often it shows the driver that it lives
 */
public record ExecutorSetup(
        String executorId,
        long incarnation,
        Secret nonce,
        int cores,
        long memoryBytes,
        List<Path> localDirectories,
        boolean isScratchEncrypted,
        int heldOutputBytes,
        String hostKey,
        boolean isProcess,
        long heartbeatMs,
        TaskSettings task,
        FetchSettings fetch) {
    public ExecutorSetup {
        localDirectories = List.copyOf(localDirectories);
    }

    /** One whose tasks run as the application's configuration says. */
    public static ExecutorSetup of(
            String executorId,
            long incarnation,
            Secret nonce,
            int cores,
            long memoryBytes,
            List<Path> localDirectories,
            String hostKey,
            boolean isProcess,
            String applicationId,
            Config config) {
        return new ExecutorSetup(
                executorId,
                incarnation,
                nonce,
                cores,
                memoryBytes,
                localDirectories,
                config.get(StorageKeys.SCRATCH_ENCRYPT),
                // Other processes of the machine look for them in files.
                isProcess ? 0 : Math.toIntExact(config.get(ShuffleKeys.HELD_BYTES)),
                // Encrypted files are fetched from who has the key, also within a machine.
                config.get(StorageKeys.SCRATCH_ENCRYPT) ? "" : hostKey,
                isProcess,
                config.get(ExecutorKeys.HEARTBEAT_INTERVAL_MS),
                taskSettings(applicationId, config),
                fetchSettings(config));
    }

    private static FetchSettings fetchSettings(Config config) {
        FetchSettings defaults = FetchSettings.defaults();
        long inFlight = config.get(ShuffleKeys.FETCH_BYTES_IN_FLIGHT);
        return new FetchSettings(
                inFlight,
                Math.min(inFlight, defaults.windowBytes()),
                config.get(ShuffleKeys.FETCH_TRIES),
                Math.toIntExact(config.get(ShuffleKeys.FETCH_TIMEOUT_MS)),
                defaults.backoffMs());
    }

    private static TaskSettings taskSettings(String applicationId, Config config) {
        return new TaskSettings(
                applicationId,
                config.get(TaskKeys.BATCH_ROWS),
                Math.toIntExact(config.get(ShuffleKeys.PAGE_BYTES)),
                config.get(ResultKeys.DIRECT_BYTES),
                config.get(ResultKeys.MAX_BYTES),
                config.get(ResultKeys.ACCUMULATOR_BYTES));
    }
}
