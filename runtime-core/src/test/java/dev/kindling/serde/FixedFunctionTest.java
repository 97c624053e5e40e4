package dev.kindling.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.function.Function;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FixedFunctionTest {
    private static final ClassLoader LOADER = FixedFunctionTest.class.getClassLoader();

    private static Function<Integer, Integer> plusOne() {
        return number -> number + 1;
    }

    private static Function<Integer, Integer> plus(int more) {
        return number -> number + more;
    }

    private static int writes;

    /** Has no field, and is written otherwise each time. */
    private static final class Writing implements Function<Integer, Integer> {
        private static final long serialVersionUID = 1L;

        @Override
        public Integer call(Integer number) {
            return number;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeInt(writes++);
        }
    }

    @Test
    void lambdaThatCapturesNothingIsWrittenOnce() {
        FixedFunction first = FixedFunction.of(plusOne()).orElseThrow();

        assertSame(first.bytes(), FixedFunction.of(plusOne()).orElseThrow().bytes());
    }

    @Test
    void whatCarriesAnythingOrWritesItselfIsNotFixed() {
        assertTrue(FixedFunction.of(plus(2)).isEmpty());
        assertTrue(FixedFunction.of(new Writing()).isEmpty());
    }

    @Test
    @SuppressWarnings("unchecked")
    void executorReadsItOnce() throws Exception {
        FixedFunctions functions = new FixedFunctions();
        FixedFunction written = FixedFunction.of(plusOne()).orElseThrow();

        Function<Integer, Integer> first = (Function<Integer, Integer>) functions.read(written, LOADER);

        assertEquals(8, first.call(7));
        assertSame(
                first,
                functions.read(
                        new FixedFunction(written.checksum(), written.bytes().clone()), LOADER));
    }

    @Test
    void functionsOfEqualChecksumsAreToldApart() {
        FixedFunctions functions = new FixedFunctions();
        FixedFunction one = FixedFunction.of(plusOne()).orElseThrow();
        Function<Integer, Integer> negated = number -> -number;
        FixedFunction other = FixedFunction.of(negated).orElseThrow();

        Object first = functions.read(one, LOADER);

        assertNotSame(
                first.getClass(),
                functions
                        .read(new FixedFunction(one.checksum(), other.bytes()), LOADER)
                        .getClass());
    }

    private enum Ours {
        ONE
    }

    @Test
    void constantOfOurEnumsIsReadAsItself() {
        FixedFunction written = FixedFunction.of(Ours.ONE).orElseThrow();

        assertSame(Ours.ONE, new FixedFunctions().read(written, LOADER));
        assertTrue(FixedFunction.of(TimeUnit.DAYS).isEmpty());
    }

    @Test
    void whatWasCutOrNamesAnEnumOfOthersIsRefused() {
        byte[] sound = FixedFunction.of(plusOne()).orElseThrow().bytes();
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThrows(KindlingException.class, () -> FixedForm.read(cut, LOADER));
        }
        byte[] ofOthers = new String(FixedForm.of(Ours.ONE), StandardCharsets.ISO_8859_1)
                .replace(Ours.class.getName(), "x".repeat(Ours.class.getName().length()))
                .getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(
                ErrorCode.NOT_SERIALIZABLE,
                assertThrows(KindlingException.class, () -> FixedForm.read(ofOthers, LOADER))
                        .code());
    }
}
