package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The settings with which the stores of this process reach other systems: those of its applications, which must agree
 * in them, for a path alone says which store serves it. A process in which no application runs has the defaults. Safe
 * for many threads.
 */
public final class StorageSettings {
    private static final List<String> PREFIXES = List.of("kindling.hadoop.", "kindling.s3.");

    private static final String IDENTITY_PREFIX = "aws.";

    private static Config current = Config.defaults();
    private static int uses;

    private StorageSettings() {}

    /** One application's claim on the settings; closing it, once, gives it up. */
    public interface Use extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Takes an application's settings for the stores.
     *
     * @throws KindlingException {@code BAD_CONFIGURATION} while another application of this process has others
     */
    public static synchronized Use use(Config config) {
        SortedMap<String, String> wanted = entriesOf(config);
        if (uses > 0 && !wanted.equals(entriesOf(current))) {
            throw new KindlingException(ErrorCode.BAD_CONFIGURATION, conflict(wanted, entriesOf(current)));
        }
        current = config;
        uses++;
        return StorageSettings::release;
    }

    private static synchronized void release() {
        uses--;
    }

    /** What stores read their settings from; those of the application that ended last, when none runs. */
    public static synchronized Config current() {
        return current;
    }

    /**
     * Java's system properties with which the program tells the AWS SDK whose identity it has, and where. They go to
     * executors with what these are told at their start, never on a command line or into a log.
     */
    public static SortedMap<String, String> identityProperties() {
        SortedMap<String, String> properties = new TreeMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith(IDENTITY_PREFIX)) {
                properties.put(name, System.getProperty(name));
            }
        }
        return properties;
    }

    /** Gives this process those of the driver among its settings; what is set here by hand stays. */
    public static void setIdentityProperties(Map<String, String> settings) {
        settings.forEach((name, value) -> {
            if (name.startsWith(IDENTITY_PREFIX) && System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }

    /** The settings of stores among all, so that a store can tell whether what it built from them still fits. */
    static SortedMap<String, String> entriesOf(Config config) {
        SortedMap<String, String> entries = config.entries();
        entries.keySet().removeIf(name -> PREFIXES.stream().noneMatch(name::startsWith));
        return entries;
    }

    private static String conflict(SortedMap<String, String> wanted, SortedMap<String, String> used) {
        SortedMap<String, String> all = new TreeMap<>(wanted);
        used.forEach(all::putIfAbsent);
        all.keySet()
                .removeIf(name -> wanted.containsKey(name) && wanted.get(name).equals(used.get(name)));
        return "another application of this JVM uses storage with other values of " + String.join(", ", all.keySet())
                + ": close it first, give both the same values, or run one of them in a JVM of its own";
    }
}
