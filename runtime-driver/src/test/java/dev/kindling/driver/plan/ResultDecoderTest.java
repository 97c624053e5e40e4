package dev.kindling.driver.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.StageBody;
import dev.kindling.plan.TaskRows;
import dev.kindling.serde.ResultCodec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResultDecoderTest {
    private record Bring(boolean isAllRows) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) {
            throw new AssertionError("only asked for what it brings");
        }
    }

    private static final int ROWS = 10_000;
    // A number of its own and its reference.
    private static final long HEAP_BYTES = ROWS * 20L;

    private final List<Integer> rows = IntStream.range(0, ROWS).boxed().toList();
    private final byte[] encoded = ResultCodec.encode(rows);

    private ResultDecoder decoder(boolean areAllRows, long maxHeapBytes) {
        return new ResultDecoder(
                getClass().getClassLoader(),
                "collect at Program.java:7",
                new StageBody.Sink.Result(new Bring(areAllRows)),
                maxHeapBytes);
    }

    @Test
    void rowsThatTheProgramGetsHaveToFitTogether() {
        ResultDecoder decoder = decoder(true, 5 * HEAP_BYTES / 2);

        assertEquals(rows, decoder.decode(encoded));
        assertEquals(rows, decoder.decode(encoded));
        KindlingException failure = assertThrows(KindlingException.class, () -> decoder.decode(encoded));

        assertEquals(ErrorCode.RESULT_TOO_LARGE, failure.code());
        assertTrue(failure.getMessage().startsWith("collect at Program.java:7: the result does not fit"));
        assertTrue(failure.getMessage().contains("toLocalIterator"), failure.getMessage());
    }

    @Test
    void resultsThatAreMergedHaveToFitOneByOne() {
        ResultDecoder decoder = decoder(false, 3 * HEAP_BYTES / 2);

        for (int result = 0; result < 10; result++) {
            assertEquals(rows, decoder.decode(encoded));
        }
        assertThrows(
                KindlingException.class, () -> decoder(false, HEAP_BYTES / 2).decode(encoded));
    }
}
