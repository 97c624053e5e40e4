package dev.kindling.testserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands of docs/course.md, for the tests that run them: some on this machine alone, some beside an HDFS. */
public final class CourseCommands {
    /** The repository, seen from the directory of a module. */
    public static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    public static final Path COURSE = REPOSITORY.resolve("docs/course.md");

    /** Whatever is fenced is a command of a kind that is known, or reading fails. */
    private static final Pattern BLOCK = Pattern.compile("^```(.*?)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    private CourseCommands() {}

    /** Who types it, and beside what. */
    public enum Kind {
        READER("sh"),
        SERVER("sh server"),
        READER_OF_HDFS("sh hdfs"),
        HDFS("sh hdfs server");

        private final String fence;

        Kind(String fence) {
            this.fence = fence;
        }

        private static Kind of(String fence) {
            for (Kind kind : values()) {
                if (kind.fence.equals(fence)) {
                    return kind;
                }
            }
            throw new AssertionError("no test runs what the course fences as " + fence);
        }
    }

    public record Block(Kind kind, String commands) {}

    public static List<Block> all() throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher found = BLOCK.matcher(Files.readString(COURSE));
        while (found.find()) {
            blocks.add(new Block(Kind.of(found.group(1)), found.group(2)));
        }
        return blocks;
    }

    /** All of one kind, one after the other. */
    public static String of(Kind kind) throws IOException {
        StringBuilder commands = new StringBuilder();
        all().stream().filter(block -> block.kind == kind).forEach(block -> commands.append(block.commands));
        return commands.toString();
    }
}
