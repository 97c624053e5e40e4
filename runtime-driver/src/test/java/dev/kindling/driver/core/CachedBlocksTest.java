package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.StorageLevel;
import dev.kindling.event.AppStory;
import dev.kindling.event.StorySubject;
import dev.kindling.plan.LeafInput;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.CachedBlockStatus;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the driver makes of cached blocks: set 7 is made of shuffle 0, which stage 0 writes. */
class CachedBlocksTest {
    private static final int SET = 7;
    private static final int PARTITIONS = 2;

    private long lastVersion;
    private long lastSequence;

    private static DriverScript persisted(StorageLevel level, DriverScript driver) {
        return driver.on(new DriverEvent.PersistSet(SET, level, PARTITIONS));
    }

    /** A job over the persisted set; its result stage has this number. */
    private static JobGraph job(int jobId, int resultStageId) {
        JobGraph usual = DriverScript.job(jobId)
                .mapStage(0, 2, PARTITIONS)
                .resultStage(resultStageId, PARTITIONS, 0)
                .build();
        JobGraph.StageSpec above = usual.resultStage();
        List<JobGraph.Below> below = List.of(
                new JobGraph.Below(SET, List.of(0), List.of()),
                new JobGraph.Below(JobGraph.Below.STAGE, List.of(), List.of(SET)));
        JobGraph.StageSpec over = new JobGraph.StageSpec(
                resultStageId,
                above.name(),
                List.of(),
                PARTITIONS,
                -1,
                0,
                List.of(0),
                above.program(),
                new OverSet(),
                below,
                false);
        return new JobGraph(
                jobId,
                usual.description(),
                List.of(usual.stages().get(0), over),
                usual.resultPartitions(),
                Optional.empty(),
                4,
                new TreeMap<>());
    }

    private static final class OverSet implements JobGraph.TaskInputs {
        @Override
        public List<LeafInput> of(int partition) {
            return of(partition, (set, setPartition) -> false);
        }

        @Override
        public List<LeafInput> of(int partition, JobGraph.HeldPartitions held) {
            List<LeafInput> inputs = new ArrayList<>(List.of(new LeafInput.CachedPartition(SET, partition)));
            if (!held.isHeld(SET, partition)) {
                inputs.add(new LeafInput.ShufflePartition(0, partition, 0));
            }
            return inputs;
        }

        @Override
        public List<String> preferredHosts(int partition) {
            return List.of();
        }
    }

    private DriverScript holds(DriverScript driver, String executor, int epoch, int partition) {
        return tells(driver, executor, new CachedBlockStatus(block(epoch, partition), ++lastVersion, true, 100, 0));
    }

    private DriverScript tells(DriverScript driver, String executor, CachedBlockStatus status) {
        return driver.sends(new Frame.CachedBlocksChanged(executor, 1, ++lastSequence, List.of(status)));
    }

    private static CachedBlockId block(int epoch, int partition) {
        return new CachedBlockId(SET, epoch, partition);
    }

    private static List<String> holdersIn(DriverScript driver, String attempt) {
        return driver.launch(attempt).inputs().stream()
                .filter(TaskInput.CachedPartition.class::isInstance)
                .flatMap(input -> ((TaskInput.CachedPartition) input).holders().stream())
                .map(holder -> holder.executorId())
                .toList();
    }

    private static boolean readsShuffle(DriverScript driver, String attempt) {
        return driver.launch(attempt).inputs().stream().anyMatch(TaskInput.ShuffleInput.class::isInstance);
    }

    /** The first job has run; partition p of the set is on executor p + 1. */
    private DriverScript afterTheFirstJob(StorageLevel level, DriverScript.Executor... executors) {
        DriverScript driver = persisted(level, DriverScript.with(executors)).submit(job(1, 1));
        driver.finishAll(0);
        assertTrue(readsShuffle(driver, "s1p0#0"));
        assertEquals(List.of(), holdersIn(driver, "s1p0#0"));
        IntStream.range(0, PARTITIONS).forEach(p -> holds(driver, "e" + (p + 1), 1, p));
        driver.finishAll(1).says("complete job 1");
        return driver.forgetEffects();
    }

    @Test
    void taskRunsWhereItsPartitionIsCachedAndIsToldNothingOfWhatIsBelow() {
        DriverScript driver = afterTheFirstJob(StorageLevel.MEMORY_ONLY, executor("e1", 1), executor("e2", 1));

        driver.submit(job(2, 2));

        assertEquals("e1", driver.placeOf("s2p0#0"));
        assertEquals("e2", driver.placeOf("s2p1#0"));
        assertEquals(List.of("e1"), holdersIn(driver, "s2p0#0"));
        assertFalse(readsShuffle(driver, "s2p0#0"));
    }

