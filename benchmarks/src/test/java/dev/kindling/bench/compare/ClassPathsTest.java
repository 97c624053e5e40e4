package dev.kindling.bench.compare;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Neither engine sees anything of the other. */
class ClassPathsTest {
    private static final Pattern SPARKS = Pattern.compile("spark-|scala-|kryo-shaded|log4j");
    private static final Pattern OURS =
            Pattern.compile("runtime-(core|executor|driver|yarn)|kryo5|logback|picocli|awssdk");

    @Test
    void ourProgramsRunWithoutSpark() throws IOException {
        for (String list : List.of("target/embedding.classpath", "target/benchmark.classpath")) {
            assertEquals(List.of(), jars(Files.readString(Path.of(list)), SPARKS), list);
        }
        assertEquals(List.of(), jars(System.getProperty("java.class.path"), SPARKS));
        assertTrue(
                Files.readString(Path.of("target/benchmark.classpath")).contains("kryo5"), "our own Kryo is missing");
    }

    @Test
    void sparkRunsWithTheLibrariesOfItsOwnBuild() throws IOException {
        String list = Files.readString(Path.of("target/spark.classpath"));

        assertEquals(List.of(), jars(list, OURS));
        for (String wanted : List.of(
                "spark-core_2.13-4.2.0",
                "spark-sql_2.13-4.2.0",
                "netty-buffer-4.2.13",
                "hadoop-client-runtime-3.5.0",
                "slf4j-api")) {
            assertTrue(list.contains(wanted), () -> wanted + " is missing: " + list);
        }
    }

    @Test
    void programsOfOneEngineDoNotNameTheOther() {
        JavaClasses all = new ClassFileImporter().importPath(Path.of("target/classes/dev/kindling/bench"));

        classes()
                .that()
                .resideInAPackage("..bench.work..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "..bench.work..")
                .check(all);
        noClasses()
                .that()
                .resideInAPackage("..bench.spark..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.kindling.api..", "dev.kindling.util..", "..bench.compare..", "..bench.storage..")
                .check(all);
        noClasses()
                .that()
                .resideOutsideOfPackages("..bench.spark..", "..bench.ramp..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.spark..", "scala..", "com.esotericsoftware..", "..bench.spark..", "..bench.ramp..")
                .check(all);
    }

    private static List<String> jars(String classPath, Pattern names) {
        return Stream.of(classPath.strip().split(File.pathSeparator))
                .filter(entry ->
                        names.matcher(Path.of(entry).getFileName().toString()).find())
                .toList();
    }
}
