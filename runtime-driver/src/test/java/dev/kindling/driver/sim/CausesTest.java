package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.sim.Faults;
import dev.kindling.sim.SimWorld;
import java.time.Instant;
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

    /** Three processes in a row end under a task, at last under it alone: that is charged, beside what it throws. */
    @Test
    void endsThatAreChargedToATaskCountAmongItsFailures() {
        for (int attempt = 0; attempt < 3; attempt++) {
            causes.taskFailed(new AttemptId(1, 0, attempt));
            causes.processEndedUnder(new AttemptId(1, 0, 3 + attempt), true);
        }
        assertThrows(SimViolation.class, () -> causes.justify(fourthFailure()));

        causes.justify(charged(5));

        assertDoesNotThrow(() -> causes.justify(fourthFailure()));
        assertThrows(SimViolation.class, () -> causes.justify(charged(6)));
    }

    private static DriverEffect.FailJob fourthFailure() {
        return new DriverEffect.FailJob(
                1,
                ErrorCode.USER_CODE_FAILED,
                "planted [task s1p0#6: partition 0, failure 4 of 4 allowed]",
                Optional.empty(),
                Optional.empty());
    }

    private static Event.TaskEnd charged(int attempt) {
        return new Event.TaskEnd(
                Instant.EPOCH,
                1,
                0,
                attempt,
                0,
                attempt,
                "e1",
                new Outcome.Failed("", "its executor was lost", "", true),
                TaskMetrics.NONE);
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
