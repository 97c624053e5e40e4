package dev.kindling.driver.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void stagesAreMatchedByTheirNamesInOrder() {
        Comparison comparison = Comparison.of(run(100, 200, false), run(100, 500, true));

        assertEquals(
                List.of("map at A.java:1", "count at A.java:2", "count at A.java:2", "save at A.java:3"),
                comparison.rows().stream().map(Comparison.Row::name).toList());
        Comparison.Row second = comparison.rows().get(2);
        assertEquals(200, second.before().wallMs());
        assertEquals(500, second.after().wallMs());
        assertFalse(comparison.rows().get(3).before().isThere());
    }

    @Test
    void sentencesSayWhatChangedMostAndWhatElseOfItIsNotTheSame() {
        Comparison comparison = Comparison.of(run(100, 200, false), run(100, 500, true));

        assertEquals(
                List.of(
                        "The second run took 710 ms, the first 400 ms: 78 % slower.",
                        "Of the stages in both, count at A.java:2 changed most: 200 ms before, 500 ms now; its tasks,"
                                + " bytes, spills and failures are the same.",
                        "Of 4 stages, slower by more than 5 %: 1; faster: 0; only in the second run: 1; only in the"
                                + " first: 0."),
                comparison.sentences());
    }

    @Test
    void runsWithoutACommonStageAreComparedAllTheSame() {
        Run empty = RunScript.application("nothing").ends(10).run();

        Comparison comparison = Comparison.of(empty, run(100, 200, false));

        assertEquals("They have no stage in common.", comparison.sentences().get(1));
        assertTrue(comparison.rows().stream().noneMatch(row -> row.before().isThere()));
    }

    @Test
    void aRunThatFailedIsNotJustAFasterOne() {
        Run failed = RunScript.application("zips")
                .job(0, 0, 0)
                .jobFails(100, 0, "no memory")
                .ends(100)
                .run();

        String sentence = PageModel.comparing(RunScript.twoJobs().run(), failed)
                .sentences()
                .get(0);

        assertEquals("The second run took 100 ms, in which a job failed, the first 2.0 s: 95 % faster.", sentence);
    }

    @Test
    void thePageOfTwoRunsShowsTheSecondAndSpeaksOfBoth() {
        Run after = run(100, 500, true);

        PageModel page = PageModel.comparing(run(100, 200, false), after);

        assertEquals(PageModel.of(after).stages(), page.stages());
        assertEquals(page.comparison().orElseThrow().sentences(), page.sentences());
        assertTrue(PageHtml.of(page).contains("\"comparison\":{"));
    }

    private static Run run(long mapMs, long countMs, boolean isSaving) {
        RunScript script = RunScript.application("a").executor(0, "e1", 1);
        long now = 0;
        now = stage(script, now, 0, "map at A.java:1", mapMs);
        now = stage(script, now, 1, "count at A.java:2", 100);
        now = stage(script, now, 2, "count at A.java:2", countMs);
        if (isSaving) {
            now = stage(script, now, 3, "save at A.java:3", 10);
        }
        return script.ends(now).run();
    }

    private static long stage(RunScript script, long fromMs, int id, String name, long ms) {
        script.submitted(fromMs, id, name, 1)
                .task(fromMs, fromMs + ms, id, 0, "e1", RunScript.did(ms, 0, 0, 0, 0, 0))
                .completed(fromMs + ms, id, name, 1);
        return fromMs + ms;
    }
}
