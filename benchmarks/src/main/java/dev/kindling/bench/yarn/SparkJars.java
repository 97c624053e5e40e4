package dev.kindling.bench.yarn;

import dev.kindling.bench.compare.SparkJava;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Spark with its part for YARN, as Maven fetches it: as a class path, as a directory, and as an archive. */
final class SparkJars {
    private final Path home;
    private final String classPath;

    private SparkJars(Path home, String classPath) {
        this.home = home;
        this.classPath = classPath;
    }

    /** @param home made like the directory that Spark is delivered as */
    static SparkJars fetched(Path home) throws IOException, InterruptedException {
        Path written = Files.createDirectories(home).resolve("classpath");
        Process maven = new ProcessBuilder(
                        "mvn",
                        "-B",
                        "-q",
                        "-f",
                        "benchmarks/src/main/spark-on-yarn/pom.xml",
                        "dependency:build-classpath",
                        "-Dmdep.outputFile=" + written)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (maven.waitFor() != 0) {
            throw new IOException("Maven cannot fetch Spark for YARN; it ended with exit code " + maven.exitValue());
        }
        String classPath = Files.readString(written);
        Path jars = Files.createDirectories(home.resolve("jars"));
        for (String jar : classPath.split(File.pathSeparator)) {
            Files.createSymbolicLink(jars.resolve(Path.of(jar).getFileName()), Path.of(jar));
        }
        return new SparkJars(home, classPath);
    }

    /** What {@code spark.yarn.archive} names, as Spark's manual says. */
    void writeArchive(OutputStream to) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(to)) {
            out.setLevel(0);
            for (String jar : classPath.split(File.pathSeparator)) {
                out.putNextEntry(new ZipEntry(Path.of(jar).getFileName().toString()));
                Files.copy(Path.of(jar), out);
            }
        }
    }

    /** What {@code spark-submit} ends up with; the Java that its script starts before, to find this, is left out. */
    ProcessBuilder submit(Path configuration, List<String> arguments) {
        List<String> command = Stream.of(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx512m"),
                        SparkJava.OPTIONS.stream(),
                        Stream.of("-cp", classPath + File.pathSeparator + configuration),
                        Stream.of("org.apache.spark.deploy.SparkSubmit"),
                        arguments.stream())
                .flatMap(words -> words)
                .toList();
        ProcessBuilder process = new ProcessBuilder(command);
        process.environment().put("SPARK_HOME", home.toString());
        process.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return process;
    }
}
