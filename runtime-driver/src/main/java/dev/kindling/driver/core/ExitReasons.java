package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.ExitReason.Kind;
import dev.kindling.config.MemoryMap;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds out why an executor went: from the exit code and the last output that its launcher saw, from how its connection
 * or its silence looked to the driver, and from the memory in its last heartbeat. Every reason is one sentence that
 * says what happened, and one that says what to try. No state; any thread.
 */
public final class ExitReasons {
    /** How a JVM started with {@code ExitOnOutOfMemoryError} ends when its heap is full. */
    static final int OUT_OF_MEMORY = 3;

    private static final int SIGNAL_BASE = 128;
    private static final int FULL_HEAP_PERCENT = 90;

    /** An executor that decides to end says so in its output. */
    private static final Pattern OWN_END = Pattern.compile("executor ends with exit code (\\d+): (.*)");

    private static final Pattern OUT_OF_MEMORY_ERROR = Pattern.compile("java\\.lang\\.OutOfMemoryError(?:: (.*))?");

    /** What is known of its memory begins so, behind what happened. */
    private static final String MEMORY = " (at its last heartbeat ";

    /** How the end of an executor reads that left without loss. */
    public static final String DRAINED = "it was drained, ";

    private static final String MORE_HEAP =
            "raise the memory of executors (kindling.executor.memory, or the last number of"
                    + " local-cluster[executors,cores,MB]), use more partitions, or hold fewer rows at a time in your"
                    + " functions";
    private static final String NO_JVM = "Could not create the Java Virtual Machine";
    private static final String NO_EXIT =
            "end a task by throwing an exception: System.exit ends the executor and every task that runs in it";

    private ExitReasons() {}

    // ---- what a launcher saw --------------------------------------------------------------------------------------

    /**
     * The process has ended.
     *
     * @param memory what it was given
     * @param lastOutput the last lines it wrote; empty when they are not known
     */
    public static ExitReason ofProcess(int exitCode, MemoryMap memory, String lastOutput) {
        Matcher own = OWN_END.matcher(lastOutput);
        String ownReason = "";
        while (own.find()) {
            ownReason = own.group(1).equals(Integer.toString(exitCode)) ? own.group(2) : "";
        }
        ExitReason reason = ownReason.isEmpty() ? byCode(exitCode, memory, lastOutput) : byItself(exitCode, ownReason);
        String output = lastOutput.isBlank()
                ? ""
                : "\nIts last output was:\n" + lastOutput.strip().indent(4);
        return new ExitReason(
                reason.kind(), reason.exitCode(), (reason.detail() + output).stripTrailing(), 0, 0, reason.advice());
    }

    private static ExitReason byItself(int exitCode, String why) {
        Matcher memory = OUT_OF_MEMORY_ERROR.matcher(why);
        if (memory.find()) {
            // The heap's own errors end the process before it can say anything.
            return reason(
                    Kind.CRASHED,
                    exitCode,
                    why,
                    "memory outside the heap ran out: bound it by kindling.executor.javaOptions"
                            + " (-XX:MaxDirectMemorySize, -XX:MaxMetaspaceSize), or start fewer threads");
        }
        boolean isDefect = exitCode == 1;
        return reason(isDefect ? Kind.CRASHED : Kind.FINISHED, exitCode, "it ended itself: " + why, "");
    }

