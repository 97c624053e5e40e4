package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made for nodes, from JDKs that hold only what is looked at: jlink is a script that leaves its arguments. */
class JavaArchiveTest {
    @TempDir
    Path directory;

    private Path own;

    @BeforeEach
    void makeJdk() throws Exception {
        own = jdk("own", "17.0.15", "x86_64", "Linux");
        Path script = Files.writeString(
                directory.resolve("script"),
                "#!/bin/sh\n[ -e \"$0.broken\" ] && { echo; echo 'Error: no space'; exit 1; }\n"
                        + "for last; do :; done\nmkdir -p \"$last/bin\"\necho \"$@\" > \"$last/bin/java\"\n");
        Path linker = Files.createDirectories(own.resolve("bin")).resolve("jlink");
        // What this JVM has open for writing, a process that it starts meanwhile has too, and nobody can execute it.
        Process install = new ProcessBuilder("install", "-m", "755", script.toString(), linker.toString()).start();
        assertEquals(0, install.waitFor());
    }

    private Path jdk(String name, String version, String processors, String system) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name));
        Files.createDirectory(home.resolve("jmods"));
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\nOS_ARCH=\"" + processors + "\"\nOS_NAME=\""
                        + system + "\"\n");
        return home;
    }

    private String refusal(String setting) {
        KindlingException failure = assertThrows(KindlingException.class, () -> JavaArchive.of(setting, own));
        assertTrue(failure.getMessage().endsWith("or name a Java of the nodes (--java-home)"), failure::getMessage);
        return failure.getMessage();
    }

    @Test
    void archiveHoldsWhatJlinkMadeOfTheNamedJdkAtItsTop() throws Exception {
        Path other = jdk("arm", "17.0.2", "aarch64", "Linux");

        Path archive = JavaArchive.of("auto:" + other, own).make(directory.resolve("scratch"));

        Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
        Process tar = new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", unpacked.toString()).start();
        assertEquals(0, tar.waitFor());
        String arguments = Files.readString(unpacked.resolve("bin/java"));
        assertTrue(
                arguments.startsWith("--module-path " + other.resolve("jmods") + " --add-modules java.se,"), arguments);
    }

    @Test
    void archivesOfOneJdkAreTheSameAndOfOtherProcessorsAreNot() throws IOException {
        String here = JavaArchive.of("auto", own).recipe();

        assertEquals(
                here,
                JavaArchive.of("auto:" + jdk("same", "17.0.15", "x86_64", "Linux"), own)
                        .recipe());
        assertNotEquals(
                here,
                JavaArchive.of("auto:" + jdk("arm", "17.0.15", "aarch64", "Linux"), own)
                        .recipe());
        assertNotEquals(
                here,
                JavaArchive.of("auto:" + jdk("newer", "17.0.16", "x86_64", "Linux"), own)
                        .recipe());
    }

    @Test
    void jdkThatCannotBeLinkedIsRefusedBeforeAnythingIsMade() throws IOException {
        assertTrue(refusal("auto:" + jdk("mac", "17.0.15", "aarch64", "Darwin"))
                .contains("is a JDK for Darwin, and nodes"));
        assertTrue(refusal("auto:" + jdk("new", "21", "x86_64", "Linux")).contains("of version 21, and "));
        assertTrue(refusal("auto:" + directory.resolve("nowhere")).contains("nowhere has no jmods directory"));
        Files.delete(own.resolve("bin/jlink"));
        assertTrue(refusal("auto").contains("own has no bin/jlink"));
    }

    @Test
    void failureOfJlinkIsToldInItsLastWords() throws IOException {
        Files.createFile(own.resolve("bin/jlink.broken"));
        JavaArchive archive = JavaArchive.of("auto", own);

        KindlingException failure =
                assertThrows(KindlingException.class, () -> archive.make(directory.resolve("scratch")));

        assertTrue(failure.getMessage().contains("ended with exit code 1: Error: no space"), failure::getMessage);
    }

    @Test
    void guideToEmrHasTheSameModulesLinked() throws IOException {
        Path fromModule = Path.of("../docs/emr.md");
        Path guide = Files.exists(fromModule) ? fromModule : Path.of("docs/emr.md");

        assertTrue(Files.readString(guide).contains("\njlink --add-modules " + JavaArchive.MODULES + " "));
    }
}
