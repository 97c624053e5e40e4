package dev.kindling.classpath;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;

/**
 * Loads a user's classes, looking into the user's own jars before ours: a jar that carries an older netty, Kryo or
 * Jackson runs with its own. What program and engine have in common comes from the engine alone: {@code java.*},
 * {@code javax.*} and {@code dev.kindling.*} are asked of the parent first.
 *
 * <p>So is {@code org.slf4j}, that the user's log lines join ours, unless the user's jars bring a logging back end of
 * their own: then they keep it together with its API, as Spring Boot insists on.
 *
 * <p>A class found nowhere is asked of a {@link ClassSource} at last. Safe for many threads; one for each application.
 */
public final class UserClassLoader extends URLClassLoader {
    private static final String SLF4J = "org.slf4j.";
    private static final String SERVICES = "META-INF/services/";
    private static final List<String> SHARED = List.of("java.", "javax.", "dev.kindling.");

    static {
        ClassLoader.registerAsParallelCapable();
    }

    private final ClassSource lastResort;
    private volatile Boolean hasLoggingBackEnd;

    /**
     * @param entries jars and directories in the order in which they are searched
     * @param parent the engine's classes
     * @param lastResort asked for what neither has
     */
    public UserClassLoader(List<Path> entries, ClassLoader parent, ClassSource lastResort) {
        super("kindling-user", urls(entries), parent);
        this.lastResort = lastResort;
    }

    private static URL[] urls(List<Path> entries) {
        URL[] urls = new URL[entries.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = urlOf(entries.get(i));
        }
        return urls;
    }

    private static URL urlOf(Path entry) {
        try {
            return entry.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Searches one more jar or directory, after those that are there. */
    public void addEntry(Path entry) {
        addURL(urlOf(entry));
        hasLoggingBackEnd = null;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = isShared(name) ? fromParentOrOwn(name) : fromOwnOrParent(name);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private boolean isShared(String className) {
        for (String prefix : SHARED) {
            if (className.startsWith(prefix)) {
                return true;
            }
        }
        return className.startsWith(SLF4J) && !hasLoggingBackEnd();
    }

    private boolean hasLoggingBackEnd() {
        Boolean known = hasLoggingBackEnd;
        if (known == null) {
            known = findResource("org/slf4j/LoggerFactory.class") != null
                    && (findResource(SERVICES + "org.slf4j.spi.SLF4JServiceProvider") != null
                            || findResource("org/slf4j/impl/StaticLoggerBinder.class") != null);
            hasLoggingBackEnd = known;
        }
        return known;
    }

    private Class<?> fromParentOrOwn(String name) throws ClassNotFoundException {
        try {
            return getParent().loadClass(name);
        } catch (ClassNotFoundException notInParent) {
            return fromOwnOrLastResort(name);
        }
    }

    private Class<?> fromOwnOrParent(String name) throws ClassNotFoundException {
        try {
            return findClass(name);
        } catch (ClassNotFoundException notInOwn) {
            try {
                return getParent().loadClass(name);
            } catch (ClassNotFoundException notInParent) {
                return fromLastResort(name);
            }
        }
    }

    private Class<?> fromOwnOrLastResort(String name) throws ClassNotFoundException {
        try {
            return findClass(name);
        } catch (ClassNotFoundException notInOwn) {
            return fromLastResort(name);
        }
    }

    private Class<?> fromLastResort(String name) throws ClassNotFoundException {
        Optional<byte[]> classFile;
        try {
            List<Path> newEntries = lastResort.newEntries();
            if (!newEntries.isEmpty()) {
                newEntries.forEach(this::addEntry);
                return fromOwnOrLastResort(name);
            }
            classFile = lastResort.classFile(name);
        } catch (IOException e) {
            throw new ClassNotFoundException(name + " (asking the driver for it failed: " + e.getMessage() + ")", e);
        }
        byte[] bytes = classFile.orElseThrow(() -> new ClassNotFoundException(name));
        return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    public URL getResource(String name) {
        URL own = findResource(name);
        return own != null ? own : super.getResource(name);
    }

    /** The user's first. A service that the user's jars define themselves has no providers of ours. */
    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        List<URL> found = new ArrayList<>(Collections.list(findResources(name)));
        if (!isOwnService(name)) {
            found.addAll(Collections.list(getParent().getResources(name)));
        }
        return Collections.enumeration(found);
    }

    private boolean isOwnService(String resource) {
        if (!resource.startsWith(SERVICES)) {
            return false;
        }
        String service = resource.substring(SERVICES.length());
        return !isShared(service) && findResource(service.replace('.', '/') + ".class") != null;
    }
}
