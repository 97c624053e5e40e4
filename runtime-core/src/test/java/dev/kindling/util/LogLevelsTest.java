package dev.kindling.util;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class LogLevelsTest {
    @Test
    void levelsAreKnownInAnyCaseOfLetters() {
        assertEquals(Optional.of("WARN"), LogLevels.nameOf(" warn"));
        assertEquals(Optional.empty(), LogLevels.nameOf("loud"));
    }

    @Test
    void aBackEndThatCannotBeToldIsNoError() {
        LogLevels.setRoot("INFO");
    }

    @ParameterizedTest
    @ValueSource(strings = "logback")
    @ValueSource(strings = "log4j")
    @ValueSource(strings = "jdk14")
    void eachBackEndIsToldAndKeepsTheIndiscreetQuiet(String jars) throws Exception {
        Map<Handler, Level> levelsOfTheJdk = levelsOfTheJdk();
        Level rootOfTheJdk = Logger.getLogger("").getLevel();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = backEnd(jars)) {
            thread.setContextClassLoader(loader);
            Class<?> levels = loader.loadClass(LogLevels.class.getName());
            @SuppressWarnings("unchecked")
            Function<String, List<Boolean>> speaks = (Function<String, List<Boolean>>)
                    loader.loadClass(Speaks.class.getName()).getConstructor().newInstance();
            Method setRoot = levels.getMethod("setRoot", String.class);

            setRoot.invoke(null, "DEBUG");
            assertEquals(List.of(true, true, true), speaks.apply("some.program"));
            assertEquals(List.of(true, true, true), speaks.apply(LogLevels.INDISCREET.get(0)));

            levels.getMethod("quietIndiscreet").invoke(null);
            for (String indiscreet : LogLevels.INDISCREET) {
                assertEquals(List.of(false, true, true), speaks.apply(indiscreet), indiscreet);
            }
            assertEquals(List.of(true, true, true), speaks.apply("some.program"));

            setRoot.invoke(null, "ERROR");
            assertEquals(List.of(false, false, true), speaks.apply("some.program"));
            setRoot.invoke(null, "OFF");
            assertEquals(List.of(false, false, false), speaks.apply("some.program"));
        } finally {
            thread.setContextClassLoader(before);
            Logger.getLogger("").setLevel(rootOfTheJdk);
            levelsOfTheJdk.forEach(Handler::setLevel);
        }
    }

    /** Of the whole JVM: another test may look at them. */
    private static Map<Handler, Level> levelsOfTheJdk() {
        Map<Handler, Level> levels = new HashMap<>();
        Arrays.stream(Logger.getLogger("").getHandlers()).forEach(handler -> levels.put(handler, handler.getLevel()));
        return levels;
    }

    /** Our classes and SLF4J with one back end. */
    private static URLClassLoader backEnd(String jars) throws Exception {
        URI directory = LogLevelsTest.class.getResource("/log-back-ends").toURI();
        List<URL> entries = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(directory))) {
            for (Path jar : files.filter(file -> file.getFileName().toString().contains(jars))
                    .toList()) {
                entries.add(jar.toUri().toURL());
            }
        }
        for (Class<?> one : List.of(LogLevels.class, Speaks.class, LoggerFactory.class)) {
            entries.add(one.getProtectionDomain().getCodeSource().getLocation());
        }
        return new URLClassLoader(entries.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    /** Whether a logger speaks at DEBUG, INFO and ERROR. Log4j goes by the class loader of who asks, so it is loaded anew. */
    public static final class Speaks implements Function<String, List<Boolean>> {
        @Override
        public List<Boolean> apply(String name) {
            org.slf4j.Logger logger = LoggerFactory.getLogger(name);
            return List.of(logger.isDebugEnabled(), logger.isInfoEnabled(), logger.isErrorEnabled());
        }
    }
}
