package dev.kindling.executor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import dev.kindling.util.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What an executor decides, event by event. */
class ExecutorCoreTest {
    private static final ExecutorAddress ADDRESS = new ExecutorAddress("e1", 7, "a", 1, "a", "/s");
    private static final AttemptId FIRST = new AttemptId(0, 0, 0);
    private static final AttemptId SECOND = new AttemptId(0, 1, 0);
    private static final AttemptId THIRD = new AttemptId(0, 2, 0);

    private final ExecutorCore core = new ExecutorCore(ExecutorSettings.defaults());
    private final List<ExecutorEffect> effects = new ArrayList<>();
    private long nowMs;

    private List<ExecutorEffect> on(ExecutorEvent event) {
        List<ExecutorEffect> answer = new ArrayList<>();
        core.on(nowMs, event, answer::add);
        effects.addAll(answer);
        return answer;
    }

    private List<ExecutorEffect> receives(Frame.ToExecutor frame) {
        return on(new ExecutorEvent.FrameReceived(frame));
    }

    private List<ExecutorEffect> passes(long ms) {
        List<ExecutorEffect> answer = new ArrayList<>();
        for (long untilMs = nowMs + ms; nowMs < untilMs; ) {
            nowMs += 100;
            answer.addAll(on(new ExecutorEvent.Tick(1, 1, 1)));
        }
        return answer;
    }

    private void register() {
        on(new ExecutorEvent.Started(ADDRESS, Secret.of("nonce"), 2, 1 << 26, 99));
        receives(new Frame.Registered("e1", 7));
    }

    private List<ExecutorEffect> launch(AttemptId... attempts) {
        List<TaskGroup> groups = new ArrayList<>();
        for (AttemptId attempt : attempts) {
            groups.add(group(attempt));
        }
        return receives(new Frame.LaunchTasks(groups));
    }

    private static TaskGroup group(AttemptId attempt) {
        return new TaskGroup(List.of(new TaskLaunch(attempt, 1, 0, 0, new TreeMap<>(), List.of())));
    }

    private static ExecutorEffect started(AttemptId attempt) {
        return new ExecutorEffect.StartAttempt(group(attempt));
    }

    private List<ExecutorEffect> succeeds(AttemptId attempt) {
        return on(new ExecutorEvent.AttemptSucceeded(
                attempt, List.of(new TaskDone(attempt, new TaskResult.Stored(1, 0), TaskMetrics.NONE, List.of()))));
    }

    private static <T extends Frame> List<T> sent(List<ExecutorEffect> effects, Class<T> type) {
        List<T> frames = new ArrayList<>();
        for (ExecutorEffect effect : effects) {
            if (effect instanceof ExecutorEffect.Send send && type.isInstance(send.frame())) {
                frames.add(type.cast(send.frame()));
            }
        }
        return frames;
    }

    private ExecutorEffect.Exit exit() {
        List<ExecutorEffect.Exit> exits = new ArrayList<>();
        for (ExecutorEffect effect : effects) {
            if (effect instanceof ExecutorEffect.Exit exit) {
                exits.add(exit);
            }
        }
        assertEquals(1, exits.size(), effects::toString);
        return exits.get(0);
    }

    @Test
    void registrationIsRepeatedUntilItIsAnswered() {
        on(new ExecutorEvent.Started(ADDRESS, Secret.of("nonce"), 2, 1 << 26, 99));

        assertEquals(3, sent(passes(3_000), Frame.Register.class).size());
        receives(new Frame.Registered("e1", 7));

        List<ExecutorEffect> after = passes(4_000);
        assertEquals(0, sent(after, Frame.Register.class).size());
        assertEquals(2, sent(after, Frame.Heartbeat.class).size());
    }

    @Test
    void answerMeantForAnotherProcessIsNoRegistration() {
        on(new ExecutorEvent.Started(ADDRESS, Secret.of("nonce"), 2, 1 << 26, 99));

        receives(new Frame.Registered("e1", 6));
        receives(new Frame.Refused("e1", 6, "fenced"));

        assertEquals(1, sent(passes(1_000), Frame.Register.class).size());
    }

