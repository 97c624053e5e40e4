package dev.kindling.storage.s3;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A user's program, in a process of its own: copies text from one path to another by tasks. */
final class CopyProgram {
    private CopyProgram() {}

    /** @param args input, output and partitions */
    public static void main(String[] args) {
        try (KindlingContext kindling = new KindlingContext(new KindlingConf(true))) {
            kindling.textFile(args[0], Integer.parseInt(args[2])).saveAsTextFile(args[1]);
            System.out.println("copied " + kindling.textFile(args[1]).count() + " lines");
        }
    }

    /**
     * Starts it, with no variables and files of AWS but these.
     *
     * @param output gets what it says, on both of its outputs
     * @param settings {@code kindling.*}
     */
    static Process start(
            Path scratch, Path output, Map<String, String> variables, Map<String, String> settings, List<String> args)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-Dkindling.executor.javaOptions=-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dkindling.scratch.dirs=" + scratch,
                "-Dkindling.eventlog.dir=" + scratch.resolve("events")));
        settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CopyProgram.class.getName()));
        command.addAll(args);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().put("HOME", scratch.toString());
        builder.environment().putAll(variables);
        return builder.start();
    }
}
