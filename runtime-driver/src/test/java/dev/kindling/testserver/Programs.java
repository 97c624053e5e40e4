package dev.kindling.testserver;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs of tests in a JVM of their own, with the class path of this one: they can be killed, and see another environment. */
public final class Programs {
    private Programs() {}

    /** @param said the file into which it prints */
    public static Process start(Class<?> main, Map<String, String> environment, Path said, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx300m",
                "-XX:TieredStopAtLevel=1",
                "-Dkindling.executor.javaOptions=-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder program =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        program.environment().putAll(environment);
        return program.start();
    }
}