    @Test
    void attemptsRunInSlotsAndTheOthersWaitInLine() {
        register();
        receives(new Frame.StageProgram(0, new byte[] {1}));

        assertEquals(List.of(started(FIRST), started(SECOND)), launch(FIRST, SECOND, THIRD));

        assertTrue(succeeds(FIRST).contains(started(THIRD)));
    }

    @Test
    void launchWaitsForItsProgramWhichIsAskedForAgainAndAgain() {
        register();

        List<ExecutorEffect> answer = launch(FIRST);
        answer.addAll(passes(3_000));

        assertTrue(sent(answer, Frame.NeedStageProgram.class).size() >= 3);
        assertTrue(receivesProgram().get(0) instanceof ExecutorEffect.KeepProgram);
        assertTrue(effects.contains(started(FIRST)));
    }

    private List<ExecutorEffect> receivesProgram() {
        return receives(new Frame.StageProgram(0, new byte[] {1}));
    }

    @Test
    void doubledLaunchRunsOnceEvenAfterItsEndWasAcknowledged() {
        register();
        receivesProgram();
        launch(FIRST);

        assertEquals(List.of(), launch(FIRST));
        succeeds(FIRST);
        assertEquals(List.of(), launch(FIRST));
        receives(new Frame.OutcomeReceived(FIRST));

        assertEquals(List.of(), launch(FIRST));
        assertEquals(List.of(), core.attempts());
    }

    @Test
    void outcomeIsRepeatedAndNamedUntilItIsAcknowledged() {
        register();
        receivesProgram();
        launch(FIRST);
        assertEquals(1, sent(succeeds(FIRST), Frame.AttemptFinished.class).size());

        List<ExecutorEffect> repeated = passes(3_000);
        assertEquals(3, sent(repeated, Frame.AttemptFinished.class).size());
        assertEquals(
                List.of(FIRST), sent(repeated, Frame.Heartbeat.class).get(0).attempts());
        receives(new Frame.OutcomeReceived(FIRST));

        assertEquals(0, sent(passes(3_000), Frame.AttemptFinished.class).size());
    }

    @Test
    void cancelledAttemptIsInterruptedOnceAndItsEndReportedAsUsual() {
        register();
        receivesProgram();
        launch(FIRST);

        assertEquals(
                List.of(new ExecutorEffect.CancelAttempt(FIRST, "asked", true)),
                receives(new Frame.CancelAttempt(FIRST, "asked", true)));
        assertEquals(List.of(), receives(new Frame.CancelAttempt(FIRST, "asked", true)));

        List<ExecutorEffect> answer = on(new ExecutorEvent.AttemptFailed(
                FIRST, List.of(), FIRST, new TaskFailure.Cancelled("asked"), TaskMetrics.NONE));
        assertEquals(1, sent(answer, Frame.AttemptFailed.class).size());
    }

    @Test
    void cancellationThatOvertakesItsLaunchKeepsItFromRunning() {
        register();
        receivesProgram();

        List<Frame.AttemptFailed> answer =
                sent(receives(new Frame.CancelAttempt(FIRST, "asked", true)), Frame.AttemptFailed.class);

        assertEquals(new TaskFailure.Cancelled("asked"), answer.get(0).failure());
        assertEquals(List.of(), launch(FIRST));
    }

    @Test
    void waitingAttemptIsCancelledWithoutRunning() {
        register();
        receivesProgram();
        launch(FIRST, SECOND, THIRD);

        receives(new Frame.CancelAttempt(THIRD, "asked", true));
        succeeds(FIRST);

        assertTrue(!effects.contains(started(THIRD)));
    }

