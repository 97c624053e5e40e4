package dev.kindling.util;

import java.io.Serial;
import java.time.LocalTime;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.EventConstants;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPLogger;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Log lines to standard error, INFO and above unless a level is set: the back end of processes of ours, which start
 * without loading a larger one. An executor's launcher keeps what it says and quotes it when the process ends badly.
 * Named by the {@code slf4j.provider} property of such a process, so it never competes with the back end of a program
 * that embeds the library. Any thread.
 */
public final class StderrLogging implements SLF4JServiceProvider, ILoggerFactory {
    /** The property of SLF4J that names a back end. */
    public static final String PROVIDER_PROPERTY = "slf4j.provider";

    /** Nothing is as severe. */
    private static final int OFF = Integer.MAX_VALUE;

    private static volatile int threshold = EventConstants.INFO_INT;

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    /** @param name one of {@link LogLevels#NAMES} */
    static void setLevel(String name) {
        threshold = switch (name) {
            case "OFF" -> OFF;
            case "ALL" -> EventConstants.TRACE_INT;
            case "FATAL" -> EventConstants.ERROR_INT;
            default -> Level.valueOf(name).toInt();
        };
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return this;
    }

    @Override
    public Logger getLogger(String name) {
        // Hadoop warns at its first use that it has no native code, of which nobody has asked anything.
        boolean isSilent =
                LogLevels.INDISCREET.contains(name) || name.equals("org.apache.hadoop.util.NativeCodeLoader");
        return isSilent ? NOPLogger.NOP_LOGGER : new StderrLogger(name);
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {
        // Nothing to look up.
    }

    /** One line for each message, and the stack of what was thrown below it. */
    private static final class StderrLogger extends LegacyAbstractLogger {
        @Serial
        private static final long serialVersionUID = 1L;

        StderrLogger(String loggerName) {
            name = loggerName;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
            String shortName = name.substring(name.lastIndexOf('.') + 1);
            String message = MessageFormatter.basicArrayFormat(pattern, arguments);
            String line = time(LocalTime.now()) + " " + level + " ["
                    + Thread.currentThread().getName() + "] " + shortName + ": " + message;
            synchronized (System.err) {
                System.err.println(line);
                if (thrown != null) {
                    thrown.printStackTrace(System.err);
                }
            }
        }

        /** Such as {@code 09:05:00.004}, without a formatter, which would load the locale's words. */
        private static String time(LocalTime now) {
            return digits(now.getHour(), 2) + ":" + digits(now.getMinute(), 2) + ":" + digits(now.getSecond(), 2) + "."
                    + digits(now.getNano() / 1_000_000, 3);
        }

        private static String digits(int number, int count) {
            String text = Integer.toString(number);
            return "0".repeat(count - text.length()) + text;
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        public boolean isTraceEnabled() {
            return threshold <= EventConstants.TRACE_INT;
        }

        @Override
        public boolean isDebugEnabled() {
            return threshold <= EventConstants.DEBUG_INT;
        }

        @Override
        public boolean isInfoEnabled() {
            return threshold <= EventConstants.INFO_INT;
        }

        @Override
        public boolean isWarnEnabled() {
            return threshold <= EventConstants.WARN_INT;
        }

        @Override
        public boolean isErrorEnabled() {
            return threshold <= EventConstants.ERROR_INT;
        }
    }
}
