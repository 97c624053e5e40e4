package dev.kindling.driver.cli;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Says on standard error why a command failed, and what exit code that makes. */
final class Failures {
    /** What the caller can put right without looking at a job. */
    private static final Set<ErrorCode> CALLERS_MISTAKES = Set.of(
            ErrorCode.BAD_ARGUMENT, ErrorCode.BAD_CONFIGURATION, ErrorCode.INPUT_NOT_FOUND, ErrorCode.OUTPUT_EXISTS);

    /** Frames of the user's own code worth showing without {@code --verbose}. */
    private static final int SHOWN_FRAMES = 5;

    private static final List<String> NOT_OF_USERS = List.of(
            "java.",
            "jdk.",
            "sun.",
            "picocli.",
            "dev.kindling.",
            // Of a request to S3 or HDFS the message says all.
            "software.amazon.",
            "org.apache.hc.",
            "org.apache.hadoop.");

    private static volatile boolean isVerbose;

    private Failures() {}

    /** Whether stacks are shown whole; set once the command line is parsed. */
    static void setVerbose(boolean verbose) {
        isVerbose = verbose;
    }

    static int report(Throwable failure, PrintWriter err) {
        if (failure instanceof UsageError
                || failure instanceof KindlingException known && CALLERS_MISTAKES.contains(known.code())) {
            err.println("kindling: " + oneLine(failure.getMessage()));
            printStackWhenVerbose(failure, err);
            return Main.CALLED_WRONGLY;
        }
        if (failure instanceof KindlingException known) {
            err.println("kindling: " + known.getMessage());
            printUserFrames(known.getCause(), err);
        } else {
            err.println("kindling: " + failure);
            printUserFrames(failure, err);
        }
        printStackWhenVerbose(failure, err);
        return Main.FAILED;
    }

    /** What a submitted program's {@code main} threw. */
    static int reportMain(String mainClass, Throwable failure, PrintWriter err) {
        if (failure instanceof KindlingException known) {
            err.println("kindling: " + known.getMessage());
            printUserFrames(known.getCause() == null ? known : known.getCause(), err);
        } else {
            err.println("kindling: main of " + mainClass + " failed: " + failure);
            printUserFrames(failure, err);
        }
        printStackWhenVerbose(failure, err);
        return Main.FAILED;
    }

    private static void printUserFrames(Throwable failure, PrintWriter err) {
        if (failure != null && !isVerbose) {
            Arrays.stream(failure.getStackTrace())
                    .filter(frame -> isUsers(frame.getClassName()))
                    .limit(SHOWN_FRAMES)
                    .forEach(frame -> err.println("    at " + placeOf(frame)));
        }
        err.flush();
    }

    /** Without the names of class loaders and modules. */
    private static String placeOf(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName() + ":"
                + frame.getLineNumber() + ")";
    }

    private static boolean isUsers(String className) {
        return NOT_OF_USERS.stream().noneMatch(className::startsWith);
    }

    private static void printStackWhenVerbose(Throwable failure, PrintWriter err) {
        if (isVerbose) {
            failure.printStackTrace(err);
        }
        err.flush();
    }

    private static String oneLine(String message) {
        return message == null ? "" : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
