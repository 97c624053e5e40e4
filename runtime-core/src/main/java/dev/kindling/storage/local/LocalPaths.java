package dev.kindling.storage.local;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.Glob;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code file:} paths as users write them, and back. Nothing is percent-decoded: a name is what it says. */
final class LocalPaths {
    static final Glob.Tree<Path> TREE = new Glob.Tree<>() {
        @Override
        public Path root(boolean isAbsolute) {
            return parse(isAbsolute ? "/" : ".");
        }

        @Override
        public Optional<Path> child(Path directory, String name) {
            Path child = directory.resolve(name);
            return Files.exists(child) ? Optional.of(parse(child.toString())) : Optional.empty();
        }

        @Override
        public SortedMap<String, Path> children(Path directory) throws IOException {
            SortedMap<String, Path> children = new TreeMap<>();
            if (Files.isDirectory(directory)) {
                for (Path child : childrenOf(directory)) {
                    children.put(child.getFileName().toString(), child);
                }
            }
            return children;
        }
    };

    private LocalPaths() {}

    static Path parse(String path) {
        try {
            return withoutSteps(Path.of(withoutScheme(path)).toAbsolutePath());
        } catch (InvalidPathException e) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "not a path of a file: " + e.getMessage(), e);
        }
    }

    /** Takes {@code .} and {@code ..} out; after a link, {@code ..} is the parent of what the link leads to. */
    private static Path withoutSteps(Path path) {
        Path plain = path.getRoot();
        for (Path name : path) {
            if (name.toString().equals("..")) {
                Path parent = real(plain).getParent();
                plain = parent == null ? path.getRoot() : parent;
            } else if (!name.toString().equals(".")) {
                plain = plain.resolve(name);
            }
        }
        return plain;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path; // Does not exist: whoever opens it will say so.
        }
    }

    /** What is in a directory, sorted by name. */
    static List<Path> childrenOf(Path directory) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            found.forEach(children::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(children);
        return children;
    }

    /** {@code file:/a}, {@code file:///a} and {@code file://localhost/a} are all {@code /a}. */
    static String withoutScheme(String path) {
        if (!path.regionMatches(true, 0, "file:", 0, 5)) {
            return path;
        }
        String rest = path.substring(5);
        if (!rest.startsWith("//")) {
            return rest;
        }
        int root = rest.indexOf('/', 2);
        return root < 0 ? "/" : rest.substring(root);
    }

    static String format(Path file) {
        return "file:" + file;
    }
}
