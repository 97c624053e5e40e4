package dev.kindling.yarn.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.KindlingListener.ExitReason.Kind;
import dev.kindling.config.MemoryMap;
import dev.kindling.driver.core.DrainReason;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Decisions about containers, event by event. */
class AppMasterCoreTest {
    private static final long LAUNCH_TIMEOUT_MS = 60_000;
    private static final long VALIDITY_MS = 600_000;
    private static final long NOTICE_MS = 14_000;
    private static final long LOCALITY_WAIT_MS = 3_000;
    private static final AppMasterSettings SETTINGS = new AppMasterSettings(
            MemoryMap.ofProcess(1L << 30, 2),
            1536L << 20,
            LAUNCH_TIMEOUT_MS,
            VALIDITY_MS,
            4,
            2,
            NOTICE_MS,
            LOCALITY_WAIT_MS,
            0,
            AppMasterSettings.ALL_ALIKE);

    private AppMasterCore core = new AppMasterCore(SETTINGS);
    private long nowMs = 1_000;

    private List<AppMasterEffect> on(AppMasterEvent event) {
        List<AppMasterEffect> effects = new ArrayList<>();
        core.on(nowMs, event, effects::add);
        return effects;
    }

    private static Stream<AppMasterEffect> of(List<AppMasterEffect> effects, Class<? extends AppMasterEffect> type) {
        return effects.stream().filter(type::isInstance);
    }

    /** Two executors run, e1 on n1 in c1 and e2 on n2 in c2. */
    private void twoRun() {
        on(new AppMasterEvent.NodesCounted(4));
        on(new AppMasterEvent.Registered(2, List.of()));
        for (int i = 1; i <= 2; i++) {
            on(new AppMasterEvent.ContainerAllocated("c" + i, "n" + i));
            on(new AppMasterEvent.ExecutorRegistered("e" + i));
        }
    }

    /** A container comes on this node, and its executor never does. */
    private List<AppMasterEffect> failsOn(String container, String node) {
        on(new AppMasterEvent.ContainerAllocated(container, node));
        return on(new AppMasterEvent.ContainerNotStarted(container, "no space left"));
    }

    @Test
    void eachKindIsAskedForOnItsOwnAndNoneStandsForTheOther() {
        core = new AppMasterCore(new AppMasterSettings(
                SETTINGS.memory(),
                SETTINGS.containerBytes(),
                LAUNCH_TIMEOUT_MS,
                VALIDITY_MS,
                4,
                2,
                NOTICE_MS,
                LOCALITY_WAIT_MS,
                0,
                2));
        assertEquals(List.of(askElastic(3, 1)), on(new AppMasterEvent.Registered(3, List.of())));
        assertEquals(
                List.of(new AppMasterEffect.StartExecutor("c1", "e1", false), askElastic(2, 0)),
                on(new AppMasterEvent.ContainerAllocated("c1", "n1", true)));
        assertEquals(
                List.of(new AppMasterEffect.ReleaseContainer("c2"), askElastic(2, 0)),
                on(new AppMasterEvent.ContainerAllocated("c2", "n2", true)),
                "only the base is missing");
        assertEquals(
                List.of(new AppMasterEffect.StartExecutor("c3", "e2", true), askElastic(1, 0)),
                on(new AppMasterEvent.ContainerAllocated("c3", "n3", false)));
        on(new AppMasterEvent.ContainerAllocated("c4", "n4", false));

        // The elastic one goes, and two are wanted for it.
        on(new AppMasterEvent.ExecutorReleased("e1", "it was drained"));
        assertEquals(
                List.of(askElastic(2, 2)),
                of(on(new AppMasterEvent.MoreWanted(2)), AppMasterEffect.AskFor.class)
                        .toList());
    }

    private static AppMasterEffect askElastic(int containers, int elastic) {
        return new AppMasterEffect.AskFor(containers, elastic, counts());
    }

