package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static dev.kindling.driver.core.DriverScript.fetchFailed;
import static dev.kindling.driver.core.DriverScript.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.protocol.Frame;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Executors that are told to leave. */
class DrainTest {
    private static final int SHUFFLE = 0;

    private static DriverEvent leave(String executorId, DrainReason reason, long withinMs) {
        return new DriverEvent.DrainRequested(executorId, reason, withinMs);
    }

    private static Frame.MapOutputCopied copied(String executorId, String attempt, boolean isHeld) {
        return new Frame.MapOutputCopied(executorId, 1, SHUFFLE, id(attempt), isHeld);
    }

    /** Maps 0 and 2 lie on e1, map 1 on e2; two reduce tasks run. */
    private static DriverScript withOutputs() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1), executor("e2", 1)).submit(3, 2);
        driver.finishes("s0p0#0").finishes("s0p2#0").finishes("s0p1#0");
        assertEquals("e1", driver.executorOfOutput(0));
        assertEquals("e2", driver.executorOfOutput(1));
        return driver;
    }

    @Test
    void executorThatIsToLeaveGetsNoNewTaskAndEndsWhatItHas() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1), executor("e2", 1)).submit(5, 1);
        assertEquals("e1", driver.placeOf("s0p0#0"));

        driver.on(leave("e1", DrainReason.DECOMMISSION, 60_000)).says("executor e1 is to leave within 60000 ms");
        driver.finishes("s0p0#0").passesAlive(1_000);

        assertEquals(2, driver.launchedCount(), "tasks were placed on e1 all the same");
        driver.finishes("s0p1#0");
        assertEquals("e2", driver.placeOf("s0p2#0"));
    }

    private static Frame.Heartbeat heartbeat(String executorId, long takenBackInMs) {
        return new Frame.Heartbeat(executorId, 1, 7, List.of(), 1, 1, 1, takenBackInMs);
    }

    @Test
    void heartbeatsThatSayThatTheMachineIsTakenBackHaveTheExecutorLeaveOnce() {
        DriverScript driver = withOutputs();

        driver.sends(heartbeat("e1", 120_000))
                .says("AvoidMachine[executorId=e1, withinMs=120000]")
                .says("executor e1 is to leave within 120000 ms: its spot instance is being taken back")
                .says("replace e1")
                .forgetEffects()
                .sends(heartbeat("e1", 117_990))
                .neverSays("AvoidMachine")
                .neverSays("is to leave")
                .neverSays("replace e1");
        driver.sends(heartbeat("e2", Frame.Heartbeat.STAYS)).neverSays("is to leave");
    }

    @Test
    void noticeOfATimeThatNobodyGivesIsBounded() {
        withOutputs().sends(heartbeat("e1", Long.MAX_VALUE)).says("executor e1 is to leave within 3600000 ms");
    }

    @Test
    void anotherIsAskedForAtOnceUnlessFewerAreWanted() {
        DriverScript.with(executor("e1", 1), executor("e2", 1))
                .on(leave("e1", DrainReason.SPOT_NOTICE, 1_000))
                .says("replace e1");
        DriverScript fewer = DriverScript.with(executor("e1", 1), executor("e2", 1));
        fewer.on(leave("e1", DrainReason.SCALE_DOWN, 60_000)).neverSays("replace e1");
        fewer.passesAlive(500).says("executor e1 is lost: it was drained");
        // The last one is needed.
        fewer.on(leave("e2", DrainReason.SCALE_DOWN, 60_000)).says("replace e2");
    }

    @Test
    void outputsAreAskedForAtTheirCopiesOnceTheseHaveArrived() {
        DriverScript driver = withOutputs();
        driver.on(leave("e1", DrainReason.DECOMMISSION, 600_000)).passesAlive(200);
        driver.says("send e2 CopyMapOutput s0p0#0 from e1").says("send e2 CopyMapOutput s0p2#0 from e1");
        assertEquals("e1", driver.executorOfOutput(0), "it has not arrived");

        driver.sends(copied("e2", "s0p0#0", true)).says("send e2 MapOutputCopyReceived s0p0#0");

        assertEquals("e2", driver.executorOfOutput(0));
        driver.sends(copied("e2", "s0p2#0", true));
        // A reduce task that was launched before may still read on e1.
        driver.passesAlive(5_000).neverSays("executor e1 is lost");
        driver.finishes(driver.placeOf("s1p0#0").equals("e1") ? "s1p0#0" : "s1p1#0");
        driver.passesAlive(200).neverSays("executor e1 is lost");
        driver.finishAll(1);
        driver.passesAlive(200).says("executor e1 is lost: it was drained, 2 map outputs were moved");
        driver.neverSays("map outputs of shuffle 0 are gone");
        assertFalse(driver.core().isRegistered("e1", 1));
    }

    @Test
    void outputsMoveToExecutorsOfTheBaseWhereThereAreSome() {
        DriverScript driver = withOutputs();
        for (String other : List.of("e3", "e4", "e5")) {
            driver.registers(executor(other, 1), 1);
        }
        driver.asksForOneOfTheBase("e6").registers(executor("e6", 1), 1);

        driver.on(leave("e1", DrainReason.DECOMMISSION, 600_000)).passesAlive(200);

        driver.says("send e6 CopyMapOutput s0p0#0 from e1").says("send e6 CopyMapOutput s0p2#0 from e1");
    }

    @Test
    void anOrderIsRepeatedAndACopyThatFailedIsOrderedAgain() {
        DriverScript driver = withOutputs();
        driver.on(leave("e1", DrainReason.DECOMMISSION, 600_000)).passesAlive(200);
        driver.forgetEffects().passesAlive(10_000).says("send e2 CopyMapOutput s0p0#0 from e1");

        driver.sends(copied("e2", "s0p0#0", false)).says("send e2 MapOutputCopyReceived s0p0#0");
        driver.forgetEffects().passesAlive(200).neverSays("CopyMapOutput s0p0#0");
        driver.passesAlive(10_000).says("send e2 CopyMapOutput s0p0#0 from e1");

        assertEquals("e1", driver.executorOfOutput(0));
    }

    @Test
    void anOutputOfWhichNoCopySucceedsIsComputedAgainAndKeepsNobody() {
        DriverScript driver = withOutputs();
        driver.on(leave("e1", DrainReason.DECOMMISSION, 600_000)).passesAlive(200);
        driver.sends(copied("e2", "s0p2#0", true));

        for (int failure = 1; failure <= 2; failure++) {
            // The answer comes twice, and counts once.
            driver.sends(copied("e2", "s0p0#0", false)).sends(copied("e2", "s0p0#0", false));
            driver.forgetEffects().passesAlive(10_000).says("send e2 CopyMapOutput s0p0#0 from e1");
            driver.neverSays("are lost");
        }
        driver.sends(copied("e2", "s0p0#0", false));

        driver.says("send e1 DropMapOutput s0p0#0")
                .says("map outputs [0] of shuffle 0 are lost: 3 copies from executor e1, which is to leave, failed");
        assertEquals("e2", driver.executorOfOutput(2));
        driver.finishAll(1);
        driver.passesAlive(200).says("executor e1 is lost: it was drained, 1 map outputs were moved");
    }

    @Test
    void aCopyThatNobodyWantsAnyMoreIsDropped() {
        DriverScript driver = withOutputs();
        driver.on(leave("e1", DrainReason.DECOMMISSION, 600_000)).passesAlive(200);

        driver.loses("e1").sends(copied("e2", "s0p0#0", true));

        driver.says("send e2 DropMapOutput s0p0#0").neverSays("MapOutputCopyReceived");
    }

    @Test
    void whoCouldNotReadAtTheFormerHolderSaysNothingAgainstTheCopy() {
        DriverScript driver = withOutputs();
        String reader = driver.placeOf("s1p0#0").equals("e2") ? "s1p0#0" : "s1p1#0";
        driver.on(leave("e1", DrainReason.DECOMMISSION, 600_000)).passesAlive(200);
        driver.sends(copied("e2", "s0p0#0", true)).forgetEffects();

        driver.fails(reader, fetchFailed("s0p0#0", "e1"));

        assertEquals("e2", driver.executorOfOutput(0));
        driver.neverSays("DropMapOutput s0p0#0");
    }

    @Test
    void afterTheDeadlineItGoesWithWhatIsLeftAndThatIsSaid() {
        DriverScript driver = withOutputs();
        driver.on(leave("e1", DrainReason.PREEMPTION, 3_000)).says("replace e1");
        driver.forgetEffects().passesAlive(4_000);

        driver.says("its container is being preempted, and it was not drained in time: 0 map outputs were moved, 2"
                + " were left and 1 tasks ran");
        assertFalse(driver.core().isRegistered("e1", 1));
        driver.neverSays("replace e1");
    }

    @Test
    void aShorterTimeWinsAndALongerOneChangesNothing() {
        DriverScript driver = withOutputs();
        driver.on(leave("e1", DrainReason.DECOMMISSION, 60_000)).says("replace e1");
        driver.forgetEffects().on(leave("e1", DrainReason.SPOT_NOTICE, 3_000));
        driver.says("executor e1 is to leave within 3000 ms").neverSays("replace e1");
        driver.forgetEffects().on(leave("e1", DrainReason.DECOMMISSION, 60_000));
        driver.neverSays("executor e1 is to leave");

        driver.passesAlive(4_000);

        assertFalse(driver.core().isRegistered("e1", 1));
    }

    @Test
    void twoThatLeaveDoNotMoveTheirOutputsToEachOther() {
        DriverScript driver = withOutputs();
        driver.on(leave("e1", DrainReason.DECOMMISSION, 600_000));
        driver.on(leave("e2", DrainReason.DECOMMISSION, 600_000)).passesAlive(1_000);
        driver.neverSays("CopyMapOutput");

        driver.registers(executor("e3", 1), 1).passesAlive(200);

        driver.says("send e3 CopyMapOutput s0p0#0 from e1").says("send e3 CopyMapOutput s0p1#0 from e2");
        assertTrue(driver.core().isRegistered("e1", 1) && driver.core().isRegistered("e2", 1));
    }
}
