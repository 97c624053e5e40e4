package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason.Kind;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.s3server.IdentityServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What real processes can do to an application, on one cluster: the result is right, or one sentence says why not. */
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessFaultsIT {

    @TempDir
    static Path directory;

    private static final IdentityServices MACHINE = new IdentityServices(Map.of());

    private static FaultyCluster cluster;
    private static Leftovers leftovers;

    /** Part of the names of this test's marks and gates. */
    private String name;

    @BeforeAll
    static void start() throws IOException {
        leftovers = new Leftovers();
        cluster = new FaultyCluster(
                "local-cluster[2,2,64]",
                directory,
                "kindling.executor.spotPollMs",
                "100ms",
                "kindling.executor.javaOptions",
                "-Daws.ec2MetadataServiceEndpoint=" + MACHINE.start());
        assertEquals(2, cluster.kindling.range(0, 2, 1, 2).count());
    }

    @AfterAll
    static void nothingIsLeft() {
        cluster.close();
        MACHINE.close();
        FaultTable.print();
        leftovers.assertNone(cluster.scratch());
    }

    @BeforeEach
    void forget(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName();
        cluster.forgetEvents();
    }

    /**
     * Sums over four map outputs; the first map task waits at the gate {@code name} for the first time it runs, having
     * left the mark {@code name.reached}.
     */
    private Job<Long> sumWithAGate() {
        String marks = cluster.marks();
        String gate = name;
        RDD<Long> numbers = cluster.kindling.range(0, 40_000, 1, 4).map(n -> {
            if (n == 0) {
                FaultyCluster.mark(marks, gate + ".reached");
                FaultyCluster.passGate(marks, gate);
            }
            return n;
        });
        return Job.start(() -> numbers.mapToPair(n -> Tuple2.of(n % 10, n))
                .reduceByKey(Long::sum, 3)
                .map(Tuple2::_2)
                .reduce(Long::sum));
    }

    private static long expectedSum() {
        return LongStream.range(0, 40_000).sum();
    }

    private static String attemptsAgain() {
        int count = cluster.failures().size();
        return count == 1 ? "1 attempt again" : count + " attempts again";
    }

    // ---- processes that are told to go ----------------------------------------------------------------------------

    @Test
    void decommissionedExecutorMovesItsMapOutputsAndPersistedPartitionsAndNothingIsComputedAgain() throws Exception {
        RDD<Long> kept = cluster.kindling.range(0, 40_000, 1, 4).persist(StorageLevel.MEMORY_AND_DISK);
        PairRDD<Long, Long> sums = kept.mapToPair(n -> Tuple2.of(n % 10, n)).reduceByKey(Long::sum, 3);
        assertEquals(10, sums.count());
        String leaving = cluster.events(Event.TaskStart.class).get(0).executor();
        cluster.forgetEvents();

        cluster.kindling.decommissionExecutor(leaving, 60_000);
        Event.ExecutorRemoved left = cluster.awaitEvent(Event.ExecutorRemoved.class, e -> e.id().equals(leaving));

        assertEquals(Kind.DECOMMISSIONED, left.reason().kind());
        assertTrue(left.reason().detail().startsWith("it was drained, "), left.toString());
        assertEquals(10, sums.count());
        assertEquals(40_000, kept.count());
        assertEquals(List.of(), cluster.events(Event.MapOutputsLost.class));
        assertEquals(List.of(), cluster.failures());
        assertTrue(cluster.events(Event.TaskEnd.class).stream()
                .noneMatch(end -> end.executor().equals(leaving)));
        kept.unpersist(true);
    }

    @Test
    void executorWhoseMachineIsTakenBackMovesItsMapOutputsBefore() {
        PairRDD<Long, Long> sums = cluster.kindling
                .range(0, 40_000, 1, 4)
                .mapToPair(n -> Tuple2.of(n % 10, n))
                .reduceByKey(Long::sum, 3);
        assertEquals(10, sums.count());

        MACHINE.takeBackOne(Instant.now().plusSeconds(60));
        Event.ExecutorRemoved left = cluster.awaitEvent(Event.ExecutorRemoved.class, any -> true);

        assertEquals(Kind.PREEMPTED, left.reason().kind());
        assertTrue(left.reason().toString().contains("its spot instance is being taken back"), left.toString());
        assertTrue(left.reason().detail().startsWith("it was drained, "), left.toString());
        assertEquals(10, sums.count());
        assertEquals(List.of(), cluster.events(Event.MapOutputsLost.class));
        assertEquals(List.of(), cluster.failures());
    }

    // ---- processes that go ----------------------------------------------------------------------------------------

    @Test
    void killedExecutorIsNoticedAtOnceAndCostsOnlyWhatItHeld() throws Exception {
        Job<Long> sum = sumWithAGate();
        ProcessHandle victim = cluster.awaitMark(name + ".reached");
        long killedNanos = System.nanoTime();

        victim.destroyForcibly();
        Event.ExecutorRemoved lost = cluster.awaitEvent(Event.ExecutorRemoved.class, any -> true);
        long detectedMs = FaultTable.msSince(killedNanos);
        cluster.openGate(name);

        assertEquals(expectedSum(), sum.result());
        assertEquals(Kind.KILLED, lost.reason().kind());
        assertEquals(137, lost.reason().exitCode().orElseThrow());
        assertTrue(
                lost.reason().toString().startsWith("exit code 137 (SIGKILL): killed from outside"), lost.toString());
        assertTrue(lost.reason().lastHeapBytes() > 0 && lost.reason().lastRssBytes() > 0, lost.toString());
        assertTrue(cluster.failures().stream().noneMatch(FaultyCluster::isCharged));
        FaultTable.add("executor killed (SIGKILL) in a map task", detectedMs, "right", attemptsAgain());
    }

    @Test
    void executorThatStopsForLessThanTheLimitLosesNothing() throws Exception {
        Job<Long> sum = sumWithAGate();
        ProcessHandle stopped = cluster.awaitMark(name + ".reached");
        long stoppedNanos = System.nanoTime();

        FaultyCluster.signal(stopped, "STOP");
        cluster.awaitEvent(Event.ExecutorSilent.class, any -> true);
        long reportedMs = FaultTable.msSince(stoppedNanos);
        FaultyCluster.signal(stopped, "CONT");
        cluster.openGate(name);

        assertEquals(expectedSum(), sum.result());
        assertEquals(List.of(), cluster.events(Event.ExecutorRemoved.class));
        assertEquals(List.of(), cluster.failures());
        assertTrue(stopped.isAlive());
        FaultTable.add(
                "executor stopped (SIGSTOP), goes on before 10 s", reportedMs, "right, executor kept", "the pause");
    }

    @Test
    void executorThatStaysSilentIsLostAndItsWorkIsDoneElsewhere() throws Exception {
        Job<Long> sum = sumWithAGate();
        ProcessHandle stopped = cluster.awaitMark(name + ".reached");
        long stoppedNanos = System.nanoTime();

        FaultyCluster.signal(stopped, "STOP");
        Event.ExecutorRemoved lost = cluster.awaitEvent(Event.ExecutorRemoved.class, any -> true);
        long detectedMs = FaultTable.msSince(stoppedNanos);
        cluster.openGate(name);

        assertEquals(expectedSum(), sum.result());
        assertEquals(Kind.HEARTBEAT_LOST, lost.reason().kind());
        assertTrue(lost.reason().toString().startsWith("no sign of life for 10"), lost.toString());
        assertTrue(lost.reason().toString().contains("kindling.executor.lostAfterMs"), lost.toString());
        cluster.await("the end of the stopped process", () -> !stopped.isAlive());
        assertTrue(cluster.failures().stream().noneMatch(FaultyCluster::isCharged));
        FaultTable.add("executor stopped for good", detectedMs, "right", attemptsAgain());
    }

    // ---- tasks that end their process -----------------------------------------------------------------------------

    /** Four tasks at once, of which the first does harm as soon as its neighbour runs too. */
    private Job<List<Long>> withNeighbours(dev.kindling.api.function.VoidFunction<String> harm) {
        String marks = cluster.marks();
        String test = name;
        return Job.start(() -> cluster.kindling
                .range(0, 4, 1, 4)
                .map(n -> {
                    if (n == 0) {
                        FaultyCluster.passGate(marks, test + ".neighbours");
                        harm.call(marks);
                    } else {
                        FaultyCluster.mark(marks, test + ".neighbour" + n);
                        FaultyCluster.passGate(marks, test + ".done");
                    }
                    return n;
                })
                .collect());
    }

    private void letLoose() throws IOException {
        for (int neighbour = 1; neighbour < 4; neighbour++) {
            cluster.awaitMark(name + ".neighbour" + neighbour);
        }
        cluster.openGate(name + ".neighbours");
        // They may end as soon as the first harm was done.
        cluster.awaitEvent(Event.ExecutorRemoved.class, any -> true);
        cluster.openGate(name + ".done");
    }

    /** The job failed for its first task alone, which was tried four times; the others were never charged. */
    private void onlyTheFirstTaskIsCharged(KindlingException failure) {
        assertEquals(ErrorCode.EXECUTORS_LOST, failure.code());
        assertTrue(failure.getMessage().contains("p0#3: partition 0 of 4"), failure.getMessage());
        assertTrue(failure.getMessage().contains("failure 4 of 4 allowed"), failure.getMessage());
        assertTrue(failure.getMessage().contains("this task is what ends its executors"), failure.getMessage());
        for (Event.TaskEnd failed : cluster.failures()) {
            assertFalse(FaultyCluster.isCharged(failed) && failed.partition() != 0, failed.toString());
            assertTrue(failed.partition() != 0 || failed.attempt() <= 3, failed.toString());
        }
    }

    @Test
    void taskThatFillsTheHeapIsFoundAndItsNeighboursAreNotCharged() throws Exception {
        Job<List<Long>> job = withNeighbours(marks -> {
            List<long[]> held = new ArrayList<>();
            while (held.size() < 100_000) {
                held.add(new long[1 << 17]);
            }
        });
        long nanos = System.nanoTime();

        letLoose();
        KindlingException failure = job.failure();

        onlyTheFirstTaskIsCharged(failure);
        assertTrue(failure.getMessage().contains("exit code 3: its heap of 64 MiB was full"), failure.getMessage());
        assertTrue(failure.getMessage().contains("kindling.executor.memory"), failure.getMessage());
        assertEquals(Kind.HEAP_EXHAUSTED, failure.exitReason().orElseThrow().kind());
        assertEquals(4, cluster.kindling.range(0, 4, 1, 4).count());
        FaultTable.add(
                "task that fills the heap, beside three others",
                FaultTable.msSince(nanos),
                "one error names the task and the memory",
                cluster.events(Event.ExecutorRemoved.class).size() + " executors");
    }

    @Test
    void taskThatCallsExitIsFoundAndItsNeighboursAreNotCharged() throws Exception {
        Job<List<Long>> job = withNeighbours(marks -> System.exit(42));
        long nanos = System.nanoTime();

        letLoose();
        KindlingException failure = job.failure();

        onlyTheFirstTaskIsCharged(failure);
        assertTrue(failure.getMessage().contains("exit code 42: a task called System.exit(42)"), failure.getMessage());
        assertTrue(failure.getMessage().contains("end a task by throwing an exception"), failure.getMessage());
        assertEquals(Kind.CRASHED, failure.exitReason().orElseThrow().kind());
        assertEquals(4, cluster.kindling.range(0, 4, 1, 4).count());
        FaultTable.add(
                "task that calls System.exit, beside three others",
                FaultTable.msSince(nanos),
                "one error names the task and the code",
                cluster.events(Event.ExecutorRemoved.class).size() + " executors");
    }

    @Test
    void loopThatIgnoresItsCancellationIsEndedWithItsExecutorAndNeighboursRunAgain() throws Exception {
        String marks = cluster.marks();
        String test = name;
        Job<Long> spinning = Job.start(() -> cluster.kindling
                .range(0, 1, 1, 1)
                .map(n -> {
                    FaultyCluster.mark(marks, test + ".spins");
                    long turns = 0;
                    while (!Files.exists(Path.of(marks, test + ".never"))) {
                        turns++;
                    }
                    return turns;
                })
                .reduce(Long::sum));
        ProcessHandle victim = cluster.awaitMark(name + ".spins");
        Job<List<Long>> others = Job.start(() -> cluster.kindling
                .range(0, 3, 1, 3)
                .map(n -> {
                    FaultyCluster.mark(marks, test + ".other" + n);
                    FaultyCluster.passGate(marks, test);
                    return n;
                })
                .collect());
        for (int other = 0; other < 3; other++) {
            cluster.awaitMark(name + ".other" + other);
        }
        long nanos = System.nanoTime();

        spinning.interrupt();
        assertEquals(ErrorCode.CANCELLED, spinning.failure().code());
        Event.TaskStuck stuck = cluster.awaitEvent(Event.TaskStuck.class, any -> true);
        cluster.await("the end of the process", () -> !victim.isAlive());
        long freedMs = FaultTable.msSince(nanos);
        cluster.openGate(name);

        assertEquals(List.of(0L, 1L, 2L), others.result());
        assertTrue(stuck.isReplaced());
        assertTrue(stuck.stack().contains("ProcessFaultsIT"), stuck.stack());
        assertTrue(
                cluster.events(Event.ExecutorRemoved.class)
                        .get(0)
                        .reason()
                        .toString()
                        .contains("ignores interrupts"),
                cluster.events(Event.ExecutorRemoved.class).toString());
        List<Event.TaskEnd> neighbours = cluster.failures();
        assertTrue(neighbours.stream().noneMatch(FaultyCluster::isCharged), neighbours.toString());
        FaultTable.add(
                "cancelled loop that ignores interrupts",
                freedMs,
                "its core is free again, neighbours right",
                attemptsAgain());
    }
}
