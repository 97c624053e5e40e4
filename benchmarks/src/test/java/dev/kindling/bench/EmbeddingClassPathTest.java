package dev.kindling.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What one dependency on {@code runtime-driver} brings into a program. This module has it as any program would, so
 * Maven's own list of its class path is the evidence.
 */
class EmbeddingClassPathTest {
    private static final long MAX_BYTES = 20L << 20;

    @Test
    void isSmallerThanTwentyMegabytes() throws IOException {
        long bytes = 0;
        for (Path entry : entries()) {
            bytes += sizeOf(entry);
        }

        long total = bytes;
        assertTrue(total > 0 && total < MAX_BYTES, () -> total + " bytes: " + entries());
    }

    @Test
    void holdsTheEngineButNoCommandLineLoggingBackEndOrTestKit() {
        List<String> names = entries().stream().map(Path::toString).toList();

        for (String wanted :
                List.of("runtime-core", "runtime-executor", "runtime-driver", "netty", "kryo5", "slf4j-api")) {
            assertTrue(names.stream().anyMatch(name -> name.contains(wanted)), () -> wanted + " is missing: " + names);
        }
        for (String optional :
                List.of("picocli", "logback", "junit", "hadoop", "amazon", "quic", "http3", "native-epoll")) {
            assertEquals(
                    List.of(),
                    names.stream().filter(name -> name.contains(optional)).toList());
        }
    }

    /** This module names them for what it measures against, which hides where else they come from. */
    @ParameterizedTest
    @ValueSource(strings = {"runtime-core", "runtime-executor", "runtime-driver"})
    void librariesOfStoresAreOptional(String module) throws IOException {
        List<String> wrong = Files.readAllLines(Path.of("..", module, "pom.xml")).stream()
                .filter(line -> line.contains("<dependency>"))
                .filter(line -> Stream.of("hadoop", "awssdk", "jcl-over").anyMatch(line::contains))
                .filter(line -> Stream.of("<optional>true", "<scope>test", "<scope>provided")
                        .noneMatch(line::contains))
                .toList();

        assertEquals(List.of(), wrong);
    }

    private static List<Path> entries() {
        try {
            return Arrays.stream(Files.readString(Path.of("target/embedding.classpath"))
                            .strip()
                            .split(File.pathSeparator))
                    .map(Path::of)
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("maven-dependency-plugin writes it before the tests run", e);
        }
    }

    private static long sizeOf(Path entry) throws IOException {
        try (Stream<Path> files = Files.walk(entry)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
