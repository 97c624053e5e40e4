package dev.kindling.executor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GroupProgressTest {
    private static final long BEGAN_MS = 5_000;

    private static GroupProgress of(int tasks) {
        List<TaskLaunch> launches = new ArrayList<>();
        for (int partition = 0; partition < tasks; partition++) {
            launches.add(new TaskLaunch(new AttemptId(1, partition, 0), 1, 0, 0, new TreeMap<>(), List.of()));
        }
        return new GroupProgress(new TaskGroup(launches), BEGAN_MS);
    }

    private static Optional<Integer> next(GroupProgress group, long afterMs) {
        return group.next(BEGAN_MS + afterMs).map(task -> task.attempt().partition());
    }

    private static void succeeds(GroupProgress group, int partition, int resultBytes) {
        TaskResult result = new TaskResult.Direct(new byte[resultBytes]);
        group.succeeded(new TaskDone(new AttemptId(1, partition, 0), result, TaskMetrics.NONE, List.of()));
    }

    @Test
    void tasksComeInTheirOrderUntilAllAreDone() {
        GroupProgress group = of(2);

        assertEquals(Optional.of(0), next(group, 0));
        succeeds(group, 0, 1);
        assertEquals(Optional.of(1), next(group, 1));
        succeeds(group, 1, 1);

        assertEquals(Optional.empty(), next(group, 2));
        assertEquals(2, group.done().size());
    }

    @Test
    void slowTasksEndTheGroupEarly() {
        GroupProgress group = of(3);
        succeeds(group, 0, 1);

        assertEquals(Optional.of(1), next(group, GroupProgress.LONGEST_MS - 1));
        assertEquals(Optional.empty(), next(group, GroupProgress.LONGEST_MS));
    }

    @Test
    void firstTaskIsBegunHoweverLateItIs() {
        assertEquals(Optional.of(0), next(of(3), 10 * GroupProgress.LONGEST_MS));
    }

    @Test
    void answerStaysSmallEnoughForTheLargestResultOfOneMoreTask() {
        GroupProgress group = of(3);

        succeeds(group, 0, (int) GroupProgress.LARGEST_ANSWER_BYTES - 1_000);
        assertEquals(Optional.of(1), next(group, 1));
        succeeds(group, 1, 1_000);

        assertEquals(Optional.empty(), next(group, 2));
    }
}
