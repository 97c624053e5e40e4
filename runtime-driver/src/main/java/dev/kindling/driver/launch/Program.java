package dev.kindling.driver.launch;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.classpath.NestedJars;
import dev.kindling.classpath.ProgramFile;
import dev.kindling.executor.attempt.TaskFiles;
import dev.kindling.rdd.ProgramAdditions;
import dev.kindling.rpc.BlockAbsentException;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The program's jars and files: those named at the start and those added later, as the driver's own threads load them
 * and as executors ask for them. Any thread.
 *
 * <p>In this JVM the program's classes are those of the loader that the program itself runs in; jars that it cannot see
 * come after it. Nothing is loaded twice, so what functions and results are made of is the same on both sides.
 */
public final class Program implements ProgramAdditions, TaskFiles, AutoCloseable {
    private final ClassLoader callers;
    private final Path scratch;
    private final AddedJars loader;
    /** By the names under which they are published. */
    private final Map<String, Path> contents = new LinkedHashMap<>();

    private final List<ProgramFile> jars = new ArrayList<>();
    private final Map<String, ProgramFile> files = new LinkedHashMap<>();

    /**
     * @param callers loads the program's classes in this JVM
     * @param scratch the application's directory
     */
    public Program(ClassLoader callers, Path scratch) {
        this.callers = callers;
        this.scratch = scratch;
        this.loader = new AddedJars(callers);
    }

    /** Its parent, and after it jars that were added. */
    private static final class AddedJars extends URLClassLoader {
        static {
            ClassLoader.registerAsParallelCapable();
        }

        AddedJars(ClassLoader callers) {
            super("kindling-program", new URL[0], callers);
        }

        void add(Path entry) throws IOException {
            addURL(entry.toUri().toURL());
        }
    }

    /** Loads the program's classes in this JVM, jars that were added included. */
    public ClassLoader loader() {
        return loader;
    }

    /** Whether executors get any jar from the driver. */
    public synchronized boolean hasJars() {
        return !jars.isEmpty();
    }

    /** Whether an executor gets this jar from the driver. */
    synchronized boolean publishes(Path jar) {
        return contents.containsValue(jar);
    }

    // ---- what the program gives -----------------------------------------------------------------------------------

    @Override
    public void addJar(String path) {
        Path jar = existing(path, "jar");
        try {
            List<Path> entries = NestedJars.expand(jar, scratch.resolve("nested"));
            ProgramFile file = ProgramFile.of(jar, true);
            synchronized (this) {
                contents.putIfAbsent(file.contentName(), jar);
                if (!jars.contains(file)) {
                    jars.add(file);
                    for (Path entry : entries) {
                        loader.add(entry);
                    }
                }
            }
        } catch (IOException e) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "cannot read jar " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void addFile(String path) {
        Path given = existing(path, "file");
        try {
            ProgramFile file = ProgramFile.of(given, false);
            synchronized (this) {
                ProgramFile before = files.putIfAbsent(file.name(), file);
                if (before != null && !before.equals(file)) {
                    throw new KindlingException(
                            ErrorCode.BAD_ARGUMENT,
                            "a file named " + file.name() + " with other content was given before; tasks find files by"
                                    + " their names, so rename one of them");
                }
                contents.putIfAbsent(file.contentName(), given);
            }
        } catch (IOException e) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "cannot read file " + path + ": " + e.getMessage(), e);
        }
    }

    private static Path existing(String path, String what) {
        Path file = path.startsWith("file:") ? Path.of(URI.create(path)) : Path.of(path);
        if (!Files.isRegularFile(file)) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    Files.exists(file)
                            ? path + " is a directory; give a " + what
                            : what + " " + path + " does not exist (looked in "
                                    + Path.of("").toAbsolutePath() + ")");
        }
        return file.toAbsolutePath().normalize();
    }

    // ---- for tasks in this JVM ------------------------------------------------------------------------------------

    @Override
    public synchronized Path file(String name) {
        ProgramFile file = files.get(name);
        if (file == null) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, "no file " + name + " was given; give it with --files or addFile");
        }
        Path target = directory().resolve(name);
        try {
            if (!Files.exists(target)) {
                Files.createDirectories(directory());
                Files.copy(contents.get(file.contentName()), target);
            }
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.INPUT_NOT_FOUND, "cannot copy file " + name + " to " + target + ": " + e, e);
        }
        return target;
    }

    @Override
    public Path directory() {
        return scratch.resolve("files");
    }

    // ---- for executors in other processes -------------------------------------------------------------------------

    /** @throws BlockAbsentException when nothing of this name is published */
    public ServedRange openResource(String name) throws IOException {
        if (name.equals(ProgramFile.LIST)) {
            return bytes(list());
        }
        if (name.startsWith(ProgramFile.CLASS_PREFIX)) {
            return bytes(classFile(name.substring(ProgramFile.CLASS_PREFIX.length())));
        }
        Path content = contentOf(name);
        return new ServedFile(FileChannel.open(content, StandardOpenOption.READ), 0, Files.size(content));
    }

    private synchronized byte[] list() {
        List<ProgramFile> all = new ArrayList<>(jars);
        all.addAll(files.values());
        return ProgramFile.encode(all);
    }

    private byte[] classFile(String className) throws IOException {
        String file = className.replace('.', '/') + ".class";
        // The program's own loader answers by its own means: it may hold classes that were never in a file.
        try (InputStream own = callers.getResourceAsStream(file);
                InputStream in = own != null ? own : loader.getResourceAsStream(file)) {
            if (in == null) {
                throw new BlockAbsentException("the driver has no class " + className);
            }
            return in.readAllBytes();
        }
    }

    private synchronized Path contentOf(String name) throws IOException {
        Path content = contents.get(name);
        if (content == null) {
            throw new BlockAbsentException("the driver publishes nothing under " + name);
        }
        return content;
    }

    private static ServedRange bytes(byte[] bytes) {
        return ServedRange.of(bytes, 0, bytes.length);
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
