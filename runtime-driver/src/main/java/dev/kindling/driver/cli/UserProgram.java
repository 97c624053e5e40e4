package dev.kindling.driver.cli;

import dev.kindling.classpath.ClassSource;
import dev.kindling.classpath.NestedJars;
import dev.kindling.classpath.UserClassLoader;
import dev.kindling.util.FileTrees;
import dev.kindling.util.NearestNames;
import java.io.IOException;
import java.io.Serial;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;

/** A submitted program: its jars in a class loader of their own, and the main method that is about to run. */
final class UserProgram {
    private static final String NESTED_CLASSES = "BOOT-INF/classes/";

    private final Method main;
    private final ClassLoader loader;

    private UserProgram(Method main, ClassLoader loader) {
        this.main = main;
        this.loader = loader;
    }

    /** What the program's main threw. */
    static final class MainFailed extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        MainFailed(Throwable cause) {
            super(cause);
        }
    }

    /** Fails when this jar or class cannot be run, without loading a class of it. */
    static void check(Path jar, String mainClass) throws IOException {
        RunOptions.requireFile("submit", jar);
        try (JarFile opened = new JarFile(jar.toFile())) {
            mainClassOf(opened, jar, mainClass);
        } catch (ZipException e) {
            throw new UsageError(jar + " is not a jar (" + e.getMessage() + "); give the jar of your program");
        }
    }

    /** Loads the class; jars inside the jar are unpacked to a directory that goes with this process. */
    static UserProgram load(Path jar, List<Path> moreJars, String mainClass) throws IOException {
        String name;
        boolean isNested;
        try (JarFile opened = new JarFile(jar.toFile())) {
            name = mainClassOf(opened, jar, mainClass);
            isNested = opened.getEntry(NESTED_CLASSES) != null;
        }
        Path absolute = jar.toAbsolutePath();
        List<Path> entries = new ArrayList<>(isNested ? NestedJars.expand(absolute, scratch()) : List.of(absolute));
        moreJars.forEach(more -> entries.add(more.toAbsolutePath()));
        UserClassLoader loader = new UserClassLoader(entries, UserProgram.class.getClassLoader(), ClassSource.NONE);
        try {
            Class<?> type = Class.forName(name, false, loader);
            Method main = type.getMethod("main", String[].class);
            if (!Modifier.isStatic(main.getModifiers())) {
                throw new UsageError(
                        "main of " + name + " is not static; write public static void main(String[] args)");
            }
            main.setAccessible(true);
            return new UserProgram(main, loader);
        } catch (ClassNotFoundException e) {
            throw new UsageError("class " + name + " cannot be loaded from " + jar + ": it needs " + e.getMessage());
        } catch (NoSuchMethodException e) {
            throw new UsageError("class " + name + " has no main; write public static void main(String[] args)");
        } catch (LinkageError e) {
            throw new UsageError("class " + name + " cannot be loaded from " + jar + ": " + e);
        }
    }

    String mainClassName() {
        return main.getDeclaringClass().getName();
    }

    void run(String... arguments) throws MainFailed {
        Thread.currentThread().setContextClassLoader(loader);
        try {
            main.invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw new MainFailed(e.getCause());
        } catch (IllegalAccessException e) {
            throw new UsageError("main of " + mainClassName() + " cannot be called: " + e.getMessage());
        } catch (ExceptionInInitializerError e) {
            throw new MainFailed(e.getCause());
        }
    }

    private static String mainClassOf(JarFile jar, Path path, String asked) throws IOException {
        String name = asked != null
                ? asked
                : fromManifest(jar)
                        .orElseThrow(() -> new UsageError("the manifest of " + path
                                + " names no Main-Class; give --class with the class whose main shall run"));
        String entry = name.replace('.', '/') + ".class";
        if (jar.getEntry(entry) == null && jar.getEntry(NESTED_CLASSES + entry) == null) {
            List<String> nearest = NearestNames.of(name, classNames(jar), 3);
            throw new UsageError("there is no class " + name + " in " + path
                    + (nearest.isEmpty()
                            ? ", which holds no class at all"
                            : "; the nearest are " + String.join(", ", nearest)));
        }
        return name;
    }

    /** Spring Boot's own launcher is the Main-Class of its jars; the program is the Start-Class. */
    private static Optional<String> fromManifest(JarFile jar) throws IOException {
        Manifest manifest = jar.getManifest();
        if (manifest == null) {
            return Optional.empty();
        }
        String start = manifest.getMainAttributes().getValue("Start-Class");
        return Optional.ofNullable(
                start != null ? start : manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS));
    }

    private static List<String> classNames(JarFile jar) {
        return jar.stream()
                .map(entry -> entry.getName())
                .filter(name -> name.endsWith(".class") && !name.contains("$") && !name.startsWith("META-INF/"))
                .map(name -> name.startsWith(NESTED_CLASSES) ? name.substring(NESTED_CLASSES.length()) : name)
                .map(name ->
                        name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                .toList();
    }

    private static Path scratch() throws IOException {
        Path scratch = Files.createTempDirectory("kindling-submit-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteTree(scratch), "kindling-submit-cleanup"));
        return scratch;
    }

    private static void deleteTree(Path directory) {
        try {
            FileTrees.delete(directory);
        } catch (IOException e) {
            System.err.println("kindling: cannot delete " + directory + ": " + e.getMessage());
        }
    }
}
