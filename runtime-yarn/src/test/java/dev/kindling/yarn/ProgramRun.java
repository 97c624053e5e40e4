package dev.kindling.yarn;

import dev.kindling.driver.launch.SubmittedProgram;
import dev.kindling.testcluster.YarnCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.example.cluster.Programs;

/** How a program ended whose driver was a container of a cluster, and what the client said. */
record ProgramRun(int exitCode, String err) {

    /**
     * Runs one of {@link Programs} with one small executor.
     *
     * @param directory for the program's jar
     */
    static ProgramRun of(
            YarnCluster cluster,
            Path directory,
            Class<?> main,
            Map<String, String> more,
            List<Path> files,
            String... arguments)
            throws IOException {
        Map<String, String> settings = new TreeMap<>(cluster.settings());
        settings.put("kindling.app.name", main.getSimpleName());
        settings.put("kindling.executor.count", "1");
        settings.put("kindling.executor.memory", "128m");
        settings.put("kindling.yarn.driverMemory", "128m");
        settings.putAll(more);
        SubmittedProgram program = new SubmittedProgram(
                Optional.of(main.getName()),
                ProgramsJar.in(directory),
                List.of(arguments),
                settings,
                List.of(),
                files,
                false);
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            return new ProgramRun(new YarnMasters().runInCluster(program), said.toString(StandardCharsets.UTF_8));
        } finally {
            System.setErr(before);
        }
    }
}
