package dev.kindling.rdd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingContext.Scope;
import dev.kindling.api.KindlingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobMarksTest {
    private final List<String> cancelled = new ArrayList<>();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final JobMarks marks = new JobMarks((which, by) -> cancelled.add(which + " " + by), isClosed::get);
    private final ExecutorService other = Executors.newSingleThreadExecutor();

    @AfterEach
    void end() {
        other.shutdownNow();
    }

    private <T> T elsewhere(Callable<T> call) throws Exception {
        return other.submit(call).get();
    }

    // ---- scopes -----------------------------------------------------------------------------------------------------

    @Test
    void scopeRestoresWhatWasBeforeAndTakesWithItWhatWasSetInside() {
        marks.setGroup("outer", "one", false);
        marks.setProperty("own", "1");
        Map<String, String> before = marks.ofThisThread();

        try (Scope group = marks.withGroup("inner", "two");
                Scope pool = marks.withPool("fast")) {
            marks.setProperty("own", "2");
            marks.addTag("t");
            assertEquals(
                    Map.of(
                            "kindling.jobGroup.id", "inner",
                            "kindling.job.description", "two",
                            "kindling.job.tags", "t",
                            "kindling.scheduler.pool", "fast",
                            "own", "2"),
                    marks.ofThisThread());
        }

        assertEquals(before, marks.ofThisThread());
        assertEquals("false", marks.property("kindling.job.interruptOnCancel"));
    }

    @Test
    void innerScopeMayEndAfterTheOuterOne() {
        Scope outer = marks.withGroup("outer", "one");
        Scope inner = marks.withTag("inner");

        outer.close();
        assertNull(marks.property("kindling.jobGroup.id"));
        assertEquals(Set.of("inner"), marks.tags());

        inner.close();
        assertEquals(Map.of(), marks.ofThisThread());
        inner.close();
    }

    @Test
    void propertyThatIsRemovedInAScopeComesBack() {
        marks.setProperty("own", "1");

        try (Scope scope = marks.withTag("t")) {
            marks.setProperty("own", null);
            assertNull(marks.property("own"));
        }

        assertEquals("1", marks.property("own"));
    }

    // ---- threads ----------------------------------------------------------------------------------------------------

    @Test
    void threadStartsWithACopyOfItsMakersProperties() throws Exception {
        marks.setProperty("own", "1");

        assertEquals("1", elsewhere(() -> marks.property("own")));

        marks.setProperty("own", "2");
        assertEquals("1", elsewhere(() -> marks.property("own")));
        elsewhere(() -> {
            marks.setProperty("own", "3");
            return null;
        });
        assertEquals("2", marks.property("own"));
    }

    @Test
    void threadOfAPoolThatWasMadeInAScopeDoesNotKeepItsGroup() throws Exception {
        marks.setProperty("own", "1");
        try (Scope scope = marks.withGroup("job-17", "one request")) {
            assertEquals("job-17", elsewhere(() -> marks.property("kindling.jobGroup.id")));
        }

        assertNull(elsewhere(() -> marks.property("kindling.jobGroup.id")));
        assertEquals("1", elsewhere(() -> marks.property("own")));
    }

    @Test
    void scopeInsideAnInheritedOneOutlivesIt() throws Exception {
        Scope inherited = marks.withGroup("job-17", "one request");
        Scope own = elsewhere(() -> marks.withTag("mine"));
        inherited.close();

        assertEquals(Map.of("kindling.job.tags", "mine"), elsewhere(marks::ofThisThread));
        elsewhere(() -> {
            own.close();
            return null;
        });
        assertEquals(Map.of(), elsewhere(marks::ofThisThread));
    }

    // ---- groups and tags --------------------------------------------------------------------------------------------

    @Test
    void tagsAddUpAndAreRemovedOneByOne() {
        marks.addTag("b");
        marks.addTag("a");
        assertEquals("a,b", marks.property("kindling.job.tags"));

        try (Scope scope = marks.withTag("c")) {
            assertEquals(Set.of("a", "b", "c"), marks.tags());
            marks.removeTag("a");
            assertEquals(Set.of("b", "c"), marks.tags());
        }

        assertEquals(Set.of("a", "b"), marks.tags());
        marks.clearTags();
        assertEquals(Set.of(), marks.tags());
    }

    @Test
    void sparksNamesMeanOurs() {
        marks.setProperty("spark.scheduler.pool", "fast");
        marks.setProperty("spark.job.tags", "b,a");

        assertEquals("fast", marks.property("kindling.scheduler.pool"));
        assertEquals("fast", marks.property("spark.scheduler.pool"));
        assertEquals(Set.of("a", "b"), marks.tags());
    }

    @Test
    void newGroupInterruptsAgainUnlessItSaysOtherwise() {
        marks.setGroup("g", "one", false);
        assertEquals("false", marks.property("kindling.job.interruptOnCancel"));

        marks.setGroup("h", "two", true);
        assertNull(marks.property("kindling.job.interruptOnCancel"));
        marks.clearGroup();
        assertEquals(Map.of(), marks.ofThisThread());
    }

    @Test
    void whatCannotBeAGroupTagOrPropertyIsRefused() {
        marks.setProperty("large", "x".repeat(70_000));
        for (Runnable call : List.<Runnable>of(
                () -> marks.addTag("a,b"),
                () -> marks.addTag(""),
                () -> marks.setGroup(null, "one", true),
                () -> marks.withPool(" "),
                () -> marks.setProperty(null, "1"),
                marks::ofThisThread)) {
            assertEquals(
                    ErrorCode.BAD_ARGUMENT,
                    assertThrows(KindlingException.class, call::run).code());
        }
    }

    // ---- cancellation -----------------------------------------------------------------------------------------------

    @Test
    void cancellationSaysWhereItWasAskedForAndIsNothingOnAClosedContext() {
        marks.cancelGroup("g");
        marks.cancelTag("t");
        marks.cancelJob(7);
        marks.cancelAll();
        isClosed.set(true);
        marks.cancelAll();

        assertEquals(4, cancelled.size(), cancelled.toString());
        assertTrue(cancelled.get(0).startsWith("ByGroup[group=g] cancelJobGroup at "), cancelled.get(0));
        assertTrue(cancelled.get(3).startsWith("All[] cancelAllJobs at "), cancelled.get(3));
    }
}
