package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * A Java for clusters whose own is too old, made by jlink from a JDK: this process's, or another one of the same version
 * that was built for the cluster's processors. Immutable; making one takes some ten seconds, so it is asked for only where
 * the cluster has none of the same {@link #recipe}.
 */
final class JavaArchive {
    /** As a setting: from the JDK that runs this; with a colon and a directory behind it, from the one there. */
    static final String AUTO = "auto";

    static final String NAME = "java.tar.gz";

    /** All that programs may expect, and what Hadoop's client and our own code need beside. */
    static final String MODULES = "java.se,jdk.unsupported,jdk.security.auth,jdk.security.jgss,jdk.naming.dns,"
            + "jdk.zipfs,jdk.crypto.ec,jdk.jfr,jdk.httpserver,jdk.charsets,jdk.localedata,jdk.management";

    private static final String INSTEAD =
            "; or bring an archive along (--java-archive FILE), or name a Java of the nodes (--java-home)";
    private static final long MAKE_WITHIN_MINUTES = 5;

    private final Path linker;
    private final Path modules;
    private final String recipe;

    private JavaArchive(Path linker, Path modules, String recipe) {
        this.linker = linker;
        this.modules = modules;
        this.recipe = recipe;
    }

    static boolean isAuto(String setting) {
        return setting.equals(AUTO) || setting.startsWith(AUTO + ":");
    }

    /**
     * What is asked for by {@code auto} or {@code auto:DIR}.
     *
     * @param ownHome the home of the Java that runs this, whose jlink is used
     */
    static JavaArchive of(String setting, Path ownHome) throws IOException {
        Path source = setting.equals(AUTO) ? ownHome : Path.of(setting.substring(AUTO.length() + 1));
        Path linker = ownHome.resolve("bin/jlink");
        if (!Files.isExecutable(linker)) {
            throw refused(ownHome + " has no bin/jlink: it is a Java to run programs only; run kindling with a JDK"
                    + " (JAVA_HOME)");
        }
        Path modules = source.resolve("jmods");
        if (!Files.isDirectory(modules) || !Files.isReadable(source.resolve("release"))) {
            throw refused(source + " has no jmods directory or no release file: name the top directory of a whole JDK"
                    + " (some distributions have jmods in a package of their own)");
        }
        Properties own = releaseOf(ownHome);
        Properties release = releaseOf(source);
        if (!value(release, "OS_NAME").equals("Linux")) {
            throw refused(source + " is a JDK for " + value(release, "OS_NAME")
                    + ", and nodes run Linux; unpack a JDK of version " + value(own, "JAVA_VERSION")
                    + " for Linux and for their processors, and name it: --java-archive auto:DIR");
        }
        if (!featureOf(own).equals(featureOf(release))) {
            throw refused(source + " is a JDK of version " + value(release, "JAVA_VERSION") + ", and " + linker
                    + " links such of its own version " + featureOf(own) + " only; name one of that version");
        }
        String recipe = String.join(
                "\n",
                value(release, "IMPLEMENTOR"),
                value(release, "JAVA_RUNTIME_VERSION"),
                value(release, "JAVA_VERSION"),
                value(release, "OS_ARCH"),
                value(release, "LIBC"),
                MODULES);
        return new JavaArchive(linker, modules, recipe);
    }

    /** Two of the same are interchangeable. */
    String recipe() {
        return recipe;
    }

    /** Makes it below a directory of this machine. */
    Path make(Path scratch) throws IOException {
        Path image = Files.createDirectories(scratch).resolve("java-image");
        Path archive = scratch.resolve(NAME);
        run(
                scratch,
                List.of(
                        linker.toString(),
                        "--module-path",
                        modules.toString(),
                        "--add-modules",
                        MODULES,
                        "--strip-java-debug-attributes",
                        "--no-header-files",
                        "--no-man-pages",
                        "--output",
                        image.toString()));
        run(scratch, List.of("tar", "-czf", archive.toString(), "-C", image.toString(), "."));
        return archive;
    }

    private static void run(Path scratch, List<String> command) throws IOException {
        Path said = scratch.resolve("java-image.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            if (!process.waitFor(MAKE_WITHIN_MINUTES, TimeUnit.MINUTES)) {
                throw refused(command.get(0) + " did not end within " + MAKE_WITHIN_MINUTES
                        + " minutes; look at the disk of " + scratch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KindlingException(ErrorCode.CLOSED, "interrupted while a Java for the nodes was made", e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            List<String> lines = new ArrayList<>(Files.readAllLines(said, StandardCharsets.UTF_8));
            lines.removeIf(String::isBlank);
            throw refused(command.get(0) + " ended with exit code " + process.exitValue()
                    + (lines.isEmpty() ? "" : ": " + lines.get(lines.size() - 1).strip())
                    + "; look at the disk of " + scratch);
        }
    }

    private static KindlingException refused(String why) {
        return new KindlingException(ErrorCode.BAD_CONFIGURATION, "cannot make a Java for the nodes: " + why + INSTEAD);
    }

    private static Properties releaseOf(Path home) throws IOException {
        Properties release = new Properties();
        try (Reader in = Files.newBufferedReader(home.resolve("release"))) {
            release.load(in);
        }
        return release;
    }

    /** As it stands there, in quotes. */
    private static String value(Properties release, String name) {
        return release.getProperty(name, "").replace("\"", "");
    }

    private static String featureOf(Properties release) {
        return value(release, "JAVA_VERSION").split("[.+-]")[0];
    }
}
