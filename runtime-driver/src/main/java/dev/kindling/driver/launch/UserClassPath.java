package dev.kindling.driver.launch;

import dev.kindling.classpath.NestedJars;
import dev.kindling.classpath.UserClassLoader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The program's own class path entries, as its class loaders name them: what executor processes on this machine need
 * besides the engine, when a program is embedded and names no jars.
 */
final class UserClassPath {
    private UserClassPath() {}

    /**
     * Jars and directories in the order in which the loader searches them.
     *
     * @param program jars that executors get from the driver are left out
     * @param engine entries that executors have anyway
     * @param scratch where jars inside jars are unpacked
     */
    static List<Path> of(Program program, Collection<Path> engine, Path scratch) throws IOException {
        Set<Path> entries = new LinkedHashSet<>();
        for (Path named : entriesOf(program.loader(), scratch)) {
            Path entry = named.toAbsolutePath().normalize();
            if (!engine.contains(entry) && !program.publishes(entry) && Files.exists(entry)) {
                entries.add(entry);
            }
        }
        return List.copyOf(entries);
    }

    private static List<Path> entriesOf(ClassLoader loader, Path scratch) throws IOException {
        if (loader == null || loader == ClassLoader.getPlatformClassLoader()) {
            return List.of();
        }
        if (loader == ClassLoader.getSystemClassLoader()) {
            return systemClassPath();
        }
        List<Path> own = loader instanceof URLClassLoader urls ? paths(urls.getURLs(), scratch) : List.of();
        List<Path> parents = entriesOf(loader.getParent(), scratch);
        boolean isOwnFirst = loader instanceof UserClassLoader;
        List<Path> all = new ArrayList<>(isOwnFirst ? own : parents);
        all.addAll(isOwnFirst ? parents : own);
        return all;
    }

    private static List<Path> systemClassPath() {
        List<Path> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
            // An empty entry is the working directory, as for java itself.
            entries.add(Path.of(entry.isEmpty() ? "." : entry));
        }
        return entries;
    }

    private static List<Path> paths(URL[] urls, Path scratch) throws IOException {
        Set<Path> entries = new LinkedHashSet<>();
        for (URL url : urls) {
            try {
                // Spring Boot's loader names every inner jar; unpacking the outer one once gives them all.
                Path outer = outerJar(url);
                if (outer == null || entries.add(outer)) {
                    entries.addAll(outer == null ? fileOf(url) : NestedJars.expand(outer, scratch));
                }
            } catch (URISyntaxException e) {
                throw new IOException("class path entry " + url + " is not a place", e);
            }
        }
        return List.copyOf(entries);
    }

    private static List<Path> fileOf(URL url) throws URISyntaxException {
        return url.getProtocol().equals("file") ? List.of(Path.of(url.toURI())) : List.of();
    }

    private static Path outerJar(URL url) throws URISyntaxException {
        String text = url.toString().replace("/!", "!/");
        if (!text.startsWith("jar:") || !text.contains("!/")) {
            return null;
        }
        return Path.of(new URI("file:" + text.substring(text.indexOf(":/") + 1, text.indexOf("!/"))));
    }
}
