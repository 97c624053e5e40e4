package dev.kindling.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.kindling.protocol.Mutations;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each decoder is given what it wrote itself with mistakes in it, and noise, by seed: a build some thousands, {@code
 * -Dtests.long=true} half a million each. It says no with the exception that is meant for it, or makes something; it throws
 * nothing else, ends, and allocates little.
 */
class DecodersTest {
    private static final int CASES = Boolean.getBoolean("tests.long") ? 500_000 : 2_000;

    /** What a class that is named takes to be found, with messages of exceptions. */
    private static final long ALLOCATED_BESIDES = 4 << 20;

    @ParameterizedTest
    @EnumSource
    void mistakesAreRefusedAndNothingElseIsThrown(Decoder decoder) {
        Mutations mutations = new Mutations(decoder.ordinal());
        List<byte[]> samples = decoder.samples();
        for (byte[] sample : samples) {
            assertTrue(decoder.accepts(sample), "a right one is refused");
        }
        int cases = decoder == Decoder.EVENT_LOG ? CASES / 10 : CASES;
        int refused = 0;
        for (int i = 0; i < cases; i++) {
            byte[] bytes = i % 10 == 0 ? mutations.noise(i % 200) : mutations.of(samples.get(i % samples.size()));
            long before = allocatedBytes();
            refused += decoder.accepts(bytes) ? 0 : 1;
            long allocated = allocatedBytes() - before;
            assertTrue(allocated < ALLOCATED_BESIDES, allocated + " bytes were allocated for " + bytes.length);
        }
        assertTrue(refused > cases / 5, refused + " were refused");
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
