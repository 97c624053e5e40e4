package dev.kindling.bench.work;

import java.util.Arrays;

/** The middle of measured values, the mean of the two in the middle where their number is even. */
public final class Median {
    private Median() {}

    public static double of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
