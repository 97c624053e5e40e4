package dev.kindling.driver.lineage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A lineage as a picture: a box for each stage, arrows down. One element with its own style and no script, readable
 * where it is opened alone, inside a page, and as an image of one; long lines are cut and shown whole as a tool tip.
 */
final class LineageSvg {
    private static final int MAX_COLUMNS = 76;
    private static final double COLUMN_WIDTH = 7.5;
    private static final double LINE_HEIGHT = 17;
    private static final double PADDING = 12;
    private static final double MARGIN = 16;

    private static final String STYLE = """
            .kl text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2328;white-space:pre}
            .kl .kl-title{font-weight:bold}
            .kl .kl-dim{fill:#57606a}
            .kl .kl-note{fill:#8a5a00}
            .kl-ground{fill:#ffffff}
            .kl-box{fill:#f6f8fa;stroke:#57606a}
            .kl-skipped .kl-box{stroke-dasharray:5 4;fill:none}
            .kl .kl-skipped text{fill:#57606a}
            .kl-arrow{fill:none;stroke:#57606a;stroke-width:1.3}
            .kl-head{fill:#57606a}
            @media (prefers-color-scheme:dark){
            .kl text{fill:#e6edf3}
            .kl .kl-dim{fill:#9da7b3}
            .kl .kl-note{fill:#e0b050}
            .kl-ground{fill:#0d1117}
            .kl-box{fill:#161b22;stroke:#9da7b3}
            .kl .kl-skipped text{fill:#9da7b3}
            .kl-arrow{stroke:#9da7b3}
            .kl-head{fill:#9da7b3}
            }
            """;

    private LineageSvg() {}

    /** One line of a box. */
    private record Line(String text, String kind) {}

