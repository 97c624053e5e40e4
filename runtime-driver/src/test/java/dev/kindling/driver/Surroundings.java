package dev.kindling.driver;

import java.lang.management.ManagementFactory;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** When and where something was measured, for the line above a table. */
final class Surroundings {
    private Surroundings() {}

    static String describe() {
        return String.format(
                Locale.ROOT,
                "%s, Java %s, %s %s, %d cores, load %.1f",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.version(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
}
