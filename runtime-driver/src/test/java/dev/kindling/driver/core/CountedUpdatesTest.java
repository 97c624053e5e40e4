package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static dev.kindling.driver.core.DriverScript.fetchFailed;
import static dev.kindling.driver.core.DriverScript.job;
import static dev.kindling.driver.core.DriverScript.userError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.TaskResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What tasks add to accumulators counts once for each partition, whatever happens to them. */
class CountedUpdatesTest {
    private static final int SET = 3;

    private static TaskResult mapWritten() {
        return new TaskResult.MapWritten(0, new long[] {100}, 1, 1);
    }

    private static TaskResult direct() {
        return new TaskResult.Direct(new byte[1]);
    }

    private static DriverScript twoExecutors() {
        return DriverScript.with(executor("e1", 1), executor("e2", 1));
    }

    @Test
    void updatesAreMergedBeforeTheJobIsComplete() {
        DriverScript driver = twoExecutors().submit(job(1).resultStage(0, 1).build());

        driver.finishesAdding("s0p0#0", direct());

        List<String> effects = driver.effects().stream().map(Sentences::of).toList();
        int merge = effects.indexOf("merge what s0p0#0 added to 1 accumulators");
        assertTrue(merge >= 0 && merge < effects.indexOf("complete job 1"), effects::toString);
    }

    @Test
    void outcomeThatComesTwiceCountsOnce() {
        DriverScript driver = twoExecutors().submit(job(1).resultStage(0, 2).build());
        String place = driver.placeOf("s0p0#0");

        driver.finishesAdding("s0p0#0", direct());
        driver.finishesAddingAt(place, "s0p0#0", direct());

        assertEquals(List.of("s0p0#0"), driver.merged());
    }

    @Test
    void partitionOfALostMapOutputCountsOnce() {
        DriverScript driver = twoExecutors().submit(2, 1);
        String place = driver.placeOf("s0p0#0");
        driver.finishesAdding("s0p0#0", mapWritten()).finishesAdding("s0p1#0", mapWritten());

        driver.loses(place);
        driver.finishesAdding("s0p" + (place.equals("e1") ? 0 : 1) + "#1", mapWritten());

        assertEquals(List.of("s0p0#0", "s0p1#0"), driver.merged());
    }

    @Test
    void unreadableMapOutputCountsOnce() {
        DriverScript driver = twoExecutors().submit(1, 1);
        driver.finishesAdding("s0p0#0", mapWritten());

        driver.fails("s1p0#0", fetchFailed("s0p0#0", driver.executorOfOutput(0)));
        driver.finishesAdding("s0p0#1", mapWritten()).finishesAdding("s1p0#1", direct());

        assertEquals(List.of("s0p0#0", "s1p0#1"), driver.merged());
    }

