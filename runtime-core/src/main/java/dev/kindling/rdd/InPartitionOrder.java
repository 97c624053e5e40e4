package dev.kindling.rdd;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Passes results on in the order in which their partitions were asked for, holding back those that come early: so that
 * merging numbers or lists gives the same answer in every run. Owned by the thread that runs the action.
 */
final class InPartitionOrder implements JobRunner.PartitionResults {
    private final Queue<Integer> expected;
    private final JobRunner.PartitionResults next;
    private final Map<Integer, Object> early = new HashMap<>();

    InPartitionOrder(List<Integer> expected, JobRunner.PartitionResults next) {
        this.expected = new ArrayDeque<>(expected);
        this.next = next;
    }

    @Override
    public void accept(int partition, Object result) {
        early.put(partition, result);
        while (!expected.isEmpty() && early.containsKey(expected.peek())) {
            int first = expected.remove();
            next.accept(first, early.remove(first));
        }
    }
}
