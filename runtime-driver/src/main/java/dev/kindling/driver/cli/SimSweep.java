package dev.kindling.driver.cli;

import dev.kindling.driver.sim.SimCores;
import dev.kindling.driver.sim.SimOptions;
import dev.kindling.driver.sim.SimReport;
import dev.kindling.driver.sim.Simulation;
import dev.kindling.util.Durations;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Many seeds on several threads, each seed on one: for a night. Says every ten seconds how far it is and how fast, and
 * in the end what the seeds were. Keeps numbers only, so that its memory does not grow with the seeds.
 */
final class SimSweep {
    private static final long SECONDS_BETWEEN_LINES = 10;
    /** How long an interrupted sweep waits for the seeds that run: a seed takes milliseconds. */
    private static final long STOP_SECONDS = 10;
    /** Later ones are told in one line each: what is broken for many seeds is told often enough by some. */
    private static final int BAD_EXPLAINED = 10;
    /** Most of what the first ones take is Java's loading and compiling. */
    private static final int MAX_WARM_UP_SEEDS = 1_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final SimCores cores;
    private final LongFunction<SimOptions> options;
    private final long firstSeed;
    private final int seedCount;
    private final int threads;
    private final boolean isGoingOn;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    /** Of the threads that run seeds, while they do: what a busy machine tells of the rate. */
    private final AtomicLong processorNanos = new AtomicLong();

    private final AtomicReference<Slowest> slowest = new AtomicReference<>(new Slowest(0, 0));
    private final SeedSizes sizes = new SeedSizes();
    private final long startNanos = System.nanoTime();
    private final CountDownLatch workers;
    private final CountDownLatch toldAll = new CountDownLatch(1);
    /** When the first half was done: in the second Java has compiled what is hot. */
    private volatile long halfNanos;

    private long badCount;
    private long firstBad;
    private volatile boolean isStopped;

    /** A seed and the processor time of its thread: one that takes seconds asks for a look at what its cores do. */
    private record Slowest(long seed, long nanos) {}

    SimSweep(
            SimCores cores,
            LongFunction<SimOptions> options,
            long firstSeed,
            int seedCount,
            int threads,
            boolean isGoingOn) {
        this.cores = cores;
        this.options = options;
        this.firstSeed = firstSeed;
        this.seedCount = seedCount;
        this.threads = threads;
        this.isGoingOn = isGoingOn;
        this.workers = new CountDownLatch(threads);
    }

    /** Runs them; {@code explain} gets bad ones, one at a time. */
    void run(Consumer<String> lines, Consumer<SimReport> explain) {
        for (int worker = 0; worker < threads; worker++) {
            Thread thread = new Thread(() -> work(lines, explain), "sim-" + worker);
            thread.setDaemon(true);
            thread.start();
        }
        try {
            long lastDone = 0;
            while (!workers.await(SECONDS_BETWEEN_LINES, TimeUnit.SECONDS)) {
                long nowDone = done.get();
                lines.accept(progress(nowDone, (nowDone - lastDone) / (double) SECONDS_BETWEEN_LINES));
                lastDone = nowDone;
            }
        } catch (InterruptedException e) {
            isStopped = true;
            Thread.currentThread().interrupt();
        }
        summary().forEach(lines);
        toldAll.countDown();
    }

    /** Ends the sweep before its last seed, and waits until it has said what came of it. Any thread. */
    void stop() {
        isStopped = true;
        try {
            toldAll.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized long badCount() {
        return badCount;
    }

    private void work(Consumer<String> lines, Consumer<SimReport> explain) {
        try {
            while (!isStopped) {
                long index = next.getAndIncrement();
                if (index >= seedCount) {
                    return;
                }
                long beganNanos = THREADS.getCurrentThreadCpuTime();
                SimReport report = Simulation.run(options.apply(firstSeed + index), cores);
                took(report.seed(), index, THREADS.getCurrentThreadCpuTime() - beganNanos);
                if (done.incrementAndGet() == seedCount / 2) {
                    halfNanos = System.nanoTime();
                }
                sizes.add(report);
                if (!report.isGood()) {
                    bad(report, lines, explain);
                }
            }
        } finally {
            workers.countDown();
        }
    }

    private void took(long seed, long index, long nanos) {
        processorNanos.addAndGet(nanos);
        if (index >= warmUpSeeds()) {
            slowest.accumulateAndGet(new Slowest(seed, nanos), (one, other) -> one.nanos >= other.nanos ? one : other);
        }
    }

    private int warmUpSeeds() {
        return Math.min(MAX_WARM_UP_SEEDS, seedCount / 2);
    }

    private synchronized void bad(SimReport report, Consumer<String> lines, Consumer<SimReport> explain) {
        firstBad = badCount == 0 ? report.seed() : Math.min(firstBad, report.seed());
        if (++badCount <= BAD_EXPLAINED) {
            explain.accept(report);
        } else {
            lines.accept("seed " + report.seed() + " goes wrong: "
                    + report.violation().orElseThrow());
        }
        isStopped |= !isGoingOn;
    }

    private String progress(long nowDone, double perSecond) {
        String left = perSecond == 0 ? "" : ", " + Durations.format((long) (1000 * (seedCount - nowDone) / perSecond));
        return String.format(
                Locale.ROOT,
                "%d of %d seeds, %d bad, %.0f seeds a second and thread%s",
                nowDone,
                seedCount,
                badCount(),
                perSecond / threads,
                left.isEmpty() ? left : left + " to go");
    }

    private synchronized List<String> summary() {
        long nowNanos = System.nanoTime();
        double seconds = (nowNanos - startNanos) / 1e9;
        List<String> summary = new ArrayList<>();
        summary.add(String.format(
                Locale.ROOT,
                "%d of %d seeds, %d bad, %.0f seeds a second and thread, %s in all",
                done.get(),
                seedCount,
                badCount,
                done.get() / seconds / threads,
                Durations.format((long) (1000 * seconds))));
        if (done.get() == seedCount && seedCount > 1) {
            summary.add(String.format(
                    Locale.ROOT,
                    "%.0f seeds a second and thread in the second half, when Java has compiled what is hot",
                    1e9 * (seedCount - seedCount / 2) / (nowNanos - halfNanos) / threads));
        }
        double processorSeconds = processorNanos.get() / 1e9;
        if (processorSeconds > 0) {
            summary.add(String.format(
                    Locale.ROOT,
                    "%.2f ms of processor time a seed: %.0f seeds a second of a core",
                    1000 * processorSeconds / done.get(),
                    done.get() / processorSeconds));
        }
        if (slowest.get().nanos > 0) {
            summary.add(String.format(
                    Locale.ROOT,
                    "the slowest seed after the first %d: %d, which took %.2f s of processor time",
                    warmUpSeeds(),
                    slowest.get().seed,
                    slowest.get().nanos / 1e9));
        }
        summary.addAll(sizes.describe());
        if (badCount > 0) {
            summary.add("the first bad seed: kindling sim --seed " + firstBad);
        }
        return summary;
    }
}
