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
