package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.protocol.Frame;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Executors that come and go with the work. */
class AllocationTest {
    private static final long IDLE_MS = 5_000;
    private static final long CACHED_IDLE_MS = 20_000;
    private static final long BACKLOG_MS = 1_000;
    private static final long SUSTAINED_MS = 500;

    private static DriverScript with(int fewest, int most, DriverScript.Executor... executors) {
        return DriverScript.with(
                DriverSettings.defaults()
                        .with(new AllocationSettings(
                                true,
                                fewest,
                                executors.length,
                                most,
                                1,
                                IDLE_MS,
                                CACHED_IDLE_MS,
                                BACKLOG_MS,
                                SUSTAINED_MS)),
                executors);
    }

    @Test
    void whileTasksWaitForRoomMoreAreAskedForTwiceAsManyEachTime() {
        DriverScript driver = with(1, 100, executor("e1", 1)).submit(20, 1);

        driver.passesAlive(BACKLOG_MS).neverSays("AddExecutors");
        driver.passesAlive(100).says("executors asked for change by 1: 19 tasks wait for room");
        driver.forgetEffects().passesAlive(SUSTAINED_MS).says("AddExecutors[count=2]");
        driver.forgetEffects().passesAlive(SUSTAINED_MS).says("AddExecutors[count=4]");
        driver.forgetEffects().passesAlive(SUSTAINED_MS).says("AddExecutors[count=8]");
        driver.forgetEffects().passesAlive(SUSTAINED_MS).says("AddExecutors[count=4]");
        driver.forgetEffects().passesAlive(10 * SUSTAINED_MS).neverSays("AddExecutors");
    }

    @Test
    void neverMoreThanTheMostAreAskedFor() {
        DriverScript driver = with(1, 3, executor("e1", 1)).submit(20, 1);

        driver.passesAlive(BACKLOG_MS + 100).says("AddExecutors[count=1]");
        driver.forgetEffects().passesAlive(SUSTAINED_MS).says("AddExecutors[count=1]");
        driver.forgetEffects().passesAlive(10_000).neverSays("AddExecutors");
    }

    @Test
    void whatIsAskedForAndWhatStartsIsNotAskedForAgain() {
        DriverScript driver = with(1, 100, executor("e1", 1)).submit(2, 1);
        driver.passesAlive(BACKLOG_MS + 100).says("AddExecutors[count=1]").forgetEffects();

        driver.passesAlive(5_000).neverSays("AddExecutors");
        driver.asksFor("e2").passesAlive(5_000).neverSays("AddExecutors");
    }

    @Test
    void whatHasNotComeWhenItIsNeededNoMoreIsAskedForNoLonger() {
        DriverScript driver = with(1, 100, executor("e1", 1)).submit(4, 1);
        driver.passesAlive(BACKLOG_MS + SUSTAINED_MS + 100).says("AddExecutors[count=2]");
        finishAllOf(driver, 4);
        driver.forgetEffects().passesAlive(IDLE_MS - 200).neverSays("CancelExecutors");

        driver.passesAlive(400).says("CancelExecutors[count=3]");
    }

    private static void finishAllOf(DriverScript driver, int maps) {
        for (int map = 0; map < maps; map++) {
            driver.finishes("s0p" + map + "#0");
        }
        driver.finishes("s1p0#0");
    }

    @Test
    void whoHasNothingToDoLeavesAndItsOutputsMoveBefore() {
        DriverScript driver = with(1, 4, executor("e1", 1), executor("e2", 1)).submit(2, 1);
        driver.finishes("s0p0#0").finishes("s0p1#0").finishes("s1p0#0").forgetEffects();

        driver.passesAlive(IDLE_MS - 200).neverSays("is to leave");
        driver.passesAlive(400)
                .says("executor e2 is to leave within 86400000 ms: the application needs fewer executors: it has had no"
                        + " task for 5.0 s");
        driver.neverSays("executor e2 is lost").neverSays("replace e2");
        driver.sends(new Frame.MapOutputCopied("e1", 1, 0, DriverScript.id("s0p1#0"), true))
                .passesAlive(200);

        driver.says("executor e2 is lost: it was drained, 1 map outputs were moved");
        driver.forgetEffects().passesAlive(4 * IDLE_MS).neverSays("is to leave");
        assertTrue(driver.core().isRegistered("e1", 1));
        assertFalse(driver.core().hasSurplus());
    }

    @Test
    void whoWorksStaysHoweverLongItTakes() {
        DriverScript driver = with(1, 4, executor("e1", 1), executor("e2", 1), executor("e3", 1))
                .submit(2, 1);
        assertEquals("e1", driver.placeOf("s0p0#0"));

        driver.passesAlive(4 * IDLE_MS).says("executor e3 is to leave").neverSays("executor e2 is to leave");
    }

    @Test
    void theFewestStayAndAreAskedForByNobodyElse() {
        DriverScript driver = with(2, 4, executor("e1", 1), executor("e2", 1), executor("e3", 1));

        driver.passesAlive(4 * IDLE_MS).says("executor e3 is to leave").neverSays("executor e2 is to leave");
    }

    @Test
    void whoIsOfTheBaseStaysThoughOthersCameLater() {
        DriverScript driver = with(2, 4, executor("e1", 1), executor("e2", 1), executor("e3", 1));
        driver.asksForOneOfTheBase("e4").registers(executor("e4", 1), 1);

        driver.passesAlive(2 * IDLE_MS).neverSays("executor e4 is to leave").says("executor e3 is to leave");
        driver.passesAlive(2 * IDLE_MS).says("executor e2 is to leave").neverSays("executor e4 is to leave");
    }

    @Test
    void aFixedNumberStaysWhateverTheWork() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1), executor("e2", 1)).submit(20, 1);
        driver.passesAlive(20_000).neverSays("AddExecutors").neverSays("is to leave");
    }

    @Test
    void numbersComeFromTheMasterOrTheSettings() {
        Map<String, String> dynamic = Map.of("kindling.dynamicAllocation.enabled", "true");
        AllocationSettings named = AllocationSettings.ofMaster(Config.parse(dynamic), 4, 2);
        assertEquals(1, named.initial());
        assertEquals(4, named.most());
        assertEquals(
                4, AllocationSettings.ofMaster(Config.parse(Map.of()), 4, 2).initial());
        AllocationSettings cluster = AllocationSettings.ofCluster(Config.parse(Map.of(
                "spark.dynamicAllocation.enabled", "true",
                "spark.dynamicAllocation.minExecutors", "0",
                "spark.dynamicAllocation.executorIdleTimeout", "30",
                "spark.executor.instances", "3")));
        assertEquals(1, cluster.fewest());
        assertEquals(3, cluster.initial());
        assertEquals(30_000, cluster.idleTimeoutMs());

        KindlingException wrong = assertThrows(
                KindlingException.class,
                () -> AllocationSettings.ofCluster(Config.parse(Map.of(
                        "kindling.dynamicAllocation.enabled", "true",
                        "kindling.dynamicAllocation.maxExecutors", "2",
                        "kindling.executor.count", "3"))));
        assertTrue(
                wrong.getMessage().contains("(now 2) is less than the 3 executors to start with"), wrong::getMessage);
    }
}
