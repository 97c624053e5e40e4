package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.CachedBlockStatus;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.HotKey;
import dev.kindling.protocol.ProtocolException;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import dev.kindling.util.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Executors that may speak to the driver and say anything at all: frames that decode, in any order, about what there is
 * and what there is not. Their own jobs may fail or get nonsense; the driver stays sound and serves who comes after.
 */
class HostileExecutorTest {
    private static final int SEEDS = Integer.getInteger("hostile.seeds", 100);
    private static final int STEPS = 200;
    private static final List<Integer> NUMBERS = List.of(
            0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 7, 8, 64, 1000, 1 << 20, Integer.MAX_VALUE, -1, -64, Integer.MIN_VALUE);
    private static final List<Long> SIZES =
            List.of(0L, 1L, 100L, 1L << 20, 1L << 40, Long.MAX_VALUE, -1L, Long.MIN_VALUE);
    private static final List<String> NAMES = List.of("e1", "e2", "e3", "e9", "");

    @Test
    void driverStaysSoundWhateverExecutorsSay() {
        List<String> complaints = LongStream.range(0, SEEDS)
                .mapToObj(seed -> new World(seed).complaint())
                .filter(complaint -> !complaint.isEmpty())
                .toList();

        assertTrue(
                complaints.isEmpty(),
                () -> complaints.size() + " of " + SEEDS + " seeds:\n"
                        + String.join("\n", complaints.subList(0, Math.min(12, complaints.size()))));
    }

    private static final class World {
        private final long seed;
        private final Random random;
        private final DriverCore core = new DriverCore(DriverSettings.defaults());
        /** What runs where, as far as launches said. */
        private final Map<AttemptId, String> places = new TreeMap<>();

        private final Map<AttemptId, TaskGroup> groups = new TreeMap<>();
        private final Map<String, Secret> nonces = new TreeMap<>();
        private long nowMs;
        private int lastExecutor;
        private boolean isNewJobComplete;
        private DriverEvent last = new DriverEvent.Tick();

