package dev.kindling.driver.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** When this command was launched: the start of its process, or the end of the preparations its script had to make. */
final class LaunchTime {
    /** Set by the start script after a build or the making of archives: milliseconds since the epoch. */
    private static final String PREPARED = "KINDLING_PREPARED_MS";

    private LaunchTime() {}

    static long millisSince() {
        return Duration.between(instant(System.getenv()), Instant.now()).toMillis();
    }

    static Instant instant(Map<String, String> environment) {
        String prepared = environment.getOrDefault(PREPARED, "");
        if (prepared.matches("[0-9]{13}")) {
            return Instant.ofEpochMilli(Long.parseLong(prepared));
        }
        return ProcessHandle.current().info().startInstant().orElse(Instant.now());
    }
}
