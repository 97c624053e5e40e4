package dev.kindling.event;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One thing of an application whose story is told by itself. */
public sealed interface StorySubject {
    /** How each of them is written. */
    String FORMS = "task:3.7 (stage 3, partition 7), executor:e2, block:shuffle-1-map-4 or block:rdd_3_17";

    /** A partition of a stage, in all its attempts. */
    record Task(int stageId, int partition) implements StorySubject {
        @Override
        public String toString() {
            return "task:" + stageId + "." + partition;
        }
    }

    record Executor(String id) implements StorySubject {
        @Override
        public String toString() {
            return "executor:" + id;
        }
    }

    /** What one map task of a shuffle leaves. */
    record MapOutput(int shuffleId, int mapPartition) implements StorySubject {
        @Override
        public String toString() {
            return "block:shuffle-" + shuffleId + "-map-" + mapPartition;
        }
    }

    /** A partition of a persisted set, by its name in the status. */
    record CachedBlock(String name) implements StorySubject {
        @Override
        public String toString() {
            return "block:" + name;
        }
    }

    /**
     * Reads {@code task:3.7}, {@code executor:e2}, {@code block:shuffle-1-map-4}, {@code block:rdd_3_17}.
     *
     * @throws KindlingException {@code BAD_ARGUMENT} when it is none of these
     */
    static StorySubject parse(String text) {
        Matcher task = Forms.TASK.matcher(text);
        Matcher output = Forms.MAP_OUTPUT.matcher(text);
        if (task.matches()) {
            return new Task(number(text, task.group(1)), number(text, task.group(2)));
        } else if (output.matches()) {
            return new MapOutput(number(text, output.group(1)), number(text, output.group(2)));
        } else if (text.startsWith("executor:") && text.length() > "executor:".length()) {
            return new Executor(text.substring("executor:".length()));
        } else if (Forms.CACHED_BLOCK.matcher(text).matches()) {
            return new CachedBlock(text.substring("block:".length()));
        }
        throw unknown(text);
    }

    private static int number(String text, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw unknown(text);
        }
    }

    private static KindlingException unknown(String text) {
        return new KindlingException(
                ErrorCode.BAD_ARGUMENT, "'" + text + "' is not the subject of a story; use " + FORMS);
    }

    /** The forms as patterns. */
    final class Forms {
        private static final Pattern TASK = Pattern.compile("task:(\\d+)\\.(\\d+)");
        private static final Pattern MAP_OUTPUT = Pattern.compile("block:shuffle-(\\d+)-map-(\\d+)");
        private static final Pattern CACHED_BLOCK = Pattern.compile("block:rdd_\\d+_\\d+");

        private Forms() {}
    }
}
