package dev.kindling.bench.soak;

import dev.kindling.api.Broadcast;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.LongAccumulator;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.bench.work.Machine;
import dev.kindling.util.FileTrees;
import dev.kindling.util.LogLevels;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Rounds of jobs of all kinds on one cluster of executor processes, for as long as asked; every twentieth round the
 * youngest executor is killed, so that the others grow as old as the run. Each answer is compared with what it must be. Between rounds it is counted what all processes hold; in the end
 * nothing may have grown. All samples go to {@code soak.csv}, as they come, and to {@code soak.svg}.
 *
 * <p>{@code bin/soak [--minutes 60] [--into soak] [--executors 2] [--calm]}: with {@code --calm} nobody is killed. The exit
 * code is 1 when something grew, or an answer was wrong.
 */
public final class Soak {
    private static final int KILL_EVERY_ROUNDS = 20;
    private static final int SAMPLES = 240;
    private static final int ROWS = 60_000;
    private static final long REPLACED_WITHIN_MS = 60_000;

    private final KindlingContext kindling;
    private final int executors;
    private final Path scratch;
    private final Path outputs;

    private Soak(KindlingContext kindling, int executors, Path scratch, Path outputs) {
        this.kindling = kindling;
        this.executors = executors;
        this.scratch = scratch;
        this.outputs = outputs;
    }

