package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static dev.kindling.driver.core.DriverScript.fetchFailed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.event.AppStory;
import dev.kindling.event.StorySubject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stories of single things, from the events of a run in which an executor dies and a map output is unreadable. */
class SubjectStoryTest {
    private final List<Event> events = events();

    private static List<Event> events() {
        DriverScript driver = DriverScript.with(executor("e1", 2), executor("e2", 2));
        driver.submit(2, 2).passes(300).finishes("s0p0#0").passes(100).finishes("s0p1#0");
        String holder = driver.executorOfOutput(0);
        driver.passes(200).fails("s1p0#0", fetchFailed("s0p0#0", holder)).passes(100);
        driver.heartbeatsOf(holder, 60L << 20, 90L << 20, "s1p1#0").exits(holder, 137);
        driver.passes(500).finishAll(0);
        driver.passes(3_000).finishAll(0).finishAll(1).passes(100).finishAll(1);
        return driver.effects().stream()
                .filter(DriverEffect.Emit.class::isInstance)
                .map(effect -> ((DriverEffect.Emit) effect).event())
                .toList();
    }

    private String storyOf(String subject) {
        return String.join("\n", AppStory.tell(events, StorySubject.parse(subject))) + "\n";
    }

    @Test
    void taskIsToldAttemptByAttemptWithWhatBecameOfItsOutput() {
        assertEquals("""
                   0.000 s  stage 0 (groupByKey at Lesson.java:10) runs 2 tasks of 2
                   0.000 s  attempt 0 started on executor e1
                   0.300 s  attempt 0 succeeded after 300 ms: 0 ms of task time; its map output lies on e1
                   0.600 s  task 1.0 on executor e1 could not read its output: connection refused
                   0.600 s  its map output 0 of shuffle 0 is gone (connection refused): it is computed again when it is needed
                   0.600 s  stage 0 (groupByKey at Lesson.java:10) runs 1 task of 2
                   0.600 s  attempt 1 started on executor e2
                   1.200 s  attempt 1 succeeded after 600 ms: 0 ms of task time; its map output lies on e2
                   4.200 s  altogether 2 attempts: 2 succeeded in 0 ms of task time
                """, storyOf("task:0.0"));
    }

    @Test
    void mapOutputIsToldAsTheTaskThatWritesIt() {
        assertEquals(storyOf("task:0.0"), storyOf("block:shuffle-0-map-0"));
    }

    @Test
    void taskThatLosesItsInputIsNotToBlame() {
        String story = storyOf("task:1.0");

        assertTrue(story.contains("attempt 0 failed after 200 ms: connection refused (not counted"), story);
        assertTrue(story.contains("attempt 1 started on executor e2"), story);
    }

    @Test
    void executorIsToldFromItsComingToItsEnd() {
        String story = storyOf("executor:e1");

        assertTrue(story.startsWith("   0.000 s  executor e1 came: 2 cores, 64 MiB on host-e1\n"), story);
        assertTrue(story.contains("attempt 0 of task 0.0 started"), story);
        assertTrue(story.contains("executor e1 was lost: exit code 137 (SIGKILL)"), story);
        assertTrue(story.contains("60 MiB of its heap were in use"), story);
        assertTrue(!story.contains("e2"), story);
    }

    @Test
    void whatTheLogDoesNotKnowIsAnErrorThatNamesWhatItKnows() {
        for (String unknown : List.of("task:7.0", "executor:e9", "block:shuffle-3-map-0", "block:rdd_1_1")) {
            KindlingException failure = assertThrows(KindlingException.class, () -> storyOf(unknown));

            assertEquals(
                    "the log says nothing of " + unknown
                            + "; it tells of tasks 0.0 to 0.1, 1.0 to 1.1; executors e1, e2;"
                            + " blocks shuffle-0-map-0 to 1",
                    failure.getMessage());
        }
    }

    @Test
    void formsOfSubjectsAreNamedWhenNoneFits() {
        for (String wrong : List.of("", "task", "task:3", "task:99999999999.1", "executor:", "block:17", "e2")) {
            KindlingException failure = assertThrows(KindlingException.class, () -> StorySubject.parse(wrong), wrong);

            assertTrue(failure.getMessage().contains("use task:3.7 (stage 3, partition 7)"), failure.getMessage());
        }
        for (String right : List.of("task:3.7", "executor:e2", "block:shuffle-1-map-4", "block:rdd_3_17")) {
            assertEquals(right, StorySubject.parse(right).toString());
        }
    }
}