    private static ExitReason byCode(int exitCode, MemoryMap memory, String lastOutput) {
        if (exitCode == OUT_OF_MEMORY && (lastOutput.isBlank() || lastOutput.contains("OutOfMemoryError"))) {
            Matcher error = OUT_OF_MEMORY_ERROR.matcher(lastOutput);
            boolean isMetaspace = error.find() && "Metaspace".equals(error.group(1));
            return isMetaspace
                    ? reason(
                            Kind.CRASHED,
                            exitCode,
                            "exit code 3: its space for classes (metaspace) was full",
                            "raise it by kindling.executor.javaOptions, for example -XX:MaxMetaspaceSize=512m")
                    : reason(
                            Kind.HEAP_EXHAUSTED,
                            exitCode,
                            "exit code 3: its heap of " + ByteSizes.format(memory.heapBytes()) + " was full",
                            MORE_HEAP + " (" + memory + ")");
        }
        return switch (exitCode) {
            case 0 -> reason(Kind.CRASHED, 0, "exit code 0: a task called System.exit(0)", NO_EXIT);
            case 1 -> ofCodeOne(lastOutput);
            case SIGNAL_BASE + 6 ->
                reason(
                        Kind.CRASHED,
                        exitCode,
                        "exit code 134 (SIGABRT): the Java virtual machine itself crashed",
                        "native code that the program calls is the usual cause");
            case SIGNAL_BASE + 9 ->
                reason(
                        Kind.KILLED,
                        exitCode,
                        "exit code 137 (SIGKILL): killed from outside, by somebody or by the operating system because"
                                + " the machine or its container ran out of memory",
                        "if nobody killed it, run fewer or smaller executors on the machine; its kernel log (dmesg)"
                                + " names what was killed for want of memory");
            case SIGNAL_BASE + 11 ->
                reason(
                        Kind.CRASHED,
                        exitCode,
                        "exit code 139 (SIGSEGV): native code in the process crashed",
                        "look for native libraries that the program loads");
            case SIGNAL_BASE + 15 ->
                reason(
                        Kind.KILLED,
                        exitCode,
                        "exit code 143 (SIGTERM): somebody asked the process to end",
                        "find out what ends processes of this user");
            default ->
                exitCode > SIGNAL_BASE
                        ? reason(
                                Kind.KILLED,
                                exitCode,
                                "exit code " + exitCode + ": ended by signal " + (exitCode - SIGNAL_BASE),
                                "")
                        : reason(
                                Kind.CRASHED,
                                exitCode,
                                "exit code " + exitCode + ": a task called System.exit(" + exitCode + ")",
                                NO_EXIT);
        };
    }

    private static ExitReason ofCodeOne(String lastOutput) {
        if (lastOutput.contains(NO_JVM)) {
            return reason(
                    Kind.CRASHED,
                    1,
                    "exit code 1: its Java virtual machine could not start",
                    "look at kindling.executor.javaOptions and at the memory of executors");
        }
        return reason(
                Kind.CRASHED,
                1,
                "exit code 1: it could not start, or a task called System.exit(1)",
                lastOutput.isBlank() ? "nothing is known of its output" : "its last output says more");
    }

    private static ExitReason reason(Kind kind, int exitCode, String detail, String advice) {
        return new ExitReason(kind, OptionalInt.of(exitCode), detail, 0, 0, advice);
    }

    /** The kernel has killed it, because the memory that its container may use was used up. */
    public static ExitReason overMemoryLimit(int exitCode, OptionalLong limitBytes, MemoryMap memory) {
        return reason(
                Kind.KILLED_OVER_MEMORY_LIMIT,
                exitCode,
                "exit code " + exitCode + ": killed by the operating system, because the memory limit of its container"
                        + limitBytes.stream()
                                .mapToObj(bytes -> ", " + ByteSizes.format(bytes) + ",")
                                .collect(Collectors.joining())
                        + " was reached",
                "heap, direct memory, classes and stacks of all processes in the container share it (up to "
                        + ByteSizes.format(memory.processBytes()) + " and the stacks for this one, "
                        + ByteSizes.format(memory.heapBytes()) + " of it heap): lower the memory or the number of"
                        + " executors, or raise the limit");
    }

    /** There never was a process. */
    public static ExitReason notStarted(String why) {
        return withoutCode(Kind.CRASHED, "its process could not be started: " + why, "");
    }

    /** An executor inside the driver's JVM has ended by its own decision. */
    public static ExitReason endedItself(String why) {
        return withoutCode(Kind.FINISHED, "it ended itself: " + why, "");
    }

    // ---- what the driver saw --------------------------------------------------------------------------------------

    static ExitReason connectionEnded(String why) {
        return withoutCode(
                Kind.UNKNOWN,
                "its connection ended: " + why,
                "either its process or its machine has died, or the network between them and the driver");
    }

    /** It has left without loss. */
    static ExitReason drained(Drain drain) {
        return withoutCode(drain.reason.kind, DRAINED + moved(drain) + ": " + drain.reason.words, "");
    }

