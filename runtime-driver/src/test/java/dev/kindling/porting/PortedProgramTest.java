package dev.kindling.porting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page on porting says what has to be replaced; its program is ported by nothing else, and runs. */
class PortedProgramTest {
    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/porting-from-spark.md"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    private static List<String> programsOfThePage() throws Exception {
        Matcher blocks = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(root().resolve("docs/porting-from-spark.md")));
        return blocks.results().map(block -> block.group(1)).toList();
    }

    /** The imports in any order, and the rest, both without blanks: a formatter may break lines elsewhere. */
    private static List<Object> partsOf(String program) {
        TreeSet<String> imports = new TreeSet<>();
        StringBuilder rest = new StringBuilder();
        for (String line : program.lines().toList()) {
            if (line.startsWith("import ")) {
                imports.add(line);
            } else if (!line.startsWith("package ")) {
                rest.append(line.replace(" ", ""));
            }
        }
        return List.of(imports, rest.toString());
    }

    @Test
    void replacingWhatTheTableNamesPortsTheProgram() throws Exception {
        String ported = programsOfThePage().get(0);
        for (Map.Entry<String, String> replacement : Replacements.OF_THE_PAGE) {
            assertTrue(ported.contains(replacement.getKey()), replacement.getKey() + " is not in the program");
            ported = ported.replace(replacement.getKey(), replacement.getValue());
        }

        assertEquals(partsOf(programsOfThePage().get(1)), partsOf(ported));
    }

    @Test
    void theProgramOfThePageIsTheOneThatIsCompiled() throws Exception {
        Path source = root().resolve("runtime-driver/src/test/java/dev/kindling/porting/TopRegions.java");

        assertEquals(
                partsOf(Files.readString(source)), partsOf(programsOfThePage().get(1)));
    }

    @Test
    void everyTypeThatThePageNamesExists() throws Exception {
        Matcher named = Pattern.compile("dev\\.kindling\\.api\\.[A-Z]\\w*")
                .matcher(Files.readString(root().resolve("docs/porting-from-spark.md")));
        Set<String> types = named.results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));

        assertTrue(types.size() > 10, types.toString());
        for (String type : types) {
            Class.forName(type, false, PortedProgramTest.class.getClassLoader());
        }
    }

    @Test
    void theProgramRuns(@TempDir Path directory) throws Exception {
        Path sales = Files.writeString(
                directory.resolve("sales.csv"), "a,tea,10\nb,tea,5.5\na,milk,2\nspilled\nc,tea,1\nd,tea,100\n");
        Path regions = Files.writeString(directory.resolve("regions.csv"), "a,north\nb,south\nc,north\n");
        Path output = directory.resolve("out");

        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            TopRegions.main(new String[] {sales.toString(), regions.toString(), output.toString()});
        } finally {
            System.setOut(before);
        }

        assertEquals(
                List.of("elsewhere 100.0", "north 13.0", "south 5.5", "4 shops, 1 lines could not be read"),
                printed.toString(StandardCharsets.UTF_8).lines().toList());
        StringBuilder saved = new StringBuilder();
        try (var parts = Files.list(output)) {
            for (Path part : parts.filter(p -> p.getFileName().toString().startsWith("part-"))
                    .sorted()
                    .toList()) {
                saved.append(Files.readString(part));
            }
        }
        assertEquals("(elsewhere,100.0)\n(north,13.0)\n(south,5.5)\n", saved.toString());
    }
}
