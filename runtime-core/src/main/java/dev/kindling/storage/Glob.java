package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;

/**
 * Patterns in paths: {@code *} and {@code ?} within one name, {@code [a-c]}, {@code [^a]}, {@code {a,b}} (also around
 * a slash), and a backslash before a character that stands for itself. Every name of the path is matched by itself.
 */
public final class Glob {
    private static final String SPECIAL = "*?[{\\";

    private Glob() {}

    /** A tree of names that can be walked. */
    public interface Tree<P extends Comparable<P>> {
        /** Where a pattern begins. */
        P root(boolean isAbsolute);

        /** Empty when there is none of this name. */
        Optional<P> child(P directory, String name) throws IOException;

        /** By their names; none of what is not a directory. */
        SortedMap<String, P> children(P directory) throws IOException;

        /** The same of each of several directories; names that do not begin with {@code start} may be left out. */
        default List<SortedMap<String, P>> childrenOfEach(List<P> directories, String start) throws IOException {
            List<SortedMap<String, P>> all = new ArrayList<>();
            for (P directory : directories) {
                all.add(children(directory));
            }
            return all;
        }
    }

    /** What exists and matches, sorted; each once. */
    public static <P extends Comparable<P>> List<P> matches(String pattern, Tree<P> tree) throws IOException {
        Set<P> found = new TreeSet<>();
        for (String plain : alternatives(pattern)) {
            List<P> level = List.of(tree.root(plain.startsWith("/")));
            for (String name : plain.split("/+")) {
                if (!name.isEmpty() && !name.equals(".")) {
                    level = step(level, name, tree);
                }
            }
            found.addAll(level);
        }
        return List.copyOf(found);
    }

    private static <P extends Comparable<P>> List<P> step(List<P> directories, String name, Tree<P> tree)
            throws IOException {
        List<P> next = new ArrayList<>();
        if (isSpecial(name)) {
            for (SortedMap<String, P> children : tree.childrenOfEach(directories, literalStart(name))) {
                addMatching(children, name, next);
            }
            return next;
        }
        for (P directory : directories) {
            tree.child(directory, name).ifPresent(next::add);
        }
        return next;
    }

    /** With what every name begins that can match. */
    private static String literalStart(String pattern) {
        int end = 0;
        while (end < pattern.length() && SPECIAL.indexOf(pattern.charAt(end)) < 0) {
            end++;
        }
        return pattern.substring(0, end);
    }

    private static <P> void addMatching(SortedMap<String, P> children, String pattern, List<P> found) {
        PathMatcher matcher = matcher(pattern);
        boolean namesHidden = isHidden(pattern);
        children.forEach((name, child) -> {
            if (matcher.matches(Path.of(name)) && (namesHidden || !isHidden(name))) {
                found.add(child);
            }
        });
    }

    /** Whether files of this name are read only when they are named. */
    public static boolean isHidden(String name) {
        return name.startsWith("_") || name.startsWith(".");
    }

    private static PathMatcher matcher(String name) {
        try {
            // The JDK's glob wants ! where shells and Hadoop also take ^.
            return FileSystems.getDefault().getPathMatcher("glob:" + name.replace("[^", "[!"));
        } catch (PatternSyntaxException e) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, "bad pattern " + name + " in an input path: " + e.getDescription(), e);
        }
    }

    /** Whether anything in it is not just a name. */
    public static boolean isSpecial(String name) {
        return name.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
    }

    /** The pattern without braces: every choice written out. */
    static List<String> alternatives(String pattern) {
        int open = indexOfUnescaped(pattern, '{', 0);
        if (open < 0) {
            return List.of(pattern);
        }
        int close = closingBrace(pattern, open);
        List<String> all = new ArrayList<>();
        int choiceStart = open + 1;
        int depth = 0;
        for (int i = open; i <= close; i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0 || c == ',' && depth == 1) {
                String head = pattern.substring(0, open) + pattern.substring(choiceStart, i);
                choiceStart = i + 1;
                all.addAll(alternatives(head + pattern.substring(close + 1)));
            }
        }
        return all;
    }

    private static int closingBrace(String pattern, int open) {
        int depth = 0;
        for (int i = open; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i;
            }
        }
        throw unclosed(pattern);
    }

    private static int indexOfUnescaped(String pattern, char wanted, int from) {
        for (int i = from; i < pattern.length(); i++) {
            if (pattern.charAt(i) == '\\') {
                i++;
            } else if (pattern.charAt(i) == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static KindlingException unclosed(String pattern) {
        return new KindlingException(ErrorCode.BAD_ARGUMENT, "the brace is not closed in input path " + pattern);
    }
}
