package dev.kindling.bench.compare;

import dev.kindling.bench.work.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a row costs when there are ever more of them, as SVG: a line for each work and engine, flat where it stays the same. */
final class Growth {
    static final String TITLE = "Nanoseconds a row by millions of rows, warm, medians";

    private static final int LEFT = 60;
    private static final int RIGHT = 600;
    private static final int TOP = 40;
    private static final int BOTTOM = 300;
    private static final List<String> COLOURS = List.of("#2a6f97", "#c2703d", "#5b8c3a", "#8a4f9e");

    private Growth() {}

    /** One size of a work, and what one of its rows cost. */
    private record Point(double rows, double nanos) {}

    /** Rows by their logarithm, so that each size has the same room; costs from zero, so that flat looks flat. */
    private record Axes(double fewestRows, double mostRows, double mostNanos) {
        static Axes of(List<Point> points) {
            return new Axes(
                    points.stream().mapToDouble(Point::rows).min().orElse(1),
                    points.stream().mapToDouble(Point::rows).max().orElse(1),
                    points.stream().mapToDouble(Point::nanos).max().orElse(1));
        }

        double x(Point point) {
            double range = Math.log(mostRows / fewestRows);
            double part = range > 0 ? Math.log(point.rows() / fewestRows) / range : 0;
            return LEFT + 20 + (RIGHT - LEFT - 40) * part;
        }

        double y(Point point) {
            return BOTTOM - (BOTTOM - TOP) * point.nanos() / mostNanos;
        }
    }

    static String chart(List<Summary> summaries, double scale) {
        Map<String, List<Point>> lines = lines(summaries, scale);
        Axes axes = Axes.of(lines.values().stream().flatMap(List::stream).toList());
        StringBuilder out = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 340\""
                + " font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\""
                + " fill=\"white\"/>\n<text x=\"8\" y=\"16\" font-weight=\"bold\">" + TITLE + "</text>\n");
        out.append(String.format(
                Locale.ROOT, "<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"#333\"/>%n", LEFT, TOP, BOTTOM, RIGHT));
        int index = 0;
        for (Map.Entry<String, List<Point>> line : lines.entrySet()) {
            out.append(line(line.getKey(), line.getValue(), index++, axes));
        }
        return out.append("</svg>\n").toString();
    }

    private static Map<String, List<Point>> lines(List<Summary> summaries, double scale) {
        Map<String, List<Point>> lines = new LinkedHashMap<>();
        for (Summary summary : summaries) {
            Work work = summary.work();
            if (!work.id().contains("x")) {
                continue;
            }
            for (Engine engine : summary.engines()) {
                String name = work.id().replaceAll("x.*", "") + " " + work.title() + ", " + engine.title + ", "
                        + summary.place();
                double nanos = 1e3 * summary.warmMedian(engine, "wallUs") / work.rows(scale);
                lines.computeIfAbsent(name, first -> new ArrayList<>()).add(new Point(work.rows(scale), nanos));
            }
        }
        return lines;
    }

    private static String line(String name, List<Point> points, int index, Axes axes) {
        String colour = COLOURS.get(index % COLOURS.size());
        StringBuilder corners = new StringBuilder();
        StringBuilder labels = new StringBuilder();
        for (Point point : points) {
            double x = axes.x(point);
            double y = axes.y(point);
            corners.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
            labels.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%1$.1f\" cy=\"%2$.1f\" r=\"3\" fill=\"%3$s\"/><text x=\"%1$.1f\" y=\"%4$.1f\""
                            + " text-anchor=\"middle\">%5$.0f</text><text x=\"%1$.1f\" y=\"%6$d\""
                            + " text-anchor=\"middle\">%7$s</text>%n",
                    x,
                    y,
                    colour,
                    y - 7,
                    point.nanos(),
                    BOTTOM + 16,
                    String.format(Locale.ROOT, point.rows() < 1e6 ? "%.2f" : "%.0f", point.rows() / 1e6)));
        }
        return String.format(
                Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n%s<text x=\"%d\" y=\"%d\""
                        + " fill=\"%s\">%s</text>%n",
                corners.toString().strip(),
                colour,
                labels,
                RIGHT + 10,
                TOP + 18 * index,
                colour,
                name);
    }
}
