package dev.kindling.util;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
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

    /** Loggers of the libraries for S3 that log rows, and headers with session tokens, at DEBUG. */
    static final List<String> INDISCREET = List.of(
            "org.apache.hc.client5.http.wire",
            "org.apache.hc.client5.http.headers",
            "software.amazon.awssdk.http.auth.aws.internal.signer.DefaultV4RequestSigner");

    /** The JDK forgets the level of a logger that nobody holds. */
    private static final ConcurrentMap<String, java.util.logging.Logger> QUIET = new ConcurrentHashMap<>();

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
                case "ch.qos.logback.classic.LoggerContext" ->
                    setLogback(backEnd.getLogger(Logger.ROOT_LOGGER_NAME), name);
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

    /** Keeps those loggers at INFO, whatever the level of all. Who gives one of them a level by its own name gets that. */
    public static void quietIndiscreet() {
        ILoggerFactory backEnd = LoggerFactory.getILoggerFactory();
        for (String logger : INDISCREET) {
            try {
                switch (backEnd.getClass().getName()) {
                    case "ch.qos.logback.classic.LoggerContext" -> quietLogback(backEnd.getLogger(logger));
                    case "org.apache.logging.slf4j.Log4jLoggerFactory" -> quietLog4j(backEnd, logger);
                    case "org.slf4j.jul.JDK14LoggerFactory" -> quietJdk(logger);
                    default -> {
                        // StderrLogging never lets them speak; of others nobody knows how to tell them.
                    }
                }
            } catch (ReflectiveOperationException e) {
                LoggerFactory.getLogger(LogLevels.class).warn("the level of logger {} was not changed", logger, e);
            }
        }
    }

    private static void quietLogback(Logger logger) throws ReflectiveOperationException {
        if (logger.getClass().getMethod("getLevel").invoke(logger) == null) {
            setLogback(logger, "INFO");
        }
    }

    private static void quietLog4j(ILoggerFactory backEnd, String name) throws ReflectiveOperationException {
        ClassLoader loader = backEnd.getClass().getClassLoader();
        Object context = Class.forName("org.apache.logging.log4j.LogManager", true, loader)
                .getMethod("getContext", boolean.class)
                .invoke(null, false);
        Object configuration = context.getClass().getMethod("getConfiguration").invoke(context);
        Object nearest = configuration
                .getClass()
                .getMethod("getLoggerConfig", String.class)
                .invoke(configuration, name);
        if (!name.equals(nearest.getClass().getMethod("getName").invoke(nearest))) {
            Class<?> levels = Class.forName("org.apache.logging.log4j.Level", true, loader);
            Class.forName("org.apache.logging.log4j.core.config.Configurator", true, loader)
                    .getMethod("setLevel", String.class, levels)
                    .invoke(
                            null,
                            name,
                            levels.getMethod("valueOf", String.class).invoke(null, "INFO"));
        }
    }

    private static void quietJdk(String name) {
        java.util.logging.Logger logger = QUIET.computeIfAbsent(name, java.util.logging.Logger::getLogger);
        if (logger.getLevel() == null) {
            logger.setLevel(Level.INFO);
        }
    }

    private static void setLogback(Logger logger, String name) throws ReflectiveOperationException {
        Class<?> levels = Class.forName(
                "ch.qos.logback.classic.Level", true, logger.getClass().getClassLoader());
        Object level = levels.getMethod("toLevel", String.class).invoke(null, name.equals("FATAL") ? "ERROR" : name);
        logger.getClass().getMethod("setLevel", levels).invoke(logger, level);
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
