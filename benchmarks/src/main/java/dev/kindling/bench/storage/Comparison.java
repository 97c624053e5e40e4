package dev.kindling.bench.storage;

import com.sun.management.OperatingSystemMXBean;
import dev.kindling.bench.work.Median;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Two ways to do the same work, run in turns in this JVM. Each round runs both, one behind the other, and the next in the
 * other order: what disturbs the machine disturbs both runs of a round. The ratio is the median of those of the rounds.
 *
 * @param what in the table
 * @param bytes that one run of either way reads
 * @param bar the least ratio of ours to the other; 0 where the figure is for information
 */
record Comparison(String what, long bytes, Way ours, Way other, double bar) {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final long QUIET_FOR_MS = 500;
    private static final long QUIET_WITHIN_MS = 30_000;

    /** Servers are quiet that take less than this part of one processor: a NameNode is never idle. */
    private static final int QUIET_SHARE = 20;

    private static final String ROW =
            "| %-34s | %-26s | %7.0f | %-15s | %8.2f | %7.2f | %-26s | %7.0f | %-15s | %8.2f | %7.2f | %5.2f | %4s | %-5s |\n";

    /** One way to do it. */
    record Way(String name, Work work) {}

    /** Fails when it did not do what it should. */
    interface Work {
        void run() throws Exception;
    }

    /**
     * One run.
     *
     * @param mbPerS by the clock
     * @param cpuSPerGb processor time of all threads of this JVM
     * @param serverCpuSPerGb the same of the processes that this JVM has started
     */
    record Run(double mbPerS, double cpuSPerGb, double serverCpuSPerGb) {}

    /** The runs of each way, in their order. */
    record Measured(Comparison of, Run[] ours, Run[] other) {
        double ratio() {
            double[] ratios = new double[ours.length];
            Arrays.setAll(ratios, round -> ours[round].mbPerS() / other[round].mbPerS());
            return Median.of(ratios);
        }

        boolean isMet() {
            return ratio() >= of.bar;
        }

        private String row() {
            return String.format(
                    Locale.ROOT,
                    ROW,
                    of.what,
                    of.ours.name(),
                    Median.of(figures(ours, Run::mbPerS)),
                    spread(ours),
                    mean(ours, Run::cpuSPerGb),
                    mean(ours, Run::serverCpuSPerGb),
                    of.other.name(),
                    Median.of(figures(other, Run::mbPerS)),
                    spread(other),
                    mean(other, Run::cpuSPerGb),
                    mean(other, Run::serverCpuSPerGb),
                    ratio(),
                    of.bar == 0 ? "" : String.format(Locale.ROOT, "%.1f", of.bar),
                    of.bar == 0 ? "" : isMet() ? "met" : "below");
        }
    }

    /** @param warmUpMs at least so long both ways run before they are timed; servers get longer if they still compile */
    Measured measure(long warmUpMs, int rounds, PrintStream out) throws Exception {
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < warmUpMs * 1_000_000) {
            run(ours);
            run(other);
        }
        if (warmUpMs > 0) {
            waitForQuietServers();
        }
        Run[] oursRuns = new Run[rounds];
        Run[] otherRuns = new Run[rounds];
        for (int round = 0; round < rounds; round++) {
            boolean isOursFirst = round % 2 == 0;
            Run first = run(isOursFirst ? ours : other);
            Run second = run(isOursFirst ? other : ours);
            oursRuns[round] = isOursFirst ? first : second;
            otherRuns[round] = isOursFirst ? second : first;
        }
        out.println(what + ", MB/s of each run: " + ours.name() + " " + all(oursRuns) + "; " + other.name() + " "
                + all(otherRuns));
        return new Measured(this, oursRuns, otherRuns);
    }

    private Run run(Way way) throws Exception {
        // Garbage of the run before is not this one's to collect.
        System.gc();
        long startServerCpu = serverCpuNs();
        long startCpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        way.work().run();
        long tookNs = System.nanoTime() - start;
        long cpuNs = SYSTEM.getProcessCpuTime() - startCpu;
        return new Run(bytes * 1e3 / tookNs, (double) cpuNs / bytes, (double) (serverCpuNs() - startServerCpu) / bytes);
    }

    /** A server that was asked for a while compiles what it did, on the processor that the timed runs would need. */
    private static void waitForQuietServers() throws InterruptedException {
        long limitNs = System.nanoTime() + QUIET_WITHIN_MS * 1_000_000;
        long before = serverCpuNs();
        while (System.nanoTime() < limitNs) {
            Thread.sleep(QUIET_FOR_MS);
            long now = serverCpuNs();
            if (now - before <= QUIET_FOR_MS * 1_000_000 / QUIET_SHARE) {
                return;
            }
            before = now;
        }
    }

    private static long serverCpuNs() {
        return ProcessHandle.current()
                .descendants()
                .map(server -> server.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus)
                .toNanos();
    }

    /** In Markdown. */
    static String table(List<Measured> all) {
        StringBuilder table = new StringBuilder(
                "| what                               | ours                       |    MB/s | least to most   | CPU s/GB | servers |"
                        + " beside                     |    MB/s | least to most   | CPU s/GB | servers | ratio |  bar |       |\n"
                        + "|---|---|--:|---|--:|--:|---|--:|---|--:|--:|--:|--:|---|\n");
        all.forEach(measured -> table.append(measured.row()));
        return table.toString();
    }

    private static double[] figures(Run[] runs, ToDoubleFunction<Run> figure) {
        return Arrays.stream(runs).mapToDouble(figure).toArray();
    }

    /** The clocks of processor time go in steps of 10 ms, which no median evens out. */
    private static double mean(Run[] runs, ToDoubleFunction<Run> figure) {
        return Arrays.stream(runs).mapToDouble(figure).average().orElseThrow();
    }

    private static String spread(Run[] runs) {
        double[] rates = figures(runs, Run::mbPerS);
        double least = Arrays.stream(rates).min().orElseThrow();
        double most = Arrays.stream(rates).max().orElseThrow();
        return String.format(Locale.ROOT, "%.0f to %.0f", least, most);
    }

    private static String all(Run[] runs) {
        StringBuilder text = new StringBuilder();
        for (Run run : runs) {
            text.append(String.format(Locale.ROOT, "%.0f ", run.mbPerS()));
        }
        return text.toString().strip();
    }
}
