package dev.kindling.bench.compare;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a program that was written for Kindling on Spark, in a Java of its own, and ends with its exit code. */
public final class OnSpark {
    private OnSpark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 2) {
            System.err.println("ramp: name the program's jars or class directories, as in a class path, and its class");
            System.exit(2);
        }
        String program = Stream.of(args[0].split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(command(program, List.of(args).subList(1, args.length)))
                .inheritIO()
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        System.exit(process.waitFor());
    }

    /** @param classAndArguments of the program */
    static List<String> command(String program, List<String> classAndArguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Engine.SPARK_RDD.javaOptions());
        command.addAll(List.of("-Dspark.log.level=WARN", "-Dspark.ui.enabled=false"));
        command.addAll(List.of("-cp", Engine.exitRampClassPath(program)));
        command.addAll(classAndArguments);
        return command;
    }
}
