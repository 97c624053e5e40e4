package dev.kindling.yarn.core;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.ExitReason.Kind;
import dev.kindling.driver.core.DrainReason;
import dev.kindling.driver.core.ExitReasons;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a container ended, in one sentence, and what to change, in another. No state. */
final class ContainerEnds {
    // YARN's own exit statuses, as org.apache.hadoop.yarn.api.records.ContainerExitStatus numbers them.
    static final int ABORTED = -100;
    static final int DISKS_FAILED = -101;
    static final int PREEMPTED = -102;
    static final int OVER_VIRTUAL_MEMORY = -103;
    static final int OVER_PHYSICAL_MEMORY = -104;
    static final int KILLED_BY_APPLICATION_MASTER = -105;
    static final int KILLED_BY_RESOURCE_MANAGER = -106;
    static final int KILLED_AFTER_APPLICATION = -107;
    static final int KILLED_BY_NODE_SCHEDULER = -108;
    static final int OVER_LOG_LIMIT = -109;
    private static final int INVALID = -1000;

    /** By the shell that starts it. */
    private static final int CANNOT_EXECUTE = 126;

    private static final int KILLED = 137;
    private static final int TERMINATED = 143;

    // Such as 1.2 GB of 1 GB physical memory used; 3.1 GB of 2.1 GB virtual memory used.
    private static final String USE = "[\\d.]+ ?[KMGT]?B of [\\d.]+ ?[KMGT]?B ";
    private static final Pattern PHYSICAL = Pattern.compile(USE + "physical");
    private static final Pattern VIRTUAL = Pattern.compile(USE + "virtual");

    private static final Pattern WRONG_JAVA =
            Pattern.compile("UnsupportedClassVersionError|has been compiled by a more recent version"
                    // What Java 8 says of the archive of classes.
                    + "|VM option 'SharedArchiveFile' is diagnostic");
    private static final Pattern NO_JAVA = Pattern.compile("bin/java: No such file or directory|java: not found");

    /** YARN puts the last output of a process behind this. */
    private static final Pattern OUTPUT = Pattern.compile("Last \\d+ bytes of [\\w.-]+ ?:");

    private static final int MAX_OUTPUT_CHARS = 2_000;

    private final AppMasterSettings settings;

    ContainerEnds(AppMasterSettings settings) {
        this.settings = settings;
    }

    /** Whether the executor, its program or its node did something wrong; else the cluster took the container back. */
    static boolean isFailure(int exitStatus) {
        return switch (exitStatus) {
            case ABORTED,
                    PREEMPTED,
                    KILLED_BY_APPLICATION_MASTER,
                    KILLED_BY_RESOURCE_MANAGER,
                    KILLED_AFTER_APPLICATION,
                    KILLED_BY_NODE_SCHEDULER -> false;
            default -> true;
        };
    }

    /** Whether it says more than that the container was given back. */
    static boolean isTelling(int exitStatus) {
        return exitStatus != ABORTED
                && exitStatus != KILLED_BY_APPLICATION_MASTER
                && exitStatus != KILLED_BY_RESOURCE_MANAGER
                && exitStatus != KILLED_AFTER_APPLICATION;
    }

    /** What is known of a container that has ended. */
    ExitReason of(String node, int exitStatus, String diagnostics) {
        return switch (exitStatus) {
            case ABORTED ->
                reason(
                        Kind.DECOMMISSIONED,
                        exitStatus,
                        "YARN gave its container up: node " + node
                                + " was lost or decommissioned, or the ResourceManager took it back"
                                + quoted(diagnostics),
                        "nothing to do if nodes come and go; where they should stay, look at the NodeManager of "
                                + node);
            case DISKS_FAILED ->
                reason(
                        Kind.CRASHED,
                        exitStatus,
                        "too many disks of node " + node + " are bad or full",
                        "free space below yarn.nodemanager.local-dirs there, or take the node out of service");
            case PREEMPTED ->
                reason(
                        Kind.PREEMPTED,
                        exitStatus,
                        "YARN preempted its container: another queue or application was entitled to the resources",
                        "ask for fewer or smaller executors, or for a queue (--queue) with a larger guaranteed share");
            case OVER_VIRTUAL_MEMORY ->
                reason(
                        Kind.KILLED_OVER_MEMORY_LIMIT,
                        exitStatus,
                        "YARN killed its container of " + ByteSizes.format(settings.containerBytes())
                                + " for its virtual memory" + use(VIRTUAL, diagnostics),
                        "that limit says nothing about a JVM: set yarn.nodemanager.vmem-check-enabled=false, or raise"
                                + " yarn.nodemanager.vmem-pmem-ratio");
            case OVER_PHYSICAL_MEMORY -> overMemory(exitStatus, diagnostics);
            case KILLED_BY_APPLICATION_MASTER, KILLED_AFTER_APPLICATION ->
                reason(Kind.FINISHED, exitStatus, "it was told to end", "");
            case KILLED_BY_RESOURCE_MANAGER ->
                reason(
                        Kind.KILLED,
                        exitStatus,
                        "the ResourceManager killed its container" + quoted(diagnostics),
                        "the log of the ResourceManager says why");
            case KILLED_BY_NODE_SCHEDULER ->
                reason(
                        Kind.PREEMPTED,
                        exitStatus,
                        "node " + node + " made room for a guaranteed container",
                        "opportunistic containers live with that");
            case OVER_LOG_LIMIT ->
                reason(
                        Kind.CRASHED,
                        exitStatus,
                        "its output was larger than the cluster allows",
                        "print less in your functions, or raise yarn.nodemanager.container-log-monitor limits");
            case INVALID ->
                reason(
                        Kind.CRASHED,
                        exitStatus,
                        "node " + node + " could not prepare its container" + quoted(diagnostics),
                        "it could not fetch a file, or its disks are full: the NodeManager's log says more");
            default -> exitStatus < 0 ? unknown(node, exitStatus, diagnostics) : ofProcess(exitStatus, diagnostics);
        };
    }

