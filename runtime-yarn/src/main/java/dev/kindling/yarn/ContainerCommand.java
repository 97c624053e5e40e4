package dev.kindling.yarn;

import dev.kindling.config.Config;
import dev.kindling.config.YarnKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.ApplicationConstants;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;

/** How a container of ours is started: files, environment, command line, credentials. */
final class ContainerCommand {
    private ContainerCommand() {}

    /**
     * What YARN needs to start a JVM of ours.
     *
     * @param javaOptions flags for it
     * @param arguments main class and what follows; quoted here
     */
    static ContainerLaunchContext of(
            Config config,
            ContainerFiles files,
            List<String> javaOptions,
            List<String> arguments,
            Credentials credentials)
            throws IOException {
        List<String> words = new ArrayList<>();
        // The shell that YARN starts goes away, so that a signal to the container reaches Java.
        words.add("exec");
        words.addAll(java(config, files, javaOptions, arguments));
        words.add("1>" + ApplicationConstants.LOG_DIR_EXPANSION_VAR + "/stdout");
        words.add("2>" + ApplicationConstants.LOG_DIR_EXPANSION_VAR + "/stderr");
        return of(config, files, String.join(" ", words), credentials);
    }

    /** One word after the other, for the shell. */
    static List<String> java(Config config, ContainerFiles files, List<String> javaOptions, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(javaProgram(config));
        if (files.resources().containsKey(RuntimeArchive.CLASSES)) {
            words.add("-XX:SharedArchiveFile=" + RuntimeArchive.CLASSES);
        }
        javaOptions.forEach(option -> words.add(quoted(option)));
        arguments.forEach(argument -> words.add(quoted(argument)));
        return words;
    }

    /**
     * A command line of its own making. Nodes give it to a shell between double quotes, where that shell would see to what
     * is meant for the one inside.
     */
    static ContainerLaunchContext of(Config config, ContainerFiles files, String command, Credentials credentials)
            throws IOException {
        Map<String, String> environment = new TreeMap<>();
        environment.put("CLASSPATH", String.join(":", files.classPath()));
        environment.put("HADOOP_CONF_DIR", inWorkingDirectory(RuntimeFiles.CONFIGURATION));
        // Where a node has Hadoop's native library, without which no block of this node is read by its file.
        environment.put("LD_LIBRARY_PATH", ApplicationConstants.Environment.HADOOP_COMMON_HOME.$$() + "/lib/native");
        return ContainerLaunchContext.newInstance(
                files.resources(),
                environment,
                List.of(command.replaceAll("[\\\\\"$`]", "\\\\$0")),
                null,
                bytesOf(credentials),
                aclsOf(config));
    }

    /** Who beside the user may see or change the application; the cluster adds its own administrators. */
    static Map<ApplicationAccessType, String> aclsOf(Config config) {
        Map<ApplicationAccessType, String> acls = new EnumMap<>(ApplicationAccessType.class);
        if (!config.get(YarnKeys.VIEW_ACL).isEmpty()) {
            acls.put(ApplicationAccessType.VIEW_APP, config.get(YarnKeys.VIEW_ACL));
        }
        if (!config.get(YarnKeys.MODIFY_ACL).isEmpty()) {
            acls.put(ApplicationAccessType.MODIFY_APP, config.get(YarnKeys.MODIFY_ACL));
        }
        return acls;
    }

    /** As YARN hands them to a container. */
    static ByteBuffer bytesOf(Credentials credentials) throws IOException {
        DataOutputBuffer bytes = new DataOutputBuffer();
        credentials.writeTokenStorageToStream(bytes);
        return ByteBuffer.wrap(bytes.getData(), 0, bytes.getLength());
    }

    private static String javaProgram(Config config) {
        if (!config.get(YarnKeys.JAVA_ARCHIVE).isEmpty()) {
            // Its files lie at the top of the archive, or in the one directory that is there.
            String unpacked = inWorkingDirectory(RuntimeFiles.JAVA);
            return "\"$(ls -d " + unpacked + "/bin/java " + unpacked + "/*/bin/java 2>/dev/null | head -n 1)\"";
        }
        String home = config.get(YarnKeys.JAVA_HOME);
        return (home.isEmpty() ? ApplicationConstants.Environment.JAVA_HOME.$$() : quoted(home)) + "/bin/java";
    }

    /** As YARN writes it for every system. */
    static String inWorkingDirectory(String path) {
        return ApplicationConstants.Environment.PWD.$$() + "/" + path;
    }

    /** One word for the shell; what YARN replaces in braces stays. */
    private static String quoted(String word) {
        return word.matches("[\\w./:=,+@%{}-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
