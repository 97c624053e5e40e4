package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindling.api.ErrorCode;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.sim.Faults;
import dev.kindling.sim.SimWorld;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CausesTest {
    private final Causes causes = new Causes(new Faults(new SimWorld(1, Optional.empty()), Map.of(), 1_000), 4);

    @Test
    void jobThatIsNotDeterministicFailsOnlyWhenAnOutputWasLost() {
        assertThrows(SimViolation.class, () -> causes.justify(otherRowsAt("DEALT_OUT 0")));

        causes.processEnded();

        assertDoesNotThrow(() -> causes.justify(otherRowsAt("DEALT_OUT 0")));
    }

    /** Its process need not have ended: who is given up and cannot be reached learns of it later. */
    @Test
    void executorThatLeavesWithWhatItHoldsIsACauseAndOnlyOfJobsThatAreNotDeterministic() {
        causes.leftWithLoss();

        assertDoesNotThrow(() -> causes.justify(otherRowsAt("DEALT_OUT 0")));
        assertThrows(SimViolation.class, () -> causes.justify(otherRowsAt("GENERATE 0")));
    }

    private static DriverEffect.FailJob otherRowsAt(String stage) {
        return new DriverEffect.FailJob(
                1,
                ErrorCode.NON_DETERMINISTIC,
                "map partition 0 of stage 0 (" + stage + ") is not deterministic",
                Optional.empty(),
                Optional.empty());
    }
}