    static String of(LineageGraph graph) {
        List<List<Line>> boxes =
                graph.planned().stream().map(LineageSvg::linesOf).toList();
        double[] widths = boxes.stream().mapToDouble(LineageSvg::widthOf).toArray();
        double[] heights = boxes.stream()
                .mapToDouble(lines -> lines.size() * LINE_HEIGHT + 2 * PADDING)
                .toArray();
        LayeredLayout layout = new LayeredLayout(
                graph.planned().stream().map(PlannedStage::parents).toList(), widths, heights);
        String width = number(layout.width() + 2 * MARGIN);
        String height = number(layout.height() + 2 * MARGIN);
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"kl\" role=\"img\" width=\"")
                .append(width);
        svg.append("\" height=\"").append(height).append("\" viewBox=\"0 0 ");
        svg.append(width).append(' ').append(height).append("\">\n<title>Lineage: ");
        int stages = graph.planned().size();
        svg.append(stages).append(stages == 1 ? " stage" : " stages").append("</title>\n<style>\n");
        svg.append(STYLE).append("</style>\n<rect class=\"kl-ground\" width=\"100%\" height=\"100%\"/>\n");
        svg.append("<g transform=\"translate(")
                .append(number(MARGIN))
                .append(' ')
                .append(number(MARGIN))
                .append(")\">\n");
        layout.arrows().forEach(arrow -> draw(arrow, svg));
        for (PlannedStage stage : graph.planned()) {
            int box = stage.id();
            draw(stage, boxes.get(box), layout.left(box), layout.top(box), widths[box], heights[box], svg);
        }
        return svg.append("</g>\n</svg>\n").toString();
    }

    // ---- what stands in a box ---------------------------------------------------------------------------------------

    private static List<Line> linesOf(PlannedStage stage) {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(stage.title(), "kl-title"));
        stage.skip().ifPresent(why -> lines.add(new Line("skipped: " + why, "kl-dim")));
        stage.calls().forEach(call -> lines.add(new Line(call.toString(), "")));
        stage.output().ifPresent(output -> lines.add(new Line("\u2192 " + output, "kl-dim")));
        for (String note : stage.notes()) {
            wrapped("note: " + note).forEach(line -> lines.add(new Line(line, "kl-note")));
        }
        return lines;
    }

    private static double widthOf(List<Line> lines) {
        int columns =
                lines.stream().mapToInt(line -> columns(cut(line.text()))).max().orElse(0);
        return columns * COLUMN_WIDTH + 2 * PADDING;
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() > 0 && columns(line.toString()) + 1 + columns(word) > MAX_COLUMNS) {
                lines.add(line.toString());
                line.setLength(0);
                line.append("  ");
            } else if (line.length() > 0) {
                line.append(' ');
            }
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private static String cut(String text) {
        if (columns(text) <= MAX_COLUMNS) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        int columns = 0;
        for (int c : text.codePoints().toArray()) {
            columns += columns(c);
            if (columns >= MAX_COLUMNS) {
                break;
            }
            kept.appendCodePoint(c);
        }
        return kept.append('\u2026').toString();
    }

    private static int columns(String text) {
        return text.codePoints().map(LineageSvg::columns).sum();
    }

    /** East Asian characters and pictures are twice as wide as others. */
    private static int columns(int c) {
        boolean isWide = c >= 0x1100 && c <= 0x115f
                || c >= 0x2e80 && c <= 0xa4cf
                || c >= 0xac00 && c <= 0xd7a3
                || c >= 0xf900 && c <= 0xfaff
                || c >= 0xff00 && c <= 0xff60
                || c >= 0x1f000;
        return isWide ? 2 : 1;
    }

    // ---- drawing ----------------------------------------------------------------------------------------------------

    private static void draw(
            PlannedStage stage,
            List<Line> lines,
            double left,
            double top,
            double width,
            double height,
            StringBuilder svg) {
        svg.append("<g id=\"kl-stage-").append(stage.id()).append('"');
        svg.append(stage.skip().isPresent() ? " class=\"kl-skipped\">\n" : ">\n");
        svg.append("<rect class=\"kl-box\" rx=\"5\" x=\"")
                .append(number(left))
                .append("\" y=\"")
                .append(number(top));
        svg.append("\" width=\"")
                .append(number(width))
                .append("\" height=\"")
                .append(number(height))
                .append("\"/>\n");
        double baseline = top + PADDING + LINE_HEIGHT * 0.75;
        for (Line line : lines) {
            String shown = cut(line.text());
            svg.append("<text x=\"")
                    .append(number(left + PADDING))
                    .append("\" y=\"")
                    .append(number(baseline))
                    .append('"');
            svg.append(line.kind().isEmpty() ? "" : " class=\"" + line.kind() + "\"")
                    .append('>');
            if (!shown.equals(line.text())) {
                svg.append("<title>").append(escaped(line.text())).append("</title>");
            }
            svg.append(escaped(shown)).append("</text>\n");
            baseline += LINE_HEIGHT;
        }
        svg.append("</g>\n");
    }

    private static void draw(LayeredLayout.Arrow arrow, StringBuilder svg) {
        List<double[]> points = arrow.points();
        double[] from = points.get(0);
        svg.append("<path class=\"kl-arrow\" d=\"M").append(point(from));
        for (int i = 1; i < points.size(); i++) {
            double[] to = points.get(i);
            boolean isInGap = i % 2 == 0;
            if (isInGap) {
                svg.append(" L").append(point(to));
            } else {
                double middle = (from[1] + to[1]) / 2;
                svg.append(" C").append(point(from[0], middle)).append(' ');
                svg.append(point(to[0], middle)).append(' ').append(point(to));
            }
            from = to;
        }
        svg.append("\"/>\n<path class=\"kl-head\" d=\"M").append(point(from[0] - 4, from[1] - 8));
        svg.append(" L")
                .append(point(from))
                .append(" L")
                .append(point(from[0] + 4, from[1] - 8))
                .append("z\"/>\n");
    }

    private static String point(double... xy) {
        return number(xy[0]) + " " + number(xy[1]);
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /** What XML cannot hold at all becomes a replacement character. */
    private static String escaped(String text) {
        StringBuilder xml = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> xml.append("&amp;");
                case '<' -> xml.append("&lt;");
                case '>' -> xml.append("&gt;");
                case '"' -> xml.append("&quot;");
                case '\'' -> xml.append("&#39;");
                default -> {
                    boolean isAllowed = c >= 0x20 && c < 0x7f
                            || c >= 0xa0 && c <= 0xd7ff
                            || c >= 0xe000 && c <= 0xfffd
                            || c >= 0x10000;
                    xml.appendCodePoint(isAllowed ? c : 0xfffd);
                }
            }
        });
        return xml.toString();
    }
}
