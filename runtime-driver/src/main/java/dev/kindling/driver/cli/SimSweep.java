package dev.kindling.driver.cli;

import dev.kindling.driver.sim.SimCores;
import dev.kindling.driver.sim.SimOptions;
import dev.kindling.driver.sim.SimReport;
import dev.kindling.driver.sim.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Many seeds on several threads, each seed on one. Says from time to time how far it is, and how fast. */
final class SimSweep {
    private static final int SEEDS_BETWEEN_LINES = 10_000;

    private final SimCores cores;
    private final LongFunction<SimOptions> options;
    private final long firstSeed;
    private final int seedCount;
    private final int threads;
    private final boolean isGoingOn;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicInteger bad = new AtomicInteger();
    private final long startNanos = System.nanoTime();

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
    }

    /** Runs them; {@code explain} gets each bad one, one at a time. */
    void run(Consumer<String> lines, Consumer<SimReport> explain) {
        List<Thread> workers = new ArrayList<>();
        for (int worker = 0; worker < threads; worker++) {
            Thread thread = new Thread(() -> work(lines, explain), "sim-" + worker);
            thread.setDaemon(true);
            thread.start();
            workers.add(thread);
        }
        for (Thread thread : workers) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        lines.accept(progress());
    }

    int badCount() {
        return bad.get();
    }

    private void work(Consumer<String> lines, Consumer<SimReport> explain) {
        while (isGoingOn || bad.get() == 0) {
            long index = next.getAndIncrement();
            if (index >= seedCount) {
                return;
            }
            SimReport report = Simulation.run(options.apply(firstSeed + index), cores);
            if (!report.isGood()) {
                bad.incrementAndGet();
                synchronized (this) {
                    explain.accept(report);
                }
            }
            if (done.incrementAndGet() % SEEDS_BETWEEN_LINES == 0) {
                lines.accept(progress());
            }
        }
    }

    private String progress() {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return String.format(
                Locale.ROOT,
                "%d of %d seeds, %d bad, %.0f seeds a second and thread",
                done.get(),
                seedCount,
                bad.get(),
                done.get() / seconds / threads);
    }
}