        World(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        String complaint() {
            try {
                run();
                return "";
            } catch (RuntimeException | LinkageError e) {
                StringBuilder where = new StringBuilder();
                for (int i = 0; i < Math.min(3, e.getStackTrace().length); i++) {
                    where.append("\n   at ").append(e.getStackTrace()[i]);
                }
                return "seed " + seed + ": " + e + " after " + Sentences.of(last) + where;
            }
        }

        private void run() {
            for (int i = 0; i < 3; i++) {
                addExecutor();
            }
            on(new DriverEvent.PersistSet(5, StorageLevel.MEMORY_ONLY_2, 4));
            on(new DriverEvent.JobSubmitted(DriverScript.job(1)
                    .mapStage(0, 4, 3)
                    .mapStage(1, 3, 2, 0)
                    .resultStage(2, 2, 1)
                    .build()));
            on(new DriverEvent.JobSubmitted(
                    DriverScript.job(2).resultStage(3, 4).savingTo("/out").build()));
            on(new DriverEvent.JobSubmitted(
                    DriverScript.job(3).resultStage(4, 40).build()));
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            serveANewJob();
        }

        // ---- an honest one ----------------------------------------------------------------------------------------

        private void addExecutor() {
            String id = "e" + ++lastExecutor;
            Secret nonce = Secret.of("nonce " + id);
            nonces.put(id, nonce);
            on(new DriverEvent.ExecutorRequested(id, nonce));
            frame(new Frame.Register(id, 1, nonce, address(id), 2, 1 << 26, 1));
        }

        private static ExecutorAddress address(String id) {
            return new ExecutorAddress(id, 1, "host-" + id, 7000, "host-" + id, "/scratch");
        }

        /** The hostile ones go; one that is honest comes and does what is left to do. */
        private void serveANewJob() {
            for (DriverEvent event : List.of(
                    new DriverEvent.CancelJob(1, "over"),
                    new DriverEvent.CancelJob(2, "over"),
                    new DriverEvent.CancelJob(3, "over"))) {
                on(event);
            }
            for (int executor = 1; executor <= lastExecutor; executor++) {
                on(new DriverEvent.ExecutorExited("e" + executor, ExitReasons.superseded()));
                on(new DriverEvent.ConnectionClosed("e" + executor, 1, "end of stream"));
            }
            places.clear();
            lastExecutor = 20;
            addExecutor();
            on(new DriverEvent.JobSubmitted(
                    DriverScript.job(9).resultStage(9, 3).build()));
            for (int turn = 0; turn < 50 && !isNewJobComplete; turn++) {
                nowMs += 100;
                on(new DriverEvent.Tick());
                for (AttemptId attempt : List.copyOf(places.keySet())) {
                    String place = places.remove(attempt);
                    List<TaskDone> done = new ArrayList<>();
                    groups.get(attempt)
                            .tasks()
                            .forEach(task -> done.add(new TaskDone(
                                    task.attempt(), new TaskResult.Direct(new byte[1]), TaskMetrics.NONE, List.of())));
                    frame(new Frame.AttemptFinished(place, 1, attempt, done));
                }
            }
            if (!isNewJobComplete) {
                throw new IllegalStateException("a job submitted afterwards does not end: " + core.standing());
            }
        }

        private void on(DriverEvent event) {
            last = event;
            List<DriverEffect> effects = new ArrayList<>();
            core.on(nowMs, event, effects::add);
            Invariants.check(core);
            for (DriverEffect effect : effects) {
                if (effect instanceof DriverEffect.Send send) {
                    FrameCodec.encode(send.frame());
                    if (send.frame() instanceof Frame.LaunchTasks launch) {
                        for (TaskGroup group : launch.groups()) {
                            places.put(group.attempt(), send.executorId());
                            groups.put(group.attempt(), group);
                        }
                    }
                } else if (effect instanceof DriverEffect.CompleteJob complete && complete.jobId() == 9) {
                    isNewJobComplete = true;
                } else if (effect instanceof DriverEffect.PublishOutput publish) {
                    on(new DriverEvent.OutputPublished(publish.jobId()));
                }
            }
        }

        /** As it comes over the wire; what does not decode never reaches the core. */
        private void frame(Frame.ToDriver frame) {
            Frame.ToDriver decoded;
            try {
                decoded = (Frame.ToDriver) FrameCodec.decode(FrameCodec.encode(frame));
            } catch (ProtocolException e) {
                return;
            }
            on(new DriverEvent.FrameReceived(decoded));
        }

        // ---- hostile ones -----------------------------------------------------------------------------------------

        private void step() {
            switch (random.nextInt(30)) {
                case 0, 1 -> {
                    nowMs += random.nextInt(1_500);
                    on(new DriverEvent.Tick());
                }
                case 2 -> {
                    if (lastExecutor < 8) {
                        addExecutor();
                    }
                }
                case 3 -> on(new DriverEvent.DrainRequested(name(), DrainReason.DECOMMISSION, 10_000));
                case 4 -> on(new DriverEvent.UnpersistSet(5, -1));
                case 5 -> on(new DriverEvent.PersistSet(5, StorageLevel.MEMORY_ONLY_2, 4));
                case 6 -> on(new DriverEvent.ConnectionClosed(name(), 1, "end of stream"));
                default -> frame(hostile());
            }
        }

        private Frame.ToDriver hostile() {
            String from = name();
            long incarnation = random.nextInt(20) == 0 ? number() : 1;
            return switch (random.nextInt(14)) {
                case 0 ->
                    new Frame.Register(
                            from,
                            incarnation,
                            nonces.getOrDefault(from, Secret.of("guess")),
                            anyAddress(),
                            number(),
                            size(),
                            size());
                case 1 -> new Frame.Heartbeat(from, incarnation, size(), attempts(), size(), size(), size(), number());
                case 2, 3, 4, 5 -> new Frame.AttemptFinished(from, incarnation, attemptOf(from), doneOf(from));
                case 6, 7, 8 ->
                    new Frame.AttemptFailed(
                            from,
                            incarnation,
                            attemptOf(from),
                            random.nextBoolean() ? List.of() : doneOf(from),
                            attemptOf(from),
                            failure(),
                            metrics());
                case 9 -> new Frame.NeedStageProgram(from, incarnation, number());
                case 10 -> new Frame.AttemptStuck(from, incarnation, attemptOf(from), size(), "stack");
                case 11 -> new Frame.CachedBlocksChanged(from, incarnation, size(), List.of(status(), status()));
                case 12 -> new Frame.MapOutputCopied(from, incarnation, number(), attempt(), random.nextBoolean());
                default -> new Frame.BroadcastDropped(from, incarnation, number());
            };
        }

        private <T> T pick(List<T> from) {
            return from.get(random.nextInt(from.size()));
        }

        private int number() {
            return pick(NUMBERS);
        }

        private long size() {
            return pick(SIZES);
        }

        private String name() {
            return random.nextInt(4) == 0 ? pick(NAMES) : "e" + (1 + random.nextInt(lastExecutor));
        }

        private ExecutorAddress anyAddress() {
            return random.nextInt(3) > 0 ? address(name()) : new ExecutorAddress(name(), size(), "", number(), "", "");
        }

        private AttemptId attempt() {
            return new AttemptId(number(), number(), number());
        }

        /** Mostly one that runs there. */
        private AttemptId attemptOf(String executorId) {
            List<AttemptId> there = places.keySet().stream()
                    .filter(attempt -> places.get(attempt).equals(executorId))
                    .toList();
            return there.isEmpty() || random.nextInt(5) == 0 ? attempt() : pick(there);
        }

        private List<AttemptId> attempts() {
            List<AttemptId> attempts = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                attempts.add(random.nextBoolean() || places.isEmpty() ? attempt() : pick(List.copyOf(places.keySet())));
            }
            return attempts;
        }

