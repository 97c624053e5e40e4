package dev.kindling.driver.launch;

/** What the exit code of an executor process means, and what can be done about it, in a sentence. */
final class ExitReason {
    /** How a JVM started with {@code ExitOnOutOfMemoryError} ends when its heap is full. */
    static final int OUT_OF_MEMORY = 3;

    private static final int SIGNAL_BASE = 128;

    private ExitReason() {}

    static String of(int exitCode, long memoryMb) {
        switch (exitCode) {
            case 0:
                return "it ended by itself with exit code 0: a task called System.exit, or the executor was told to end";
            case OUT_OF_MEMORY:
                return "exit code 3: its heap of " + memoryMb + " MB was full; raise the executor memory,"
                        + " use more partitions, or hold fewer rows at a time in your functions";
            case SIGNAL_BASE + 6:
                return "exit code 134 (SIGABRT): the Java virtual machine itself crashed";
            case SIGNAL_BASE + 9:
                return "exit code 137 (SIGKILL): killed from outside, by somebody or by the operating system"
                        + " because the machine or its container ran out of memory";
            case SIGNAL_BASE + 11:
                return "exit code 139 (SIGSEGV): native code in the process crashed";
            case SIGNAL_BASE + 15:
                return "exit code 143 (SIGTERM): somebody asked the process to end";
            default:
                return exitCode > SIGNAL_BASE
                        ? "exit code " + exitCode + " (signal " + (exitCode - SIGNAL_BASE) + ")"
                        : "exit code " + exitCode + ": a task called System.exit, or the process could not start";
        }
    }
}
