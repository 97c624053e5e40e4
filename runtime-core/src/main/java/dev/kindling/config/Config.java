package dev.kindling.config;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.util.NearestNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The settings of one application, parsed and checked once, unchangeable from then on. Looked up at start and put into
 * small records; never in a loop. Safe for many threads.
 *
 * <p>{@code kindling.*} keys must be declared. {@code spark.*} keys with a counterpart stand for it, the others are
 * warned about and ignored. Other keys belong to the user's program and are carried along.
 */
public final class Config {
    private static final Pattern SECRET = Pattern.compile("(?i)secret|password|token|key|credential");
    private static final String MASK = "***";

    private final SortedMap<String, String> entries;
    /** By the names that were set. */
    private final SortedMap<String, Object> values;

    private final List<String> warnings;

    private Config(SortedMap<String, String> entries, SortedMap<String, Object> values, List<String> warnings) {
        this.entries = entries;
        this.values = values;
        this.warnings = List.copyOf(warnings);
    }

    /** Every key at its default. */
    public static Config defaults() {
        return parse(Map.of());
    }

    /**
     * Checks and parses all entries.
     *
     * @throws KindlingException {@code BAD_CONFIGURATION} naming every unknown key and every bad value
     */
    public static Config parse(Map<String, String> raw) {
        List<String> warnings = new ArrayList<>();
        return parse(SparkAliases.translate(raw, warnings), warnings);
    }

    private static Config parse(SortedMap<String, String> entries, List<String> warnings) {
        SortedMap<String, Object> values = new TreeMap<>();
        List<String> errors = new ArrayList<>();
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            if (entry.getKey().startsWith("kindling.")) {
                parseOne(entry.getKey(), entry.getValue(), values, errors);
            }
        }
        if (!errors.isEmpty()) {
            throw new KindlingException(ErrorCode.BAD_CONFIGURATION, String.join("\n", errors));
        }
        return new Config(entries, values, warnings);
    }

    private static void parseOne(String name, String text, SortedMap<String, Object> values, List<String> errors) {
        ConfigKey<?> key = ConfigKeys.find(name).orElse(null);
        if (key == null) {
            errors.add("unknown key " + name + "; the nearest are "
                    + String.join(
                            ", ", NearestNames.of(name, ConfigKeys.byName().keySet(), 3)));
            return;
        }
        try {
            values.put(name, key.parse(text));
        } catch (IllegalArgumentException e) {
            errors.add(name + " = '" + shown(name, text) + "' cannot be used; allowed: " + key.typeName()
                    + (key.bounds().isEmpty() ? "" : " from " + key.bounds()) + "; default: "
                    + (key.defaultText().isEmpty() ? "empty" : key.defaultText()));
        }
    }

    /** The value set, or the key's default. */
    @SuppressWarnings("unchecked") // parseOne puts under each key what that very key parsed
    public <T> T get(ConfigKey<T> key) {
        Object value = values.get(key.name());
        return value == null ? key.defaultValue() : (T) value;
    }

    /** The values set of a family of keys, by what stands for {@code <name>} in theirs. */
    @SuppressWarnings("unchecked") // parseOne puts under each name what its key parsed
    public <T> SortedMap<String, T> members(ConfigKey<T> family) {
        SortedMap<String, T> members = new TreeMap<>();
        values.forEach((name, value) -> family.memberOf(name).ifPresent(member -> members.put(member, (T) value)));
        return members;
    }

    /** Whether somebody set the key, be it to its default. */
    public boolean isSet(ConfigKey<?> key) {
        return values.containsKey(key.name());
    }

    /** What was set, {@code spark.*} names translated: parsing it again, in another process, gives the same settings. */
    public SortedMap<String, String> entries() {
        return new TreeMap<>(entries);
    }

    /** What the user should be told at start, one sentence each. */
    public List<String> warnings() {
        return warnings;
    }

    /** This, with more entries, which win over those that are here. */
    public Config with(Map<String, String> more) {
        List<String> allWarnings = new ArrayList<>(warnings);
        SortedMap<String, String> all = new TreeMap<>(entries);
        all.putAll(SparkAliases.translate(more, allWarnings));
        return parse(all, allWarnings);
    }

    /** What was set, one {@code key = value} a line, secrets masked. */
    public String describe() {
        StringBuilder lines = new StringBuilder();
        shown().forEach((name, value) ->
                lines.append(name).append(" = ").append(value).append('\n'));
        return lines.toString();
    }

    /** What was set, secrets masked. */
    public SortedMap<String, String> shown() {
        SortedMap<String, String> shown = new TreeMap<>();
        entries.forEach((name, value) -> shown.put(name, shown(name, value)));
        return shown;
    }

    @Override
    public String toString() {
        return describe();
    }

    /** The value, or a mask when its name or itself sounds like a secret. */
    static String shown(String name, String value) {
        return SECRET.matcher(name).find() || SECRET.matcher(value).find() ? MASK : value;
    }
}
