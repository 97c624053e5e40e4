package dev.kindling.driver.launch;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Future;

/**
 * What an executor has to be told to belong to an application.
 *
 * @param applicationId names the application everywhere
 * @param settings {@code kindling.*} keys that are set, to be passed on as they are
 * @param scratch the application's own directory on this machine, deleted when it ends
 * @param endpoint where the driver listens; known a moment after the executors are asked for, so that both start
 *     at the same time
 */
public record LaunchContext(
        String applicationId, Map<String, String> settings, Path scratch, Future<DriverEndpoint> endpoint) {
    public LaunchContext {
        settings = Map.copyOf(settings);
    }

    /**
     * Where the driver listens, and what opens it.
     *
     * @param secret 256 random bits of this application; never printed, passed by file or standard input only
     */
    public record DriverEndpoint(String host, int port, byte[] secret) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }
}
