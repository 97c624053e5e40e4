package dev.kindling.api;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Settings of an application, by name. Open until a context is made from it, which keeps a copy of its own and checks
 * the names: an unknown {@code kindling.*} key is refused there. A new one starts with the {@code kindling.*} system
 * properties, which is how a launcher hands its options to a program. Not safe for two threads.
 */
public final class KindlingConf implements Cloneable {
    /** Where to run, such as {@code local[2]}. */
    public static final Key<String> MASTER =
            new Key<>("kindling.master", String.class, "local[*]", "Where the executors run.");

    /** What people see the application called. */
    public static final Key<String> APP_NAME =
            new Key<>("kindling.app.name", String.class, "kindling", "The application's name, for people.");

    private static final String KRYO_CLASSES = "kindling.kryo.classesToRegister";

    private final TreeMap<String, String> values = new TreeMap<>();

    public KindlingConf() {
        this(true);
    }

    /** @param loadDefaults whether to start with the {@code kindling.*} system properties */
    public KindlingConf(boolean loadDefaults) {
        if (loadDefaults) {
            Properties system = System.getProperties();
            for (String name : system.stringPropertyNames()) {
                if (name.startsWith("kindling.")) {
                    values.put(name, system.getProperty(name));
                }
            }
        }
    }

    /** The settings of a properties file; system properties are not looked at. */
    public static KindlingConf load(Path properties) {
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(properties)) {
            read.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot read settings from " + properties + ": " + e + "; give a readable file of key=value lines",
                    e);
        }
        KindlingConf conf = new KindlingConf(false);
        read.stringPropertyNames()
                .forEach(name -> conf.set(name, read.getProperty(name).trim()));
        return conf;
    }

    public KindlingConf setMaster(String master) {
        return set(MASTER, master);
    }

    public KindlingConf setAppName(String name) {
        return set(APP_NAME, name);
    }

    /** Jars of the program and of what it uses, for every executor; in the place of those set before. */
    public KindlingConf setJars(String... jars) {
        return set("kindling.jars", String.join(",", jars));
    }

    /**
     * Classes of the program's rows, added to those named before. Rows need no registration here; a class that is named
     * is checked when the application starts, and one that cannot be serialized is refused then.
     */
    public KindlingConf registerKryoClasses(Class<?>... classes) {
        Stream<String> before = Stream.of(get(KRYO_CLASSES, "").split(",")).filter(name -> !name.isBlank());
        return set(
                KRYO_CLASSES,
                Stream.concat(before, Stream.of(classes).map(Class::getName))
                        .distinct()
                        .collect(Collectors.joining(",")));
    }

    public KindlingConf set(String key, String value) {
        if (key == null || value == null) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    key == null ? "a setting's key is null" : "the value of " + key + " is null; use remove(key)");
        }
        values.put(key, value);
        return this;
    }

    public <T> KindlingConf set(Key<T> key, T value) {
        return set(key.name(), value instanceof Duration duration ? duration.toMillis() + "ms" : String.valueOf(value));
    }

    public KindlingConf setIfMissing(String key, String value) {
        return values.containsKey(key) ? this : set(key, value);
    }

    public KindlingConf setAll(Map<String, String> all) {
        all.forEach(this::set);
        return this;
    }

    public KindlingConf remove(String key) {
        values.remove(key);
        return this;
    }

    public boolean contains(String key) {
        return values.containsKey(key);
    }

    /** Fails for a key that is not set. */
    public String get(String key) {
        return find(key)
                .orElseThrow(() -> new KindlingException(
                        ErrorCode.BAD_CONFIGURATION,
                        key + " is not set; set it, or give a default with get(key, otherwise)"));
    }

    public String get(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    /** The value in the key's own type, or the key's default. */
    public <T> T get(Key<T> key) {
        String text = values.get(key.name());
        return text == null ? key.defaultValue() : key.parse(text);
    }

    public int getInt(String key, int otherwise) {
        return get(new Key<>(key, Integer.class, otherwise, ""));
    }

    public long getLong(String key, long otherwise) {
        return get(new Key<>(key, Long.class, otherwise, ""));
    }

    public double getDouble(String key, double otherwise) {
        return get(new Key<>(key, Double.class, otherwise, ""));
    }

    public boolean getBoolean(String key, boolean otherwise) {
        return get(new Key<>(key, Boolean.class, otherwise, ""));
    }

    /** A number of bytes; {@code 64k}, {@code 64kb}, {@code 1m}, {@code 2g}, {@code 1t} mean powers of 1024. */
    public long getSizeAsBytes(String key, String otherwise) {
        return parseBytes(key, get(key, otherwise));
    }

    /** A time such as {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h}; a bare number means milliseconds. */
    public Duration getDuration(String key, String otherwise) {
        return parseDuration(key, get(key, otherwise));
    }

    /** A copy, sorted by key. */
    public Map<String, String> getAll() {
        return Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /** One {@code key=value} a line; values of keys that speak of secrets are left out. */
    public String toDebugString() {
        return values.entrySet().stream()
                .map(e -> e.getKey() + "=" + (isSecret(e.getKey()) ? "(not shown)" : e.getValue()))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public KindlingConf clone() {
        return new KindlingConf(false).setAll(values);
    }

    @Override
    public String toString() {
        return toDebugString().replace('\n', ' ');
    }

    private Optional<String> find(String key) {
        return Optional.ofNullable(values.get(key));
    }

    private static boolean isSecret(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        return lower.contains("secret") || lower.contains("password") || lower.contains("token");
    }

    private static long parseBytes(String key, String text) {
        String lower = text.trim().toLowerCase(Locale.ROOT);
        int digits = leadingDigits(lower);
        int shift = switch (lower.substring(digits).trim()) {
            case "", "b" -> 0;
            case "k", "kb", "kib" -> 10;
            case "m", "mb", "mib" -> 20;
            case "g", "gb", "gib" -> 30;
            case "t", "tb", "tib" -> 40;
            default -> -1;
        };
        if (digits == 0 || digits > 18 || shift < 0) {
            throw notA("size", key, text, "a number of bytes such as 1048576, 64k, 512m or 2g");
        }
        try {
            return Math.multiplyExact(Long.parseLong(lower.substring(0, digits)), 1L << shift);
        } catch (ArithmeticException e) {
            throw notA("size", key, text, "less than 8 exabytes");
        }
    }

    private static Duration parseDuration(String key, String text) {
        String lower = text.trim().toLowerCase(Locale.ROOT);
        int digits = leadingDigits(lower);
        long unitMs = switch (lower.substring(digits).trim()) {
            case "", "ms" -> 1;
            case "s" -> 1_000;
            case "m", "min" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> -1;
        };
        if (digits == 0 || digits > 12 || unitMs < 0) {
            throw notA("time", key, text, "a time such as 500ms, 10s, 5m or 2h");
        }
        return Duration.ofMillis(Long.parseLong(lower.substring(0, digits)) * unitMs);
    }

    private static int leadingDigits(String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private static KindlingException notA(String kind, String key, String text, String expected) {
        return new KindlingException(
                ErrorCode.BAD_CONFIGURATION,
                key + " is '" + (isSecret(key) ? "(not shown)" : text) + "', which is not a " + kind + "; use "
                        + expected);
    }

    /**
     * A setting with a type.
     *
     * @param type {@code String}, {@code Integer}, {@code Long}, {@code Double}, {@code Boolean}, {@code Duration}
     * @param doc one sentence for the manual
     */
    public record Key<T>(String name, Class<T> type, T defaultValue, String doc) {
        private T parse(String text) {
            return type.cast(parseObject(text.trim()));
        }

        private Object parseObject(String text) {
            try {
                if (type == String.class) {
                    return text;
                } else if (type == Integer.class) {
                    return Integer.valueOf(text);
                } else if (type == Long.class) {
                    return Long.valueOf(text);
                } else if (type == Double.class) {
                    return Double.valueOf(text);
                }
            } catch (NumberFormatException e) {
                throw notA("number", name, text, "a value of type " + type.getSimpleName());
            }
            if (type == Duration.class) {
                return parseDuration(name, text);
            }
            if (type == Boolean.class && (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"))) {
                return Boolean.valueOf(text);
            }
            throw notA(type.getSimpleName(), name, text, "a value of type " + type.getSimpleName());
        }
    }
}