    @Test
    void attemptThatIsOnlyAskedToStopIsNeverStuckUntilItIsInterrupted() {
        register();
        receivesProgram();
        launch(FIRST);

        assertEquals(
                List.of(new ExecutorEffect.CancelAttempt(FIRST, "asked", false)),
                receives(new Frame.CancelAttempt(FIRST, "asked", false)));
        assertEquals(List.of(), receives(new Frame.CancelAttempt(FIRST, "asked", false)));
        assertTrue(!passes(20_000).contains(new ExecutorEffect.LookAtAttempt(FIRST)));
        assertEquals(
                List.of(new ExecutorEffect.CancelAttempt(FIRST, "asked again", true)),
                receives(new Frame.CancelAttempt(FIRST, "asked again", true)));
        assertTrue(passes(1_000).contains(new ExecutorEffect.LookAtAttempt(FIRST)));
    }

    @Test
    void attemptThatIgnoresItsInterruptIsReportedWithItsStackUntilItEnds() {
        register();
        receivesProgram();
        launch(FIRST);
        receives(new Frame.CancelAttempt(FIRST, "asked", true));

        assertTrue(!passes(900).contains(new ExecutorEffect.LookAtAttempt(FIRST)));
        assertTrue(passes(100).contains(new ExecutorEffect.LookAtAttempt(FIRST)));
        assertEquals(
                List.of(new ExecutorEffect.Send(new Frame.AttemptStuck("e1", 7, FIRST, 1_000, "at User.java:7"))),
                on(new ExecutorEvent.AttemptSeen(FIRST, "at User.java:7")));
        assertTrue(passes(1_000).contains(new ExecutorEffect.LookAtAttempt(FIRST)));

        succeeds(FIRST);
        assertEquals(List.of(), on(new ExecutorEvent.AttemptSeen(FIRST, "at User.java:7")));
        assertTrue(!passes(3_000).contains(new ExecutorEffect.LookAtAttempt(FIRST)));
    }

    @Test
    void attemptThatIsNotCancelledIsNeverStuck() {
        register();
        receivesProgram();
        launch(FIRST);

        assertTrue(!passes(20_000).contains(new ExecutorEffect.LookAtAttempt(FIRST)));
        assertEquals(List.of(), on(new ExecutorEvent.AttemptSeen(FIRST, "at User.java:7")));
    }

    @Test
    void refusedExecutorEnds() {
        register();

        receives(new Frame.Refused("e1", 7, "declared lost"));

        assertEquals(ExecutorCore.EXIT_WITHOUT_DRIVER, exit().code());
        assertEquals(List.of(), passes(5_000));
    }

    @Test
    void executorEndsWithoutItsDriver() {
        register();

        passes(29_000);
        receives(new Frame.HeartbeatReceived(3));
        passes(29_900);
        assertTrue(!core.isEnded());
        passes(200);

        assertEquals(ExecutorCore.EXIT_WITHOUT_DRIVER, exit().code());
    }

    @Test
    void pausedProcessListensBeforeItGivesUpItsDriver() {
        register();

        nowMs += 60_000;
        on(new ExecutorEvent.Tick(1, 1, 1));

        assertTrue(!core.isEnded());
    }

    @Test
    void shutdownAndTheEndOfTheConnectionEndIt() {
        register();
        receives(new Frame.Shutdown("done"));
        assertEquals(ExecutorCore.EXIT_OK, exit().code());

        ExecutorCore other = new ExecutorCore(ExecutorSettings.defaults());
        other.on(0, new ExecutorEvent.Started(ADDRESS, Secret.of("nonce"), 1, 1, 1), effect -> {});
        List<ExecutorEffect> answer = new ArrayList<>();
        other.on(0, new ExecutorEvent.DriverGone("end of stream"), answer::add);
        assertEquals(List.of(new ExecutorEffect.Exit(4, "the driver's connection ended: end of stream")), answer);
    }

