package dev.kindling.config;

import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import dev.kindling.util.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How the values of a key are written. A switch, where functions would be the usual way: keys are declared at every
 * start, and sixteen functions that are met for the first time take as long as a job of two tasks.
 *
 * @param name for people: {@code whole number}, {@code size}
 * @param words those that are allowed, of {@link Kind#WORD}
 */
record KeyType(Kind kind, String name, List<String> words) {
    enum Kind {
        INT,
        LONG,
        DOUBLE,
        BOOLEAN,
        MILLIS,
        BYTES,
        TEXT,
        WORD,
        PORTS,
        LIST
    }

    static KeyType of(Kind kind, String name) {
        return new KeyType(kind, name, List.of());
    }

    static KeyType oneOf(String... words) {
        return new KeyType(Kind.WORD, String.join(" or ", words), List.of(words));
    }

    /**
     * The value of a text.
     *
     * @throws IllegalArgumentException when the text is not of the type
     */
    Object parse(String text) {
        return switch (kind) {
            case INT -> Integer.valueOf(text);
            case LONG -> Long.valueOf(text);
            case DOUBLE -> parseDouble(text);
            case BOOLEAN -> parseBoolean(text);
            case MILLIS -> Durations.parseMs(text);
            case BYTES -> ByteSizes.parse(text);
            case TEXT -> text;
            case WORD -> parseWord(text);
            case PORTS -> PortRange.parse(text);
            case LIST -> parseList(text);
        };
    }

    /** As one would write it, read back by {@link #parse}. */
    String format(Object value) {
        return switch (kind) {
            case MILLIS -> value + "ms";
            case BYTES -> ByteSizes.formatExactly((Long) value);
            case LIST -> String.join(",", texts(value));
            case INT, LONG, DOUBLE, BOOLEAN, TEXT, WORD, PORTS -> value.toString();
        };
    }

    /** Negative, 0 or positive, of the kinds that have an order. */
    int compare(Object value, Object other) {
        return switch (kind) {
            case INT -> Integer.compare((Integer) value, (Integer) other);
            case LONG, MILLIS, BYTES -> Long.compare((Long) value, (Long) other);
            case DOUBLE -> Double.compare((Double) value, (Double) other);
            case BOOLEAN, TEXT, WORD, PORTS, LIST ->
                throw new IllegalStateException("bounds of a " + name + " mean nothing");
        };
    }

    @SuppressWarnings("unchecked") // as parseList made it
    private static List<String> texts(Object value) {
        return (List<String>) value;
    }

    private static double parseDouble(String text) {
        double value = Double.parseDouble(text);
        if (Double.isNaN(value)) {
            throw new NumberFormatException(text);
        }
        return value;
    }

    private static boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private String parseWord(String text) {
        for (String word : words) {
            if (word.equalsIgnoreCase(text)) {
                return word;
            }
        }
        throw new IllegalArgumentException(text);
    }

    private static List<String> parseList(String text) {
        List<String> items = new ArrayList<>();
        for (String item : text.split(",")) {
            if (!item.isBlank()) {
                items.add(item.strip());
            }
        }
        return List.copyOf(items);
    }
}
