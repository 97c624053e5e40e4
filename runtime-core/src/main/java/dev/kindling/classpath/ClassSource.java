package dev.kindling.classpath;

import java.io.IOException;
import java.util.Optional;

/**
 * Where a class comes from that no jar or directory of the user's holds: asked by name, last of all. On an executor
 * it asks the driver, which answers from its own user class loader; so a class that came into being after the
 * executors were started (a jar added later, a line typed into a shell) is found there too. Safe for many threads.
 */
@FunctionalInterface
public interface ClassSource {
    /** Knows no class. */
    ClassSource NONE = className -> Optional.empty();

    /** The class file of a class such as {@code org.example.App$Row}; empty when there is none. */
    Optional<byte[]> classFile(String className) throws IOException;

    /** What another loader can see. */
    static ClassSource of(ClassLoader loader) {
        return className -> {
            try (var in = loader.getResourceAsStream(className.replace('.', '/') + ".class")) {
                return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
            }
        };
    }
}
