package dev.kindling.rdd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Tuple2;
import dev.kindling.serde.ResultCodec;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistinctSketchTest {
    private static DistinctSketch sketchOf(int precision, long from, long to, LongFunction<Object> rowOf) {
        DistinctSketch sketch = new DistinctSketch(precision);
        LongStream.range(from, to).mapToObj(rowOf).forEach(sketch::add);
        return sketch;
    }

    /** Over many sketches, the mean square of the relative errors is that of the promise, and there is no bias. */
    @ParameterizedTest
    @CsvSource({"6, 3", "6, 40", "6, 100", "6, 300", "6, 5000", "10, 200", "10, 2500", "10, 20000", "12, 9000"})
    void theErrorIsWhatIsPromisedAndWithoutBias(int precision, int size) {
        int trials = 300;
        double sum = 0;
        double squares = 0;
        for (int trial = 0; trial < trials; trial++) {
            long first = 1_000_000_007L * trial;
            double error =
                    (double) sketchOf(precision, first, first + size, n -> n).count() / size - 1;
            sum += error;
            squares += error * error;
        }

        double promised = 1.04 / Math.sqrt(1 << precision);
        assertTrue(Math.sqrt(squares / trials) < 1.2 * promised, "spread " + Math.sqrt(squares / trials));
        assertTrue(Math.abs(sum / trials) < 4 * promised / Math.sqrt(trials), "bias " + sum / trials);
    }

    @Test
    void fewRowsAreCountedExactlyAndRepetitionsNotAtAll() {
        DistinctSketch sketch = new DistinctSketch(12);
        for (int round = 0; round < 50; round++) {
            for (long n = 0; n < 200; n++) {
                sketch.add("row " + n);
            }
        }

        assertEquals(200, sketch.count());
        assertEquals(0, new DistinctSketch(4).count());
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 300, 700, 5_000, 100_000})
    void mergedSketchesCountLikeOneThatSawEverything(int size) {
        DistinctSketch merged = sketchOf(10, 0, size / 3, n -> "r" + n);
        merged.merge(sketchOf(10, size / 4, size / 2, n -> "r" + n));
        merged.merge(sketchOf(10, size / 2, size, n -> "r" + n));
        merged.merge(new DistinctSketch(10));

        assertEquals(sketchOf(10, 0, size, n -> "r" + n).count(), merged.count());
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 5_000})
    void aSketchTravels(int size) {
        DistinctSketch sketch = sketchOf(9, 0, size, n -> n);

        DistinctSketch copy = (DistinctSketch)
                ResultCodec.decode(ResultCodec.encode(sketch), getClass().getClassLoader());

        assertEquals(sketch.count(), copy.count());
    }

    @Test
    void theErrorAskedForDecidesThePrecision() {
        assertEquals(4, DistinctSketch.precisionFor(DistinctSketch.LARGEST_ERROR));
        assertEquals(14, DistinctSketch.precisionFor(0.01));
        assertEquals(24, DistinctSketch.precisionFor(DistinctSketch.SMALLEST_ERROR));
        assertTrue(1.04 / Math.sqrt(1 << DistinctSketch.precisionFor(0.05)) <= 0.05);
    }

    @Test
    void equalRowsHaveEqualHashes() {
        assertEquals(RowHash.of(List.of(1, 2)), RowHash.of(Arrays.asList(1, 2)));
        assertEquals(RowHash.of(Tuple2.of("a", null)), RowHash.of(Tuple2.of("a", null)));
        assertNotEquals(RowHash.of(Tuple2.of("a", "b")), RowHash.of(Tuple2.of("b", "a")));
        assertEquals(RowHash.of(new byte[] {1, 2}), RowHash.of(new byte[] {1, 2}));
        assertNotEquals(RowHash.of(List.of(1, List.of())), RowHash.of(List.of(List.of(), 1)));
        assertEquals(RowHash.of(null), RowHash.of(null));
    }
}
