package dev.kindling.util;

import java.util.Locale;

/** Times in milliseconds as people write and read them: {@code 500ms}, {@code 1.2 s}, {@code 2 min 5 s}. */
public final class Durations {
    private Durations() {}

    /**
     * Milliseconds of {@code 4000}, {@code 4000ms}, {@code 4s}, {@code 2m}, {@code 2min}, {@code 1h}, {@code 1d}.
     *
     * @throws NumberFormatException when it is none of these, or beyond a {@code long}
     */
    public static long parseMs(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        int unitAt = lower.length();
        while (unitAt > 0 && Character.isLetter(lower.charAt(unitAt - 1))) {
            unitAt--;
        }
        long unitMs = switch (lower.substring(unitAt)) {
            case "", "ms" -> 1;
            case "s", "sec" -> 1_000;
            case "m", "min" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> throw new NumberFormatException(text);
        };
        try {
            return Math.multiplyExact(Long.parseLong(lower.substring(0, unitAt).strip()), unitMs);
        } catch (ArithmeticException e) {
            throw new NumberFormatException(text);
        }
    }

    /** For people: {@code 7 ms}, {@code 1.2 s}, {@code 2 min 5 s}, {@code 3 h 20 min}. */
    public static String format(long ms) {
        if (ms < 1_000) {
            return ms + " ms";
        }
        if (ms < 60_000) {
            long tenths = (ms + 50) / 100;
            return tenths / 10 + "." + tenths % 10 + " s";
        }
        long seconds = ms / 1_000;
        return seconds < 3_600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3_600 + " h " + seconds / 60 % 60 + " min";
    }
}