    private ExitReason unknown(String node, int exitStatus, String diagnostics) {
        return reason(
                Kind.UNKNOWN,
                exitStatus,
                "YARN ended its container on " + node + " with status " + exitStatus + quoted(diagnostics),
                "");
    }

    private ExitReason ofProcess(int exitCode, String diagnostics) {
        if (WRONG_JAVA.matcher(diagnostics).find()) {
            return reason(
                    Kind.CRASHED,
                    exitCode,
                    "exit code " + exitCode + ": the Java of its node is older than 17",
                    "name a newer one that the nodes have (--java-home), or bring one along (--java-archive)");
        }
        if (exitCode == CANNOT_EXECUTE) {
            return reason(
                    Kind.CRASHED,
                    exitCode,
                    "exit code 126: its node cannot execute the Java that it was given",
                    "it was made for other processors, or may not be executed: name a JDK for those of the nodes"
                            + " (--java-archive auto:DIR), or the Java 17 that they have (--java-home)");
        }
        if (exitCode == 127 || NO_JAVA.matcher(diagnostics).find()) {
            return reason(
                    Kind.CRASHED,
                    exitCode,
                    "exit code " + exitCode + ": its node has no Java where it was looked for",
                    "name the Java 17 of the nodes (--java-home), or bring one along (--java-archive)");
        }
        if (exitCode == KILLED && PHYSICAL.matcher(diagnostics).find()) {
            return overMemory(exitCode, diagnostics);
        }
        if (exitCode == KILLED) {
            return reason(
                    Kind.KILLED,
                    exitCode,
                    "exit code 137 (SIGKILL): killed from outside, by somebody, by its NodeManager or by the operating"
                            + " system for want of memory",
                    "if it was the memory of the node or of the container's cgroup, raise"
                            + " kindling.yarn.memoryOverhead (the container has "
                            + ByteSizes.format(settings.containerBytes()) + ")");
        }
        if (exitCode == TERMINATED) {
            return reason(
                    Kind.KILLED,
                    exitCode,
                    "exit code 143 (SIGTERM): its NodeManager or somebody else asked it to end"
                            + use(PHYSICAL, diagnostics),
                    "a node that is stopped or drained ends its containers so; otherwise its NodeManager's log says"
                            + " why");
        }
        return ExitReasons.ofProcess(exitCode, settings.memory(), outputIn(diagnostics));
    }

    private ExitReason overMemory(int exitStatus, String diagnostics) {
        return reason(
                Kind.KILLED_OVER_MEMORY_LIMIT,
                exitStatus,
                "YARN killed its container of " + ByteSizes.format(settings.containerBytes())
                        + ", of which its heap is "
                        + ByteSizes.format(settings.memory().heapBytes()) + ", for its memory"
                        + use(PHYSICAL, diagnostics),
                "raise kindling.yarn.memoryOverhead: what the program has outside the heap (direct buffers, native"
                        + " libraries, processes of pipe) does not fit");
    }

    /** It has not reached the driver in time. */
    ExitReason notRegistered(String node) {
        return new ExitReason(
                Kind.UNKNOWN,
                OptionalInt.empty(),
                "its container on " + node + " did not become an executor within "
                        + Durations.format(settings.launchTimeoutMs()),
                0,
                0,
                "its node is slow to fetch the jars, is overloaded or cannot reach the driver; the container's log says"
                        + " more; kindling.yarn.launchTimeoutMs is how long is waited");
    }

    /** It was to leave, and had not begun. */
    static ExitReason gaveBackBeforeItBegan(String node, DrainReason why) {
        return new ExitReason(
                why.kind,
                OptionalInt.empty(),
                "its container on " + node + " was given back before it became an executor: " + why.words,
                0,
                0,
                "");
    }

    /** Its node would not start it. */
    static ExitReason notStarted(String node, String why) {
        return new ExitReason(
                Kind.CRASHED,
                OptionalInt.empty(),
                "node " + node + " would not start its container: " + firstLine(why),
                0,
                0,
                "the log of its NodeManager says more");
    }

    private static ExitReason reason(Kind kind, int exitStatus, String detail, String advice) {
        return new ExitReason(kind, OptionalInt.of(exitStatus), detail, 0, 0, advice);
    }

    private static String use(Pattern what, String diagnostics) {
        Matcher use = what.matcher(diagnostics);
        return use.find() ? " (" + use.group() + " memory were in use)" : "";
    }

    private static String quoted(String diagnostics) {
        String line = firstLine(diagnostics);
        return line.isEmpty() ? "" : " (" + line + ")";
    }

    private static String firstLine(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .map(line -> line.length() > 300 ? line.substring(0, 300) + " ..." : line)
                .orElse("");
    }

    private static String outputIn(String diagnostics) {
        Matcher start = OUTPUT.matcher(diagnostics);
        int from = -1;
        while (start.find()) {
            from = start.end();
        }
        if (from < 0) {
            return "";
        }
        String output = diagnostics.substring(from).strip();
        return output.substring(Math.max(0, output.length() - MAX_OUTPUT_CHARS));
    }
}
