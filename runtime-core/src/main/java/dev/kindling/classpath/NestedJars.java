package dev.kindling.classpath;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Jars in jars, as Spring Boot packs a program: its classes under {@code BOOT-INF/classes}, its libraries as whole
 * jars under {@code BOOT-INF/lib}. They are unpacked once, so that every part of the JDK that reads class paths works.
 */
public final class NestedJars {
    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String LIBRARIES = "BOOT-INF/lib/";

    private NestedJars() {}

    /**
     * What a class path has to name in the place of {@code jar}: the jar itself, or the parts of a nested one in the
     * order of the program's own loader.
     *
     * @param scratch where a nested jar is unpacked, in a directory of its own
     * @throws IOException when it is not a jar, or an entry would lie outside its directory
     */
    public static List<Path> expand(Path jar, Path scratch) throws IOException {
        if (Files.isDirectory(jar)) {
            return List.of(jar);
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (zip.getEntry(CLASSES) == null && zip.getEntry(LIBRARIES) == null) {
                return List.of(jar);
            }
            Files.createDirectories(scratch);
            return unpack(zip, Files.createTempDirectory(scratch, "boot-"));
        }
    }

    private static List<Path> unpack(ZipFile zip, Path into) throws IOException {
        Path classes = Files.createDirectory(into.resolve("classes"));
        Path libraries = Files.createDirectory(into.resolve("lib"));
        List<Path> entries = new ArrayList<>(List.of(classes));
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            String name = entry.getName();
            if (name.startsWith(LIBRARIES) && name.endsWith(".jar")) {
                entries.add(copy(zip, entry, libraries, name.substring(LIBRARIES.length())));
            } else if (name.startsWith(CLASSES) && !entry.isDirectory()) {
                copy(zip, entry, classes, name.substring(CLASSES.length()));
            }
        }
        return entries;
    }

    private static Path copy(ZipFile zip, ZipEntry entry, Path directory, String relative) throws IOException {
        Path target = directory.resolve(relative).normalize();
        if (!target.startsWith(directory)) {
            throw new IOException("entry '" + entry.getName() + "' would be unpacked outside its directory");
        }
        Files.createDirectories(target.getParent());
        try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, target);
        }
        return target;
    }
}
