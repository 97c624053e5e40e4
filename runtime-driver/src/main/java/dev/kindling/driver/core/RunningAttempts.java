package dev.kindling.driver.core;

import dev.kindling.protocol.AttemptId;
import java.util.Arrays;
import java.util.List;

/**
 * What holds the slots of one executor, in the order of the attempts' names. Never more than its slots, so a look goes
 * through all names, which lie beside each other: with thousands of executors each node of a tree would have to be
 * fetched from far away, several for each task that begins or ends.
 */
final class RunningAttempts {
    private long[] tasks = new long[4];
    private int[] numbers = new int[4];
    private RunningAttempt[] attempts = new RunningAttempt[4];
    private int size;

    /** In the order of stages and partitions, which are not negative. */
    private static long taskOf(AttemptId id) {
        return (long) id.stageId() << 32 | id.partition();
    }

    /** The place of the first one whose name is not before this one. */
    private int placeOf(long task, int number) {
        int at = 0;
        while (at < size && (tasks[at] < task || tasks[at] == task && numbers[at] < number)) {
            at++;
        }
        return at;
    }

    private boolean isAt(int at, long task, int number) {
        return at < size && tasks[at] == task && numbers[at] == number;
    }

    /** Null when there is none of this name. */
    RunningAttempt get(AttemptId id) {
        long task = taskOf(id);
        int at = placeOf(task, id.attempt());
        return isAt(at, task, id.attempt()) ? attempts[at] : null;
    }

    /** In the place of one of its name, if there is one. */
    void put(RunningAttempt attempt) {
        long task = taskOf(attempt.id);
        int number = attempt.id.attempt();
        int at = placeOf(task, number);
        if (!isAt(at, task, number)) {
            makeRoom(at);
        }
        tasks[at] = task;
        numbers[at] = number;
        attempts[at] = attempt;
    }

    private void makeRoom(int at) {
        if (size == tasks.length) {
            tasks = Arrays.copyOf(tasks, 2 * size);
            numbers = Arrays.copyOf(numbers, 2 * size);
            attempts = Arrays.copyOf(attempts, 2 * size);
        }
        move(at, at + 1);
        size++;
    }

    private void move(int from, int to) {
        System.arraycopy(tasks, from, tasks, to, size - from);
        System.arraycopy(numbers, from, numbers, to, size - from);
        System.arraycopy(attempts, from, attempts, to, size - from);
    }

    /** Whether it was there. Its name is not looked at, which lies far away by now. */
    boolean remove(RunningAttempt attempt) {
        int at = 0;
        while (at < size && attempts[at] != attempt) {
            at++;
        }
        if (at == size) {
            return false;
        }
        move(at + 1, at);
        attempts[--size] = null;
        return true;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** As it is now. */
    List<RunningAttempt> all() {
        return List.of(Arrays.copyOf(attempts, size));
    }
}
