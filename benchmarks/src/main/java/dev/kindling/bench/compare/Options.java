package dev.kindling.bench.compare;

import dev.kindling.bench.work.Request.Place;
import dev.kindling.bench.work.Work;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a comparison is asked for.
 *
 * @param rounds processes of each engine for each work
 * @param runs of each process, the first one cold
 * @param archives whether engines start from archives of their classes
 * @param into a page that gets the table between its two comments, and links to chart and runs
 */
record Options(
        List<Work> works,
        List<Engine> engines,
        List<Place> places,
        double scale,
        int heapMb,
        int rounds,
        int runs,
        boolean archives,
        Path data,
        Path out,
        Optional<Path> into) {

    static final String HELP = """
        --scale 0.1             part of the rows; 1 unless named
        --jobs W1,W7            works by their names or what these begin with; all unless named
        --engines kindling,...  of kindling, spark-rdd, spark-sql; all unless named
        --places threads        of threads, processes; both unless named
        --heap 2000             MB of heap of all processes that run tasks together
        --rounds 2              processes of each engine for each work
        --runs 5                runs in each process; the first is cold
        --archives on           engines start from archives of their classes, with --places threads
        --data DIR              where input files are made and kept: benchmarks/target/data
        --out DIR               where results go: benchmarks/target/results
        --into PERFORMANCE.md   a page that gets table, chart and runs\
        """;

    private static final int MIN_HEAP_MB = 256;

    /** Half of it is the least that Spark starts with. */
    private static final int SPARKS_MIN_HEAP_MB = 1_100;

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("--scale", "1"),
            Map.entry("--jobs", ""),
            Map.entry("--engines", "kindling,spark-rdd,spark-sql"),
            Map.entry("--places", "threads,processes"),
            Map.entry("--heap", "2000"),
            Map.entry("--rounds", "2"),
            Map.entry("--runs", "5"),
            Map.entry("--archives", "off"),
            Map.entry("--data", "benchmarks/target/data"),
            Map.entry("--out", "benchmarks/target/results"),
            Map.entry("--into", ""));

    /** @throws IllegalArgumentException in a sentence for whoever typed it */
    static Options of(String[] args, List<Work> all) {
        Map<String, String> values = new HashMap<>(DEFAULTS);
        for (int at = 0; at < args.length; at += 2) {
            if (!DEFAULTS.containsKey(args[at]) || at + 1 == args.length) {
                throw new IllegalArgumentException((DEFAULTS.containsKey(args[at])
                                ? args[at] + " needs a value"
                                : "there is no option " + args[at])
                        + "; there are\n" + HELP);
            }
            values.put(args[at], args[at + 1]);
        }
        String into = values.get("--into");
        List<Engine> engines = engines(values.get("--engines"));
        boolean hasSpark = engines.stream().anyMatch(Engine::isSpark);
        return new Options(
                works(values.get("--jobs"), all),
                engines,
                places(values.get("--places")),
                number("--scale", values, 1e-6, 100),
                (int) number("--heap", values, hasSpark ? SPARKS_MIN_HEAP_MB : MIN_HEAP_MB, 1e6),
                (int) number("--rounds", values, 1, 100),
                (int) number("--runs", values, 1, 1e4),
                archives(values),
                Path.of(values.get("--data")).toAbsolutePath(),
                Path.of(values.get("--out")).toAbsolutePath(),
                into.isEmpty() ? Optional.empty() : Optional.of(Path.of(into)));
    }

    private static double number(String name, Map<String, String> values, double min, double max) {
        String value = values.get(name);
        try {
            double number = Double.parseDouble(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(name + " is " + value + "; it is a number from " + min + " to " + max);
    }

    private static List<Work> works(String names, List<Work> all) {
        List<Work> found = new ArrayList<>();
        for (String name : names.split(",")) {
            List<Work> works =
                    all.stream().filter(work -> work.id().startsWith(name)).toList();
            if (works.isEmpty()) {
                throw new IllegalArgumentException("there is no work " + name + "; there are "
                        + String.join(", ", all.stream().map(Work::id).toList()));
            }
            found.addAll(works);
        }
        return found;
    }

    private static List<Engine> engines(String names) {
        List<String> wanted = List.of(names.split(","));
        List<Engine> found = Arrays.stream(Engine.values())
                .filter(engine -> wanted.contains(engine.id))
                .toList();
        if (found.size() != wanted.size()) {
            throw new IllegalArgumentException(
                    "the engines are kindling, spark-rdd and spark-sql; --engines names " + names);
        }
        return found;
    }

    /** Executors have a Java of their own, which the engines start. */
    private static boolean archives(Map<String, String> values) {
        boolean isOn = values.get("--archives").equals("on");
        if (isOn && !values.get("--places").equals("threads")) {
            throw new IllegalArgumentException("--archives on is for --places threads, not " + values.get("--places"));
        }
        if (!isOn && !values.get("--archives").equals("off")) {
            throw new IllegalArgumentException("--archives is " + values.get("--archives") + "; it is on or off");
        }
        return isOn;
    }

    private static List<Place> places(String names) {
        List<String> wanted = List.of(names.toUpperCase(Locale.ROOT).split(","));
        List<Place> found = Arrays.stream(Place.values())
                .filter(place -> wanted.contains(place.name()))
                .toList();
        if (found.size() != wanted.size()) {
            throw new IllegalArgumentException("the places are threads and processes; --places names " + names);
        }
        return found;
    }
}
