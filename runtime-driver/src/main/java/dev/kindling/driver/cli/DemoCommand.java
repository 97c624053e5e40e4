package dev.kindling.driver.cli;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.driver.launch.MasterUrl;
import dev.kindling.event.EventBus;
import dev.kindling.event.StatusFold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindling demo}: the tutorial's job on real data, with what happened and how long it took. */
@Command(
        name = "demo",
        description = {
            "Counts US postal codes by their first three digits:",
            "textFile -> map(split) -> mapToPair -> groupByKey -> map(count) -> sortByKey -> collect"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {
    private static final int HEAD_ROWS = 10;

    /** Long enough to see a stage run, short enough not to wait for. */
    private static final long CHAOS_DELAY_MS = 250;

    @Mixin
    private RunOptions options;

    @Option(
            names = "--input",
            paramLabel = "PATH",
            description = "File, directory or glob of lines with two tab-separated integers. Default: the bundled data")
    private String input;

    @Option(names = "--output", paramLabel = "DIR", description = "Also write part-* files of (key,count) lines there.")
    private String output;

    @Option(names = "--partitions", paramLabel = "N", description = "Partitions of each stage. Default: two a core")
    private Integer partitions;

    @Option(names = "--chaos", description = "Kill one executor with kill -9 in the middle of the job.")
    private boolean isChaotic;

    @Option(names = "--drain", description = "Have one executor leave in the middle of the job, which loses nothing.")
    private boolean isDrained;

    @Override
    public Integer call() throws IOException {
        options.expectPaths(Stream.of(input, output).filter(Objects::nonNull).toList());
        options.check();
        checkOptions();
        String path = checkedInput();
        if (options.isCluster()) {
            return ClusterClient.run("demo", options.isDetached());
        }
        Terminal terminal = Terminal.ofStandardError();
        StatusFold status = new StatusFold();
        if (options.showsProgress()) {
            EventBus.install(new Progress(terminal));
        }
        EventBus.install(status);
        options.observe(terminal);
        ChaosKill chaos = new ChaosKill(terminal);
        if (isChaotic) {
            EventBus.install(chaos);
        }
        DemoDrain drain = new DemoDrain(terminal);
        if (isDrained) {
            EventBus.install(drain);
        }
        StatusFile.ofThisProcess().ifPresent(EventBus::install);

        long startMs;
        long stopNanos;
        List<Tuple2<Integer, Integer>> counts;
        try (KindlingContext kindling = new KindlingContext(new KindlingConf(false).setAll(options.settings("demo")))) {
            startMs = LaunchTime.millisSince();
            drain.begin(kindling);
            int count = partitions != null ? partitions : 2 * kindling.defaultParallelism();
            PairRDD<Integer, Integer> sorted =
                    ZipCount.counts(kindling, path, count, isChaotic || isDrained ? CHAOS_DELAY_MS : 0);
            if (output != null) {
                sorted.saveAsTextFile(output);
            }
            counts = sorted.collect();
            if (isDrained) {
                drain.await();
            }
            kindling.showResult("Rows by the first digit", bars(counts));
            stopNanos = System.nanoTime();
        }
        long stopMs = (System.nanoTime() - stopNanos) / 1_000_000;

        head(counts).forEach(System.out::println);
        chart(counts).forEach(System.out::println);
        System.out.flush();
        TimeReport.lines(status.status(), startMs, stopMs).forEach(terminal::say);
        if (output != null) {
            terminal.say("written to " + output);
        }
        if (isDrained) {
            terminal.say("drain: " + drain.outcome());
            return isSameAsPlainLoop("drain", terminal, path, counts) && drain.hasLostNothing()
                    ? Main.DONE
                    : Main.FAILED;
        }
        return isChaotic ? proveChaos(chaos, terminal, path, counts) : Main.DONE;
    }

    private String checkedInput() {
        if (input == null) {
            return Distribution.demoData().toString();
        }
        boolean isPlainPath = !input.contains("://") && input.chars().noneMatch(c -> "*?[{".indexOf(c) >= 0);
        if (isPlainPath && !Files.exists(Path.of(input))) {
            throw new UsageError("--input names " + input + ", which does not exist; give a file, directory or glob");
        }
        return input;
    }

    private void checkOptions() {
        if (partitions != null && (partitions < 1 || partitions > 100_000)) {
            throw new UsageError("--partitions is " + partitions + "; use a number from 1 to 100000");
        }
        if (output != null && !output.contains("://") && Files.exists(Path.of(output))) {
            throw new UsageError("--output names " + output + ", which exists; name a directory that does not");
        }
        if (isDrained && (isChaotic || options.parsedMaster() instanceof MasterUrl.InProcess)) {
            throw new UsageError("--drain has an executor leave: it goes with executors that are processes, and without"
                    + " --chaos; use --master " + RunOptions.DEFAULT_MASTER);
        }
        if (isChaotic && !(options.parsedMaster() instanceof MasterUrl.LocalCluster)) {
            throw new UsageError("--chaos kills an executor process, and this master has none on this machine; use"
                    + " --master " + RunOptions.DEFAULT_MASTER);
        }
    }

    private static List<String> head(List<Tuple2<Integer, Integer>> counts) {
        long rows = counts.stream().mapToLong(Tuple2::_2).sum();
        Stream<String> rest = counts.size() <= HEAD_ROWS
                ? Stream.of()
                : Stream.of("... " + (counts.size() - HEAD_ROWS) + " more: " + counts.size() + " keys of " + rows
                        + " rows");
        return Stream.concat(counts.stream().limit(HEAD_ROWS).map(Tuple2::toString), rest)
                .toList();
    }

    private static List<String> chart(List<Tuple2<Integer, Integer>> counts) {
        return BarChart.lines(byFirstDigit(counts), 50);
    }

    private static Map<String, Long> bars(List<Tuple2<Integer, Integer>> counts) {
        Map<String, Long> bars = new LinkedHashMap<>();
        byFirstDigit(counts).forEach((digit, rows) -> bars.put(digit + "xxxx", (long) rows));
        return bars;
    }

    /** Rows by the first of the three digits. */
    private static TreeMap<Integer, Integer> byFirstDigit(List<Tuple2<Integer, Integer>> counts) {
        TreeMap<Integer, Integer> rows = new TreeMap<>();
        counts.forEach(count -> rows.merge(Math.floorDiv(count._1(), 100), count._2(), Math::addExact));
        return rows;
    }

    /** The same numbers from a plain loop over the file: what was lost and computed again changed nothing. */
    private static int proveChaos(
            ChaosKill chaos, Terminal terminal, String path, List<Tuple2<Integer, Integer>> counts) {
        if (chaos.killedProcess().isEmpty()) {
            terminal.say("chaos: no executor could be killed in time");
            return Main.FAILED;
        }
        return isSameAsPlainLoop("chaos", terminal, path, counts) ? Main.DONE : Main.FAILED;
    }

    private static boolean isSameAsPlainLoop(
            String what, Terminal terminal, String path, List<Tuple2<Integer, Integer>> counts) {
        boolean isSame = !Files.isRegularFile(Path.of(path))
                || countPlainly(Path.of(path)).equals(counts);
        terminal.say(what + ": the result " + (isSame ? "is the same as" : "differs from")
                + " that of a plain loop over the file");
        return isSame;
    }

    private static List<Tuple2<Integer, Integer>> countPlainly(Path file) {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        try (Stream<String> lines = Files.lines(file)) {
            lines.forEach(
                    line -> counts.merge(Integer.valueOf(line.substring(0, line.indexOf('\t'))), 1, Integer::sum));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return counts.entrySet().stream()
                .map(entry -> Tuple2.of(entry.getKey(), entry.getValue()))
                .toList();
    }
}
