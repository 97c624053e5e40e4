package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingFiles;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a program's classes and files reach executors in other processes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UserClassesIT {
    @TempDir
    Path directory;

    @Test
    void jarWithOlderNettyAndKryoSeesItsOwnInExecutorProcesses() throws Exception {
        Path jar = TestJar.of(directory.resolve("app.jar"), UserClasses.OLD_LIBRARIES);

        assertEquals(UserClasses.OLD_LIBRARIES_ANSWER, UserClasses.run(jar, directory, "local-cluster[2,1,64]"));
    }

    @Test
    void jarsFilesAndClassesDefinedLaterReachExecutors() throws Exception {
        KindlingConf conf = new KindlingConf()
                .setMaster("local-cluster[1,1,64]")
                .setJars(who("First").toString());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        DefinedClasses defined = new DefinedClasses(before);
        thread.setContextClassLoader(defined);
        try (KindlingContext kindling = new KindlingContext(conf)) {
            assertEquals("First", UserClasses.ask(kindling, "lib.First"));

            kindling.addJar(who("Second").toString());
            assertEquals("Second", UserClasses.ask(kindling, "lib.Second"));

            defined.define(
                    "lib.Third", Files.readAllBytes(who("Third").resolveSibling("Third.jar.classes/lib/Third.class")));
            assertEquals("Third", UserClasses.ask(kindling, "lib.Third"));

            kindling.addFile(
                    Files.writeString(directory.resolve("words.txt"), "ember").toString());
            assertEquals(
                    List.of("ember"),
                    kindling.parallelize(List.of("words.txt"), 1)
                            .map(name -> Files.readString(Path.of(KindlingFiles.get(name))))
                            .collect());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Path who(String name) throws Exception {
        String source =
                "package lib; public class " + name + " { public static String who() { return \"" + name + "\"; } }";
        return TestJar.of(directory.resolve(name + ".jar"), Map.of("lib." + name, source));
    }

    /** As a shell for typed lines has it: classes without a file. */
    private static final class DefinedClasses extends ClassLoader {
        private final Map<String, byte[]> classFiles = new java.util.concurrent.ConcurrentHashMap<>();

        DefinedClasses(ClassLoader parent) {
            super(parent);
        }

        void define(String className, byte[] classFile) {
            classFiles.put(className.replace('.', '/') + ".class", classFile);
        }

        @Override
        public InputStream getResourceAsStream(String name) {
            byte[] classFile = classFiles.get(name);
            return classFile == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(classFile);
        }
    }
}
