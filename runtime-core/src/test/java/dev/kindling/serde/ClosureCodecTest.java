package dev.kindling.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import dev.kindling.api.function.Function;
import java.io.IOException;
import java.io.Serializable;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

class ClosureCodecTest {
    public static class Holder implements Serializable {
        private static final long serialVersionUID = 1L;

        public Function<Integer, Integer> plus(int addend) {
            return value -> value + addend;
        }
    }

    @Test
    void aLambdaWorksAfterTheJourney() throws Exception {
        byte[] bytes = ClosureCodec.encode(new Holder().plus(3));

        @SuppressWarnings("unchecked")
        Function<Integer, Integer> f = (Function<Integer, Integer>)
                ClosureCodec.decode(bytes, getClass().getClassLoader());

        assertEquals(8, f.call(5));
    }

    @Test
    void classesComeFromTheApplicationsLoader() throws Exception {
        URL classes = Holder.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader user = new ChildFirst(classes)) {
            byte[] bytes = ClosureCodec.encode(new Holder());

            Object holder = ClosureCodec.decode(bytes, user);

            assertNotSame(Holder.class, holder.getClass());
            assertSame(user, holder.getClass().getClassLoader());
        }
    }

    private static final class ChildFirst extends URLClassLoader {
        ChildFirst(URL classes) {
            super(new URL[] {classes}, ClosureCodecTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(Holder.class.getName())) {
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
            return super.loadClass(name, resolve);
        }
    }

    @Test
    void ordinaryJdkValuesPass() {
        IllegalStateException captured = new IllegalStateException("kept");

        Object back =
                ClosureCodec.decode(ClosureCodec.encode(captured), getClass().getClassLoader());

        assertEquals("kept", ((IllegalStateException) back).getMessage());
    }

    @Test
    void aClassUnknownHereIsNamed() throws IOException {
        byte[] bytes = ClosureCodec.encode(new Holder());

        KindlingException unknown =
                assertThrows(KindlingException.class, () -> ClosureCodec.decode(bytes, new Blind()));

        assertTrue(unknown.getMessage().contains(Holder.class.getName()), unknown.getMessage());
    }

    /** Knows the JDK alone, and makes the JDK's fall-back blind too. */
    private static final class Blind extends ClassLoader {
        Blind() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            throw new ClassNotFoundException(name);
        }
    }
}
