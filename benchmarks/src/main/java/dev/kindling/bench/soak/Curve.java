package dev.kindling.bench.soak;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * One number over time: whether it is flat, and as a picture. The first third of the time is warming up: classes are
 * loaded, pools filled. Of what follows the line through all samples counts, so one sample more or less changes nothing.
 *
 * @param unit of the values shown
 * @param allowedGrowth from the end of the first third to the last sample, in that unit
 * @param allowedPart the same as a part of the mean; the larger one counts
 */
record Curve(String name, String unit, double allowedGrowth, double allowedPart, ToDoubleFunction<Sample> value) {
    private static final double MB = 1 << 20;
    private static final int WIDTH = 860;
    private static final int HEIGHT = 110;
    private static final int LEFT = 70;
    private static final int FEWEST = 6;

    static final List<Curve> ALL = List.of(
            new Curve("heap of the driver after collection", "MB", 2, 0.05, s -> s.driverHeapBytes() / MB),
            new Curve("heaps of the executors after collection", "MB", 4, 0.05, s -> s.executorHeapBytes() / MB),
            new Curve("resident memory of all processes", "MB", 30, 0.10, s -> s.residentBytes() / MB),
            new Curve("open descriptors of all processes", "", 10, 0.05, Sample::descriptors),
            new Curve("threads of all processes", "", 6, 0.05, Sample::threads),
            new Curve("files in scratch directories", "", 20, 0.10, Sample::files));

    private List<Sample> warm(List<Sample> samples) {
        return samples.subList(samples.size() / 3, samples.size());
    }

    /** Least squares: units a second. */
    private double slope(List<Sample> samples) {
        double meanX = samples.stream().mapToDouble(Sample::second).average().orElse(0);
        double meanY = samples.stream().mapToDouble(value).average().orElse(0);
        double products = 0;
        double squares = 0;
        for (Sample sample : samples) {
            products += (sample.second() - meanX) * (value.applyAsDouble(sample) - meanY);
            squares += (sample.second() - meanX) * (sample.second() - meanX);
        }
        return squares == 0 ? 0 : products / squares;
    }

    private double growth(List<Sample> samples) {
        List<Sample> warm = warm(samples);
        return slope(warm) * (warm.get(warm.size() - 1).second() - warm.get(0).second());
    }

    private double allowed(List<Sample> samples) {
        return Math.max(
                allowedGrowth,
                allowedPart
                        * warm(samples).stream().mapToDouble(value).average().orElse(0));
    }

    boolean isFlat(List<Sample> samples) {
        return samples.size() >= FEWEST && growth(samples) <= allowed(samples);
    }

    /** One line of the table. */
    String line(List<Sample> samples) {
        double mean = warm(samples).stream().mapToDouble(value).average().orElse(0);
        return String.format(
                Locale.ROOT,
                "%-40s | %9.1f %-2s | %+8.2f %-2s | %+9.2f | %s",
                name,
                mean,
                unit,
                growth(samples),
                unit,
                slope(warm(samples)) * 3_600,
                isFlat(samples) ? "flat" : samples.size() < FEWEST ? "too short to say" : "GROWS");
    }

    /** All curves one below the other. */
    static String svg(List<Sample> samples) {
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                WIDTH,
                ALL.size() * HEIGHT + 10));
        for (int i = 0; i < ALL.size(); i++) {
            out.append(ALL.get(i).panel(samples, i * HEIGHT));
        }
        return out.append("</svg>\n").toString();
    }

    private String panel(List<Sample> samples, int top) {
        double most = samples.stream().mapToDouble(value).max().orElse(1) * 1.1;
        double last = samples.get(samples.size() - 1).second();
        int bottom = top + HEIGHT - 16;
        StringBuilder points = new StringBuilder();
        for (Sample sample : samples) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    LEFT + (WIDTH - LEFT - 10) * sample.second() / Math.max(1, last),
                    bottom - (HEIGHT - 40) * value.applyAsDouble(sample) / Math.max(1e-9, most)));
        }
        return String.format(
                Locale.ROOT,
                "<text x=\"8\" y=\"%d\" font-weight=\"bold\">%s%s</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f</text>"
                        + "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f s</text>"
                        + "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#999\"/>"
                        + "<polyline points=\"%s\" fill=\"none\" stroke=\"#c2703d\" stroke-width=\"1.5\"/>%n",
                top + 16,
                name,
                unit.isEmpty() ? "" : ", " + unit,
                LEFT - 6,
                top + 34,
                most,
                LEFT - 6,
                bottom,
                WIDTH - 10,
                bottom + 12,
                last,
                LEFT,
                WIDTH - 10,
                bottom,
                bottom,
                points);
    }
}
