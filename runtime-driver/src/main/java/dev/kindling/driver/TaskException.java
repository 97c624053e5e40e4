package dev.kindling.driver;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands for an exception of a task that could not travel: reads as it did, with the same stack, but is of this class.
 */
final class TaskException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    // "	at app//org.example.App.run(App.java:42)"
    private static final Pattern FRAME =
            Pattern.compile("\\s*at (?:\\S*/)?([\\w.$]+)\\.([\\w$<>]+)\\(([^:)]*)(?::(\\d+))?\\)");

    /** @param stack as {@code printStackTrace} wrote it; what cannot be understood is left out */
    TaskException(String message, String stack) {
        super(message);
        List<StackTraceElement> frames = new ArrayList<>();
        for (String line : stack.split("\n")) {
            Matcher frame = FRAME.matcher(line);
            if (frame.matches()) {
                int lineNumber = frame.group(4) == null ? -1 : Integer.parseInt(frame.group(4));
                frames.add(new StackTraceElement(frame.group(1), frame.group(2), frame.group(3), lineNumber));
            } else if (line.startsWith("Caused by:")) {
                break;
            }
        }
        setStackTrace(frames.toArray(StackTraceElement[]::new));
    }

    /** Without the name of this class, which would only hide that of the exception it stands for. */
    @Override
    public String toString() {
        return getMessage();
    }
}
