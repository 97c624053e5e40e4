package dev.kindling.storage;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Java's system properties with which a program tells the AWS SDK whose identity it has, and where. They go to executors
 * with what these are told at their start, never on a command line or into a log.
 */
public final class IdentityProperties {
    private static final String PREFIX = "aws.";

    private IdentityProperties() {}

    /** Those of this process. */
    public static SortedMap<String, String> ofThisProcess() {
        SortedMap<String, String> properties = new TreeMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith(PREFIX)) {
                properties.put(name, System.getProperty(name));
            }
        }
        return properties;
    }

    /** Gives this process those of the driver among its settings; what is set here by hand stays. */
    public static void set(Map<String, String> settings) {
        settings.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }
}
