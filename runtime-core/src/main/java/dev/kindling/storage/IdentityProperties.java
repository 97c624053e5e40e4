package dev.kindling.storage;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Java's system properties with which a program tells the AWS SDK whose identity it has, and where. They go to executors
 * with what these are told at their start, never on a command line or into a log.
 */
public final class IdentityProperties {
    private static final String PREFIX = "aws.";

    private static final String KEY = "aws.accessKeyId";
    private static final String SECRET = "aws.secretAccessKey";
    private static final String SESSION = "aws.sessionToken";

    private static final Map<String, String> PROPERTY_OF_VARIABLE = Map.of(
            "AWS_ACCESS_KEY_ID", KEY,
            "AWS_SECRET_ACCESS_KEY", SECRET,
            "AWS_SESSION_TOKEN", SESSION,
            "AWS_PROFILE", "aws.profile",
            "AWS_REGION", "aws.region",
            "AWS_ENDPOINT_URL", "aws.endpointUrl",
            "AWS_ENDPOINT_URL_S3", "aws.endpointUrlS3",
            "AWS_ENDPOINT_URL_STS", "aws.endpointUrlSts");

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

    /**
     * Those of this process, and its environment variables under the names they have as properties: processes of other
     * machines do not inherit them. Places that only this machine has, such as files and metadata services, stay here.
     */
    public static SortedMap<String, String> forOtherMachines() {
        return merged(ofVariables(System.getenv()), ofThisProcess());
    }

    /** A key of one place has no secret or session of another. */
    static SortedMap<String, String> merged(SortedMap<String, String> variables, SortedMap<String, String> properties) {
        SortedMap<String, String> all = new TreeMap<>(variables);
        if (properties.containsKey(KEY)) {
            all.keySet().removeAll(Set.of(KEY, SECRET, SESSION));
        }
        all.putAll(properties);
        return all;
    }

    static SortedMap<String, String> ofVariables(Map<String, String> environment) {
        SortedMap<String, String> properties = new TreeMap<>();
        PROPERTY_OF_VARIABLE.forEach((variable, property) -> {
            String value = environment.getOrDefault(variable, "");
            if (!value.isBlank()) {
                properties.put(property, value);
            }
        });
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
