package dev.kindling.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    @Test
    void pausesDoubleUpToFiveSecondsUntilTheFailuresAreUsedUp() {
        RetryBudget budget = new RetryBudget(10, 1_000_000);
        List<Long> pauses = new ArrayList<>();

        for (OptionalLong pause = budget.pauseAfterFailure(0);
                pause.isPresent();
                pause = budget.pauseAfterFailure(pauses.size())) {
            pauses.add(pause.getAsLong());
        }

        assertEquals(List.of(50L, 100L, 200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L), pauses);
        assertEquals("after 10 tries in 9 ms", budget.effort(9));
    }

    @Test
    void timeSinceTheFirstFailureEndsItToo() {
        RetryBudget budget = new RetryBudget(10, 1_000);

        assertEquals(OptionalLong.of(50), budget.pauseAfterFailure(5_000));
        assertEquals(OptionalLong.of(100), budget.pauseAfterFailure(5_999));
        assertEquals(OptionalLong.empty(), budget.pauseAfterFailure(6_000));
    }

    @Test
    void whatWentOnBeginsAnew() {
        RetryBudget budget = new RetryBudget(2, 1_000);
        budget.pauseAfterFailure(0);

        budget.startAgain();

        assertEquals(OptionalLong.of(50), budget.pauseAfterFailure(9_000));
        assertEquals(OptionalLong.empty(), budget.pauseAfterFailure(9_001));
    }
}
