package dev.kindling.arch;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documents at the top of the repository say is so. */
class DocsTest {
    private static final Path ROOT = SourcesTest.root();

    @TempDir
    Path directory;

    @Test
    void theProgramOfTheReadmeCompilesAndCountsTheDemosData() throws Exception {
        Matcher block =
                Pattern.compile("```java\\R(import .*?)```", Pattern.DOTALL).matcher(read("README.md"));
        assertTrue(block.find(), "README.md shows no program");
        Path source = Files.writeString(directory.resolve("ZipCount.java"), block.group(1));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", classPath(), "-d", directory.toString(), source.toString());
        assertEquals(0, compiled);

        TreeMap<Integer, Integer> counts = new TreeMap<>();
        for (String line : Files.readAllLines(ROOT.resolve("data/zipcodes.tsv"))) {
            counts.merge(Integer.valueOf(line.split("\t")[0]), 1, Integer::sum);
        }
        List<String> expected = counts.entrySet().stream()
                .map(entry -> "(" + entry.getKey() + "," + entry.getValue() + ")")
                .toList();
        assertEquals(
                expected, outputOf("ZipCount", ROOT.resolve("data/zipcodes.tsv").toString()));
    }

    @Test
    void everySymbolNamedInTheDocumentsExists() {
        TreeSet<String> named = new TreeSet<>();
        for (String document : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")) {
            Matcher symbol =
                    Pattern.compile("`(dev\\.kindling\\.[a-z.]+\\.[A-Z]\\w*)`").matcher(read(document));
            while (symbol.find()) {
                named.add(symbol.group(1));
            }
        }

        assertTrue(named.size() >= 6, named::toString);
        for (String name : named) {
            assertDoesNotThrow(() -> Class.forName(name, false, DocsTest.class.getClassLoader()), name);
        }
    }

    @Test
    void everyTestThatIsSaidToShowABehaviourExists() throws IOException {
        Map<String, Path> classes = new TreeMap<>();
        for (String module :
                List.of("runtime-core", "runtime-executor", "runtime-driver", "runtime-yarn", "benchmarks")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module + "/src/test/java"))) {
                files.forEach(file -> classes.put(file.getFileName().toString().replace(".java", ""), file));
            }
        }

        List<String> rows = read("docs/behaviour.md")
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| subject "))
                .toList();
        assertTrue(rows.size() > 30, "rows found: " + rows.size());
        for (String row : rows) {
            Matcher test = Pattern.compile("`(\\w+)#(\\w+)`").matcher(row);
            assertTrue(test.find(), "nothing shows: " + row);
            do {
                assertTrue(classes.containsKey(test.group(1)), test.group());
                Pattern method =
                        Pattern.compile("@(Test|ParameterizedTest|TestFactory)\\b[^;{]*\\b" + test.group(2) + "\\(");
                assertTrue(
                        method.matcher(SourcesTest.read(classes.get(test.group(1))))
                                .find(),
                        test.group());
            } while (test.find());
        }
    }

    @Test
    void everyPackageOfTheArchitectureExistsAndEveryFileThatIsLinked() {
        Matcher row = Pattern.compile("^\\| `([a-z.]+)`(?:, `([a-z.]+)`)? \\|", Pattern.MULTILINE)
                .matcher(read("ARCHITECTURE.md"));
        int count = 0;
        while (row.find()) {
            for (int group = 1; group <= 2 && row.group(group) != null; group++) {
                count++;
                assertTrue(isPackage(row.group(group)), row.group(group));
            }
        }
        assertTrue(count > 15, "packages found: " + count);

        Matcher link = Pattern.compile("\\]\\(([^):#]+)\\)").matcher(read("README.md"));
        while (link.find()) {
            assertTrue(Files.exists(ROOT.resolve(link.group(1))), link.group(1));
        }
    }

    @Test
    void ciRunsTheCommandThatTheReadmeNames() {
        Matcher command = Pattern.compile("^exec (.*)$", Pattern.MULTILINE).matcher(read(".ci/run"));
        assertTrue(command.find());
        assertTrue(read("README.md").contains("\n" + command.group(1) + "\n"), command.group(1));
    }

    /** Where Maven runs the tests, the JVM's own class path is one jar that names the others. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static boolean isPackage(String name) {
        return Stream.of("runtime-core", "runtime-executor", "runtime-driver", "runtime-yarn")
                .anyMatch(module -> Files.exists(ROOT.resolve(
                        module + "/src/main/java/dev/kindling/" + name.replace('.', '/') + "/package-info.java")));
    }

    private List<String> outputOf(String className, String argument) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        PrintStream out = System.out;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setProperty("kindling.master", "local[2]");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
            loader.loadClass(className).getMethod("main", String[].class).invoke(null, (Object)
                    new String[] {argument});
        } finally {
            System.setOut(out);
            System.clearProperty("kindling.master");
            Thread.currentThread().setContextClassLoader(before);
        }
        return captured.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static String read(String document) {
        return SourcesTest.read(ROOT.resolve(document));
    }
}