    @Test
    void whatIsWantedIsAskedForAndEachContainerBecomesAnExecutor() {
        assertEquals(List.of(new AppMasterEffect.AskFor(2)), on(new AppMasterEvent.Registered(2, List.of())));

        assertEquals(
                List.of(new AppMasterEffect.StartExecutor("c1", "e1"), new AppMasterEffect.AskFor(1)),
                on(new AppMasterEvent.ContainerAllocated("c1", "n1")));
        assertEquals(
                List.of(
                        new AppMasterEffect.StartExecutor("c2", "e2"),
                        new AppMasterEffect.AskFor(0),
                        new AppMasterEffect.HeartbeatEvery(AppMasterCore.PATIENT_HEARTBEAT_MS)),
                on(new AppMasterEvent.ContainerAllocated("c2", "n2")));
        assertEquals(List.of(), on(new AppMasterEvent.ExecutorRegistered("e1")));
    }

    @Test
    void containerThatNobodyWantsGoesBack() {
        twoRun();

        assertEquals(
                List.of(new AppMasterEffect.ReleaseContainer("c3"), new AppMasterEffect.AskFor(0)),
                on(new AppMasterEvent.ContainerAllocated("c3", "n3")));
        assertEquals(List.of(), on(new AppMasterEvent.ContainerCompleted("c3", -100, "released by application")));
    }

    @Test
    void laterAttemptTakesOverWhatTheEarlierOneLeftBeforeItAsks() {
        List<AppMasterEvent.ContainerKept> kept = Stream.of("c1", "c2", "c3")
                .map(id -> new AppMasterEvent.ContainerKept(id, "n" + id))
                .toList();

        assertEquals(
                List.of(
                        new AppMasterEffect.TakeOver("c1", "e1"),
                        new AppMasterEffect.TakeOver("c2", "e2"),
                        new AppMasterEffect.TakeOver("c3", "e3"),
                        new AppMasterEffect.AskFor(1)),
                on(new AppMasterEvent.Registered(4, kept)));

        // Told late, of a node that the ResourceManager had not heard of, and then again.
        assertEquals(
                List.of(
                        new AppMasterEffect.TakeOver("c4", "e4"),
                        new AppMasterEffect.AskFor(0),
                        new AppMasterEffect.HeartbeatEvery(AppMasterCore.PATIENT_HEARTBEAT_MS)),
                on(new AppMasterEvent.ContainerKept("c4", "n4")));
        assertEquals(List.of(), on(new AppMasterEvent.ContainerKept("c4", "n4")));
        assertEquals(
                List.of(new AppMasterEffect.ReleaseContainer("c5")), on(new AppMasterEvent.ContainerKept("c5", "n5")));
    }

    @Test
    void executorThatDoesNotFollowToTheNextAttemptIsReplaced() {
        on(new AppMasterEvent.Registered(1, List.of(new AppMasterEvent.ContainerKept("c1", "n1"))));

        nowMs += LAUNCH_TIMEOUT_MS;
        List<AppMasterEffect> late = on(new AppMasterEvent.Tick());

        assertEquals(new AppMasterEffect.ReleaseContainer("c1"), late.get(0));
        assertEquals("e1", ((AppMasterEffect.TellExited) late.get(1)).executorId());
        assertTrue(
                on(new AppMasterEvent.ReplacementWanted("e1")).contains(new AppMasterEffect.AskFor(1)), late::toString);
    }

    @Test
    void endedExecutorIsToldOnceAndReplacedOnce() {
        twoRun();

        List<AppMasterEffect> ended = on(new AppMasterEvent.ContainerCompleted("c1", ContainerEnds.PREEMPTED, ""));
        AppMasterEffect.TellExited told = (AppMasterEffect.TellExited) ended.get(0);
        assertEquals("e1", told.executorId());
        assertEquals(Kind.PREEMPTED, told.reason().kind());
        assertEquals(1, ended.size(), ended::toString);

        assertEquals(List.of(), on(new AppMasterEvent.ExecutorReleased("e1", "it is gone")));
        assertEquals(
                List.of(
                        new AppMasterEffect.AskFor(1),
                        new AppMasterEffect.HeartbeatEvery(AppMasterCore.EAGER_HEARTBEAT_MS)),
                on(new AppMasterEvent.ReplacementWanted("e1")));
        assertEquals(List.of(), on(new AppMasterEvent.ReplacementWanted("e1")));
    }

