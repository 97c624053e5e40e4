package dev.kindling.driver.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of planted bugs in docs/testing.md: which seed finds each, and what that seed says. */
final class PlantedBugsTable {
    private static final String BEGIN = "<!-- planted bugs, written by PlantedBugsTest -->\n";
    private static final String END = "<!-- end of planted bugs -->\n";
    private static final int LONGEST_FINDING = 110;
    private static final Pattern ROW = Pattern.compile(
            "^\\| ((?:driver|executor|output|objects|input) .*?) \\|.*\\| (\\d*) \\|.*\\|$", Pattern.MULTILINE);

    private final Path page;
    /** By the cell of the bug; empty for one that no seed finds. */
    private final TreeMap<String, String> firstSeeds = new TreeMap<>();

    /** What a seed says of a bug. */
    record Finding(long seed, String violation) {}

    PlantedBugsTable() throws IOException {
        page = top().resolve("docs/testing.md");
        Matcher row = ROW.matcher(between(Files.readString(page)));
        while (row.find()) {
            firstSeeds.put(row.group(1), row.group(2));
        }
    }

    /** The directory of the whole project. */
    static Path top() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/testing.md"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    private static String between(String text) {
        return text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END));
    }

    boolean has(PlantedBugs.Planted bug) {
        return firstSeeds.containsKey(bug.cell());
    }

    /** The seed that found it when the table was written, or the first one. */
    long firstSeedOf(PlantedBugs.Planted bug) {
        String seed = firstSeeds.getOrDefault(bug.cell(), "");
        return seed.isEmpty() ? 0 : Long.parseLong(seed);
    }

    /** @param found by each bug's {@link PlantedBugs.Planted#name()} */
    void write(List<PlantedBugs.Planted> bugs, Map<String, Finding> found, int seeds) throws IOException {
        List<Long> alone = bugs.stream()
                .filter(bug -> bug.secondLine().isEmpty() && found.containsKey(bug.name()))
                .map(bug -> found.get(bug.name()).seed())
                .sorted()
                .toList();
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%s, OpenJDK %s: %d of %d planted bugs are found within %,d seeds of the mix, %d within 100; the"
                        + " median first seed is %d.%n%n",
                LocalDate.now().format(DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ROOT)),
                Runtime.version(),
                alone.size(),
                bugs.size(),
                seeds,
                alone.stream().filter(seed -> seed < 100).count(),
                alone.get(alone.size() / 2)));
        table.append("| bug | made harmless by | first seed | what it says |\n|---|---|---|---|\n");
        for (PlantedBugs.Planted bug : bugs) {
            Optional<Finding> finding = Optional.ofNullable(found.get(bug.name()));
            table.append("| ")
                    .append(bug.cell())
                    .append(" | ")
                    .append(bug.behind())
                    .append(" | ")
                    .append(finding.map(known -> Long.toString(known.seed())).orElse(""))
                    .append(" | ")
                    .append(finding.map(known -> words(known.violation())).orElse(""))
                    .append(" |\n");
        }
        String text = Files.readString(page);
        String before = text.substring(0, text.indexOf(BEGIN) + BEGIN.length());
        Files.writeString(page, before + table + "\n" + text.substring(text.indexOf(END)));
    }

    private static String words(String violation) {
        String line = violation.lines().findFirst().orElse("").replace("|", "/");
        return line.length() <= LONGEST_FINDING ? line : line.substring(0, LONGEST_FINDING) + " ...";
    }
}
