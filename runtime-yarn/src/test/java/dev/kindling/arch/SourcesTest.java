package dev.kindling.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a reader meets in the sources: a page per package, a sentence per public type, no unfinished business. */
class SourcesTest {
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^public\\s+(?:(?:abstract|final|sealed|non-sealed|strictfp)\\s+)*(?:class|interface|record|enum|@interface)\\s",
            Pattern.MULTILINE);

    @Test
    void everyPackageHasAPageThatSaysWhereToStart() {
        TreeSet<String> missing = new TreeSet<>();
        for (Path file : mainSources()) {
            Path page = file.resolveSibling("package-info.java");
            if (!Files.exists(page)) {
                missing.add(root().relativize(file.getParent()).toString());
            } else if (!read(page).contains("/**")) {
                missing.add(root().relativize(page) + " (says nothing)");
            }
        }
        assertEquals(new TreeSet<String>(), missing);
    }

    @Test
    void everyPublicTypeSaysWhatItIs() {
        List<String> silent = new ArrayList<>();
        for (Path file : mainSources()) {
            String text = read(file);
            Matcher type = PUBLIC_TYPE.matcher(text);
            if (type.find() && !isDocumented(text.substring(0, type.start()))) {
                silent.add(root().relativize(file).toString());
            }
        }
        assertEquals(List.of(), silent);
    }

    @Test
    void nothingIsLeftToDo() {
        List<String> found = new ArrayList<>();
        for (Path file : mainSources()) {
            if (Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X{3})\\b")
                    .matcher(read(file))
                    .find()) {
                found.add(root().relativize(file).toString());
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void theSourcesAreFound() {
        assertTrue(mainSources().size() > 50, () -> mainSources().size() + " below " + root());
    }

    /** A doc comment, perhaps followed by annotations that start a line each, ends the text before the type. */
    private static boolean isDocumented(String before) {
        int end = before.lastIndexOf("*/");
        return end >= 0
                && before.lastIndexOf("/**", end) > before.lastIndexOf("import ")
                && before.substring(end + 2).lines().allMatch(line -> !line.contains(";"));
    }

    private static List<Path> mainSources() {
        try (Stream<Path> modules = Files.list(root())) {
            List<Path> files = new ArrayList<>();
            for (Path module : modules.sorted().toList()) {
                Path sources = module.resolve("src/main/java");
                if (Files.isDirectory(sources)) {
                    try (Stream<Path> below = Files.walk(sources)) {
                        below.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
                    }
                }
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory of the repository, found from the module's in Maven and from itself elsewhere. */
    static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("seeds.txt"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
