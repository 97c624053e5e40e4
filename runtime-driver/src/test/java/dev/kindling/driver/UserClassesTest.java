package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UserClassesTest {
    @TempDir
    Path directory;

    @Test
    void jarWithOlderNettyAndKryoSeesItsOwnInsideTheDriversJvm() throws Exception {
        Path jar = TestJar.of(directory.resolve("app.jar"), UserClasses.OLD_LIBRARIES);

        assertEquals(UserClasses.OLD_LIBRARIES_ANSWER, UserClasses.run(jar, directory, "local[2]"));
    }

    @Test
    void springBootJarRunsWithItsNestedLibraries() throws Exception {
        Path library = TestJar.of(
                directory.resolve("library.jar"),
                Map.of(
                        "org.example.Library",
                        "package org.example; public class Library { public static int more = 40; }"));
        Path jar = TestJar.nested(directory.resolve("boot.jar"), Map.of("org.example.App", """
                        package org.example;
                        public class App implements java.util.function.Function<dev.kindling.api.KindlingContext, Object> {
                            static int more() throws Exception {
                                return Class.forName("org.example.Library").getField("more").getInt(null);
                            }
                            @Override public Object apply(dev.kindling.api.KindlingContext kindling) {
                                return kindling.parallelize(java.util.List.of(1, 2), 2).map(n -> n + more()).collect();
                            }
                        }
                        """), library);

        assertEquals(List.of(41, 42), UserClasses.run(jar, directory, "local[2]"));
    }

    @Test
    void jarsGivenBeforeAndAfterTheStartAreSeenByTasks() throws Exception {
        Path first = who("First");
        Path second = who("Second");

        KindlingConf conf = new KindlingConf().setMaster("local[1]").setJars(first.toString());
        try (KindlingContext kindling = new KindlingContext(conf)) {
            assertEquals("First", UserClasses.ask(kindling, "lib.First"));
            assertThrows(KindlingException.class, () -> UserClasses.ask(kindling, "lib.Second"));
            kindling.addJar(second.toString());
            assertEquals("Second", UserClasses.ask(kindling, "lib.Second"));
        }
    }

    private Path who(String name) throws Exception {
        String source =
                "package lib; public class " + name + " { public static String who() { return \"" + name + "\"; } }";
        return TestJar.of(directory.resolve(name + ".jar"), Map.of("lib." + name, source));
    }

    @Test
    void filesAreFoundByTheirNamesAndAMissingOneIsSaid() throws Exception {
        Path file = Files.writeString(directory.resolve("words.txt"), "ember");

        try (KindlingContext kindling = KindlingContext.local(1)) {
            kindling.addFile(file.toString());
            assertEquals(
                    List.of("ember"),
                    kindling.parallelize(List.of("words.txt"), 1)
                            .map(name -> Files.readString(Path.of(KindlingFiles.get(name))))
                            .collect());
            KindlingException missing = assertThrows(
                    KindlingException.class,
                    () -> kindling.parallelize(List.of(1), 1)
                            .map(n -> KindlingFiles.get("other.txt"))
                            .collect());
            assertTrue(missing.getMessage().contains("no file other.txt was given"), missing.getMessage());
        }
    }

    @Test
    void jarThatDoesNotExistStopsTheStartWithItsName() {
        KindlingConf conf = new KindlingConf().setMaster("local[1]").setJars("/nowhere/app.jar");

        KindlingException failure = assertThrows(KindlingException.class, () -> new KindlingContext(conf));

        assertEquals(ErrorCode.BAD_ARGUMENT, failure.code());
        assertTrue(failure.getMessage().startsWith("jar /nowhere/app.jar does not exist"), failure.getMessage());
    }
}
