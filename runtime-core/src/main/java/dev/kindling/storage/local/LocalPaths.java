package dev.kindling.storage.local;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** {@code file:} paths as users write them, and back. Nothing is percent-decoded: a name is what it says. */
final class LocalPaths {
    private LocalPaths() {}

    static Path parse(String path) {
        try {
            return Path.of(withoutScheme(path)).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "not a path of a file: " + e.getMessage(), e);
        }
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
        return "file:" + file.toAbsolutePath().normalize();
    }
}