    @Test
    void executorThatTheDriverGaveUpLosesItsContainerAndItsExitIsExplainedLater() {
        twoRun();

        assertEquals(
                List.of(new AppMasterEffect.StopContainer("c2")),
                on(new AppMasterEvent.ExecutorReleased("e2", "no sign of life")));
        assertEquals(1, core.endingCount());
        on(new AppMasterEvent.ReplacementWanted("e2"));
        assertEquals(1, core.asked());

        List<AppMasterEffect> gone = on(new AppMasterEvent.ContainerCompleted("c2", -104, "1.6 GB of 1.5 GB physical"));
        assertEquals(
                Kind.KILLED_OVER_MEMORY_LIMIT,
                ((AppMasterEffect.TellExited) gone.get(0)).reason().kind());
        assertEquals(0, core.endingCount());
        assertEquals(1, core.asked());
    }

    @Test
    void containerWhoseNodeDoesNotAnswerIsGivenBackAndItsEndTellsNothing() {
        twoRun();
        on(new AppMasterEvent.ExecutorReleased("e2", "no sign of life"));

        nowMs += AppMasterCore.STOP_WITHIN_MS - 1;
        assertEquals(List.of(), on(new AppMasterEvent.Tick()));
        nowMs += 1;
        assertEquals(List.of(new AppMasterEffect.ReleaseContainer("c2")), on(new AppMasterEvent.Tick()));
        assertEquals(List.of(), on(new AppMasterEvent.Tick()));
        assertEquals(List.of(), on(new AppMasterEvent.ContainerCompleted("c2", ContainerEnds.ABORTED, "")));
    }

    @Test
    void nodesThatWereExcludedGetAnotherChanceWhenNothingElseIsToBeHad() {
        on(new AppMasterEvent.NodesCounted(2));
        on(new AppMasterEvent.Registered(1, List.of()));
        failsOn("c1", "n1");
        on(new AppMasterEvent.ReplacementWanted("e1"));
        failsOn("c2", "n1");
        on(new AppMasterEvent.ReplacementWanted("e2"));

        nowMs += AppMasterCore.STARVED_AFTER_MS;
        assertEquals(
                1,
                of(on(new AppMasterEvent.Tick()), AppMasterEffect.ReadmitNode.class)
                        .count());
    }

    @Test
    void executorThatNeverRegistersIsGivenBackAndToldToTheDriver() {
        on(new AppMasterEvent.Registered(1, List.of()));
        on(new AppMasterEvent.ContainerAllocated("c1", "n1"));

        nowMs += LAUNCH_TIMEOUT_MS - 1;
        assertEquals(List.of(), on(new AppMasterEvent.Tick()));
        nowMs += 1;
        List<AppMasterEffect> late = on(new AppMasterEvent.Tick());

        assertEquals(new AppMasterEffect.ReleaseContainer("c1"), late.get(0));
        assertTrue(late.get(1).toString().contains("n1 did not become an executor within"), late::toString);
        on(new AppMasterEvent.ReplacementWanted("e1"));
        assertEquals(1, core.asked());
    }

    @Test
    void nodeOnWhichExecutorsFailIsExcludedUntilItsFailuresAreOld() {
        on(new AppMasterEvent.NodesCounted(2));
        on(new AppMasterEvent.Registered(1, List.of()));
        failsOn("c1", "n1");
        on(new AppMasterEvent.ReplacementWanted("e1"));
        List<AppMasterEffect> second = failsOn("c2", "n1");
        on(new AppMasterEvent.ReplacementWanted("e2"));

        assertEquals(1, of(second, AppMasterEffect.ExcludeNode.class).count(), second::toString);
        assertEquals(
                List.of(new AppMasterEffect.ReleaseContainer("c3"), new AppMasterEffect.AskFor(1)),
                on(new AppMasterEvent.ContainerAllocated("c3", "n1")));
        failsOn("c4", "n2");
        on(new AppMasterEvent.ReplacementWanted("e3"));
        assertEquals(
                0, of(failsOn("c5", "n2"), AppMasterEffect.ExcludeNode.class).count(), "more than half of the nodes");

        nowMs += VALIDITY_MS;
        assertEquals(
                1,
                of(on(new AppMasterEvent.Tick()), AppMasterEffect.ReadmitNode.class)
                        .count());
    }

