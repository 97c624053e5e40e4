package dev.kindling.driver.lineage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Places boxes in rows so that every arrow points down: a box stands right above the first one that needs it, an arrow
 * that passes rows gets a gap in each, and rows are ordered so that few arrows cross. Sugiyama's method with
 * barycenters; linear in boxes and gaps for each sweep.
 */
public final class LayeredLayout {
    private static final int SWEEPS = 4;
    private static final double GAP_WIDTH = 18;
    private static final double COLUMN_SPACE = 28;
    private static final double ROW_SPACE = 44;

    /** A box, or the gap of an arrow; {@code box} is -1 for a gap. */
    private static final class Place {
        final int box;
        final int row;
        final double width;
        final List<Place> above = new ArrayList<>();
        final List<Place> below = new ArrayList<>();
        double center;
        double rank;

        Place(int box, int row, double width) {
            this.box = box;
            this.row = row;
            this.width = width;
        }
    }

    /** An arrow: the points that it passes, two for each row between its ends, and both ends. */
    public record Arrow(int from, int to, List<double[]> points) {}

    private final double[] widths;
    private final double[] heights;
    private final Place[] places;
    private final List<List<Place>> rows = new ArrayList<>();
    private final List<List<Place>> arrows = new ArrayList<>();
    private double[] rowTops;
    private double[] rowHeights;
    private double width;

    /** @param parents of each box, all of lower numbers */
    public LayeredLayout(List<List<Integer>> parents, double[] widths, double[] heights) {
        this.widths = widths.clone();
        this.heights = heights.clone();
        places = new Place[parents.size()];
        int[] rowOf = rowsOf(parents);
        for (int box = 0; box < places.length; box++) {
            places[box] = place(box, rowOf[box], widths[box]);
        }
        for (int box = 0; box < places.length; box++) {
            for (int parent : parents.get(box)) {
                connect(places[parent], places[box]);
            }
        }
        order();
        position();
    }

    private static int[] rowsOf(List<List<Integer>> parents) {
        int[] rowOf = new int[parents.size()];
        for (int box = 0; box < rowOf.length; box++) {
            for (int parent : parents.get(box)) {
                rowOf[box] = Math.max(rowOf[box], rowOf[parent] + 1);
            }
        }
        int[] firstReader = new int[rowOf.length];
        Arrays.fill(firstReader, Integer.MAX_VALUE);
        for (int box = rowOf.length - 1; box >= 0; box--) {
            if (firstReader[box] < Integer.MAX_VALUE) {
                rowOf[box] = firstReader[box] - 1;
            }
            for (int parent : parents.get(box)) {
                firstReader[parent] = Math.min(firstReader[parent], rowOf[box]);
            }
        }
        return rowOf;
    }

    private Place place(int box, int row, double placeWidth) {
        while (rows.size() <= row) {
            rows.add(new ArrayList<>());
        }
        Place place = new Place(box, row, placeWidth);
        place.rank = rows.get(row).size();
        rows.get(row).add(place);
        return place;
    }

    private void connect(Place from, Place to) {
        List<Place> arrow = new ArrayList<>(List.of(from));
        Place last = from;
        for (int row = from.row + 1; row <= to.row; row++) {
            Place next = row == to.row ? to : place(-1, row, GAP_WIDTH);
            last.below.add(next);
            next.above.add(last);
            arrow.add(next);
            last = next;
        }
        arrows.add(arrow);
    }

    private void order() {
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            boolean isDown = sweep % 2 == 0;
            for (int i = 0; i < rows.size(); i++) {
                List<Place> row = rows.get(isDown ? i : rows.size() - 1 - i);
                for (Place place : row) {
                    List<Place> others = isDown ? place.above : place.below;
                    place.rank = others.stream()
                            .mapToDouble(other -> other.rank)
                            .average()
                            .orElse(place.rank);
                }
                row.sort(Comparator.comparingDouble(place -> place.rank));
                for (int at = 0; at < row.size(); at++) {
                    row.get(at).rank = at;
                }
            }
        }
    }

    private void position() {
        rowTops = new double[rows.size()];
        rowHeights = new double[rows.size()];
        double[] rowWidths = new double[rows.size()];
        double top = 0;
        for (int i = 0; i < rows.size(); i++) {
            for (Place place : rows.get(i)) {
                rowWidths[i] += place.width + (rowWidths[i] == 0 ? 0 : COLUMN_SPACE);
                rowHeights[i] = Math.max(rowHeights[i], place.box < 0 ? 0 : heights[place.box]);
            }
            rowTops[i] = top;
            top += rowHeights[i] + ROW_SPACE;
            width = Math.max(width, rowWidths[i]);
        }
        for (int i = 0; i < rows.size(); i++) {
            double left = (width - rowWidths[i]) / 2;
            for (Place place : rows.get(i)) {
                place.center = left + place.width / 2;
                left += place.width + COLUMN_SPACE;
            }
        }
    }

    public double width() {
        return width;
    }

    public double height() {
        return rows.isEmpty() ? 0 : rowTops[rows.size() - 1] + rowHeights[rows.size() - 1];
    }

    public double left(int box) {
        return places[box].center - widths[box] / 2;
    }

    public double top(int box) {
        return rowTops[places[box].row];
    }

    public List<Arrow> arrows() {
        List<Arrow> found = new ArrayList<>();
        for (List<Place> path : arrows) {
            Place from = path.get(0);
            Place to = path.get(path.size() - 1);
            List<double[]> points = new ArrayList<>();
            points.add(new double[] {from.center, rowTops[from.row] + heights[from.box]});
            for (Place gap : path.subList(1, path.size() - 1)) {
                points.add(new double[] {gap.center, rowTops[gap.row]});
                points.add(new double[] {gap.center, rowTops[gap.row] + rowHeights[gap.row]});
            }
            points.add(new double[] {to.center, rowTops[to.row]});
            found.add(new Arrow(from.box, to.box, points));
        }
        return found;
    }
}