    @Test
    void theStorySaysWhichBlocksLeftMemoryAndWhy() {
        DriverScript driver =
                afterTheFirstJob(StorageLevel.MEMORY_AND_DISK, executor("e1", 1), executor("e2", 1), executor("e3", 1));
        String before = new CachedBlockId(SET, 1, 0).name();
        String after = new CachedBlockId(SET, 1, 1).name();

        tells(driver, "e1", new CachedBlockStatus(block(1, 0), ++lastVersion, true, 0, 90));
        tells(driver, "e2", CachedBlockStatus.gone(block(1, 1), ++lastVersion));
        holds(driver, "e3", 1, 1).exits("e3", 137);

        List<Event> events = driver.effects().stream()
                .filter(DriverEffect.Emit.class::isInstance)
                .map(effect -> ((DriverEffect.Emit) effect).event())
                .toList();
        String story = String.join("\n", AppStory.tell(events));
        assertTrue(story.contains("cached block " + before + " moved to the disk of executor e1 ("), story);
        assertTrue(story.contains("cached block " + after + " is gone from executor e2 ("), story);
        assertEquals(2, story.split("of memory\\): memory was needed", -1).length - 1, story);
        assertTrue(story.contains("is gone from executor e3 (100 B of memory): the executor was lost"), story);
        String ofBlock = String.join("\n", AppStory.tell(events, StorySubject.parse("block:" + after)));
        assertTrue(ofBlock.contains("it is gone from executor e2: memory was needed"), ofBlock);
    }

    @Test
    void nothingBelowACompleteSetIsNeeded() {
        DriverScript driver =
                afterTheFirstJob(StorageLevel.MEMORY_ONLY, executor("e1", 1), executor("e2", 1), executor("e3", 2));
        String lost = driver.executorOfOutput(0);
        if (!lost.equals("e3")) {
            // The copy of the set on the lost executor comes back on another one before the next job.
            driver.loses(lost);
            holds(driver, "e3", 1, lost.equals("e1") ? 0 : 1);
        } else {
            driver.loses(lost);
        }

        driver.forgetEffects().submit(job(2, 2)).says("stage 0 is skipped");

        driver.launched("s2p0#0").launched("s2p1#0").nothingElseLaunched();
    }

    @Test
    void lostHolderMakesTheStageBelowRunAgainWhereItsOutputsAreLostToo() {
        DriverScript driver = afterTheFirstJob(StorageLevel.MEMORY_ONLY, executor("e1", 1), executor("e2", 1));
        driver.loses("e1").forgetEffects();

        driver.submit(job(2, 2));
        driver.finishAll(0);
        driver.finishAll(2);

        assertTrue(readsShuffle(driver, "s2p0#0"));
        driver.finishAll(2).says("complete job 2");
    }

    @Test
    void blockThatIsGoneCostsAnUnchargedAttemptAndTheNextLaunchSaysWhatIsBelow() {
        DriverScript driver = afterTheFirstJob(StorageLevel.MEMORY_ONLY, executor("e1", 1), executor("e2", 1));
        driver.submit(job(2, 2)).forgetEffects();

        driver.fails("s2p0#0", new TaskFailure.CacheMissed(block(1, 0), "e1", 1, "it was evicted"));

        driver.says("not charged");
        assertEquals(List.of(), holdersIn(driver, "s2p0#1"));
        assertTrue(readsShuffle(driver, "s2p0#1"));
    }

    /** However often its holder says that it holds it. */
    @Test
    void taskThatHasMissedItsBlockFourTimesComputesIt() {
        DriverScript driver = afterTheFirstJob(StorageLevel.MEMORY_ONLY, executor("e1", 1), executor("e2", 1));
        driver.submit(job(2, 2));

        for (int miss = 0; miss < 4; miss++) {
            holds(driver, "e1", 1, 0);
            driver.fails("s2p0#" + miss, new TaskFailure.CacheMissed(block(1, 0), "e1", 1, "it was evicted"));
        }

        holds(driver, "e1", 1, 0);
        driver.fails("s2p0#4", new TaskFailure.CacheMissed(block(1, 0), "e1", 1, "it was evicted"));
        assertEquals(List.of(), holdersIn(driver, "s2p0#5"));
        assertTrue(readsShuffle(driver, "s2p0#5"));
    }

    /** Of a block whose functions have added to accumulators. */
    private DriverScript holdsUncounted(DriverScript driver, String executor, int partition) {
        return tells(driver, executor, new CachedBlockStatus(block(1, partition), ++lastVersion, true, 100, 0, true));
    }

    private static DriverScript finishesCounting(DriverScript driver, String attempt, int partition) {
        return driver.finishesAt(
                driver.placeOf(attempt),
                attempt,
                new TaskResult.Direct(new byte[1]),
                List.of(new AccumulatorUpdate(7, SET, partition, new byte[] {1})));
    }