    @Test
    void afterTooManyFailuresNoneIsReplacedUntilTheyAreOld() {
        on(new AppMasterEvent.NodesCounted(100));
        on(new AppMasterEvent.Registered(2, List.of()));
        on(new AppMasterEvent.ContainerAllocated("c0", "n0"));
        on(new AppMasterEvent.ExecutorRegistered("e1"));
        for (int i = 1; i <= 5; i++) {
            failsOn("c" + i, "n" + i);
            on(new AppMasterEvent.ReplacementWanted("e" + (i + 1)));
        }

        assertEquals(0, core.asked());
        nowMs += VALIDITY_MS;
        on(new AppMasterEvent.Tick());
        assertEquals(1, core.asked());
    }

    @Test
    void whenNoneIsLeftAfterTooManyFailuresTheDriverIsToldWhy() {
        on(new AppMasterEvent.NodesCounted(100));
        on(new AppMasterEvent.Registered(1, List.of()));
        for (int i = 1; i <= 4; i++) {
            failsOn("c" + i, "n" + i);
            on(new AppMasterEvent.ReplacementWanted("e" + i));
        }
        failsOn("c5", "n5");
        List<AppMasterEffect> refused = on(new AppMasterEvent.ReplacementWanted("e5"));

        assertEquals(1, refused.size(), refused::toString);
        AppMasterEffect.RefuseExecutor executor = (AppMasterEffect.RefuseExecutor) refused.get(0);
        assertEquals("e6", executor.executorId());
        assertTrue(executor.reason().toString().contains("more than 4 executors have failed"), refused::toString);
    }

    private static AppMasterEvent inputLies(Object... hostsAndTasks) {
        return new AppMasterEvent.InputLies(counts(hostsAndTasks));
    }

    private static AppMasterEffect askNear(int containers, Object... hostsAndContainers) {
        return new AppMasterEffect.AskFor(containers, 0, counts(hostsAndContainers));
    }

