package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static dev.kindling.driver.core.DriverScript.fetchFailed;
import static dev.kindling.driver.core.DriverScript.job;
import static dev.kindling.driver.core.DriverScript.userError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskResult;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Small partitions whose number nobody named are computed several at a time, and end as if they were not. */
class TaskGroupsTest {
    /** Ten partitions of 100 bytes on two slots. */
    private static DriverScript tenSmallPartitions() {
        return ready(DriverScript.with(executor("e1", 1), executor("e2", 1)), true, 100);
    }

    private static DriverScript ready(DriverScript driver, boolean hasDefaultCount, long bytes) {
        DriverScript.JobBuilder job = job(1);
        if (hasDefaultCount) {
            job.withDefaultCounts();
        }
        driver.submit(job.mapStage(0, 1, 10).resultStage(1, 10, 0).build());
        long[] sizes = new long[10];
        Arrays.fill(sizes, bytes);
        return driver.finishes("s0p0#0", new TaskResult.MapWritten(0, sizes, 1, 1));
    }

    private static List<Integer> range(int from, int end) {
        return IntStream.range(from, end).boxed().toList();
    }

    @Test
    void thereAreAsManyGroupsAsSlots() {
        DriverScript driver = tenSmallPartitions();

        assertEquals(List.of(range(0, 5), range(5, 10)), driver.runningGroups());
        driver.finishes("s1p0#0", 5).finishes("s1p5#0", 5);
        driver.says("complete job 1");
        assertEquals(10, driver.merged().size());
    }

    @Test
    void whatFormedTheGroupsIsTold() {
        tenSmallPartitions()
                .says("10 partitions of stage 1 are 2 groups: they read 970 bytes, the target is 16777216 on 2 cores");
        DriverScript alone = ready(DriverScript.with(executor("e1", 10)), true, 20 << 20);

        alone.neverSays("groups: they read");
    }

    @Test
    void namedNumberOfPartitionsIsTheNumberOfTasks() {
        DriverScript driver = ready(DriverScript.with(executor("e1", 10)), false, 100);

        assertEquals(10, driver.runningGroups().size());
    }

    @Test
    void largePartitionsAreComputedOneByOne() {
        DriverScript driver = ready(DriverScript.with(executor("e1", 10)), true, 20 << 20);

        assertEquals(10, driver.runningGroups().size());
    }

    @Test
    void taskThatFailsIsTriedAgainByItselfAndOnlyItIsCharged() {
        DriverScript driver = tenSmallPartitions();

        driver.fails("s1p0#0", 2, userError("no"));

        assertEquals(List.of("s1p0#0", "s1p1#0"), driver.merged());
        assertEquals(List.of(range(3, 5), range(5, 10)), driver.runningGroups());
        driver.finishes("s1p5#0", 5);
        assertTrue(
                driver.runningGroups().contains(List.of(2)),
                () -> driver.runningGroups().toString());
        driver.finishes("s1p2#1", 1).finishes("s1p3#1", 2).says("complete job 1");
        assertEquals(10, driver.merged().size());
    }

    @Test
    void oneTaskThatFailsAgainAndAgainFailsTheJobThoughOthersOfItsGroupAreDone() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        ready(driver, true, 100);

        driver.fails("s1p0#0", 3, userError("no"));
        driver.fails("s1p3#1", userError("no")).fails("s1p3#2", userError("no")).fails("s1p3#3", userError("no"));

