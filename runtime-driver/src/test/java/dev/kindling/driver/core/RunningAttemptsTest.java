package dev.kindling.driver.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.plan.LeafInput;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.util.Secret;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunningAttemptsTest {
    private final StageState stage = stage();
    private final ExecutorState executor = new ExecutorState(
            0,
            new ExecutorAddress("e1", 1, "host-e1", 7077, "host-e1", "/scratch"),
            Secret.of("nonce"),
            ExecutorPlace.ANY,
            8,
            1,
            0);

    @Test
    void areFoundTakenAndListedAsInATreeOfTheirNames() {
        SplittableRandom random = new SplittableRandom(3);
        TreeMap<AttemptId, RunningAttempt> expected = new TreeMap<>();
        RunningAttempts running = new RunningAttempts();

        for (int step = 0; step < 20_000; step++) {
            AttemptId id = new AttemptId(random.nextInt(3), random.nextInt(4), random.nextInt(3));
            if (random.nextBoolean()) {
                RunningAttempt attempt = attempt(id);
                expected.put(id, attempt);
                running.put(attempt);
            } else {
                RunningAttempt gone = expected.getOrDefault(id, attempt(id));
                assertEquals(expected.remove(id) != null, running.remove(gone));
            }

            assertSame(expected.get(id), running.get(id));
            assertEquals(List.copyOf(expected.values()), running.all());
            assertEquals(expected.size(), running.size());
            assertEquals(expected.isEmpty(), running.isEmpty());
        }
    }

    private RunningAttempt attempt(AttemptId id) {
        TaskSet.Choice choice = new TaskSet.Choice(List.of(id.partition()), false, Locality.ANY);
        return new RunningAttempt(List.of(id), stage, executor, 0, 0, choice, 1, false);
    }

    private static StageState stage() {
        JobGraph.StageSpec spec = new JobGraph.StageSpec(0, "names", 4, -1, 0, List.of(), new byte[0], new NoInputs());
        StageState stage = new StageState(spec, new PartitionSet(4), new StageReads(null, null, null));
        JobGraph graph =
                new JobGraph(0, "names", List.of(spec), List.of(0), Optional.empty(), 4, Collections.emptySortedMap());
        stage.jobIds.add(0);
        stage.job = new Jobs().submit(graph, stage, null, new ResultBudget(graph, 0));
        return stage;
    }

    private static final class NoInputs implements JobGraph.TaskInputs {
        @Override
        public List<LeafInput> of(int partition) {
            return List.of();
        }

        @Override
        public List<String> preferredHosts(int partition) {
            return List.of();
        }
    }
}
