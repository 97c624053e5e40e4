package dev.kindling.driver.cli;

import dev.kindling.util.LogLevels;
import dev.kindling.util.StderrLogging;

/**
 * Where log lines of the command line's JVM go: standard error, warnings only unless {@code --verbose}. Who names a
 * configuration of Logback gets Logback, which comes with the distribution, as that configuration says.
 */
final class CliLogging {
    private static final String LOGBACK_CONFIGURATION = "logback.configurationFile";

    private CliLogging() {}

    /** To be called before anything of the process logs: Logback alone would take as long as starting Java. */
    static void choose() {
        if (System.getProperty(StderrLogging.PROVIDER_PROPERTY) == null && !isConfigured()) {
            System.setProperty(StderrLogging.PROVIDER_PROPERTY, StderrLogging.class.getName());
            // Else SLF4J says at every start which one it takes.
            System.setProperty("slf4j.internal.verbosity", "WARN");
        }
    }

    /** Takes effect at once, unless the user has a configuration of their own. */
    static void setVerbose(boolean isVerbose) {
        if (!isConfigured()) {
            LogLevels.setRoot(isVerbose ? "INFO" : "WARN");
        }
    }

    private static boolean isConfigured() {
        return System.getProperty(LOGBACK_CONFIGURATION) != null;
    }
}
