package dev.kindling.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.function.Function;
import dev.kindling.serde.FixedFunctions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProgramFormTest {
    private static final Origin HERE = new Origin("map", "ProgramFormTest.java:1");

    private static StageBody bodyOf(Function<Object, Object> first, Function<Object, Object> second) {
        PlanNode range = new PlanNode.Range(1, HERE, 0, 10, 1, 2);
        PlanNode rows = new PlanNode.Rows(2, HERE, range, new RowFunction.Map(first), false);
        PlanNode more = new PlanNode.Rows(3, HERE, rows, new RowFunction.Map(second), true);
        PartitionFunction count = (partition, all) -> 0;
        return new StageBody(7, more, new StageBody.Sink.Result(count));
    }

    private static ProgramForm.Decoded decoded(byte[] program) {
        return ProgramForm.decode(program, ProgramFormTest.class.getClassLoader(), new FixedFunctions());
    }

    private static Function<Object, Object> functionOf(PlanNode node) {
        return ((RowFunction.Map) ((PlanNode.Rows) node).function()).function();
    }

    @Test
    void programWhoseFunctionsCarryNothingIsShared() throws Exception {
        ProgramForm.Decoded read = decoded(ProgramForm.encode(bodyOf(row -> row + "a", row -> row + "b")));

        assertTrue(read.isShareable());
        PlanNode.Rows last = (PlanNode.Rows) read.body().root();
        assertEquals(7, read.body().stageId());
        assertEquals(3, last.id());
        assertEquals(HERE, last.origin());
        assertTrue(last.keepsPartitioning());
        assertEquals("1a", functionOf(last.parent()).call(1));
        assertEquals("1b", functionOf(last).call(1));
    }

    @Test
    void whatTwoFunctionsCarryTogetherStaysOneObjectOfItsTask() throws Exception {
        List<Object> seen = new ArrayList<>();
        byte[] program = ProgramForm.encode(bodyOf(
                row -> {
                    seen.add(row);
                    return seen;
                },
                row -> seen));

        ProgramForm.Decoded one = decoded(program);
        ProgramForm.Decoded other = decoded(program);

        assertFalse(one.isShareable());
        PlanNode.Rows last = (PlanNode.Rows) one.body().root();
        Object carried = functionOf(last.parent()).call("row");
        assertEquals(List.of("row"), carried);
        assertSame(carried, functionOf(last).call("row"));
        assertNotSame(carried, functionOf(other.body().root()).call("row"));
    }

    @Test
    void damagedProgramIsRefusedWithASentence() {
        int captured = 5;
        byte[] program = ProgramForm.encode(bodyOf(row -> row + "a", row -> row + "b" + captured));

        for (int length = 0; length < program.length; length++) {
            byte[] cut = Arrays.copyOf(program, length);
            assertEquals(
                    ErrorCode.CORRUPT_DATA,
                    assertThrows(KindlingException.class, () -> decoded(cut)).code());
        }
    }
}
