package dev.kindling.serde;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.function.Function;
import java.io.IOException;
import java.io.ObjectOutputStream;
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

    @Test
    void whatCarriesSomethingIsReadAnewHoweverItWasSent() {
        FixedFunctions functions = new FixedFunctions();
        FixedFunction sent = FixedFunction.of(ClosureCodec.encode(plus(2)));

        assertNotSame(functions.read(sent, LOADER), functions.read(sent, LOADER));
    }
}
