package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.TaskContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a function may ask and arrange about its own attempt. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TaskContextTest {
    /** Tasks run in this JVM: what listeners heard, by partition and attempt. */
    private static final Map<String, List<String>> HEARD = new ConcurrentHashMap<>();

    private static KindlingContext kindling;

    @BeforeAll
    static void start() {
        kindling = KindlingContext.local(2);
    }

    @AfterAll
    static void stop() {
        kindling.close();
    }

    private static List<String> heard(TaskContext task) {
        return HEARD.computeIfAbsent(
                task.partitionId() + "#" + task.attemptNumber(), key -> new CopyOnWriteArrayList<>());
    }

    @Test
    void aTaskKnowsItselfAndItsPlace() {
        kindling.setLocalProperty("color", "green");
        List<String> told = kindling.range(0, 3, 1, 3)
                .map(n -> {
                    TaskContext task = TaskContext.get();
                    return task.partitionId() + " of " + task.numPartitions() + ", try " + task.attemptNumber()
                            + " of run " + task.stageAttemptNumber() + ", " + task.cpus() + " core, "
                            + task.getLocalProperty("color") + ", " + task.getLocalProperty("shape")
                            + (task.isCompleted() || task.isFailed() || task.isInterrupted() ? ", over" : "");
                })
                .collect();
        kindling.setLocalProperty("color", null);

        assertEquals(
                List.of(
                        "0 of 3, try 0 of run 0, 1 core, green, null",
                        "1 of 3, try 0 of run 0, 1 core, green, null",
                        "2 of 3, try 0 of run 0, 1 core, green, null"),
                told);
        List<Long> ids = new ArrayList<>();
        for (int job = 0; job < 2; job++) {
            ids.addAll(kindling.range(0, 2, 1, 2)
                    .map(n -> TaskContext.get().taskAttemptId())
                    .collect());
        }
        assertEquals(4, new HashSet<>(ids).size(), ids::toString);
    }

    @Test
    void listenersOfAGoodTaskAreCalledLastAddedFirst() {
        HEARD.clear();
        kindling.range(0, 1, 1, 1).foreach(n -> {
            TaskContext task = TaskContext.get();
            task.addTaskFailureListener((context, error) -> heard(context).add("failed"));
            task.addTaskCompletionListener(context -> {
                heard(context).add("first, completed " + context.isCompleted() + ", failed " + context.isFailed());
                context.addTaskCompletionListener(late -> heard(late).add("late"));
            });
            task.addTaskCompletionListener(context -> heard(context).add("second"));
        });

        assertEquals(List.of("second", "first, completed true, failed false", "late"), HEARD.get("0#0"));
    }

    @Test
    void listenersOfABadTaskHearWhatTheFunctionThrewBeforeTheyHearTheEnd() {
        HEARD.clear();
        assertThrows(
                KindlingException.class,
                () -> kindling.range(0, 1, 1, 1).foreach(n -> {
                    TaskContext task = TaskContext.get();
                    task.addTaskCompletionListener(
                            context -> heard(context).add("completed, failed " + context.isFailed()));
                    task.addTaskFailureListener((context, error) -> {
                        heard(context).add("first " + error + ", completed " + context.isCompleted());
                        context.addTaskFailureListener(
                                (late, same) -> heard(late).add("late " + same.getMessage()));
                    });
                    task.addTaskFailureListener((context, error) -> {
                        heard(context).add("second " + error.getMessage());
                        throw new IllegalArgumentException("planted");
                    });
                    throw new IllegalStateException("boom");
                }));

        List<String> expected = List.of(
                "second boom",
                "first java.lang.IllegalStateException: boom, completed false",
                "late boom",
                "completed, failed true");
        assertEquals(
                new TreeMap<>(Map.of("0#0", expected, "0#1", expected, "0#2", expected, "0#3", expected)),
                new TreeMap<>(HEARD));
    }

    @Test
    void whatAListenerThrowsFailsAGoodTaskAndIsWhatTheProgramCatches() {
        HEARD.clear();
        KindlingException e = assertThrows(
                KindlingException.class,
                () -> kindling.range(0, 1, 1, 1).foreach(n -> {
                    TaskContext task = TaskContext.get();
                    task.addTaskFailureListener(
                            (context, error) -> heard(context).add("failed " + error.getMessage()));
                    task.addTaskCompletionListener(context -> heard(context).add("still called"));
                    task.addTaskCompletionListener(context -> {
                        throw new AssertionError("cannot close");
                    });
                }));

        assertEquals(ErrorCode.USER_CODE_FAILED, e.code());
        assertEquals("cannot close", e.getCause().getMessage());
        assertEquals(List.of("failed cannot close", "still called"), HEARD.get("0#3"));
    }

    @Test
    void listenersNeverHideWhatTheFunctionThrew() {
        KindlingException e = assertThrows(
                KindlingException.class,
                () -> kindling.range(0, 1, 1, 1).foreach(n -> {
                    TaskContext.get().addTaskCompletionListener(context -> {
                        throw new IllegalArgumentException("from the listener");
                    });
                    throw new IllegalStateException("from the function");
                }));

        assertEquals("from the function", e.getCause().getMessage());
        assertEquals(
                List.of("from the listener"),
                Arrays.stream(e.getCause().getSuppressed())
                        .map(Throwable::getMessage)
                        .toList());
    }

    @Test
    void metricsAreThoseOfTheMoment() {
        List<long[]> seen = kindling.range(0, 5_000, 1, 1)
                .mapPartitions(rows -> {
                    TaskContext.TaskMetrics metrics = TaskContext.get().taskMetrics();
                    List<long[]> found = new ArrayList<>();
                    found.add(new long[] {metrics.recordsRead(), metrics.runNanos()});
                    while (rows.hasNext()) {
                        rows.next();
                    }
                    found.add(new long[] {metrics.recordsRead(), metrics.runNanos()});
                    return found.iterator();
                })
                .collect();

        assertEquals(0, seen.get(0)[0]);
        assertEquals(5_000, seen.get(1)[0]);
        assertTrue(seen.get(1)[1] > seen.get(0)[1]);
    }

    @Test
    void outsideOfTasksThereIsNoneButAnEmptyOne() {
        assertNull(TaskContext.get());
        assertEquals(0, TaskContext.getPartitionId());
        TaskContext none = TaskContext.empty();
        assertEquals(0, none.partitionId());
        assertEquals(1, none.numPartitions());
        assertFalse(none.isInterrupted());
        none.killTaskIfInterrupted();
        assertNull(none.getLocalProperty("color"));
        assertEquals(0, none.taskMetrics().recordsRead());
        assertEquals(none.taskMetrics(), none.taskMetrics());
        assertNotNull(none.taskMetrics().toString());
        assertEquals(none, none.addTaskCompletionListener(task -> {
            throw new AssertionError("it never ends");
        }));
    }
}
