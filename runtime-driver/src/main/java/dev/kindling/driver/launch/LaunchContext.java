package dev.kindling.driver.launch;

import dev.kindling.config.StorageKeys;
import dev.kindling.rpc.ApplicationCredentials;
import dev.kindling.storage.Stores;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an executor has to be told to belong to an application.
 *
 * @param applicationId names the application everywhere
 * @param settings {@code kindling.*} keys that are set, to be passed on as they are
 * @param scratchDirectories the application's own directories on this machine, deleted when it ends; the first is for
 *     what is small
 * @param driverHost where the driver can be reached
 * @param driverPort its port, bound already
 * @param credentials open every connection of the application; passed by standard input, or in the credentials of a
 *     container, only
 * @param executorJavaOptions what the user adds to the command line of executor processes
 * @param executorCommandPrefix what stands before that command line
 * @param program the program's jars, files and classes
 * @param stores what the driver reads and writes
 */
public record LaunchContext(
        String applicationId,
        Map<String, String> settings,
        List<Path> scratchDirectories,
        String driverHost,
        int driverPort,
        ApplicationCredentials credentials,
        List<String> executorJavaOptions,
        List<String> executorCommandPrefix,
        Program program,
        Stores stores) {
    public LaunchContext {
        settings = Map.copyOf(settings);
        scratchDirectories = List.copyOf(scratchDirectories);
        executorJavaOptions = List.copyOf(executorJavaOptions);
        executorCommandPrefix = List.copyOf(executorCommandPrefix);
    }

    /** For an executor that starts now: unless the user says otherwise, it prepares the storage that the program uses. */
    public SortedMap<String, String> executorSettings() {
        SortedMap<String, String> all = new TreeMap<>(settings);
        all.putIfAbsent(StorageKeys.PREPARE.name(), String.join(",", stores.schemesInUse()));
        return all;
    }

    /** The application's directory for what is small. */
    public Path scratch() {
        return scratchDirectories.get(0);
    }
}
