package dev.kindling.util;

import java.util.Locale;

/** Sizes in bytes as people write and read them: {@code 64m}, {@code 1.5 MiB}. */
public final class ByteSizes {
    private static final String UNITS = "kmgtp";

    private ByteSizes() {}

    /**
     * Bytes of {@code 65536}, {@code 64k}, {@code 64kb}, {@code 64 KiB}, {@code 1.5g}: every unit is a power of 1024.
     *
     * @throws NumberFormatException when it is none of these, negative, or beyond a {@code long}
     */
    public static long parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        int unitAt = lower.length();
        while (unitAt > 0 && Character.isLetter(lower.charAt(unitAt - 1))) {
            unitAt--;
        }
        String number = lower.substring(0, unitAt).strip();
        long factor = factor(lower.substring(unitAt), text);
        long bytes = number.contains(".") ? (long) (Double.parseDouble(number) * factor) : times(number, factor);
        if (bytes < 0 || number.startsWith("-")) {
            throw new NumberFormatException(text);
        }
        return bytes;
    }

    private static long times(String number, long factor) {
        try {
            return Math.multiplyExact(Long.parseLong(number), factor);
        } catch (ArithmeticException e) {
            throw new NumberFormatException(number);
        }
    }

    private static long factor(String unit, String text) {
        if (unit.isEmpty() || unit.equals("b")) {
            return 1;
        }
        int power = UNITS.indexOf(unit.charAt(0)) + 1;
        String rest = unit.substring(1);
        if (power == 0 || !rest.isEmpty() && !rest.equals("b") && !rest.equals("ib")) {
            throw new NumberFormatException(text);
        }
        return 1L << (10 * power);
    }

    /** For people, to three digits or so: {@code 0 B}, {@code 999 B}, {@code 1.5 MiB}, {@code 12 GiB}. */
    public static String format(long bytes) {
        long magnitude = Math.abs(bytes);
        if (magnitude < 1024) {
            return bytes + " B";
        }
        int power = Math.min(UNITS.length(), (63 - Long.numberOfLeadingZeros(magnitude)) / 10);
        double scaled = (double) bytes / (1L << (10 * power));
        String number = Math.abs(scaled) < 9.95 && scaled != Math.rint(scaled)
                ? String.format(Locale.ROOT, "%.1f", scaled)
                : String.valueOf(Math.round(scaled));
        return number + " " + Character.toUpperCase(UNITS.charAt(power - 1)) + "iB";
    }

    /** The shortest form that {@link #parse} reads back to the very same number: {@code 64m}, {@code 1000}. */
    public static String formatExactly(long bytes) {
        int power = 0;
        long left = bytes;
        while (left != 0 && left % 1024 == 0 && power < UNITS.length()) {
            left /= 1024;
            power++;
        }
        return power == 0 ? String.valueOf(bytes) : left + UNITS.substring(power - 1, power);
    }
}
