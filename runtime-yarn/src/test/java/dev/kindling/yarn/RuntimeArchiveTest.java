package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeArchiveTest {
    /** A program of one class. */
    public static final class Greeting {
        public static void main(String[] args) {
            System.out.println("good day");
        }
    }

    @TempDir
    Path directory;

    private Path jar(String name, Map<String, byte[]> entries) throws IOException {
        Path jar = directory.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> entry : new TreeMap<>(entries).entrySet()) {
                ZipEntry named = new ZipEntry(entry.getKey());
                named.setTime(0);
                out.putNextEntry(named);
                out.write(entry.getValue());
                out.closeEntry();
            }
        }
        return jar;
    }

    private Path greeting() throws IOException {
        String entry = Greeting.class.getName().replace('.', '/') + ".class";
        try (InputStream in = Greeting.class.getResourceAsStream("/" + entry)) {
            return jar("greeting.jar", Map.of(entry, in.readAllBytes()));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** As a node does it. */
    private Path unpacked(Path archive) throws Exception {
        Path library = Files.createDirectories(directory.resolve("node").resolve(RuntimeArchive.LIBRARY));
        run(library, "tar", "-xf", archive.toString());
        return library;
    }

    private static String run(Path in, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    @Test
    void nodesUnpackEveryJarAsItIs() throws Exception {
        byte[] large = new byte[100_000];
        new Random(1).nextBytes(large);
        List<Path> jars =
                new ArrayList<>(List.of(jar("a.jar", Map.of("x", large)), jar("b-1.0.jar", Map.of("y", bytes("y")))));
        // Of whole blocks, and empty.
        jars.add(Files.write(directory.resolve("c.jar"), new byte[1024]));
        jars.add(Files.write(directory.resolve("n".repeat(96) + ".jar"), new byte[0]));

        Path library = unpacked(new RuntimeArchive(jars).make(directory.resolve("scratch")));

        for (Path jar : jars) {
            assertEquals(-1, Files.mismatch(jar, library.resolve(jar.getFileName())), jar::toString);
        }
        try (var all = Files.list(library)) {
            assertEquals(jars.size(), all.count());
        }
    }

    @Test
    void archiveIsAnotherOneWhenAnyByteOfAnEntryChanges() throws Exception {
        String first = new RuntimeArchive(List.of(jar("a.jar", Map.of("x", bytes("one"), "y", bytes("two"))))).recipe();
        String again = new RuntimeArchive(List.of(jar("a.jar", Map.of("x", bytes("one"), "y", bytes("two"))))).recipe();
        String other = new RuntimeArchive(List.of(jar("a.jar", Map.of("x", bytes("onf"), "y", bytes("two"))))).recipe();

        assertEquals(first, again);
        assertNotEquals(first, other);
    }

    @Test
    void archiveIsAnotherOneWhenAFileThatIsNoJarChanges() throws Exception {
        Path file = Files.write(directory.resolve("a.jar"), bytes("some bytes"));
        String first = new RuntimeArchive(List.of(file)).recipe();

        Files.write(file, bytes("same bytes"));

        assertNotEquals(first, new RuntimeArchive(List.of(file)).recipe());
    }

    @Test
    void javaTakesClassesOfUnpackedJarsFromTheArchive() throws Exception {
        RuntimeArchive runtime = new RuntimeArchive(List.of(greeting()));
        Path scratch = directory.resolve("scratch");
        Path library = unpacked(runtime.make(scratch));
        Path names = Files.writeString(
                directory.resolve("classes"),
                "java/lang/Object\n" + Greeting.class.getName().replace('.', '/') + "\n");

        Path classes = runtime.makeClasses(names, scratch);

        Path node = library.getParent();
        String said = run(
                node,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:SharedArchiveFile=" + classes,
                "-Xlog:class+load",
                "-cp",
                String.join(":", runtime.classPath()) + ":conf",
                Greeting.class.getName());
        assertTrue(said.contains("good day"), said);
        assertTrue(
                said.lines()
                        .anyMatch(line ->
                                line.contains(Greeting.class.getName()) && line.contains("shared objects file")),
                said);
    }
}
