package dev.kindling.bench.compare;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Tables and charts of summaries, as text. */
final class Report {
    static final String TITLE = "Times as long as Kindling, warm, medians";

    private static final int BAR = 12;
    private static final int LABELS = 330;
    private static final int WIDTH = 860;

    private Report() {}

    /** A row for each engine of each work, in Markdown. */
    static String table(List<Summary> summaries) {
        StringBuilder out = new StringBuilder("""
                | work | where | engine | first answer | warm, median | min to max | CPU | peak RSS | shuffled | Kindling is |
                |---|---|---|---:|---:|---:|---:|---:|---:|---:|
                """);
        for (Summary summary : summaries) {
            for (Engine engine : summary.engines()) {
                out.append(row(summary, engine)).append('\n');
            }
        }
        return out.toString();
    }

    private static String row(Summary summary, Engine engine) {
        boolean isFirst = engine == summary.engines().get(0);
        return "| "
                + (isFirst ? "**" + summary.work().id() + "** " + summary.work().title() : "") + " | "
                + (isFirst ? summary.place() : "") + " | " + engine.title + " | "
                + time(summary.coldMs(engine) * 1_000) + " | " + time(summary.warmMedian(engine, "wallUs")) + " | "
                + time(summary.warmMin(engine, "wallUs")) + " to " + time(summary.warmMax(engine, "wallUs")) + " | "
                + time(summary.warmMedian(engine, "cpuUs")) + " | " + megabytes(summary.peakRssBytes(engine)) + " | "
                + megabytes(summary.warmMedian(engine, "shuffleBytes")) + " | " + ratio(summary, engine) + " |";
    }

    private static String ratio(Summary summary, Engine engine) {
        Optional<Double> ratio = ratioTo(summary, engine);
        return ratio.map(times -> times >= 1
                        ? String.format(Locale.ROOT, "%.1fx faster", times)
                        : String.format(Locale.ROOT, "%.1fx slower", 1 / times))
                .orElse("");
    }

    private static Optional<Double> ratioTo(Summary summary, Engine engine) {
        boolean isCompared = engine != Engine.KINDLING && summary.engines().contains(Engine.KINDLING);
        return isCompared ? Optional.of(summary.ratio(engine)) : Optional.empty();
    }

    /** Three digits and a unit. */
    static String time(long us) {
        if (us >= 1_000_000) {
            return String.format(Locale.ROOT, "%.2f s", us / 1e6);
        }
        return us >= 1_000 ? String.format(Locale.ROOT, us >= 100_000 ? "%.0f ms" : "%.1f ms", us / 1e3) : us + " us";
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, bytes >= 10 << 20 ? "%.0f MB" : "%.1f MB", bytes / 1048576.0);
    }

    /** How many times as long Spark takes, a bar for each work and engine; the line is where both are equal. */
    static String chart(List<Summary> summaries) {
        double longest = 1;
        int bars = 0;
        for (Summary summary : summaries) {
            for (Engine engine : summary.engines()) {
                Optional<Double> ratio = ratioTo(summary, engine);
                longest = Math.max(longest, ratio.orElse(0.0));
                bars += ratio.isPresent() ? 1 : 0;
            }
        }
        double scale = (WIDTH - LABELS - 60) / longest;
        int height = 34 + bars * (BAR + 6);
        StringBuilder out = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " "
                + height + "\" font-family=\"sans-serif\" font-size=\"11\">\n"
                + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
                + "<text x=\"8\" y=\"16\" font-weight=\"bold\">" + TITLE + "</text>\n");
        int y = 28;
        for (Summary summary : summaries) {
            for (Engine engine : summary.engines()) {
                Optional<Double> ratio = ratioTo(summary, engine);
                if (ratio.isPresent()) {
                    out.append(bar(summary, engine, ratio.get(), scale, y));
                    y += BAR + 6;
                }
            }
        }
        return out
                + String.format(
                        Locale.ROOT,
                        "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"22\" y2=\"%2$d\" stroke=\"#333\" stroke-dasharray=\"3 3\"/>\n</svg>\n",
                        LABELS + scale,
                        height - 6);
    }

    private static String bar(Summary summary, Engine engine, double ratio, double scale, int y) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s, %s, %s</text><rect x=\"%d\" y=\"%d\" width=\"%.1f\""
                        + " height=\"%d\" fill=\"%s\"/><text x=\"%.1f\" y=\"%d\">%.1f</text>%n",
                LABELS - 6,
                y + BAR - 2,
                summary.work().id(),
                engine.title,
                summary.place(),
                LABELS,
                y,
                ratio * scale,
                BAR,
                engine == Engine.SPARK_SQL ? "#7aa6c2" : "#c2703d",
                LABELS + ratio * scale + 4,
                y + BAR - 2,
                ratio);
    }
}
