package dev.kindling.util;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets how much this process logs, for whichever back end of SLF4J is there: SLF4J itself has no way to do it, and none
 * of the back ends is a dependency of ours, so they are called by their names.
 */
public final class LogLevels {
    public static final List<String> NAMES = List.of("ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF");

    private LogLevels() {}

    /** One of {@link #NAMES} in any case of letters; empty for other words. */
    public static Optional<String> nameOf(String level) {
        String upper = level.trim().toUpperCase(Locale.ROOT);
        return NAMES.contains(upper) ? Optional.of(upper) : Optional.empty();
    }

    /** Of all loggers that have no level of their own. Says so where the back end has no way to be told. */
    public static void setRoot(String name) {
        ILoggerFactory backEnd = LoggerFactory.getILoggerFactory();
        if (backEnd instanceof StderrLogging) {
            StderrLogging.setLevel(name);
            return;
        }
        try {
            switch (backEnd.getClass().getName()) {
                case "ch.qos.logback.classic.LoggerContext" -> setLogback(backEnd, name);
                case "org.apache.logging.slf4j.Log4jLoggerFactory" -> setLog4j(backEnd, name);
                case "org.slf4j.jul.JDK14LoggerFactory" -> setJdk(name);
                default ->
                    LoggerFactory.getLogger(LogLevels.class)
                            .warn(
                                    "{} has no way to change its level while the program runs; configure it instead",
                                    backEnd.getClass().getName());
            }
        } catch (ReflectiveOperationException e) {
            LoggerFactory.getLogger(LogLevels.class).warn("the level of the log was not changed", e);
        }
    }

    private static void setLogback(ILoggerFactory backEnd, String name) throws ReflectiveOperationException {
        Class<?> levels = Class.forName(
                "ch.qos.logback.classic.Level", true, backEnd.getClass().getClassLoader());
        Object level = levels.getMethod("toLevel", String.class).invoke(null, name.equals("FATAL") ? "ERROR" : name);
        Logger root = backEnd.getLogger(Logger.ROOT_LOGGER_NAME);
        root.getClass().getMethod("setLevel", levels).invoke(root, level);
    }

    private static void setLog4j(ILoggerFactory backEnd, String name) throws ReflectiveOperationException {
        ClassLoader loader = backEnd.getClass().getClassLoader();
        Class<?> levels = Class.forName("org.apache.logging.log4j.Level", true, loader);
        Object level = levels.getMethod("valueOf", String.class).invoke(null, name);
        Class.forName("org.apache.logging.log4j.core.config.Configurator", true, loader)
                .getMethod("setRootLevel", levels)
                .invoke(null, level);
    }

    private static void setJdk(String name) {
        Level level = switch (name) {
            case "ALL" -> Level.ALL;
            case "TRACE" -> Level.FINEST;
            case "DEBUG" -> Level.FINE;
            case "INFO" -> Level.INFO;
            case "WARN" -> Level.WARNING;
            case "OFF" -> Level.OFF;
            default -> Level.SEVERE;
        };
        java.util.logging.Logger root = java.util.logging.Logger.getLogger("");
        root.setLevel(level);
        for (Handler handler : root.getHandlers()) {
            handler.setLevel(level);
        }
    }
}