    @Test
    void laterJobThatRebuildsTheOutputsOfAnEarlierOneDoesNotCountThemAgain() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);
        driver.finishesAdding("s0p0#0", mapWritten()).finishesAdding("s1p0#0", direct());

        driver.asksFor("e2").registers(executor("e2", 1), 1);
        driver.loses("e1");
        driver.submit(job(2).mapStage(0, 1, 1).resultStage(2, 1, 0).build());
        driver.finishesAdding("s0p0#1", mapWritten()).finishesAdding("s2p0#0", direct());

        assertEquals(List.of("s0p0#0", "s1p0#0", "s2p0#0"), driver.merged());
    }

    @Test
    void mapTasksOfACancelledJobCountAndAreNotCountedByTheNext() {
        DriverScript driver = DriverScript.with(executor("e1", 2)).submit(2, 1);
        driver.finishesAdding("s0p0#0", mapWritten());

        driver.on(new DriverEvent.CancelJob(1, "enough"));
        driver.finishesAddingAt("e1", "s0p1#0", mapWritten());
        driver.submit(job(2).mapStage(0, 2, 1).resultStage(2, 1, 0).build());
        driver.finishesAdding("s0p1#1", mapWritten());

        assertEquals(List.of("s0p0#0", "s0p1#1"), driver.merged());
    }

    @Test
    void mapTaskOfACancelledJobCountsForAnotherThatWaitsForIt() {
        DriverScript driver = DriverScript.with(executor("e1", 1)).submit(1, 1);
        driver.submit(job(2).mapStage(0, 1, 1).resultStage(2, 1, 0).build());

        driver.on(new DriverEvent.CancelJob(1, "enough"));
        driver.finishesAdding("s0p0#0", mapWritten());

        assertEquals(List.of(2), jobsCountedFor(driver));
    }

    @Test
    void persistedPartitionOfACancelledJobCountsForAnotherThatWaitsForIt() {
        DriverScript driver =
                DriverScript.with(executor("e1", 1)).on(new DriverEvent.PersistSet(SET, StorageLevel.MEMORY_ONLY, 2));
        driver.submit(1, 1).submit(job(2).mapStage(0, 1, 1).resultStage(2, 1, 0).build());

        driver.on(new DriverEvent.CancelJob(1, "enough"));
        driver.finishesAt("e1", "s0p0#0", mapWritten(), List.of(new AccumulatorUpdate(7, SET, 0, new byte[] {1})));

        assertEquals(List.of(2), jobsCountedFor(driver));
    }

    private static List<Integer> jobsCountedFor(DriverScript driver) {
        return driver.effects().stream()
                .filter(DriverEffect.MergeUpdates.class::isInstance)
                .map(effect -> ((DriverEffect.MergeUpdates) effect).jobId())
                .toList();
    }

    @Test
    void failedAttemptAndLostExecutorsAttemptCountNothing() {
        DriverScript driver = twoExecutors().submit(job(1).resultStage(0, 2).build());
        String lost = driver.placeOf("s0p1#0");

        driver.fails("s0p0#0", userError("boom"));
        driver.loses(lost);
        driver.finishesAddingAt(lost, "s0p1#0", direct());

        assertEquals(List.of(), driver.merged());
        driver.says("Refused");
    }

    @Test
    void resultThatCouldNotBeFetchedAndIsComputedAgainCountsOnce() {
        DriverScript driver = twoExecutors().submit(job(1).resultStage(0, 1).build());
        driver.finishesAdding("s0p0#0", new TaskResult.Stored(100, 0));

        driver.on(new DriverEvent.ResultLost(1, 0, DriverScript.id("s0p0#0"), "connection refused"));
        driver.finishesAdding("s0p0#1", direct());

        assertEquals(List.of("s0p0#0"), driver.merged());
    }

    @Test
    void everyJobCountsThePartitionsOfItsOwnResult() {
        DriverScript driver = twoExecutors().submit(job(1).resultStage(0, 1).build());
        driver.finishesAdding("s0p0#0", direct());

        driver.submit(job(2).resultStage(1, 1).build());
        driver.finishesAdding("s1p0#0", direct());

        assertEquals(List.of("s0p0#0", "s1p0#0"), driver.merged());
    }

    private static DriverScript computes(DriverScript driver, String executor, String attempt, int partition) {
        return driver.finishesAt(
                executor, attempt, direct(), List.of(new AccumulatorUpdate(7, SET, partition, new byte[] {1})));
    }

    @Test
    void partitionOfAPersistedSetCountsOnceWhateverStageComputesIt() {
        DriverScript driver = twoExecutors().on(new DriverEvent.PersistSet(SET, StorageLevel.MEMORY_ONLY, 2));
        driver.submit(job(1).resultStage(0, 2).build());
        computes(driver, driver.placeOf("s0p0#0"), "s0p0#0", 0);
        computes(driver, driver.placeOf("s0p1#0"), "s0p1#0", 1);

        driver.submit(job(2).resultStage(1, 2).build());
        computes(driver, driver.placeOf("s1p0#0"), "s1p0#0", 0);
        computes(driver, driver.placeOf("s1p1#0"), "s1p1#0", 1);

        assertEquals(List.of("s0p0#0", "s0p1#0"), driver.merged());
    }

    @Test
    void persistedPartitionCountsThoughNobodyWantsTheResultOfItsAttempt() {
        DriverScript driver = twoExecutors().on(new DriverEvent.PersistSet(SET, StorageLevel.MEMORY_ONLY, 2));
        driver.submit(job(1).resultStage(0, 1).build());
        String place = driver.placeOf("s0p0#0");
        driver.finishes("s0p0#0", direct());

        computes(driver, place, "s0p0#0", 1);

        assertEquals(List.of("s0p0#0"), driver.merged());
    }

    @Test
    void setThatIsNotPersistedAnyMoreCountsAsWhateverComputesIt() {
        DriverScript driver = twoExecutors().submit(job(1).resultStage(0, 1).build());
        computes(driver, driver.placeOf("s0p0#0"), "s0p0#0", 5);

        driver.submit(job(2).resultStage(1, 1).build());
        computes(driver, driver.placeOf("s1p0#0"), "s1p0#0", 5);

        assertEquals(List.of("s0p0#0", "s1p0#0"), driver.merged());
    }
}
