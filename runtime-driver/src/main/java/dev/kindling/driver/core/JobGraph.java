package dev.kindling.driver.core;

import dev.kindling.plan.LeafInput;
import dev.kindling.util.FirstIndexes;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * One action, cut into stages: what the driver core is asked to bring to an end. User code inside is opaque bytes.
 *
 * @param stages parents before children; the last one is the result stage
 * @param resultPartitions partitions of the result stage to compute, in the order in which they are wanted
 * @param outputTarget where its part files are published, for an action that saves
 * @param maxTaskFailures how often one task may fail before the job does
 * @param properties local properties of the thread that started it: group, tags, pool and what tasks are given
 */
public record JobGraph(
        int jobId,
        String description,
        List<StageSpec> stages,
        List<Integer> resultPartitions,
        Optional<String> outputTarget,
        int maxTaskFailures,
        SortedMap<String, String> properties) {
    public JobGraph {
        stages = List.copyOf(stages);
        resultPartitions = FirstIndexes.copyOf(resultPartitions);
    }

    /** The same, with inputs that are asked through others. */
    public JobGraph withInputs(Function<StageSpec, TaskInputs> through) {
        List<StageSpec> others = stages.stream()
                .map(stage -> new StageSpec(
                        stage.stageId,
                        stage.name,
                        stage.calls,
                        stage.partitionCount,
                        stage.shuffleId,
                        stage.reducePartitions,
                        stage.readsShuffles,
                        stage.program,
                        through.apply(stage),
                        stage.persisted,
                        stage.hasDefaultCount))
                .toList();
        return new JobGraph(jobId, description, others, resultPartitions, outputTarget, maxTaskFailures, properties);
    }

    public StageSpec resultStage() {
        return stages.get(stages.size() - 1);
    }

    /**
     * One stage. The map stage of a shuffle has the same id and program in every job that needs it: what is there
     * already is not run again.
     *
     * @param name what users see, such as {@code groupByKey at ZipCount.java:12}
     * @param calls of the program that it computes, in the order in which a row passes them
     * @param shuffleId the shuffle it writes, -1 for a result stage
     * @param reducePartitions partitions of that shuffle, 0 for a result stage
     * @param readsShuffles shuffles that must be complete before it can run
     * @param program a {@code StageBody} as {@code ClosureCodec} wrote it
     * @param persisted what is read past and below each persisted set in the stage; empty when there is none
     * @param hasDefaultCount whether nobody named the number of that shuffle's partitions
     */
    public record StageSpec(
            int stageId,
            String name,
            List<String> calls,
            int partitionCount,
            int shuffleId,
            int reducePartitions,
            List<Integer> readsShuffles,
            byte[] program,
            TaskInputs inputs,
            List<Below> persisted,
            boolean hasDefaultCount) {
        public StageSpec {
            calls = List.copyOf(calls);
            readsShuffles = List.copyOf(readsShuffles);
            persisted = List.copyOf(persisted);
        }

        /** One of no known calls, without persisted sets, whose partitions were named. */
        public StageSpec(
                int stageId,
                String name,
                int partitionCount,
                int shuffleId,
                int reducePartitions,
                List<Integer> readsShuffles,
                byte[] program,
                TaskInputs inputs) {
            this(
                    stageId,
                    name,
                    List.of(),
                    partitionCount,
                    shuffleId,
                    reducePartitions,
                    readsShuffles,
                    program,
                    inputs,
                    List.of(),
                    false);
        }

        public boolean isMapStage() {
            return shuffleId >= 0;
        }
    }

    /**
     * What a stage reads below one persisted set, up to the persisted sets further below.
     *
     * @param setId {@link #STAGE} for what the stage reads below none
     * @param shuffles read where the set is not there
     * @param sets persisted sets read where the set is not there
     */
    public record Below(int setId, List<Integer> shuffles, List<Integer> sets) {
        public static final int STAGE = -1;

        public Below {
            shuffles = List.copyOf(shuffles);
            sets = List.copyOf(sets);
        }
    }

    /** Which partitions of persisted sets need not be computed. */
    @FunctionalInterface
    public interface HeldPartitions {
        boolean isHeld(int setId, int partition);
    }

    /** What each task of a stage reads: the same answer whenever it is asked. */
    public interface TaskInputs {
        /** All of it, as if no persisted set were there. */
        List<LeafInput> of(int partition);

        /** Each persisted set it comes to, and what is below those that are not held. */
        default List<LeafInput> of(int partition, HeldPartitions held) {
            return of(partition);
        }

        /** Hosts that hold the input of the partition, best first; empty when it does not matter. */
        List<String> preferredHosts(int partition);
    }
}