    @Test
    void blockIsCopiedOnceWhatItsFunctionsAddedHasCome() {
        DriverScript driver = persisted(
                        StorageLevel.MEMORY_ONLY_2, DriverScript.with(executor("e1", 1), executor("e2", 1)))
                .submit(job(1, 1));
        driver.finishAll(0).forgetEffects();

        holdsUncounted(driver, driver.placeOf("s1p0#0"), 0);
        driver.passes(200).neverSays("CopyCachedBlock");

        finishesCounting(driver, "s1p0#0", 0);
        driver.passes(200).says("CopyCachedBlock rdd_7_0@1");
    }

    @Test
    void blockOfAnExecutorThatEndsBeforeItsUpdatesHaveComeIsComputedAgainAndCountsThen() {
        DriverScript driver = persisted(
                        StorageLevel.MEMORY_ONLY_2,
                        DriverScript.with(executor("e1", 1), executor("e2", 1), executor("e3", 2)))
                .submit(job(1, 1));
        driver.finishAll(0).forgetEffects();
        String first = driver.placeOf("s1p0#0");
        holdsUncounted(driver, first, 0);

        driver.loses(first).finishAll(0);

        assertEquals(List.of(), holdersIn(driver, "s1p0#1"));
        assertTrue(readsShuffle(driver, "s1p0#1"));
        holdsUncounted(driver, driver.placeOf("s1p0#1"), 0);
        finishesCounting(driver, "s1p0#1", 0);
        assertEquals(List.of("s1p0#1"), driver.merged());
    }

    @Test
    void lateWordOfABlockIsNotBelieved() {
        DriverScript driver = afterTheFirstJob(StorageLevel.MEMORY_ONLY, executor("e1", 1), executor("e2", 1));
        tells(driver, "e1", CachedBlockStatus.gone(block(1, 0), 90));

        tells(driver, "e1", new CachedBlockStatus(block(1, 0), 80, true, 100, 0));

        assertFalse(driver.core().isKept(SET));
    }

    @Test
    void blockOfAnEarlierEpochIsDroppedAndNotBelieved() {
        DriverScript driver = afterTheFirstJob(StorageLevel.MEMORY_ONLY, executor("e1", 1), executor("e2", 1));
        driver.on(new DriverEvent.UnpersistSet(SET, -1));
        persisted(StorageLevel.DISK_ONLY, driver).forgetEffects();

        tells(driver, "e1", new CachedBlockStatus(block(1, 1), 90, true, 100, 0));

        driver.says("DropCachedBlock rdd_7_1@1");
        assertFalse(driver.core().isKept(SET));
    }

    @Test
    void whoWaitsForAnUnpersistIsToldWhenTheLastBlockIsGoneAndOrdersAreRepeated() {
        DriverScript driver = afterTheFirstJob(StorageLevel.MEMORY_ONLY, executor("e1", 1), executor("e2", 1));
        driver.on(new DriverEvent.UnpersistSet(SET, 5)).says("DropCachedSet 7@1");
        tells(driver, "e1", CachedBlockStatus.gone(block(1, 0), 90)).neverSays("CachedSetDropped");

        driver.passesAlive(5_000).says("DropCachedBlock rdd_7_1@1");
        tells(driver, "e2", CachedBlockStatus.gone(block(1, 1), 90));

        driver.says("CachedSetDropped");
    }

    @Test
    void secondCopyIsMadeOnAnotherHostAndAgainWhenAHolderIsLost() {
        DriverScript driver = afterTheFirstJob(
                StorageLevel.MEMORY_ONLY_2,
                executor("e1", 1, "left"),
                executor("e2", 1, "left"),
                executor("e3", 1, "right"));

        driver.passes(200).says("send e3 CopyCachedBlock rdd_7_0@1 from e1");
        driver.says("send e3 CopyCachedBlock rdd_7_1@1 from e2");
        holds(driver, "e3", 1, 0);
        holds(driver, "e3", 1, 1);
        driver.forgetEffects().passes(200).neverSays("CopyCachedBlock");

        driver.loses("e1").passes(200).says("send e2 CopyCachedBlock rdd_7_0@1 from e3");
        assertTrue(driver.core().isKept(SET));
    }

    @Test
    void copyThatFailsIsTriedOnceMoreElsewhere() {
        DriverScript driver = afterTheFirstJob(
                StorageLevel.MEMORY_ONLY_2, executor("e1", 1, "a"), executor("e2", 1, "b"), executor("e3", 1, "c"));
        driver.passes(200);
        for (int tries = 0; tries < 2; tries++) {
            for (String target : List.of("e2", "e3")) {
                tells(driver, target, CachedBlockStatus.gone(block(1, 0), 90 + tries));
            }
            driver.passes(200);
        }

        driver.forgetEffects().passes(1_000).neverSays("CopyCachedBlock rdd_7_0@1");
    }
}
