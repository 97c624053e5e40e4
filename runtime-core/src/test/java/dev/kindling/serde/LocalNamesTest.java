package dev.kindling.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.invoke.SerializedLambda;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalNamesTest {
    private static final String SOURCE = """
            public class App implements java.util.function.Supplier<Object>, java.io.Serializable {
                interface Task extends java.io.Serializable { Object call(Object row); }
                String field = "f";
                public Object get() {
                    long first = System.nanoTime();
                    double[][] second = new double[1][1];
                    String third = "x" + first;
                    Task task = row -> field + first + second.length + third + row;
                    return task;
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void capturedVariablesHaveTheNamesOfTheSource() throws Exception {
        SerializedLambda lambda = compiledLambda("-g");

        assertEquals(Optional.of("first"), name(lambda, 0));
        assertEquals(Optional.of("second"), name(lambda, 1));
        assertEquals(Optional.of("third"), name(lambda, 2));
    }

    @Test
    void withoutDebugInformationThereIsNoName() throws Exception {
        assertTrue(name(compiledLambda("-g:none"), 0).isEmpty());
    }

    private Optional<String> name(SerializedLambda lambda, int index) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader app = loader()) {
            Thread.currentThread().setContextClassLoader(app);
            return LocalNames.ofParameter(lambda, index);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private URLClassLoader loader() throws Exception {
        return new URLClassLoader(new URL[] {directory.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    }

    private SerializedLambda compiledLambda(String option) throws Exception {
        Path source = Files.writeString(directory.resolve("App.java"), SOURCE);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, option, "-d", directory.toString(), source.toString()));
        try (URLClassLoader app = loader()) {
            Supplier<?> made =
                    (Supplier<?>) app.loadClass("App").getConstructor().newInstance();
            return CaptureWalk.lambdaForm(made.get()).orElseThrow();
        }
    }
}