        driver.says("partition 3 of 10");
    }

    @Test
    void lostInputStopsAGroupAndKeepsWhatIsDone() {
        DriverScript driver = tenSmallPartitions();

        driver.fails("s1p0#0", 4, fetchFailed("s0p0#0", "e1")).finishes("s1p5#0", 5);
        driver.finishes("s0p0#1");

        driver.finishes("s1p4#1", 1).says("complete job 1");
        assertEquals(10, driver.merged().size());
    }

    @Test
    void groupThatEndsEarlyLeavesTheRestToAllSlotsInSmallerGroups() {
        DriverScript driver = tenSmallPartitions();

        driver.finishes("s1p0#0", 1);

        assertEquals(List.of(List.of(1), range(5, 10)), driver.runningGroups());
        driver.passesAlive(600).finishes("s1p5#0", 5);
        assertEquals(List.of(List.of(1), List.of(2)), driver.runningGroups());
    }

    @Test
    void groupsGrowAgainAsLongAsTheyAreQuick() {
        DriverScript driver = tenSmallPartitions();
        driver.finishes("s1p0#0", 1).finishes("s1p5#0", 5);
        assertEquals(List.of(List.of(1), List.of(2, 3)), driver.runningGroups());

        driver.passesAlive(600).finishes("s1p1#1");

        assertEquals(List.of(List.of(2, 3), List.of(4)), driver.runningGroups());
    }

    private static DriverScript hundredTasks() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        return driver.submit(job(1).resultStage(0, 100).build());
    }

    /** Ends the smallest of the launches that run, with all its tasks; how many tasks each of those has that run then. */
    private static List<Integer> sizesAfterAnEnd(DriverScript driver) {
        List<Integer> smallest = driver.runningGroups().stream()
                .min(Comparator.comparingInt(List::size))
                .orElseThrow();
        driver.finishes("s0p" + smallest.get(0) + "#0", smallest.size());
        return driver.runningGroups().stream().map(List::size).sorted().toList();
    }

    @Test
    void tasksOfANamedNumberAreLaunchedTogetherOnceTheyAreSeenToBeQuick() {
        DriverScript driver = hundredTasks();
        // Of eight tasks, which tell first how large the result will be, all but the last.
        for (int launched = 2; launched < 7; launched++) {
            assertEquals(List.of(1, 1), sizesAfterAnEnd(driver));
        }

        assertEquals(List.of(1, 2), sizesAfterAnEnd(driver));
        assertEquals(List.of(2, 2), sizesAfterAnEnd(driver));
        assertEquals(List.of(2, 4), sizesAfterAnEnd(driver));
        assertEquals(List.of(4, 4), sizesAfterAnEnd(driver));
        assertEquals(List.of(4, 8), sizesAfterAnEnd(driver));
    }

    @Test
    void lastQuickTasksGoOneByOneToAllSlots() {
        DriverScript driver = hundredTasks();
        List<List<Integer>> before = driver.runningGroups();
        List<Integer> running = List.of(1, 1);
        int launched = 2;
        while (running.size() == 2) {
            int waiting = 100 - launched;
            running = sizesAfterAnEnd(driver);
            for (List<Integer> group : driver.runningGroups()) {
                if (!before.contains(group)) {
                    assertTrue(group.size() == 1 || 8 * group.size() <= waiting, () -> group + " of " + waiting);
                    launched += group.size();
                }
            }
            before = driver.runningGroups();
        }

        sizesAfterAnEnd(driver);
        driver.says("complete job 1");
        assertEquals(100, driver.merged().size());
    }

    @Test
    void tasksThatTakeLongerAreLaunchedOneByOne() {
        DriverScript driver = hundredTasks();

        for (int ended = 0; ended < 10; ended++) {
            driver.passesAlive(20);
            assertEquals(List.of(1, 1), sizesAfterAnEnd(driver));
        }
    }

    @Test
    void quickTasksThatTurnSlowAreLaunchedInSmallerGroups() {
        DriverScript driver = hundredTasks();
        while (!sizesAfterAnEnd(driver).equals(List.of(4, 4))) {
            assertTrue(driver.merged().size() < 40);
        }

        driver.passesAlive(50);

        assertEquals(List.of(2, 4), sizesAfterAnEnd(driver));
    }

    @Test
    void executorThatIsOnlyOutOfReachCostsItsGroupOneMoreLaunch() {
        DriverScript driver = tenSmallPartitions();
        String lost = driver.placeOf("s1p5#0");

        driver.loses(lost).finishes("s1p0#0", 5);

        assertTrue(
                driver.runningGroups().contains(range(5, 10)),
                () -> driver.runningGroups().toString());
    }

    @Test
    void tasksOfAGroupWhoseProcessEndedByItselfRunAlone() {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        ready(driver, true, 100);
        String crashed = driver.placeOf("s1p5#0");

        driver.exits(crashed, 3).finishes("s1p0#0", 5);

        assertEquals(List.of(List.of(5)), driver.runningGroups());
    }

    @Test
    void outputsOfAGroupThatNobodyWantsAnyMoreAreDropped() {
        DriverScript driver = DriverScript.with(executor("e1", 1));
        driver.submit(job(1).withDefaultCounts()
                .mapStage(0, 1, 4)
                .mapStage(1, 4, 1, 0)
                .resultStage(2, 1, 1)
                .build());
        driver.finishes("s0p0#0").on(new DriverEvent.CancelJob(1, "asked"));

        driver.fails("s1p0#0", 2, new TaskFailure.Cancelled("asked"));

        assertEquals(
                List.of("s1p0#0", "s1p1#0"),
                driver.sent(Frame.DropMapOutput.class)
                        .map(drop -> drop.attempt().toString())
                        .toList());
    }
}
