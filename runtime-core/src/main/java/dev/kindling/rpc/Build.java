package dev.kindling.rpc;

import dev.kindling.protocol.FrameCodec;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Which build a process runs: one number for all classes that lie beside those of the protocol, the same for a jar and for
 * a directory of them. A jar's directory has the checksums, so no class is read for it.
 */
final class Build {
    /** Of this process. */
    static final long NUMBER = number();

    private static final long UNKNOWN = 0;

    private Build() {}

    private static long number() {
        CodeSource source = FrameCodec.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return UNKNOWN;
        }
        try {
            Path place = Path.of(source.getLocation().toURI());
            return Files.isDirectory(place) ? ofDirectory(place) : ofJar(place);
        } catch (IOException | URISyntaxException | RuntimeException e) {
            // Where the classes cannot be looked at, a loader of its own has them, as in a jar within a jar.
            return UNKNOWN;
        }
    }

    /** False where both builds are known, and differ; else the version has to do. */
    static boolean mayBeOurs(long number) {
        return number == NUMBER || number == UNKNOWN || NUMBER == UNKNOWN;
    }

    static long ofJar(Path jar) throws IOException {
        long number = 0;
        try (ZipFile file = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> all = file.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                number += numberOf(entry.getName(), entry.getCrc());
            }
        }
        return number;
    }

    static long ofDirectory(Path classes) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        long number = 0;
        for (Path file : files) {
            CRC32 crc = new CRC32();
            try (InputStream in = Files.newInputStream(file)) {
                crc.update(in.readAllBytes());
            }
            number += numberOf(classes.relativize(file).toString().replace('\\', '/'), crc.getValue());
        }
        return number;
    }

    /** In whatever order they come. */
    private static long numberOf(String name, long crc) {
        return name.endsWith(".class") ? (name.hashCode() * 0x9E3779B97F4A7C15L) ^ (crc * 0xC2B2AE3D27D4EB4FL) : 0;
    }

    /** As people are told of it. */
    static String words(long number) {
        return String.format("%016x", number);
    }
}
