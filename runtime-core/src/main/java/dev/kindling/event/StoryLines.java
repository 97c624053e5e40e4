package dev.kindling.event;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The lines of a story, each with the seconds since the first event in front, and the words that stories share. */
public final class StoryLines {
    private static final int LISTED = 8;

    private final List<String> lines = new ArrayList<>();
    private final long startMs;
    private long nowMs;

    StoryLines(List<? extends Event> events) {
        this(events.isEmpty() ? 0 : events.get(0).time().toEpochMilli());
    }

    StoryLines(long startMs) {
        this.startMs = startMs;
        this.nowMs = startMs;
    }

    List<String> lines() {
        return lines;
    }

    /** What is said next happened with this event. */
    void at(Event event) {
        at(event.time().toEpochMilli());
    }

    void at(long ms) {
        nowMs = ms;
    }

    long nowMs() {
        return nowMs;
    }

    void say(String sentence) {
        String indented = sentence.strip().replace("\n", "\n            ");
        lines.add(String.format(Locale.ROOT, "%8.3f s  %s", (nowMs - startMs) / 1000.0, indented));
    }

    // ---- words ----------------------------------------------------------------------------------------------------

    /** How long ago it was; the beginning may lie before the first event that is known. */
    String since(Long thenMs) {
        return thenMs == null ? "some time" : Durations.format(nowMs - thenMs);
    }

    /** {@code 1 task}, {@code 2 tasks}. */
    public static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    static String listed(List<?> items, String noun) {
        String names = String.join(
                ", ", items.stream().limit(LISTED).map(String::valueOf).toList());
        return noun
                + (items.size() == 1 ? " " : "s ")
                + names
                + (items.size() > LISTED ? " and " + (items.size() - LISTED) + " more" : "");
    }

    static String runTime(TaskMetrics metrics) {
        return Durations.format(metrics.runNanos() / 1_000_000);
    }

    /** Task time, and what was read and written: {@code 1.2 s of task time, 3 MiB read}. */
    static String work(TaskMetrics metrics) {
        StringBuilder text = new StringBuilder(runTime(metrics)).append(" of task time");
        append(text, "read", metrics.bytesRead());
        append(text, "fetched", metrics.shuffleBytesReadLocal() + metrics.shuffleBytesReadRemote());
        append(text, "of shuffle written", metrics.shuffleBytesWritten());
        append(text, "spilled", metrics.diskSpilled());
        append(text, "of output written", metrics.bytesWritten());
        return text.toString();
    }

    private static void append(StringBuilder text, String what, long bytes) {
        if (bytes > 0) {
            text.append(", ").append(ByteSizes.format(bytes)).append(' ').append(what);
        }
    }

    static boolean isCharged(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed && failed.countsTowardsLimit();
    }

    private static boolean isEndedByATask(ExitReason reason) {
        return switch (reason.kind()) {
            case HEAP_EXHAUSTED, KILLED_OVER_MEMORY_LIMIT, CRASHED -> true;
            case FINISHED, KILLED, HEARTBEAT_LOST, DECOMMISSIONED, PREEMPTED, UNKNOWN -> false;
        };
    }

    /** Which partitions run together, and why so many. */
    public static String words(Event.PartitionsGrouped e) {
        return count(e.partitionCount(), "partition") + " of stage " + e.stageId() + " run as "
                + count(e.groupCount(), "group") + " of neighbours, each one launch: nobody named their number, and"
                + " they read " + ByteSizes.format(e.readBytes()) + " in all; a group reads at most "
                + ByteSizes.format(e.targetBytes()) + " (kindling.shuffle.targetPartitionBytes) and its share for "
                + count(e.coreCount(), "core");
    }

    /** Why a stage does not run. */
    public static String words(Event.StageSkipped e) {
        return e.isUnread() ? "nothing that runs reads it" : "all its map outputs are there";
    }

    /** Why an attempt ended without a result. */
    public static String words(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return failed.message();
        } else if (outcome instanceof Outcome.FetchFailed failed) {
            return failed.message()
                    + failed.whyExecutorWent()
                            .map(why -> "; executor " + failed.fromExecutor() + " was lost: "
                                    + why.detail().lines().findFirst().orElse(""))
                            .orElse("");
        } else if (outcome instanceof Outcome.ExecutorLost lost) {
            return "its executor was lost"
                    + (isEndedByATask(lost.reason())
                            ? "; it runs alone next time, so that the" + " task that ends executors is found"
                            : "");
        } else if (outcome instanceof Outcome.Killed killed) {
            return "stopped: " + killed.reason();
        }
        return "another attempt had written its output";
    }
}
