package dev.kindling.bench.storage;

import dev.kindling.bench.work.Median;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Two ways to do the same work, run in turns in this JVM, so that what disturbs the machine disturbs both. The ratio is that
 * of their medians.
 *
 * @param what in the table
 * @param bytes that one run of either way reads
 * @param bar the least ratio of ours to the other; 0 where the figure is for information
 */
record Comparison(String what, long bytes, Way ours, Way other, double bar) {
    private static final String ROW =
            "| %-34s | %-26s | %7.0f | %-15s | %-26s | %7.0f | %-15s | %5.2f | %4s | %-5s |\n";

    /** One way to do it. */
    record Way(String name, Work work) {}

    /** Fails when it did not do what it should. */
    interface Work {
        void run() throws Exception;
    }

    /** Megabytes a second of each run, in their order. */
    record Measured(Comparison of, double[] ours, double[] other) {
        double ratio() {
            return Median.of(ours) / Median.of(other);
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
                    Median.of(ours),
                    spread(ours),
                    of.other.name(),
                    Median.of(other),
                    spread(other),
                    ratio(),
                    of.bar == 0 ? "" : String.format(Locale.ROOT, "%.1f", of.bar),
                    of.bar == 0 ? "" : isMet() ? "met" : "below");
        }
    }

    Measured measure(int warmUpRounds, int rounds, PrintStream out) throws Exception {
        for (int i = 0; i < warmUpRounds; i++) {
            rate(ours);
            rate(other);
        }
        double[] oursRates = new double[rounds];
        double[] otherRates = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            oursRates[i] = rate(ours);
            otherRates[i] = rate(other);
        }
        out.println(what + ", MB/s of each run: " + ours.name() + " " + all(oursRates) + "; " + other.name() + " "
                + all(otherRates));
        return new Measured(this, oursRates, otherRates);
    }

    private double rate(Way way) throws Exception {
        long start = System.nanoTime();
        way.work().run();
        return bytes * 1e3 / (System.nanoTime() - start);
    }

    /** In Markdown. */
    static String table(List<Measured> all) {
        StringBuilder table = new StringBuilder(
                "| what                               | ours                       |    MB/s | least to most   | beside"
                        + "                     |    MB/s | least to most   | ratio |  bar |       |\n"
                        + "|---|---|--:|---|---|--:|---|--:|--:|---|\n");
        all.forEach(measured -> table.append(measured.row()));
        return table.toString();
    }

    private static String spread(double[] rates) {
        double least = Arrays.stream(rates).min().orElseThrow();
        double most = Arrays.stream(rates).max().orElseThrow();
        return String.format(Locale.ROOT, "%.0f to %.0f", least, most);
    }

    private static String all(double[] rates) {
        StringBuilder text = new StringBuilder();
        for (double rate : rates) {
            text.append(String.format(Locale.ROOT, "%.0f ", rate));
        }
        return text.toString().strip();
    }
}
