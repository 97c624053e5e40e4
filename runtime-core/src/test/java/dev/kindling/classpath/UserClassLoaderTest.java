package dev.kindling.classpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindling.api.Tuple2;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** A user's directory that holds copies of classes the engine has too. */
class UserClassLoaderTest {
    /** Stands for a class that both sides have. */
    public static final class Both {}

    @TempDir
    Path user;

    private final ClassLoader engine = UserClassLoaderTest.class.getClassLoader();

    private void copy(Class<?>... classes) throws IOException {
        for (Class<?> type : classes) {
            String file = type.getName().replace('.', '/') + ".class";
            try (InputStream in = engine.getResourceAsStream(file)) {
                Path target = user.resolve(file);
                Files.createDirectories(target.getParent());
                Files.copy(in, target);
            }
        }
    }

    private void write(String file, String text) throws IOException {
        Path target = user.resolve(file);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
    }

    private UserClassLoader loader() {
        return new UserClassLoader(List.of(user), engine, ClassSource.NONE);
    }

    @Test
    void libraryTheUserBringsIsTheUsersOwn() throws Exception {
        copy(org.opentest4j.AssertionFailedError.class);

        try (UserClassLoader loader = loader()) {
            Class<?> own = loader.loadClass("org.opentest4j.AssertionFailedError");

            assertNotSame(org.opentest4j.AssertionFailedError.class, own);
            assertSame(loader, own.getClassLoader());
        }
    }

    @Test
    void classesOfTheEngineAndOfJavaAreShared() throws Exception {
        copy(Tuple2.class, Both.class);

        try (UserClassLoader loader = loader()) {
            assertSame(Tuple2.class, loader.loadClass(Tuple2.class.getName()));
            assertSame(Both.class, loader.loadClass(Both.class.getName()));
            assertSame(String.class, loader.loadClass("java.lang.String"));
        }
    }

    @Test
    void loggingIsSharedUnlessTheUserBringsABackEnd() throws Exception {
        copy(Logger.class, org.slf4j.LoggerFactory.class, org.slf4j.spi.SLF4JServiceProvider.class);
        try (UserClassLoader loader = loader()) {
            assertSame(Logger.class, loader.loadClass("org.slf4j.Logger"));
        }

        write("META-INF/services/org.slf4j.spi.SLF4JServiceProvider", "org.example.Logging");
        try (UserClassLoader loader = loader()) {
            assertNotSame(Logger.class, loader.loadClass("org.slf4j.Logger"));
            assertEquals(
                    1,
                    Collections.list(loader.getResources("META-INF/services/org.slf4j.spi.SLF4JServiceProvider"))
                            .size());
        }
    }

    @Test
    void classFoundNowhereIsAskedOfTheLastResort() throws Exception {
        copy(org.opentest4j.AssertionFailedError.class);
        Path classFile = user.resolve("org/opentest4j/AssertionFailedError.class");
        byte[] bytes = Files.readAllBytes(classFile);
        Files.delete(classFile);
        ClassSource late = new ClassSource() {
            @Override
            public List<Path> newEntries() {
                return List.of();
            }

            @Override
            public Optional<byte[]> classFile(String className) {
                return className.equals("org.opentest4j.AssertionFailedError") ? Optional.of(bytes) : Optional.empty();
            }
        };

        try (UserClassLoader loader = new UserClassLoader(List.of(), new WithoutOpentest(engine), late)) {
            assertSame(
                    loader,
                    loader.loadClass("org.opentest4j.AssertionFailedError").getClassLoader());
            assertThrows(ClassNotFoundException.class, () -> loader.loadClass("org.example.Nowhere"));
        }
    }

    /** An engine that lacks one library. */
    private static final class WithoutOpentest extends ClassLoader {
        WithoutOpentest(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals("org.opentest4j.AssertionFailedError")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
