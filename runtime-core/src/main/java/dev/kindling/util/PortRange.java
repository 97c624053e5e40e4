package dev.kindling.util;

/**
 * Ports to choose from: {@code 0} for any free one, {@code 7337} for this one, {@code 40000-40100} for the first of them
 * that is free.
 *
 * @param first the lowest port, or 0
 * @param last the highest port, included
 */
public record PortRange(int first, int last) {
    /** Whatever port is free. */
    public static final PortRange ANY = new PortRange(0, 0);

    private static final int MAX_PORT = 65_535;

    public PortRange {
        if (first < 0 || last > MAX_PORT || last < first || first == 0 && last != 0) {
            throw new IllegalArgumentException(
                    "ports are 0, or one of 1 to " + MAX_PORT + ", or two of them as in 40000-40100");
        }
    }

    /** @throws IllegalArgumentException when it is none */
    public static PortRange parse(String text) {
        int dash = text.indexOf('-');
        return dash < 0
                ? new PortRange(Integer.parseInt(text), Integer.parseInt(text))
                : new PortRange(Integer.parseInt(text.substring(0, dash)), Integer.parseInt(text.substring(dash + 1)));
    }

    @Override
    public String toString() {
        return first == last ? String.valueOf(first) : first + "-" + last;
    }
}
