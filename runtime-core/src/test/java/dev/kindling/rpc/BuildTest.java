package dev.kindling.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {
    @TempDir
    Path work;

    @Test
    void classesHaveOneNumberInADirectoryAndInAJarOfAnyOrder() throws IOException {
        Path classes = Files.createDirectories(work.resolve("classes/dev"));
        Files.writeString(classes.resolve("One.class"), "one");
        Files.writeString(classes.resolve("Two.class"), "two");
        Files.writeString(classes.resolve("notes.txt"), "of no weight");

        long number = Build.ofDirectory(classes.getParent());

        assertEquals(number, Build.ofJar(jar("dev/One.class one", "dev/Two.class two")));
        assertEquals(number, Build.ofJar(jar("dev/Two.class two", "META-INF/MANIFEST.MF x", "dev/One.class one")));
    }

    @Test
    void anotherClassOrAnotherNameIsAnotherBuild() throws IOException {
        long number = Build.ofJar(jar("dev/One.class one", "dev/Two.class two"));

        assertNotEquals(number, Build.ofJar(jar("dev/One.class one", "dev/Two.class 2")));
        assertNotEquals(number, Build.ofJar(jar("dev/One.class two", "dev/Two.class one")));
        assertNotEquals(number, Build.ofJar(jar("dev/One.class one")));
        assertNotEquals(number, Build.NUMBER);
        assertNotEquals(0, Build.NUMBER);
    }

    @Test
    void processThatCannotSeeItsOwnClassesIsTakenAtItsVersion() {
        assertTrue(Build.mayBeOurs(0));
        assertTrue(Build.mayBeOurs(Build.NUMBER));
        assertFalse(Build.mayBeOurs(Build.NUMBER + 1));
    }

    private Path jar(String... entries) throws IOException {
        Path jar = Files.createTempFile(work, "classes", ".jar");
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String entry : List.of(entries)) {
                int space = entry.indexOf(' ');
                zip.putNextEntry(new ZipEntry(entry.substring(0, space)));
                zip.write(entry.substring(space + 1).getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return jar;
    }
}