        private List<TaskDone> doneOf(String executorId) {
            List<TaskDone> done = new ArrayList<>();
            AttemptId first = attemptOf(executorId);
            for (int i = 0; i < 1 + random.nextInt(2); i++) {
                AttemptId id = i == 0 ? first : attempt();
                done.add(new TaskDone(id, result(id), metrics(), updates()));
            }
            return done;
        }

        private List<AccumulatorUpdate> updates() {
            return random.nextInt(3) > 0
                    ? List.of()
                    : List.of(
                            new AccumulatorUpdate(size(), random.nextBoolean() ? 5 : number(), number(), new byte[1]));
        }

        private TaskMetrics metrics() {
            long any = size();
            return random.nextBoolean()
                    ? TaskMetrics.NONE
                    : new TaskMetrics(
                            any, any, any, any, any, any, any, any, any, any, any, any, any, any, any, any, size(),
                            size(), any, any);
        }

        private TaskResult result(AttemptId id) {
            return switch (random.nextInt(6)) {
                case 0 -> new TaskResult.Direct(new byte[random.nextInt(3)]);
                case 1 -> new TaskResult.Stored(size(), number());
                case 2 -> new TaskResult.PartWritten("file", "part-" + number(), size(), size());
                case 3 -> new TaskResult.MapWritten(number(), new long[random.nextInt(4)], size(), size(), hotKeys());
                default ->
                    new TaskResult.MapWritten(
                            id.stageId(),
                            random.longs(id.stageId() == 0 ? 3 : 2).toArray(),
                            size(),
                            size(),
                            hotKeys());
            };
        }

        private List<HotKey> hotKeys() {
            return random.nextBoolean() ? List.of() : List.of(new HotKey("key", number(), size()));
        }

        private CachedBlockStatus status() {
            return new CachedBlockStatus(
                    new CachedBlockId(random.nextInt(4) > 0 ? 5 : number(), number(), number()),
                    size(),
                    random.nextBoolean(),
                    size(),
                    size(),
                    random.nextBoolean());
        }

        private TaskFailure failure() {
            return switch (random.nextInt(8)) {
                case 0, 1 -> new TaskFailure.FetchFailed(number(), attempt(), name(), "");
                case 2 ->
                    new TaskFailure.CacheMissed(
                            new CachedBlockId(random.nextBoolean() ? 5 : number(), number(), number()),
                            name(),
                            size(),
                            "");
                case 3 -> new TaskFailure.InputOutput(pick(List.of(ErrorCode.values())), "", random.nextBoolean(), "");
                case 4 -> new TaskFailure.ScratchFull("");
                case 5 -> new TaskFailure.Cancelled("");
                case 6 -> new TaskFailure.UserError("", "", "", new byte[0]);
                default -> new TaskFailure.NotAccepted("");
            };
        }
    }
}
