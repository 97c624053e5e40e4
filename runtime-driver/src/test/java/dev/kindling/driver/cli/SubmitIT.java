package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.cli.Kindling.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs of users: compiled here against the distribution's jars, run by {@code kindling submit}. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SubmitIT {
    private static final String WORDS = """
            package org.example;
            import dev.kindling.api.*;
            public class Words {
                record Word(String text) implements java.io.Serializable {}
                public static void main(String[] args) {
                    try (var kindling = new KindlingContext(new KindlingConf())) {
                        kindling.of(args).map(Word::new).mapToPair(word -> Tuple2.of(word.text(), Shout.at(word.text())))
                                .groupByKey().mapToPair((word, all) -> Tuple2.of(word, all.iterator().next() + Groups.size(all)))
                                .sortByKey().collect().forEach(System.out::println);
                        System.out.println(kindling.appName() + " on " + kindling.master());
                    }
                }
            }
            """;

    private static final String SHOUT = """
            package org.example;
            public class Shout {
                public static String at(String word) { return word.toUpperCase(); }
            }
            """;

    private static final String FAILING = """
            package org.example;
            import dev.kindling.api.*;
            public class Failing {
                public static void main(String[] args) {
                    switch (args[0]) {
                        case "exit" -> System.exit(42);
                        case "throw" -> throw new IllegalStateException("the ledger does not balance");
                        case "leave-open" -> System.out.println(new KindlingContext(new KindlingConf()).of(1, 2).count());
                        default -> {
                            try (var kindling = new KindlingContext(new KindlingConf())) {
                                kindling.of(1, 2, 0).map(Failing::divide).collect();
                            }
                        }
                    }
                }
                static int divide(int by) { return 10 / by; }
            }
            """;

    private static final String SLEEPER = """
            package org.example;
            import dev.kindling.api.*;
            public class Sleeper {
                public static void main(String[] args) {
                    try (var kindling = new KindlingContext(new KindlingConf())) {
                        System.out.println("started");
                        kindling.range(0, 1000, 1, 1000).foreach(i -> Thread.sleep(100));
                    }
                }
            }
            """;

    @TempDir
    Path world;

    private Kindling kindling;

    @BeforeEach
    void open() throws IOException {
        kindling = new Kindling(world.toRealPath());
    }

    @AfterEach
    void nothingIsLeft() throws IOException, InterruptedException {
        assertEquals(List.of(), kindling.leftovers());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "local[2]               | client",
                "local-cluster[2,1,128] | client",
                "local-cluster[2,1,128] | cluster"
            })
    void aProgramAndItsLibraryReachEveryExecutor(String master, String deployMode) throws Exception {
        Path library = jar("shout.jar", List.of(), "Shout", SHOUT);
        Path app = jar("app.jar", List.of(library), "Words", WORDS);

        Run run = kindling.run(
                "submit",
                "--master",
                master,
                "--deploy-mode",
                deployMode,
                "--name",
                "words",
                "--jars",
                library.toString(),
                "--class",
                "org.example.Words",
                app.toString(),
                "b",
                "a",
                "--verbose",
                "b");

        run.succeeds();
        assertEquals(List.of("(--verbose,--VERBOSE1)", "(a,A1)", "(b,B2)", "words on " + master), run.outLines());
    }

    @ParameterizedTest
    @CsvSource({"client", "cluster"})
    void theExitCodeOfTheProgramIsThatOfTheCommand(String deployMode) throws Exception {
        Path app = jar("app.jar", List.of(), "Failing", FAILING);

        Run exits = submit(deployMode, app, "exit");
        assertEquals(42, exits.exitCode(), exits.err());

        Run fails = submit(deployMode, app, "throw");
        assertEquals(1, fails.exitCode(), fails.err());
        assertTrue(fails.errLines().get(0).contains("the ledger does not balance"), fails.err());
        assertTrue(fails.err().contains("at org.example.Failing.main"), fails.err());
        assertFalse(fails.err().contains("at dev.kindling"), fails.err());
    }

    @Test
    void aFunctionThatFailsIsTheFirstThingSaid() throws Exception {
        Path app = jar("app.jar", List.of(), "Failing", FAILING);

        Run run = submit("client", app, "divide");

        assertEquals(1, run.exitCode(), run.err());
        String first = run.errLines().stream()
                .filter(line -> line.startsWith("kindling: "))
                .findFirst()
                .orElse("");
        assertTrue(first.contains("ArithmeticException: / by zero"), run.err());
        assertTrue(run.err().contains("at org.example.Failing.divide"), run.err());
        assertFalse(run.err().contains("at dev.kindling"), run.err());

        Run verbose = submit("client", app, "divide", "--verbose");
        assertEquals(1, verbose.exitCode(), verbose.err());
        assertTrue(verbose.err().contains("at dev.kindling"), verbose.err());
    }

    @Test
    void aProgramThatForgetsToCloseItsContextEndsAllTheSame() throws Exception {
        Path app = jar("app.jar", List.of(), "Failing", FAILING);

        Run run = kindling.run(
                "submit",
                "--master",
                "local-cluster[2,1,64]",
                "--class",
                "org.example.Failing",
                app.toString(),
                "leave-open");

        run.succeeds();
        assertEquals("2", run.out().strip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--class org.example.Wrods    | org.example.Words",
                "--class org.example.Shout    | has no main",
                "                             | --class"
            })
    void aWrongClassIsOneLine(String options, String hint) throws Exception {
        Path library = jar("shout.jar", List.of(), "Shout", SHOUT);
        Path app = jar("app.jar", List.of(library), "Words", WORDS);
        List<String> command = new ArrayList<>(List.of("submit"));
        if (options != null) {
            command.addAll(List.of(options.split(" ")));
        }
        command.add((hint.contains("main") ? library : app).toString());

        Run run = kindling.run(command.toArray(String[]::new));

        assertEquals(2, run.exitCode(), run.err());
        assertEquals(1, run.errLines().size(), run.err());
        assertTrue(run.err().contains(hint), run.err());
    }

    @Test
    void aDetachedApplicationIsSeenByStatusAndEndedByKill() throws Exception {
        Path app = jar("app.jar", List.of(), "Sleeper", SLEEPER);

        Run detached = kindling.run(
                "submit",
                "--master",
                "local-cluster[2,1,64]",
                "--deploy-mode",
                "cluster",
                "--detach",
                "--class",
                "org.example.Sleeper",
                app.toString());
        detached.succeeds();
        String id = detached.out().strip();
        String status = awaitStatus(id, "stage 1/1");
        assertTrue(status.contains("running"), status);

        kindling.run("kill", id).succeeds();

        Run after = kindling.run("status", id);
        assertTrue(after.out().contains("failed") || after.out().contains("lost"), after.out());
        assertTrue(Files.readString(world.resolve("state/apps").resolve(id).resolve("out"))
                .contains("started"));
        Files.walk(world.resolve("state/apps").resolve(id))
                .sorted(java.util.Comparator.reverseOrder())
                .forEach(path -> path.toFile().delete());
    }

    private String awaitStatus(String id, String wanted) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline) {
            String status = kindling.run("status", id).out();
            if (status.contains(wanted)) {
                return status;
            }
        }
        throw new AssertionError(
                "no " + wanted + ": " + kindling.run("status", id).out());
    }

    private Run submit(String deployMode, Path app, String argument, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("submit"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--master", "local[2]", "--deploy-mode", deployMode));
        arguments.addAll(List.of("--class", "org.example.Failing", app.toString(), argument));
        return kindling.run(arguments.toArray(String[]::new));
    }

    /** Compiles one class of package org.example and puts what comes out into a jar. */
    private Path jar(String name, List<Path> classPath, String className, String source) throws Exception {
        Path directory = Files.createDirectories(world.resolve(name + ".classes"));
        Path file = Files.writeString(directory.resolve(className + ".java"), source);
        List<String> entries = new ArrayList<>();
        try (Stream<Path> jars = Files.list(Kindling.home().resolve("lib"))) {
            jars.map(Path::toString).filter(jar -> jar.contains("runtime-core")).forEach(entries::add);
        }
        classPath.forEach(entry -> entries.add(entry.toString()));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int result = compiler.run(
                null,
                null,
                null,
                "-d",
                directory.toString(),
                "-cp",
                String.join(java.io.File.pathSeparator, entries),
                file.toString());
        assertEquals(0, result);
        Path jar = world.resolve(name);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> classes = Files.walk(directory)) {
            for (Path path :
                    classes.filter(each -> each.toString().endsWith(".class")).toList()) {
                out.putNextEntry(new JarEntry(directory.relativize(path).toString()));
                Files.copy(path, out);
                out.closeEntry();
            }
        }
        return jar;
    }
}
