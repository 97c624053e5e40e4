package dev.kindling.driver.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program that shall run with its driver inside a cluster.
 *
 * @param mainClass the one whose main runs; empty for the one that the jar's manifest names
 * @param jar of the program, on this machine
 * @param arguments of its main
 * @param settings {@code kindling.*} keys, but for those that name files of this machine
 * @param jars more of them, for driver and executors
 * @param files for tasks
 * @param isDetached whether to return as soon as the cluster has it
 */
public record SubmittedProgram(
        Optional<String> mainClass,
        Path jar,
        List<String> arguments,
        Map<String, String> settings,
        List<Path> jars,
        List<Path> files,
        boolean isDetached) {
    public SubmittedProgram {
        arguments = List.copyOf(arguments);
        settings = Map.copyOf(settings);
        jars = List.copyOf(jars);
        files = List.copyOf(files);
    }
}
