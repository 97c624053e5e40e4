package dev.kindling.driver.launch;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.executor.ExecutorMain;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The jars an executor process needs: core, executor and their libraries. The command line's own class path is just
 * that, and is taken as it is. In a program they are found from where this JVM loaded them, so that no home directory
 * and no variable has to be set; inside a Spring Boot jar they are jars in a jar and are copied out first.
 */
public final class EngineClassPath {
    // One class of every jar; those of libraries by name, for nothing here may call them.
    private static final List<String> ONE_CLASS_OF_EACH = List.of(
            ExecutorMain.class.getName(),
            KindlingException.class.getName(),
            "io.netty.buffer.ByteBuf",
            "io.netty.util.AttributeMap",
            "io.netty.channel.Channel",
            "io.netty.channel.unix.UnixChannel",
            "io.netty.handler.codec.ByteToMessageDecoder",
            "io.netty.handler.ssl.SslHandler",
            "io.netty.resolver.NameResolver",
            "com.esotericsoftware.kryo.kryo5.Kryo",
            "org.slf4j.Logger");

    /**
     * Packages of libraries that a program may do without, those of stores and of TLS; whatever else lies below them goes
     * along. A new module of such a library, or a version cut into other jars, changes nothing here. The jars with
     * BoringSSL for one kind of machine have no package, but say whose they are.
     */
    private static final List<String> PACKAGES_OF_OPTIONAL = List.of(
            "software/amazon/",
            "org/apache/hc/",
            "org/reactivestreams/",
            "org/apache/hadoop/",
            "org/apache/commons/logging/",
            "com/github/luben/zstd/",
            "io/netty/internal/tcnative/",
            "META-INF/maven/io.netty/netty-tcnative-boringssl-static/");

    /** Set by {@code bin/kindling} to the directory of the distribution's jars. */
    private static final String LIB_VARIABLE = "KINDLING_LIB";

    private EngineClassPath() {}

    /**
     * Jars and directories; those of one library in the order in which this JVM searches them.
     *
     * @param scratch where jars inside jars are copied to
     */
    public static List<Path> find(Path scratch) {
        List<Path> distribution = ofDistribution(System.getenv(LIB_VARIABLE), System.getProperty("java.class.path"));
        if (!distribution.isEmpty()) {
            return distribution;
        }
        Set<Path> entries = new LinkedHashSet<>();
        for (String className : ONE_CLASS_OF_EACH) {
            entries.add(entryOf(className, scratch));
        }
        for (String packages : PACKAGES_OF_OPTIONAL) {
            entries.addAll(optionalEntriesOf(packages, scratch));
        }
        return List.copyOf(entries);
    }

    /** The class path of the command line, which is the engine's and nothing else; empty where this JVM has another. */
    static List<Path> ofDistribution(String lib, String classPath) {
        if (lib == null || lib.isEmpty()) {
            return List.of();
        }
        Path directory = Path.of(lib);
        List<Path> entries =
                Stream.of(classPath.split(File.pathSeparator)).map(Path::of).toList();
        return entries.stream().allMatch(entry -> directory.equals(entry.getParent())) ? entries : List.of();
    }

    /** Found without loading a class: most applications use none of them. */
    private static List<Path> optionalEntriesOf(String packages, Path scratch) {
        List<Path> entries = new ArrayList<>();
        try {
            for (URL found :
                    Collections.list(EngineClassPath.class.getClassLoader().getResources(packages))) {
                String text = found.toString();
                String entry = text.substring(0, text.length() - packages.length());
                boolean isPlainJar = entry.startsWith("jar:file:") && entry.indexOf("!/") == entry.length() - 2;
                entries.add(local(new URL(isPlainJar ? entry.substring(4, entry.length() - 2) : entry), scratch));
            }
        } catch (IOException | URISyntaxException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot find the jars of " + packages + " for executor processes: " + e.getMessage(),
                    e);
        }
        return entries;
    }

    /** The jar or directory that this class was loaded from; a jar inside a jar is copied out to {@code scratch}. */
    public static Path entryOf(String className, Path scratch) {
        try {
            CodeSource source = Class.forName(className, false, EngineClassPath.class.getClassLoader())
                    .getProtectionDomain()
                    .getCodeSource();
            if (source == null || source.getLocation() == null) {
                throw new KindlingException(
                        ErrorCode.BAD_CONFIGURATION,
                        "cannot find the jar of " + className + ", which executor processes need: its class loader"
                                + " does not say; use master local[n], or load the library from jar files");
            }
            return local(source.getLocation(), scratch);
        } catch (ClassNotFoundException | IOException | URISyntaxException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot find the jar of " + className + ", which executor processes need: " + e.getMessage(),
                    e);
        }
    }

    /** The file behind a class path URL; a jar inside a jar is copied out. */
    static Path local(URL location, Path scratch) throws IOException, URISyntaxException {
        if (location.getProtocol().equals("file")) {
            return Path.of(location.toURI()).toAbsolutePath().normalize();
        }
        // jar:file:/app.jar!/BOOT-INF/lib/x.jar!/ or, since Spring Boot 3.2, jar:nested:/app.jar/!BOOT-INF/lib/x.jar!/
        String text = location.toString().replace("/!", "!/");
        String[] parts = text.substring(text.indexOf(":/") + 1).split("!/");
        if (!text.startsWith("jar:") || parts.length < 2) {
            throw new IOException("class path entry " + location + " is neither a file nor a jar in one");
        }
        return copyOut(Path.of(new URI("file:" + parts[0])), parts[1], scratch);
    }

    private static Path copyOut(Path outer, String inner, Path scratch) throws IOException {
        Path target = scratch.resolve(inner.substring(inner.lastIndexOf('/') + 1));
        try (ZipFile zip = new ZipFile(outer.toFile())) {
            ZipEntry entry = zip.getEntry(inner);
            if (entry == null) {
                throw new IOException(outer + " has no entry " + inner);
            }
            Files.createDirectories(scratch);
            try (var in = zip.getInputStream(entry)) {
                Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return target;
    }
}
