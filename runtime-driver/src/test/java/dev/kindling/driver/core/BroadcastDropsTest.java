package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.protocol.Frame;
import org.junit.jupiter.api.Test;

/** Executors are told to forget a broadcast value until they have. */
class BroadcastDropsTest {
    private static final DriverEvent.DropBroadcast DROP = new DriverEvent.DropBroadcast(7, 3);

    private static Frame.BroadcastDropped dropped(String executorId) {
        return new Frame.BroadcastDropped(executorId, 1, 7);
    }

    private static long gone(DriverScript driver) {
        return driver.effects().stream()
                .filter(new DriverEffect.BroadcastGone(3)::equals)
                .count();
    }

    @Test
    void whoeverWaitsIsToldWhenTheLastExecutorHasForgottenIt() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));

        driver.on(DROP).says("send e1 DropBroadcast 7").says("send e2 DropBroadcast 7");
        driver.sends(dropped("e1")).sends(dropped("e1"));
        assertEquals(0, gone(driver));
        driver.sends(dropped("e2")).sends(dropped("e2"));

        assertEquals(1, gone(driver));
    }

    @Test
    void orderThatWasLostIsRepeatedToThoseWhoHaveNotAnswered() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.on(DROP).sends(dropped("e1")).forgetEffects();

        driver.passes(4_100);

        driver.says("send e2 DropBroadcast 7").neverSays("send e1 DropBroadcast");
        driver.sends(dropped("e2")).forgetEffects().passes(4_900).neverSays("DropBroadcast");
    }

    @Test
    void executorThatIsLostHasForgottenIt() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.on(DROP).sends(dropped("e1"));

        driver.loses("e2");

        assertEquals(1, gone(driver));
    }

    @Test
    void withoutExecutorsNobodyWaits() {
        DriverScript driver = DriverScript.with();

        driver.on(DROP);

        assertEquals(1, gone(driver));
    }
}