    private static TreeMap<String, Integer> counts(Object... namesAndNumbers) {
        TreeMap<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < namesAndNumbers.length; i += 2) {
            counts.put((String) namesAndNumbers[i], (Integer) namesAndNumbers[i + 1]);
        }
        return counts;
    }

    @Test
    void containersAreAskedForWhereTheInputLiesOnEachHostItsShareLessWhatIsThere() {
        on(new AppMasterEvent.Registered(4, List.of()));

        assertEquals(
                List.of(askNear(4, "n1", 3, "n2", 1, "n3", 1)),
                on(inputLies("n1", 60, "n2", 20, "n3", 20, "10.0.0.1", 60)));
        assertEquals(
                List.of(new AppMasterEffect.StartExecutor("c1", "e1"), askNear(3, "n1", 2, "n2", 1, "n3", 1)),
                on(new AppMasterEvent.ContainerAllocated("c1", "n1:8041")));
        assertEquals(
                List.of(new AppMasterEffect.StartExecutor("c2", "e2"), askNear(2, "n1", 2, "n2", 1)),
                on(new AppMasterEvent.ContainerAllocated("c2", "n3:8041")));
        assertEquals(List.of(askNear(2, "n4", 2)), on(inputLies("n4", 1)), "another stage");
        assertEquals(List.of(new AppMasterEffect.AskFor(2)), on(inputLies()), "none");
    }

    @Test
    void whereNothingIsNamedAnAddressIsAsGood() {
        on(new AppMasterEvent.Registered(1, List.of()));

        assertEquals(List.of(askNear(1, "10.0.0.1", 1)), on(inputLies("10.0.0.1", 5)));
    }

    @Test
    void afterAWhileContainersAreAskedForAnywhere() {
        on(inputLies("n1", 1));
        assertTrue(on(new AppMasterEvent.Registered(2, List.of())).contains(askNear(2, "n1", 2)));

        nowMs += LOCALITY_WAIT_MS - 1;
        assertEquals(List.of(), on(new AppMasterEvent.Tick()));
        nowMs += 1;
        assertEquals(List.of(new AppMasterEffect.AskFor(2)), on(new AppMasterEvent.Tick()));
        assertEquals(List.of(), on(inputLies("n2", 1)), "it is late for that");
        assertEquals(
                List.of(new AppMasterEffect.StartExecutor("c1", "e1"), askNear(1, "n2", 1)),
                on(new AppMasterEvent.ContainerAllocated("c1", "n3")),
                "there is room again");
    }

    @Test
    void nothingIsAskedForOnHostsThatGetNoContainer() {
        on(inputLies("n1", 8, "n2", 1, "n3", 1));
        on(new AppMasterEvent.NodesCounted(4));
        on(new AppMasterEvent.NodeChanged("n1:8041", false, "UNHEALTHY"));

        assertTrue(on(new AppMasterEvent.Registered(2, List.of())).contains(askNear(2, "n2", 1, "n3", 1)));
        assertEquals(
                List.of(askNear(2, "n1", 2, "n2", 1, "n3", 1)),
                on(new AppMasterEvent.NodeChanged("n1:8041", true, "RUNNING")));
    }

    @Test
    void hostIsAskedForAgainWhenItsNodeManagerComesBackOnAnotherPort() {
        on(inputLies("n1", 8, "n2", 8));
        on(new AppMasterEvent.NodeChanged("n1:40001", false, "LOST"));
        assertTrue(on(new AppMasterEvent.Registered(2, List.of())).contains(askNear(2, "n2", 2)));

        assertEquals(
                List.of(askNear(2, "n1", 1, "n2", 1)), on(new AppMasterEvent.NodeChanged("n1:40002", true, "RUNNING")));
    }

    @Test
    void firstContainersWaitForTheFirstJobOnlyWhereThatIsWantedAndOnlySoLong() {
        AppMasterSettings patient = new AppMasterSettings(
                SETTINGS.memory(),
                SETTINGS.containerBytes(),
                LAUNCH_TIMEOUT_MS,
                VALIDITY_MS,
                4,
                2,
                NOTICE_MS,
                3_000,
                500,
                AppMasterSettings.ALL_ALIKE);
        core = new AppMasterCore(patient);
        assertEquals(
                List.of(),
                of(on(new AppMasterEvent.Registered(2, List.of())), AppMasterEffect.AskFor.class)
                        .toList());
        assertTrue(on(inputLies("n1", 1)).contains(askNear(2, "n1", 2)));

        core = new AppMasterCore(patient);
        on(new AppMasterEvent.Registered(2, List.of()));
        nowMs += 499;
        assertEquals(List.of(), on(new AppMasterEvent.Tick()));
        nowMs += 1;
        assertTrue(on(new AppMasterEvent.Tick()).contains(new AppMasterEffect.AskFor(2)));
    }

    @Test
    void decommissionedNodeGetsNothingNew() {
        on(new AppMasterEvent.Registered(1, List.of()));
        on(new AppMasterEvent.NodeChanged("n1", false, "DECOMMISSIONING"));

        assertEquals(
                List.of(new AppMasterEffect.ReleaseContainer("c1"), new AppMasterEffect.AskFor(1)),
                on(new AppMasterEvent.ContainerAllocated("c1", "n1")));

        on(new AppMasterEvent.NodeChanged("n1", true, "RUNNING"));
        on(new AppMasterEvent.ContainerAllocated("c2", "n1"));
        assertEquals(1, core.held().size());
    }

    @Test
    void executorsOfADecommissionedNodeLeaveAndAreReplacedBeforeTheyHaveGone() {
        twoRun();

        assertEquals(
                List.of(new AppMasterEffect.LeaveExecutor("e1", DrainReason.DECOMMISSION, 60_000)),
                on(new AppMasterEvent.NodeDecommissioning("n1", 60_000)));
        assertEquals(
                List.of(
                        new AppMasterEffect.AskFor(1),
                        new AppMasterEffect.HeartbeatEvery(AppMasterCore.EAGER_HEARTBEAT_MS)),
                on(new AppMasterEvent.ReplacementWanted("e1")));
        assertEquals(List.of(), on(new AppMasterEvent.ReplacementWanted("e1")));
        assertEquals(
                List.of(new AppMasterEffect.ReleaseContainer("c3"), new AppMasterEffect.AskFor(1)),
                on(new AppMasterEvent.ContainerAllocated("c3", "n1")));
        on(new AppMasterEvent.ContainerAllocated("c4", "n3"));

        assertEquals(
                List.of(new AppMasterEffect.StopContainer("c1")),
                on(new AppMasterEvent.ExecutorReleased("e1", "it was drained")));
        assertEquals(0, core.asked());
        assertEquals(2, core.held().size());
    }

    @Test
    void nodeWhoseMachineIsTakenBackGetsNothingNewUntilItReturns() {
        twoRun();

        List<AppMasterEffect> effects = on(new AppMasterEvent.MachineTakenBack("e1", 120_000));

        assertEquals("n1", ((AppMasterEffect.ExcludeNode) effects.get(0)).node());
        assertEquals(0, of(effects, AppMasterEffect.LeaveExecutor.class).count(), "its driver knows");
        on(new AppMasterEvent.ReplacementWanted("e1"));
        assertTrue(on(new AppMasterEvent.ContainerAllocated("c3", "n1"))
                .contains(new AppMasterEffect.ReleaseContainer("c3")));
        assertEquals(List.of(), on(new AppMasterEvent.MachineTakenBack("e1", 110_000)));

        assertEquals(
                List.of(), on(new AppMasterEvent.NodeChanged("n1", true, "RUNNING")), "it is still the same machine");
        on(new AppMasterEvent.NodeChanged("n1", false, "LOST"));
        nowMs += 120_000;
        assertTrue(on(new AppMasterEvent.NodeChanged("n1", true, "RUNNING"))
                .contains(new AppMasterEffect.ReadmitNode("n1")));
        assertTrue(on(new AppMasterEvent.ContainerAllocated("c4", "n1"))
                .contains(new AppMasterEffect.StartExecutor("c4", "e3")));
    }

    @Test
    void allExecutorsOfAMachineThatIsTakenBackLeaveWhenOneHasHeardIt() {
        on(new AppMasterEvent.Registered(3, List.of()));
        for (int i = 1; i <= 3; i++) {
            on(new AppMasterEvent.ContainerAllocated("c" + i, "n1"));
        }
        on(new AppMasterEvent.ExecutorRegistered("e1"));
        on(new AppMasterEvent.ExecutorRegistered("e2"));

        List<AppMasterEffect> effects = on(new AppMasterEvent.MachineTakenBack("e1", 120_000));

        assertTrue(effects.contains(new AppMasterEffect.LeaveExecutor("e2", DrainReason.SPOT_NOTICE, 120_000)));
        assertTrue(effects.contains(new AppMasterEffect.ReleaseContainer("c3")), "it only starts");
    }

    @Test
    void machineThatWasNotTakenBackAfterAllIsUsedAgainAfterAWhile() {
        twoRun();
        on(new AppMasterEvent.MachineTakenBack("e1", 120_000));

        nowMs += 120_000 + 600_000;
        assertEquals(List.of(), on(new AppMasterEvent.Tick()), "the ResourceManager may miss it just now");
        nowMs += 600_000;

        assertEquals(List.of(new AppMasterEffect.ReadmitNode("n1")), on(new AppMasterEvent.Tick()));
    }

    @Test
    void nodeWithTwoReasonsToBeExcludedIsReadmittedWhenBothAreGone() {
        twoRun();
        on(new AppMasterEvent.MoreWanted(3));
        failsOn("c3", "n1");
        assertEquals(
                1, of(failsOn("c4", "n1"), AppMasterEffect.ExcludeNode.class).count());

        on(new AppMasterEvent.MachineTakenBack("e1", 120_000));
        nowMs += 120_000;
        List<AppMasterEffect> returned = on(new AppMasterEvent.NodeChanged("n1", true, "RUNNING"));
        assertEquals(0, of(returned, AppMasterEffect.ReadmitNode.class).count());
        nowMs += VALIDITY_MS;

        assertTrue(on(new AppMasterEvent.Tick()).contains(new AppMasterEffect.ReadmitNode("n1")));
    }

    @Test
    void whoLeavesIsToldAgainOnlyWhenItHasToGoEarlier() {
        twoRun();
        on(new AppMasterEvent.NodeDecommissioning("n1", 3_600_000));

        assertEquals(List.of(), on(new AppMasterEvent.NodeDecommissioning("n1", 3_600_000)));
        assertEquals(
                List.of(new AppMasterEffect.LeaveExecutor("e1", DrainReason.PREEMPTION, NOTICE_MS)),
                on(new AppMasterEvent.PreemptionAnnounced(List.of("c1"), List.of())));
        nowMs += 1_000;
        assertEquals(List.of(), on(new AppMasterEvent.PreemptionAnnounced(List.of("c1"), List.of())));
    }

    @Test
    void containerInWhichAnExecutorOnlyStartsGoesBackFromADecommissionedNodeAtOnce() {
        on(new AppMasterEvent.Registered(1, List.of()));
        on(new AppMasterEvent.ContainerAllocated("c1", "n1"));

        List<AppMasterEffect> effects = on(new AppMasterEvent.NodeDecommissioning("n1", 60_000));

        assertEquals(new AppMasterEffect.ReleaseContainer("c1"), effects.get(0));
        assertEquals(
                "its container on n1 was given back before it became an executor: its node is being decommissioned",
                ((AppMasterEffect.TellExited) effects.get(1)).reason().toString());
        on(new AppMasterEvent.ReplacementWanted("e1"));
        assertEquals(1, core.asked());
    }

    @Test
    void preemptionThatLeavesTheChoiceGetsWhatOnlyStarts() {
        twoRun();
        on(new AppMasterEvent.ExecutorReleased("e2", "no sign of life"));
        on(new AppMasterEvent.ReplacementWanted("e2"));
        on(new AppMasterEvent.ContainerAllocated("c3", "n3"));
        AppMasterEvent message = new AppMasterEvent.PreemptionAnnounced(List.of(), List.of("c1"));

        assertEquals(
                List.of(new AppMasterEffect.ReleaseContainer("c3")),
                of(on(message), AppMasterEffect.ReleaseContainer.class).toList());
        assertEquals(List.of(), on(message), "it was answered");
        nowMs += NOTICE_MS / 2;
        assertEquals(
                List.of(new AppMasterEffect.LeaveExecutor("e1", DrainReason.PREEMPTION, NOTICE_MS)),
                on(message),
                "it is wanted besides");
    }

    @Test
    void containerThatIsCertainToBePreemptedIsLeftWhateverElseStarts() {
        twoRun();
        on(new AppMasterEvent.MoreWanted(1));
        on(new AppMasterEvent.ContainerAllocated("c3", "n3"));

        assertEquals(
                List.of(new AppMasterEffect.LeaveExecutor("e1", DrainReason.PREEMPTION, NOTICE_MS)),
                on(new AppMasterEvent.PreemptionAnnounced(List.of("c1"), List.of())));
    }

    @Test
    void endOfAnExecutorThatWasLeavingIsNoFailureAndIsNotReplacedAgain() {
        twoRun();
        on(new AppMasterEvent.NodeDecommissioning("n1", 60_000));
        on(new AppMasterEvent.ReplacementWanted("e1"));
        on(new AppMasterEvent.ContainerAllocated("c3", "n3"));

        List<AppMasterEffect> ended = on(new AppMasterEvent.ContainerCompleted("c1", ContainerEnds.ABORTED, ""));

        assertEquals(1, ended.size(), ended::toString);
        assertEquals("e1", ((AppMasterEffect.TellExited) ended.get(0)).executorId());
        on(new AppMasterEvent.ReplacementWanted("e1"));
        assertEquals(0, core.asked());
        assertEquals(2, core.wanted());
    }

    @Test
    void moreAndFewerChangeWhatIsAskedForAndNothingThatHasBegun() {
        twoRun();

        on(new AppMasterEvent.MoreWanted(3));
        assertEquals(3, core.asked());
        on(new AppMasterEvent.ContainerAllocated("c3", "n3"));
        on(new AppMasterEvent.FewerWanted(5));

        assertEquals(0, core.asked());
        assertEquals(3, core.wanted());
        assertEquals(3, core.held().size());
    }

    @Test
    void executorThatTheDriverItselfHasLeaveIsReplacedAtOnce() {
        twoRun();

        on(new AppMasterEvent.ReplacementWanted("e1"));

        assertEquals(1, core.asked());
        on(new AppMasterEvent.ExecutorReleased("e1", "it was drained"));
        assertEquals(1, core.asked());
    }

    @Test
    void closingGivesAllBackAndTakesNothing() {
        twoRun();

        assertEquals(
                List.of(new AppMasterEffect.ReleaseContainer("c1"), new AppMasterEffect.ReleaseContainer("c2")),
                on(new AppMasterEvent.Closing()));
        assertEquals(
                List.of(new AppMasterEffect.ReleaseContainer("c3"), new AppMasterEffect.AskFor(0)),
                on(new AppMasterEvent.ContainerAllocated("c3", "n1")));
        assertEquals(List.of(), on(new AppMasterEvent.ReplacementWanted("e1")));
    }

    @Test
    void eachEndIsOneSentenceWithWhatToChange() {
        ContainerEnds ends = new ContainerEnds(SETTINGS);

        String memory = ends.of(
                        "n1",
                        -104,
                        "is running beyond physical memory limits. Current usage: 1.6 GB of 1.5 GB"
                                + " physical memory used; Killing container.")
                .toString();
        String explained = "YARN killed its container of 1.5 GiB, of which its heap is 1 GiB, for its memory"
                + " (1.6 GB of 1.5 GB physical memory were in use); raise kindling.yarn.memoryOverhead:"
                + " what the program has outside the heap (direct buffers, native libraries, processes of pipe)"
                + " does not fit";
        assertEquals(explained, memory);
        assertTrue(ends.of(
                        "n1",
                        -103,
                        "Current usage: 0.9 GB of 1.5 GB physical memory used; 4.1 GB of 3.2 GB virtual memory used")
                .toString()
                .contains("for its virtual memory (4.1 GB of 3.2 GB virtual memory were in use)"));
        assertTrue(ends.of("n1", -103, "").toString().contains("yarn.nodemanager.vmem-check-enabled=false"));
        assertTrue(ends.of("n1", -102, "").toString().contains("--queue"));
        assertTrue(ends.of("n1", -100, "").toString().contains("n1 was lost or decommissioned"));
        assertTrue(ends.of("n1", 126, "").toString().contains("--java-archive auto:DIR"));
        assertTrue(ends.of("n1", 127, "").toString().contains("no Java where it was looked for"));
        assertTrue(ends.of("n1", -101, "").toString().contains("yarn.nodemanager.local-dirs"));
        assertTrue(ends.of("n1", -106, "by admin").toString().contains("killed its container (by admin)"));
        assertTrue(ends.of("n1", -1000, "no file").toString().contains("could not prepare its container (no file)"));
        assertTrue(ends.of("n1", -999, "").toString().contains("with status -999"));
        assertTrue(ends.of("n1", 143, "").toString().contains("SIGTERM"));
        assertTrue(ends.of("n1", 137, "").toString().contains("SIGKILL"));
        assertTrue(ends.of("n1", 1, "java.lang.UnsupportedClassVersionError: X")
                .toString()
                .contains("--java-home"));
        assertTrue(ends.of("n1", 1, "Error: VM option 'SharedArchiveFile' is diagnostic and must be enabled")
                .toString()
                .contains("--java-home"));
        ExitReason own = ends.of(
                "n1",
                3,
                "Exception from container-launch.\nLast 4096 bytes of stderr :\nOutOfMemoryError: Java heap space");
        assertEquals(Kind.HEAP_EXHAUSTED, own.kind(), own::toString);
    }
}
