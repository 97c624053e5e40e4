package dev.kindling.classpath;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a class comes from that no jar or directory of the user's holds: asked by name, last of all. On an executor
 * it asks the driver, which answers from its own user class loader; so a class that came into being after the
 * executors were started (a jar added later, a line typed into a shell) is found there too. Safe for many threads.
 */
public interface ClassSource {
    /** Knows nothing. */
    ClassSource NONE = new ClassSource() {
        @Override
        public List<Path> newEntries() {
            return List.of();
        }

        @Override
        public Optional<byte[]> classFile(String className) {
            return Optional.empty();
        }
    };

    /** Jars that the program has got since it was last asked. */
    List<Path> newEntries() throws IOException;

    /** The class file of a class such as {@code org.example.App$Row}; empty when there is none. */
    Optional<byte[]> classFile(String className) throws IOException;
}
