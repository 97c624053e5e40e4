package dev.kindling.storage.local;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;

/**
 * Patterns in paths: {@code *} and {@code ?} within one name, {@code [a-c]}, {@code [^a]}, {@code {a,b}} (also around
 * a slash), and a backslash before a character that stands for itself. Every name of the path is matched by itself.
 */
final class Glob {
    private static final String SPECIAL = "*?[{\\";

    private Glob() {}

    /** What exists and matches, sorted; each once. */
    static List<Path> matches(String pattern) throws IOException {
        Set<Path> found = new TreeSet<>();
        for (String plain : alternatives(pattern)) {
            List<Path> level = List.of(LocalPaths.parse(plain.startsWith("/") ? "/" : "."));
            for (String name : plain.split("/+")) {
                if (!name.isEmpty() && !name.equals(".")) {
                    level = step(level, name);
                }
            }
            found.addAll(level);
        }
        return List.copyOf(found);
    }

    private static List<Path> step(List<Path> directories, String name) throws IOException {
        List<Path> next = new ArrayList<>();
        for (Path directory : directories) {
            if (isSpecial(name)) {
                addMatching(directory, name, next);
            } else if (Files.exists(directory.resolve(name))) {
                next.add(LocalPaths.parse(directory.resolve(name).toString()));
            }
        }
        return next;
    }

    private static void addMatching(Path directory, String name, List<Path> found) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        PathMatcher matcher = matcher(name);
        boolean namesHidden = name.startsWith("_") || name.startsWith(".");
        for (Path child : LocalPaths.childrenOf(directory)) {
            if (matcher.matches(child.getFileName()) && (namesHidden || !LocalObjectStore.isHidden(child))) {
                found.add(child);
            }
        }
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

    static boolean isSpecial(String name) {
        return name.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
    }

    /** The pattern without braces: every choice written out. */
    static List<String> alternatives(String pattern) {
        int open = indexOfUnescaped(pattern, '{', 0);
        if (open < 0) {
            return List.of(pattern);
        }
        List<String> all = new ArrayList<>();
        int choiceStart = open + 1;
        int depth = 0;
        for (int i = open; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0 || c == ',' && depth == 1) {
                String head = pattern.substring(0, open) + pattern.substring(choiceStart, i);
                choiceStart = i + 1;
                int close = closingBrace(pattern, open);
                all.addAll(alternatives(head + pattern.substring(close + 1)));
                if (i == close) {
                    return all;
                }
            }
        }
        throw unclosed(pattern);
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