    public static void main(String[] args) throws Exception {
        double minutes = 60;
        int executors = 2;
        boolean isCalm = false;
        Path into = Path.of("soak");
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--minutes" -> minutes = Double.parseDouble(args[++i]);
                case "--into" -> into = Path.of(args[++i]);
                case "--executors" -> executors = Integer.parseInt(args[++i]);
                case "--calm" -> isCalm = true;
                default -> {
                    System.err.println("soak: there is no option " + args[i]
                            + "; use --minutes 60, --into DIRECTORY, --executors 2, --calm");
                    System.exit(2);
                }
            }
        }
        // Lost executors and failed jobs are told of in lines, and are wanted here.
        LogLevels.setRoot("ERROR");
        Files.createDirectories(into);
        Path work = Files.createTempDirectory("kindling-soak-");
        boolean isGood;
        try {
            isGood = run(minutes, executors, isCalm, into, work);
        } finally {
            FileTrees.delete(work);
        }
        System.exit(isGood ? 0 : 1);
    }

    private static boolean run(double minutes, int executors, boolean isCalm, Path into, Path work) throws Exception {
        Path scratch = Files.createDirectories(work.resolve("scratch"));
        KindlingConf conf = new KindlingConf()
                .setMaster("local-cluster[" + executors + ",1,96]")
                .setAppName("soak")
                .set("kindling.scratch.dirs", scratch.toString());
        List<Sample> samples;
        try (KindlingContext kindling = new KindlingContext(conf)) {
            samples = new Soak(kindling, executors, scratch, work.resolve("out"))
                    .soak(minutes, isCalm, into.resolve("soak.csv"));
        }
        Files.writeString(into.resolve("soak.svg"), Curve.svg(samples));
        int rounds = samples.get(samples.size() - 1).rounds();
        System.out.printf(
                Locale.ROOT,
                "%d rounds in %.0f s, %d samples; %s, %s%n",
                rounds,
                samples.get(samples.size() - 1).second(),
                samples.size(),
                Machine.java(),
                Machine.processor());
        System.out.println(String.format(
                "%-40s | %12s | %11s | %9s | %s", "after the first third", "mean", "growth", "an hour", ""));
        Curve.ALL.forEach(curve -> System.out.println(curve.line(samples)));
        System.out.println("all samples: " + into.resolve("soak.csv") + ", their curves: " + into.resolve("soak.svg"));
        return Curve.ALL.stream().allMatch(curve -> curve.isFlat(samples));
    }

    private List<Sample> soak(double minutes, boolean isCalm, Path csv) throws Exception {
        List<Sample> samples = new ArrayList<>();
        long start = System.nanoTime();
        long length = (long) (minutes * 60e9);
        long nextSample = 0;
        try (BufferedWriter out = Files.newBufferedWriter(csv)) {
            out.write(Sample.HEAD + "\n");
            for (int round = 1; System.nanoTime() - start < length; round++) {
                round(round);
                if (!isCalm && round % KILL_EVERY_ROUNDS == 0) {
                    killYoungest();
                }
                if (System.nanoTime() - start >= nextSample) {
                    awaitExecutors();
                    Sample sample = Sample.of(
                            (System.nanoTime() - start) / 1e9,
                            round,
                            executorHeapBytes(),
                            scratch,
                            () -> kindling.parallelize(List.of(1), 1));
                    samples.add(sample);
                    out.write(sample.csv() + "\n");
                    out.flush();
                    nextSample = System.nanoTime() - start + length / SAMPLES;
                }
            }
        }
        return samples;
    }

    // ---- what a round is ------------------------------------------------------------------------------------------

    private void round(int round) throws Exception {
        RDD<Integer> numbers = kindling.range(0, ROWS, 1, 4).map(n -> (int) (n % 1_000));
        PairRDD<Integer, Integer> pairs = numbers.mapToPair(n -> Tuple2.of(n, 1));
        require(
                pairs.reduceByKey(Integer::sum, 3)
                        .filter(pair -> pair._2() == ROWS / 1_000)
                        .count(),
                1_000,
                "sums");
        require(pairs.groupByKey(3).join(pairs.reduceByKey(Integer::sum)).count(), 1_000, "joined groups");
        require(
                numbers.map(n -> "word " + n)
                        .distinct()
                        .sortBy(word -> word, true, 3)
                        .count(),
                1_000,
                "words");
        persisted(numbers);
        shared(numbers);
        saved(numbers, round);
        failing(numbers);
    }

    private void persisted(RDD<Integer> numbers) {
        RDD<Integer> kept = numbers.map(n -> n + 1).persist(StorageLevel.MEMORY_AND_DISK);
        require(kept.count(), ROWS, "persisted rows");
        require(kept.filter(n -> n == 1).count(), ROWS / 1_000, "rows read again");
        kept.unpersist(true);
    }

    private void shared(RDD<Integer> numbers) {
        Broadcast<List<Integer>> shared = kindling.broadcast(new ArrayList<>(List.of(1, 2, 3)));
        LongAccumulator found = kindling.longAccumulator("found");
        numbers.foreach(n -> {
            if (shared.value().contains(n)) {
                found.add(1);
            }
        });
        require(found.value(), 3L * ROWS / 1_000, "accumulated");
        shared.destroy();
    }

    private void saved(RDD<Integer> numbers, int round) throws IOException {
        Path output = outputs.resolve("round-" + round);
        numbers.saveAsTextFile(output.toUri().toString());
        require(kindling.textFile(output.toUri().toString()).count(), ROWS, "lines");
        FileTrees.delete(output);
    }

    private static void failing(RDD<Integer> numbers) {
        try {
            numbers.map(n -> 1 / n).count();
        } catch (KindlingException e) {
            if (e.getCause() instanceof ArithmeticException) {
                return;
            }
            throw e;
        }
        throw new IllegalStateException("a job that divides by zero succeeds");
    }

    private static void require(long found, long expected, String what) {
        if (found != expected) {
            throw new IllegalStateException(found + " " + what + " instead of " + expected);
        }
    }

    // ---- executors ------------------------------------------------------------------------------------------------

    private static void killYoungest() {
        ProcessHandle.current()
                .children()
                .filter(ProcessHandle::isAlive)
                .max(Comparator.comparing(child -> child.info().startInstant().orElse(Instant.MIN)))
                .ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Until a job runs on as many processes as there should be. */
    private void awaitExecutors() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REPLACED_WITHIN_MS);
        while (heaps().size() < executors && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private long executorHeapBytes() {
        return heaps().stream().mapToLong(Tuple2::_2).sum();
    }

    /** Of each executor's process, what its heap holds after a collection. */
    private List<Tuple2<Long, Long>> heaps() {
        return kindling.range(0, 4L * executors, 1, 4 * executors)
                .mapToPair(n -> {
                    Thread.sleep(50); // so that no executor takes all of them
                    System.gc();
                    Runtime runtime = Runtime.getRuntime();
                    return Tuple2.of(ProcessHandle.current().pid(), runtime.totalMemory() - runtime.freeMemory());
                })
                .reduceByKey(Math::min)
                .collect();
    }
}
