package dev.kindling.bench.compare;

import dev.kindling.bench.work.Work;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is compared, and how its Java is started. */
enum Engine {
    KINDLING("kindling", "Kindling", "dev.kindling.bench.compare.KindlingPrograms"),
    SPARK_RDD("spark-rdd", "Spark, RDDs", "dev.kindling.bench.spark.SparkRdd"),
    SPARK_SQL("spark-sql", "Spark SQL", "dev.kindling.bench.spark.SparkSql");

    private static final Set<Work.Kind> QUERIES = Set.of(
            Work.Kind.ZIP_COUNT,
            Work.Kind.ZIP_COUNT_COLUMNS,
            Work.Kind.GROUP_SUM,
            Work.Kind.SORT,
            Work.Kind.WORD_COUNT,
            Work.Kind.CACHED_PASSES,
            Work.Kind.SHUFFLE_LONGS);

    final String id;
    final String title;
    final String mainClass;

    Engine(String id, String title, String mainClass) {
        this.id = id;
        this.title = title;
        this.mainClass = mainClass;
    }

    boolean can(Work work) {
        return this != SPARK_SQL || QUERIES.contains(work.kind());
    }

    boolean isSpark() {
        return this != KINDLING;
    }

    List<String> javaOptions() {
        return isSpark() ? SparkJava.OPTIONS : List.of();
    }

    /** Our programs and Spark's with the libraries of their engine, nothing else of this module. */
    String classPath() {
        return programs() + File.pathSeparator + (isSpark() ? sparkJars() : list("embedding.classpath"));
    }

    /** As Spark's own build names them, without anything of ours. */
    static String sparkJars() {
        return list("spark.classpath");
    }

    /** For a program of ours on Spark: the one engine that is found is the way out. */
    static String exitRampClassPath(String program) {
        Path services = programs().resolveSibling("../src/main/exit-ramp").normalize();
        String core = Stream.of(list("embedding.classpath").split(File.pathSeparator))
                .filter(entry -> entry.contains("runtime-core") || entry.contains("kryo5"))
                .collect(Collectors.joining(File.pathSeparator));
        return String.join(
                File.pathSeparator, services.toString(), program, programs().toString(), sparkJars(), core);
    }

    private static String list(String name) {
        Path file = programs().resolveSibling(name);
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "no class path in " + file + "; build it with mvn -pl benchmarks -am package", e);
        }
    }

    private static Path programs() {
        try {
            return Path.of(Engine.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of the compared programs is no file", e);
        }
    }
}
