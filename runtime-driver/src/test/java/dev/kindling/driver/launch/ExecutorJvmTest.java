package dev.kindling.driver.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutorJvmTest {
    @TempDir
    Path directory;

    @Test
    void usersOptionsComeAfterOursAndTheClassPathIsInAFile() {
        List<String> command =
                ExecutorJvm.command(128, 2, Path.of("/class path"), directory, List.of("-Xmx99m"), "org.example.Main");

        assertTrue(command.indexOf("-Xmx99m") > command.indexOf("-Xmx128m"));
        assertTrue(command.contains("-XX:+ExitOnOutOfMemoryError"));
        assertEquals(List.of("@/class path", "org.example.Main"), command.subList(command.size() - 2, command.size()));
    }

    @Test
    void classPathIsOneQuotedArgumentOfAFile() {
        assertEquals(
                "-cp \"/a b.jar:/c\\\\d\\\"e.jar\"\n",
                ExecutorJvm.classPathArguments(List.of(Path.of("/a b.jar"), Path.of("/c\\d\"e.jar"))));
    }

    @Test
    void engineOfThisTestIsFoundWithEveryLibraryExecutorsNeed() {
        List<Path> engine = EngineClassPath.find(directory);

        assertTrue(engine.stream().allMatch(Files::exists), engine.toString());
        assertTrue(engine.stream().anyMatch(entry -> entry.toString().contains("kryo5")), engine.toString());
        assertTrue(engine.stream().anyMatch(entry -> entry.toString().contains("netty-transport")), engine.toString());
        assertFalse(engine.stream().anyMatch(entry -> entry.toString().contains("junit")), engine.toString());
    }

    @Test
    void engineOfThisTestHasEveryJarOfTheAwsSdkInTheirOrder() {
        List<Path> sdk = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.replace(File.separatorChar, '/').contains("/software/amazon/"))
                .map(Path::of)
                .toList();

        List<Path> engine = new ArrayList<>(EngineClassPath.find(directory));
        engine.retainAll(sdk);

        assertTrue(sdk.size() > 20, sdk.toString());
        assertEquals(sdk, engine);
    }

    @Test
    void classPathOfTheCommandLineIsTakenAsItIsAndThatOfAProgramIsNot() {
        String lib = directory.resolve("lib").toString();
        List<Path> jars = List.of(Path.of(lib, "runtime-core.jar"), Path.of(lib, "a b.jar"));
        String classPath = jars.get(0) + File.pathSeparator + jars.get(1);

        assertEquals(jars, EngineClassPath.ofDistribution(lib, classPath));
        assertEquals(List.of(), EngineClassPath.ofDistribution(lib, classPath + File.pathSeparator + "/app.jar"));
        assertEquals(List.of(), EngineClassPath.ofDistribution("", classPath));
        assertEquals(List.of(), EngineClassPath.ofDistribution(null, classPath));
    }

    @Test
    void jarInsideASpringBootJarIsCopiedOut() throws Exception {
        Path outer = directory.resolve("app.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(outer))) {
            zip.putNextEntry(new ZipEntry("BOOT-INF/lib/engine.jar"));
            zip.write(new byte[] {1, 2, 3});
        }
        URL before32 = new URL("jar:file:" + outer + "!/BOOT-INF/lib/engine.jar!/");

        Path copied = EngineClassPath.local(before32, directory.resolve("engine"));

        assertEquals(directory.resolve("engine/engine.jar"), copied);
        assertEquals(3, Files.size(copied));
    }
}