    @Test
    void everyHeartbeatSaysWhenTheMachineIsTakenBackTheFirstAtOnce() {
        register();
        passes(300);
        assertEquals(Frame.Heartbeat.STAYS, lastHeartbeat().takenBackInMs());

        on(new ExecutorEvent.MachineTakenBack(120_000));
        passes(100);
        assertEquals(119_900, lastHeartbeat().takenBackInMs());

        nowMs += 100_000;
        passes(2_000);
        assertTrue(lastHeartbeat().takenBackInMs() < 20_000, "time passes while the process stands still, too");
        nowMs += 100_000;
        passes(2_000);
        assertEquals(0, lastHeartbeat().takenBackInMs());
    }

    private Frame.Heartbeat lastHeartbeat() {
        List<Frame.Heartbeat> sent = sent(effects, Frame.Heartbeat.class);
        return sent.get(sent.size() - 1);
    }

    @Test
    void forgottenStageTakesItsWaitingAttemptsWithItButNotTheRunningOnes() {
        register();
        receivesProgram();
        launch(FIRST, SECOND, THIRD);

        assertEquals(List.of(new ExecutorEffect.ForgetProgram(0)), receives(new Frame.ForgetStage(0)));

        assertEquals(List.of(FIRST, SECOND), core.attempts());
    }

    @Test
    void attemptThatALateOrderToForgetItsStageDropsIsStartedWhenItIsLaunchedAgain() {
        register();
        receivesProgram();
        launch(FIRST);
        receives(new Frame.ForgetStage(0));
        AttemptId again = new AttemptId(0, 0, 1);
        launch(again);
        receives(new Frame.ForgetStage(0));
        receivesProgram();

        assertEquals(List.of(started(again)), launch(again));
        assertEquals(List.of(), launch(FIRST));
    }

    @Test
    void cancellationThatComesAfterItsStageWasForgottenDoesNotHideASuccess() {
        register();
        receivesProgram();
        launch(FIRST);
        succeeds(FIRST);

        receives(new Frame.ForgetStage(0));
        receives(new Frame.CancelAttempt(FIRST, "the job failed", true));

        assertEquals(1, sent(passes(1_000), Frame.AttemptFinished.class).size());
        assertEquals(0, sent(effects, Frame.AttemptFailed.class).size());
    }

    @Test
    void dropsArePassedOn() {
        register();

        assertEquals(List.of(new ExecutorEffect.DropShuffle(3)), receives(new Frame.DropShuffle(3)));
        assertEquals(List.of(new ExecutorEffect.DropMapOutput(3, FIRST)), receives(new Frame.DropMapOutput(3, FIRST)));
        assertEquals(List.of(new ExecutorEffect.DropResult(FIRST)), receives(new Frame.DropResult(FIRST)));
    }

    @Test
    void lineForSlotsHasAnEnd() {
        register();
        receivesProgram();
        AttemptId[] attempts = new AttemptId[1_003];
        for (int partition = 0; partition < attempts.length; partition++) {
            attempts[partition] = new AttemptId(0, partition, 0);
        }

        List<Frame.AttemptFailed> refused = sent(launch(attempts), Frame.AttemptFailed.class);

        assertEquals(1, refused.size());
        assertTrue(refused.get(0).failure() instanceof TaskFailure.NotAccepted);
    }

    @Test
    void anOutputIsCopiedOnceHoweverOftenItIsOrderedAndTheAnswerIsRepeatedUntilItIsHeard() {
        register();
        ExecutorAddress from = new ExecutorAddress("e9", 1, "host-9", 7000, "host-9", "/scratch");
        Frame.CopyMapOutput order = new Frame.CopyMapOutput(3, FIRST, from);

        assertEquals(List.of(new ExecutorEffect.CopyMapOutput(3, FIRST, from)), receives(order));
        assertEquals(List.of(), receives(order));
        assertEquals(
                1,
                sent(on(new ExecutorEvent.MapOutputCopied(3, FIRST, true)), Frame.MapOutputCopied.class)
                        .size());
        assertEquals(List.of(), receives(order));
        assertEquals(1, sent(passes(1_000), Frame.MapOutputCopied.class).size());
        receives(new Frame.MapOutputCopyReceived(FIRST));

        assertEquals(0, sent(passes(10_000), Frame.MapOutputCopied.class).size());
    }
}
