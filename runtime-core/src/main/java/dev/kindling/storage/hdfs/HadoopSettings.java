package dev.kindling.storage.hdfs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * What Hadoop's client goes by: its defaults, those of ours that keep waits short, the files in {@code HADOOP_CONF_DIR},
 * then {@code kindling.hadoop.*}; later ones win.
 */
public final class HadoopSettings {
    private static final List<String> FILES = List.of("core-site.xml", "hdfs-site.xml");

    /**
     * Hadoop would try a NameNode whose packets are lost for a quarter of an hour. With these it is given up within
     * about a minute, and still found again after a short outage.
     */
    private static final SortedMap<String, String> BOUNDED = new TreeMap<>(Map.of(
            "ipc.client.connect.timeout", "10000",
            "ipc.client.connect.max.retries.on.timeouts", "3",
            "ipc.client.connect.max.retries", "10"));

    private HadoopSettings() {}

    /** {@code HADOOP_CONF_DIR}, when it is set. */
    public static Optional<Path> directory() {
        String directory = System.getenv("HADOOP_CONF_DIR");
        return directory == null || directory.isBlank() ? Optional.empty() : Optional.of(Path.of(directory));
    }

    static Configuration load(SortedMap<String, String> overrides) {
        return load(overrides, FILES);
    }

    /** With what yarn-site.xml says, too. */
    public static Configuration loadWithYarn(SortedMap<String, String> overrides) {
        List<String> files = new ArrayList<>(FILES);
        files.add("yarn-site.xml");
        return load(overrides, files);
    }

    private static Configuration load(SortedMap<String, String> overrides, List<String> files) {
        Configuration settings = new Configuration();
        // Hadoop's own classes, whoever's class loader the calling thread has.
        settings.setClassLoader(HadoopSettings.class.getClassLoader());
        directory().ifPresent(directory -> {
            for (String name : files) {
                Path file = directory.resolve(name);
                if (Files.isReadable(file)) {
                    settings.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
                }
            }
        });
        BOUNDED.forEach((name, value) -> {
            if (isDefault(settings, name)) {
                settings.set(name, value, "kindling");
            }
        });
        overrides.forEach((name, value) -> settings.set(name, value, "kindling.hadoop." + name));
        return settings;
    }

    private static boolean isDefault(Configuration settings, String name) {
        String[] sources = settings.getPropertySources(name);
        return sources == null || Arrays.stream(sources).allMatch(source -> source.endsWith("-default.xml"));
    }

    /** Hadoop's client keeps for the whole process whether users log in, and would look for that on the class path. */
    public static void useKerberosWhereAsked(Configuration settings) {
        if (isKerberos(settings) && !UserGroupInformation.isSecurityEnabled()) {
            // Who embeds us and has logged in already stays logged in as he is.
            UserGroupInformation.setConfiguration(settings);
        }
    }

    public static boolean isKerberos(Configuration settings) {
        return "kerberos".equalsIgnoreCase(settings.get("hadoop.security.authentication", "simple"));
    }
}
