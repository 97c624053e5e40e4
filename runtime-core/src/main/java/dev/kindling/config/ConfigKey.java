package dev.kindling.config;

import dev.kindling.util.PortRange;
import java.util.List;
import java.util.Optional;

/**
 * One setting: name, type, default, bounds and what it is for. Declared as a constant in the list of its area:
 *
 * <pre>{@code
 * static final ConfigKey<Long> FETCH_TIMEOUT_MS = ConfigKey.millis("kindling.fetch.timeoutMs")
 *         .defaultsTo(4_000L).between(100L, 600_000L)
 *         .doc("How long one block request may stay unanswered before it is tried again.");
 * }</pre>
 *
 * @param <T> what its values are in the program
 */
public final class ConfigKey<T> {
    /** Stands in the name of a family of keys for a name that the user chooses. */
    static final String ANY = "<name>";

    private final Draft<T> draft;
    private final String doc;

    private ConfigKey(Draft<T> draft, String doc) {
        this.draft = draft;
        this.doc = doc;
    }

    /** A whole number such as {@code 4}. */
    public static Draft<Integer> ints(String name) {
        return new Draft<>(name, KeyType.of(KeyType.Kind.INT, "whole number"));
    }

    /** A whole number that may be beyond an {@code int}. */
    public static Draft<Long> longs(String name) {
        return new Draft<>(name, KeyType.of(KeyType.Kind.LONG, "whole number"));
    }

    /** A number such as {@code 0.5}. */
    public static Draft<Double> doubles(String name) {
        return new Draft<>(name, KeyType.of(KeyType.Kind.DOUBLE, "number"));
    }

    /** {@code true} or {@code false}. */
    public static Draft<Boolean> booleans(String name) {
        return new Draft<>(name, KeyType.of(KeyType.Kind.BOOLEAN, "true or false"));
    }

    /** Milliseconds, written {@code 4000}, {@code 500ms}, {@code 4s}, {@code 2min}. */
    public static Draft<Long> millis(String name) {
        return new Draft<>(name, KeyType.of(KeyType.Kind.MILLIS, "time"));
    }

    /** Bytes, written {@code 65536}, {@code 64k}, {@code 1g}. */
    public static Draft<Long> bytes(String name) {
        return new Draft<>(name, KeyType.of(KeyType.Kind.BYTES, "size"));
    }

    /** Any text. */
    public static Draft<String> string(String name) {
        return new Draft<>(name, KeyType.of(KeyType.Kind.TEXT, "text"));
    }

    /** One of these words, in any case. */
    public static Draft<String> oneOf(String name, String... words) {
        return new Draft<>(name, KeyType.oneOf(words));
    }

    /** Ports to choose from, written {@code 0}, {@code 7337}, {@code 40000-40100}. */
    public static Draft<PortRange> ports(String name) {
        return new Draft<>(name, KeyType.of(KeyType.Kind.PORTS, "ports"));
    }

    /** Texts with commas between. */
    public static Draft<List<String>> list(String name) {
        return new Draft<>(name, KeyType.of(KeyType.Kind.LIST, "list"));
    }

    public String name() {
        return draft.name;
    }

    /** Whether it stands for many keys: in their names there is something else in the place of {@value #ANY}. */
    boolean isFamily() {
        return draft.name.contains(ANY);
    }

    /** What a name of this family has in the place of {@value #ANY}; empty when it does not belong to the family. */
    Optional<String> memberOf(String name) {
        int start = draft.name.indexOf(ANY);
        String end = draft.name.substring(start + ANY.length());
        int memberEnd = name.length() - end.length();
        return name.startsWith(draft.name.substring(0, start)) && name.endsWith(end) && start < memberEnd
                ? Optional.of(name.substring(start, memberEnd))
                : Optional.empty();
    }

    /** What values look like, for people: {@code whole number}, {@code size}. */
    public String typeName() {
        return draft.type.name();
    }

    public T defaultValue() {
        return draft.defaultValue;
    }

    /** The default as one would write it; empty for an empty text or list. */
    public String defaultText() {
        return draft.type.format(draft.defaultValue);
    }

    /** The allowed values, for people, such as {@code 100ms to 600000ms}; empty when any value of the type will do. */
    public String bounds() {
        return draft.bounds();
    }

    public String doc() {
        return doc;
    }

    /** A value as one would write it, read back by {@link #parse}. */
    public String format(T value) {
        return draft.type.format(value);
    }

    /**
     * The value of a text.
     *
     * @throws IllegalArgumentException when the text is not of the type or out of bounds
     */
    T parse(String text) {
        @SuppressWarnings("unchecked") // the types of draft and text are declared in one place, above
        T value = (T) draft.type.parse(text.strip());
        if (!draft.allows(value)) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    @Override
    public String toString() {
        return draft.name;
    }

    /** A key being declared; {@link #doc} ends it. */
    public static final class Draft<T> {
        private final String name;
        private final KeyType type;
        private T defaultValue;
        private T least;
        private T most;

        private Draft(String name, KeyType type) {
            this.name = name;
            this.type = type;
        }

        public Draft<T> defaultsTo(T value) {
            defaultValue = value;
            return this;
        }

        /** Both bounds are allowed values. */
        public Draft<T> between(T least, T most) {
            this.least = least;
            this.most = most;
            return this;
        }

        public Draft<T> atLeast(T least) {
            this.least = least;
            return this;
        }

        /** Ends the declaration with a sentence or two saying what the setting does and when to change it. */
        public ConfigKey<T> doc(String doc) {
            if (defaultValue == null || !allows(defaultValue) || doc.isBlank()) {
                throw new IllegalStateException(name + " needs a default within its bounds and a doc");
            }
            return new ConfigKey<>(this, doc);
        }

        private boolean allows(T value) {
            return (least == null || type.compare(value, least) >= 0)
                    && (most == null || type.compare(value, most) <= 0);
        }

        private String bounds() {
            if (least == null) {
                return "";
            }
            return most == null ? type.format(least) + " or more" : type.format(least) + " to " + type.format(most);
        }
    }
}
