package dev.kindling.driver.cli;

import dev.kindling.config.ConfigKey;
import dev.kindling.config.YarnKeys;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** What only an application on YARN can be asked for; each option stands for a key. */
public final class YarnOptions {
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> given = new LinkedHashMap<>();

    /** The options that were given, for the message that they have no meaning. */
    String given() {
        return String.join(", ", given.keySet());
    }

    /** What they say. */
    public Map<String, String> settings() {
        return settings;
    }

    @Option(names = "--queue", paramLabel = "QUEUE", description = "On YARN: queue of the application.")
    void queue(String value) {
        set("--queue", YarnKeys.QUEUE, value);
    }

    @Option(names = "--driver-memory", paramLabel = "SIZE", description = "On YARN, cluster mode: heap of the driver.")
    void driverMemory(String value) {
        set("--driver-memory", YarnKeys.DRIVER_MEMORY, value);
    }

    @Option(
            names = "--am-label",
            paramLabel = "LABEL",
            description = "On YARN, cluster mode: label of the driver's node.")
    void amLabel(String value) {
        set("--am-label", YarnKeys.AM_LABEL, value);
    }

    @Option(
            names = "--elastic-label",
            paramLabel = "LABEL",
            description = "On YARN: label of the nodes of executors that come and go; none for nodes without one.")
    void elasticLabel(String value) {
        set("--elastic-label", YarnKeys.ELASTIC_LABEL, value);
    }

    @Option(names = "--executor-label", paramLabel = "LABEL", description = "On YARN: label of the executors' nodes.")
    void executorLabel(String value) {
        set("--executor-label", YarnKeys.EXECUTOR_LABEL, value);
    }

    @Option(
            names = "--tags",
            paramLabel = "TAG,...",
            description = "On YARN: words by which tools find the application.")
    void tags(String value) {
        set("--tags", YarnKeys.TAGS, value);
    }

    @Option(names = "--priority", paramLabel = "N", description = "On YARN: priority in its queue; higher goes first.")
    void priority(String value) {
        set("--priority", YarnKeys.PRIORITY, value);
    }

    @Option(
            names = "--archives",
            paramLabel = "FILE,...",
            description = "On YARN: archives unpacked in every container; FILE#NAME names the directory.")
    void archives(String value) {
        set("--archives", YarnKeys.ARCHIVES, value);
    }

    @Option(names = "--java-home", paramLabel = "DIR", description = "On YARN: Java 17 or newer of the nodes.")
    void javaHome(String value) {
        set("--java-home", YarnKeys.JAVA_HOME, value);
    }

    @Option(
            names = "--java-archive",
            paramLabel = "FILE",
            description =
                    "On YARN: a .tar.gz or .zip with a Java 17 or newer, to be sent along; auto to make one by jlink.")
    void javaArchive(String value) {
        set("--java-archive", YarnKeys.JAVA_ARCHIVE, value);
    }

    private void set(String option, ConfigKey<?> key, String value) {
        given.put(option, value);
        settings.put(key.name(), value);
    }
}
