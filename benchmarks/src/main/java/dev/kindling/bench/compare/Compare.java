package dev.kindling.bench.compare;

import dev.kindling.bench.work.Inputs;
import dev.kindling.bench.work.Request;
import dev.kindling.bench.work.Request.Place;
import dev.kindling.bench.work.Work;
import dev.kindling.util.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * {@code bin/bench jobs}, {@code bin/bench shuffle} and {@code bin/bench large}: each work by each engine, in turns, a row of the table as soon as
 * the answers of all have been compared. All runs go to a file of JSON lines, the table to Markdown, the ratios to SVG.
 */
public final class Compare {
    private static final String PUBLISHED = "docs/performance";

    private final String name;
    private final Options options;
    private final Path runs;

    private Compare(String name, Options options) {
        this.name = name;
        this.options = options;
        runs = options.out().resolve(name + ".jsonl");
    }

    /** The first argument says which works: {@code jobs}, {@code shuffle} or {@code large}. */
    public static void main(String[] args) throws Exception {
        try {
            List<Work> all = switch (args[0]) {
                case "shuffle" -> Work.shuffles();
                case "large" -> Work.large();
                default -> Work.jobs();
            };
            String[] rest = Arrays.copyOfRange(args, 1, args.length);
            new Compare(args[0], Options.of(rest, all)).run();
        } catch (IllegalArgumentException | IllegalStateException | IOException | UncheckedIOException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(1);
        }
    }

    private List<Summary> run() throws IOException, InterruptedException {
        List<String> environment = Environment.lines(options);
        Files.createDirectories(options.out());
        Files.deleteIfExists(runs);
        environment.forEach(System.out::println);
        System.out.println();
        List<Summary> summaries = new ArrayList<>();
        for (Work work : options.works()) {
            System.err.println("bench: " + work.id() + ", " + work.title());
            Inputs.make(work, options.scale(), options.data());
            for (Place place : options.places()) {
                Summary summary = new Summary(work, place, samples(work, place));
                summaries.add(summary);
                System.out.print(Report.table(List.of(summary))
                        .lines()
                        .skip(summaries.size() == 1 ? 0 : 2)
                        .map(line -> line + "\n")
                        .reduce("", String::concat));
            }
        }
        write(environment, summaries);
        return summaries;
    }

    private Map<Engine, List<Sample>> samples(Work work, Place place) throws IOException, InterruptedException {
        Map<Engine, List<Sample>> samples = new EnumMap<>(Engine.class);
        for (int round = 0; round < options.rounds(); round++) {
            for (Engine engine : options.engines()) {
                if (engine.can(work)) {
                    List<Sample> ofProcess = samples(work, place, engine, round);
                    samples.computeIfAbsent(engine, first -> new ArrayList<>()).addAll(ofProcess);
                    Files.write(
                            runs,
                            ofProcess.stream().map(Sample::toJson).toList(),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                }
            }
        }
        return samples;
    }

    private List<Sample> samples(Work work, Place place, Engine engine, int round)
            throws IOException, InterruptedException {
        if (!options.archives()) {
            return samples(work, place, engine, round, List.of());
        }
        Path archive = options.out().resolve(engine.id + "-" + work.id() + ".jsa");
        if (round == 0) {
            Files.deleteIfExists(archive);
            samples(work, place, engine, round, List.of("-XX:ArchiveClassesAtExit=" + archive));
        }
        return samples(work, place, engine, round, List.of("-XX:SharedArchiveFile=" + archive));
    }

    private List<Sample> samples(Work work, Place place, Engine engine, int round, List<String> javaOptions)
            throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("kindling-bench-");
        try {
            Request request = new Request(
                    work,
                    options.scale(),
                    place,
                    options.heapMb(),
                    options.data(),
                    scratch,
                    options.runs(),
                    System.currentTimeMillis());
            return new EngineProcess(engine, options.out().resolve(engine.id + ".log"), javaOptions)
                    .samples(List.of(request), round);
        } finally {
            FileTrees.delete(scratch);
        }
    }

    private void write(List<String> environment, List<Summary> summaries) throws IOException {
        String table = String.join("  \n", environment) + "\n\nAll engines found the same rows with the same digests in"
                + " every run.\n\n" + Report.table(summaries);
        Files.writeString(options.out().resolve(name + ".md"), table);
        Files.writeString(
                options.out().resolve(name + ".svg"),
                isGrowth() ? Growth.chart(summaries, options.scale()) : Report.chart(summaries));
        if (options.into().isPresent()) {
            publish(options.into().get(), table);
        }
        System.err.println("bench: all runs, tables and charts are in " + options.out());
    }

    private boolean isGrowth() {
        return name.equals("large");
    }

    /** The table into the page; chart and all runs beside it, where the page has links to them. */
    private void publish(Path page, String table) throws IOException {
        String links = "\n![" + (isGrowth() ? Growth.TITLE : Report.TITLE) + "](" + PUBLISHED + "/" + name
                + ".svg)\n\nAll runs: [" + name + ".jsonl](" + PUBLISHED + "/" + name + ".jsonl).\n";
        Files.writeString(page, Page.replaced(Files.readString(page), name, table + links));
        Path published = Files.createDirectories(page.toAbsolutePath().resolveSibling(PUBLISHED));
        for (String file : List.of(name + ".svg", name + ".jsonl")) {
            Files.copy(options.out().resolve(file), published.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
