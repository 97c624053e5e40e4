package dev.kindling.porting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.RDD;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs as users of Spark write them, among the resources of this test: what the page on porting replaces is replaced
 * here, nothing else, and what comes out is compiled and run.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PortedExamplesTest {
    @TempDir
    Path directory;

    /** What the ported program prints. */
    private List<String> run(String program, String... arguments) throws Exception {
        Path classes = compiled(program);
        PrintStream before = System.out;
        ClassLoader loaderBefore = Thread.currentThread().getContextClassLoader();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, loaderBefore)) {
            Thread.currentThread().setContextClassLoader(loader);
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass(program).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } finally {
            System.setOut(before);
            Thread.currentThread().setContextClassLoader(loaderBefore);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private Path compiled(String program) throws Exception {
        Path source = directory.resolve(program + ".java");
        try (InputStream spark = getClass().getResourceAsStream("/spark/" + program + ".java")) {
            String text = new String(spark.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(text.contains("org.apache.spark"), "nothing to port");
            Files.writeString(source, Replacements.in(text));
        }
        Path api = Path.of(
                RDD.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        StringWriter said = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        boolean isCompiled = compiler.getTask(
                        said,
                        null,
                        null,
                        List.of("-d", directory.toString(), "-cp", api.toString(), "-proc:none"),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
                .call();
        assertTrue(isCompiled, said.toString());
        return directory;
    }

    private Path input(String text) throws Exception {
        return Files.writeString(directory.resolve("input.txt"), text);
    }

    @Test
    void wordCount() throws Exception {
        assertEquals(
                List.of("be: 2", "not: 1", "or: 1", "to: 2"),
                run("WordCount", input("to be or\nnot to be\n").toString()));
    }

    @Test
    void pageRank() throws Exception {
        // The fixed point of three pages in a ring is 1 for each; a fourth that points into it and is not pointed at
        // gets no rank.
        assertEquals(
                List.of("a has rank: 1000.", "b has rank: 1000.", "c has rank: 1000."),
                run("PageRank", input("a b\nb c\nc a\nb c\n").toString()));
    }

    @Test
    void transitiveClosure() throws Exception {
        assertEquals(List.of("TC has " + closureSize() + " edges."), run("TransitiveClosure"));
    }

    /** The same by Warshall's algorithm, of the same graph. */
    private static int closureSize() {
        Random random = new Random(42);
        Set<List<Integer>> edges = new HashSet<>();
        while (edges.size() < 60) {
            int from = random.nextInt(15);
            int to = random.nextInt(15);
            if (from != to) {
                edges.add(List.of(from, to));
            }
        }
        for (int middle = 0; middle < 15; middle++) {
            for (List<Integer> left : new ArrayList<>(edges)) {
                for (int to = 0; left.get(1) == middle && to < 15; to++) {
                    if (edges.contains(List.of(middle, to))) {
                        edges.add(List.of(left.get(0), to));
                    }
                }
            }
        }
        return edges.size();
    }

    @Test
    void logQuery() throws Exception {
        assertEquals(
                List.of("(10.0.0.1,mia,GET /a HTTP/1.1)\tbytes=250 n=2", "1 lines unread, mean bytes 64.25"),
                run("LogQuery"));
    }
}
