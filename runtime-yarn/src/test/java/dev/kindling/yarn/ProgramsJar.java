package dev.kindling.yarn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.example.cluster.Programs;

/** {@link Programs}, as a user's build would pack them. */
public final class ProgramsJar {
    private ProgramsJar() {}

    public static Path in(Path directory) throws IOException {
        Path jar = directory.resolve("programs.jar");
        String root = "/" + Programs.class.getPackageName().replace('.', '/');
        Path classes = Path.of(Programs.class.getResource(root).getPath());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> found = Files.list(classes)) {
            for (Path file : found.sorted().toList()) {
                out.putNextEntry(new ZipEntry(root.substring(1) + "/" + file.getFileName()));
                Files.copy(file, out);
            }
        }
        return jar;
    }
}