    /** Whether the executor left without loss. */
    public static boolean isDrained(ExitReason reason) {
        return reason.detail().startsWith(DRAINED);
    }

    /** Its time to leave without loss was too short. */
    static ExitReason notDrainedInTime(Drain drain, int runningCount, int outputCount) {
        return withoutCode(
                drain.reason.kind,
                drain.reason.words + ", and it was not drained in time: " + moved(drain) + ", " + outputCount
                        + " were left and " + runningCount + " tasks ran",
                "");
    }

    private static String moved(Drain drain) {
        return drain.movedOutputs + " map outputs were moved";
    }

    static ExitReason stuck(String why) {
        return withoutCode(
                Kind.FINISHED,
                why,
                "let long loops end when Thread.interrupted() or TaskContext.get().isInterrupted() says so");
    }

    static ExitReason superseded() {
        return withoutCode(Kind.UNKNOWN, "another process has registered under its name", "");
    }

    static ExitReason notRegistered(long withinMs) {
        return withoutCode(
                Kind.UNKNOWN,
                "it did not register within " + Durations.format(withinMs),
                "its machine is overloaded, or cannot reach the driver");
    }

    static ExitReason silent(long silentMs, ExecutorState executor) {
        boolean isFull =
                executor.memoryBytes > 0 && executor.lastHeapBytes > executor.memoryBytes / 100 * FULL_HEAP_PERCENT;
        return withoutCode(
                Kind.HEARTBEAT_LOST,
                "no sign of life for " + Durations.format(silentMs),
                isFull
                        ? "its heap was nearly full, so it is probably collecting garbage: " + MORE_HEAP
                        : "its process hangs or was stopped, or its machine or the network is gone; where such pauses"
                                + " are usual, raise kindling.executor.lostAfterMs");
    }

    private static ExitReason withoutCode(Kind kind, String detail, String advice) {
        return new ExitReason(kind, OptionalInt.empty(), detail, 0, 0, advice);
    }

    // ---- put together ---------------------------------------------------------------------------------------------

    /**
     * The same, with the memory that was in use at the last heartbeat, which is told where it may have to do with the end;
     * bytes are 0 when they are not known.
     */
    static ExitReason withMemory(ExitReason reason, long residentBytes, long heapBytes) {
        if (residentBytes == 0 && heapBytes == 0 || reason.kind() == Kind.CRASHED || reason.kind() == Kind.FINISHED) {
            return new ExitReason(
                    reason.kind(), reason.exitCode(), reason.detail(), residentBytes, heapBytes, reason.advice());
        }
        int end = reason.detail().indexOf('\n');
        int lineEnd = end < 0 ? reason.detail().length() : end;
        String detail = reason.detail().substring(0, lineEnd) + MEMORY
                + ByteSizes.format(heapBytes) + " of its heap were in use"
                + (residentBytes == 0 ? "" : " and " + ByteSizes.format(residentBytes) + " of memory altogether") + ")"
                + reason.detail().substring(lineEnd);
        return new ExitReason(reason.kind(), reason.exitCode(), detail, residentBytes, heapBytes, reason.advice());
    }

    /** What happened and what to try, in one line. */
    static String sentence(ExitReason reason) {
        return firstLine(reason.toString());
    }

    /** What happened, in a few words. */
    static String happened(ExitReason reason) {
        String text = firstLine(reason.detail());
        int memory = text.indexOf(MEMORY);
        return memory < 0 ? text : text.substring(0, memory);
    }

    private static String firstLine(String text) {
        int lineEnd = text.indexOf('\n');
        return lineEnd < 0 ? text : text.substring(0, lineEnd);
    }

    /** What the process wrote last, in lines of its own that begin with an end of line; empty when it is not known. */
    static String output(ExitReason reason) {
        int lineEnd = reason.detail().indexOf('\n');
        return lineEnd < 0 ? "" : reason.detail().substring(lineEnd);
    }

    /** Whether what is known now says more than what was known before. */
    static boolean isMoreTelling(ExitReason now, ExitReason before) {
        return before.kind() == Kind.UNKNOWN && now.kind() != Kind.UNKNOWN;
    }
}
