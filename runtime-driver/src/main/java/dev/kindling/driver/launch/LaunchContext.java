package dev.kindling.driver.launch;

import dev.kindling.rpc.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What an executor has to be told to belong to an application.
 *
 * @param applicationId names the application everywhere
 * @param settings {@code kindling.*} keys that are set, to be passed on as they are
 * @param scratch the application's own directory on this machine, deleted when it ends
 * @param driverHost where the driver can be reached
 * @param driverPort its port, bound already
 * @param secret opens every connection of the application; passed by file or standard input only
 * @param executorJavaOptions what the user adds to the command line of executor processes
 * @param userLoader loads the program's classes in this JVM
 */
public record LaunchContext(
        String applicationId,
        Map<String, String> settings,
        Path scratch,
        String driverHost,
        int driverPort,
        Secret secret,
        List<String> executorJavaOptions,
        ClassLoader userLoader) {
    public LaunchContext {
        settings = Map.copyOf(settings);
        executorJavaOptions = List.copyOf(executorJavaOptions);
    }
}
