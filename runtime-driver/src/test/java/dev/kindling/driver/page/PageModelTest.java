package dev.kindling.driver.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.driver.page.StageGraph.Box;
import dev.kindling.util.Json;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PageModelTest {
    private final PageModel page = PageModel.of(RunScript.twoJobs().run());

    @Test
    void threeSentencesSayWhatTookTheTime() {
        assertEquals(
                List.of(
                        "Of 2.0 s, stages took 1.4 s (68 %), starting 500 ms (25 %) and the rest 140 ms (7 %); the"
                                + " longest stage was 1 (collect at Zips.java:9) with 800 ms.",
                        "While stages ran, their cores were busy for 40 % of the time; of that, 6 % waiting for shuffle"
                                + " blocks, 4 % garbage collection, 10 % spilling; others waited for s1p1#0 on e3, which"
                                + " took 800 ms where the median task took 100 ms.",
                        "1 executor was lost and 2 attempts ended without a result: executor e2, exit code 137"
                                + " (SIGKILL)."),
                page.sentences());
    }

    @Test
    void aStageCountsWhatItsAttemptsDid() {
        StageRow stage = page.stages().get(0);

        assertEquals(4, stage.partitions());
        assertEquals(6, stage.attempts());
        assertEquals(1, stage.failedAttempts());
        assertEquals(500, stage.startMs());
        assertEquals(1_010, stage.endMs());
        assertEquals(200 + 220 + 190 + 100 + 110, stage.taskMs());
        assertEquals(190, stage.medianMs());
        assertEquals("s0p1#0", stage.longest());
        assertEquals(40, stage.gcMs());
        assertEquals(20_000, stage.shuffleOut());
        assertEquals(List.of(1), stage.skippedByJobs());
    }

    @Test
    void aStageThatWaitsForTheFirstExecutorIsPartOfStarting() {
        Run run = RunScript.application("late")
                .submitted(2_400, 0, "count at Late.java:1", 1)
                .executor(7_200, "e1", 1)
                .task(7_300, 9_300, 0, 0, "e1", RunScript.did(1_900, 0, 0, 0, 0, 0))
                .completed(9_300, 0, "count at Late.java:1", 1)
                .ends(9_400)
                .run();

        PageModel late = PageModel.of(run);

        assertEquals(
                "Of 9.4 s, stages took 2.0 s (21 %), starting 7.3 s (78 %), 4.8 s of it with a stage that waited for the"
                        + " first executor, and the rest 100 ms (1 %); the longest stage was 0 (count at Late.java:1) with"
                        + " 2.0 s.",
                late.sentences().get(0));
        assertEquals(4_900, late.stages().get(0).waitedMs());
        assertEquals(
                "While stages ran, their cores were busy for 100 % of the time, hardly any of it waiting for blocks,"
                        + " collecting garbage or spilling.",
                late.sentences().get(1));
        assertEquals(7_200, late.timeline().lanes().get(0).fromMs(), "before that nobody was idle");
    }

    @Test
    void theGraphGoesFromLeftToRightAlongShuffles() {
        Map<Integer, Box> boxes = page.graph().boxes().stream().collect(Collectors.toMap(Box::id, box -> box));

        assertEquals(3, boxes.size());
        assertTrue(
                boxes.get(0).x() + StageGraph.BOX_WIDTH < boxes.get(1).x(), "a reader stands right of what it reads");
        assertEquals(boxes.get(1).x(), boxes.get(2).x());
        assertEquals(
                List.of("0-1", "0-2"),
                page.graph().arrows().stream()
                        .map(arrow -> arrow.from() + "-" + arrow.to())
                        .toList());
    }

    @Test
    void aBoxSaysWhatItsTasksComputeAndWhyAJobDidNotRunIt() {
        Map<Integer, Box> boxes = page.graph().boxes().stream().collect(Collectors.toMap(Box::id, box -> box));

        assertEquals(
                List.of("textFile at Zips.java:5", "map at Zips.java:6, cached", "groupByKey at Zips.java:7"),
                boxes.get(0).lines(),
                "the stage is named after its last call");
        assertEquals(
                List.of("sortByKey at Zips.java:8", "collect at Zips.java:9"),
                boxes.get(1).lines(),
                "the action comes after the calls");
        assertEquals(List.of("count at Zips.java:11"), boxes.get(2).lines(), "of old logs the name is known");
        assertEquals("all its map outputs are there", page.stages().get(0).skippedWhy());
        assertEquals("", page.stages().get(1).skippedWhy());
    }

    @Test
    void ofAFailedJobTheFirstThingSaidIsWhyAndWhatDidNotRun() {
        PageModel failed = PageModel.of(RunScript.application("failing")
                .executor(0, "e1", 1)
                .job(0, 0, 0, 1)
                .planned(0, 0, 0, "map at Fail.java:1", 1)
                .planned(0, 0, 1, "count at Fail.java:2", 1, 0)
                .submitted(0, 0, "map at Fail.java:1", 1)
                .jobFails(90, 0, "/ by zero, thrown at Fail.java:1\n  more")
                .ends(100)
                .run());

        assertEquals(
                "Look first at job 0, which failed: / by zero, thrown at Fail.java:1.",
                failed.sentences().get(2));
        assertEquals("did not run", failed.stages().get(1).state());
        assertEquals("job 0", failed.troubles().get(0).what());
        assertEquals("failed", failed.jobs().get(0).state());
    }

    @Test
    void aStageWhoseSmallPartitionsRanTogetherSaysByWhichMeasure() {
        Run run = RunScript.application("small")
                .planned(0, 0, 3, "count at Small.java:1", 40)
                .submitted(0, 3, "count at Small.java:1", 40)
                .grouped(0, 3, 40, 2)
                .ends(10)
                .run();

        String words = PageModel.of(run).stages().get(0).grouped();

        assertTrue(words.startsWith("40 partitions of stage 3 run as 2 groups of neighbours"), words);
        assertEquals("", page.stages().get(1).grouped());
    }

    @Test
    void fortyStagesHaveBoxesOfFewLinesThatDoNotOverlap() {
        List<Box> boxes = PageModel.of(fortyStages().run()).graph().boxes();

        assertEquals(40, boxes.size());
        assertEquals(
                List.of("map at Wide.java:0", "... 8 more ...", "join at Wide.java:9"),
                boxes.get(0).lines());
        assertEquals(10, boxes.get(0).calls().size(), "whoever points at it sees all");
        for (Box a : boxes) {
            for (Box b : boxes) {
                boolean isApart = a.x() + StageGraph.BOX_WIDTH <= b.x()
                        || b.x() + StageGraph.BOX_WIDTH <= a.x()
                        || a.y() + a.height() <= b.y()
                        || b.y() + b.height() <= a.y();
                assertTrue(a == b || isApart, a + " lies on " + b);
            }
        }
    }

    @Test
    void theTimelineHasALineForEachCoreAndABarForEachAttempt() {
        Timeline timeline = page.timeline();

        assertEquals(6, timeline.lanes().size());
        assertEquals(11, timeline.bars().size());
        assertFalse(timeline.isMerged());
        Timeline.Bar spilling = timeline.bars().stream()
                .filter(bar -> bar.name().equals("s1p1#0"))
                .findFirst()
                .orElseThrow();
        assertEquals(1_010, spilling.startMs());
        assertEquals(1_810, spilling.endMs());
        assertEquals(List.of(100L, 40L, 200L), List.of(spilling.waitMs(), spilling.gcMs(), spilling.spillMs()));
        Timeline.Lane gone = timeline.lanes().get(2);
        assertEquals("e2", gone.executorId());
        assertTrue(gone.isLost());
        assertEquals(350, gone.toMs() - gone.fromMs());
        assertEquals(190, gone.busyMs());
        assertEquals(
                1,
                timeline.bars().stream()
                        .filter(bar -> bar.state().equals("lost"))
                        .count());
    }

    @Test
    void twoAttemptsAtATimeNeverShareALane() {
        List<Timeline.Bar> bars = page.timeline().bars();

        for (Timeline.Bar a : bars) {
            for (Timeline.Bar b : bars) {
                assertTrue(
                        a == b || a.lane() != b.lane() || a.endMs() <= b.startMs() || b.endMs() <= a.startMs(),
                        a + " and " + b);
            }
        }
    }

    @Test
    void theShuffleIsAMatrixAndItsSkewedPartitionHasAName() {
        ShufflePanel shuffle = page.shuffles().get(0);

        assertEquals(16_000, shuffle.bytes());
        assertEquals(4, shuffle.maps());
        assertEquals(2, shuffle.columns());
        assertEquals(List.of(2_000L, 14_000L), shuffle.sizes());
        assertEquals(List.of(new ShufflePanel.Skewed(1, 14_000, List.of("k7"))), shuffle.skewed());
    }

    @Test
    void executorsHaveTheirMemoryOverTime() {
        ExecutorPanel first = page.executors().get(0);

        assertEquals(List.of(600L, 30L << 20, 800L, 60L << 20), first.heap());
        assertEquals(List.of(1_050L, 5_000L), first.cached());
        assertEquals(2L << 20, first.tasks().get(1), "two tasks ran, and held a mebibyte each");
        assertEquals(0L, first.tasks().get(first.tasks().size() - 1));
        assertEquals(750, page.executors().get(1).lostMs());
        assertEquals(List.of(1_060L, 700L), page.executors().get(2).onDisk());
    }

    @Test
    void failuresHaveTheReasonForWhichAProcessWent() {
        assertEquals(
                List.of(
                        new PageModel.TroubleRow(
                                750,
                                "executor",
                                "executor e2",
                                RunScript.killed().toString(),
                                "KILLED"),
                        new PageModel.TroubleRow(
                                1_870, "task", "task 2.0 attempt 0 on executor e1", "no <such> zip", "")),
                page.troubles());
    }

    @Test
    void numbersAreThoseOfTheLog() {
        List<Event> events = RunScript.twoJobs().events();
        long started = events.stream().filter(Event.TaskStart.class::isInstance).count();

        assertEquals(
                started,
                page.timeline().bars().stream().mapToInt(Timeline.Bar::count).sum());
        assertEquals(
                started, page.stages().stream().mapToInt(StageRow::attempts).sum());
        assertEquals(2, page.jobs().size());
        assertEquals(2_000, page.wallMs());
        assertTrue(page.isOver());
    }

    @Test
    void aRunWithoutEventsHasAPage() {
        PageModel empty = PageModel.of(RunFold.of(List.of()));

        assertEquals(3, empty.sentences().size());
        assertTrue(PageHtml.of(empty).contains("</html>"));
    }

    @Test
    void aRunThatGoesOnIsShownUpToItsLastEvent() {
        List<Event> events = RunScript.twoJobs().events();

        PageModel running = PageModel.of(RunFold.of(events.subList(0, 14)));

        assertFalse(running.isOver());
        assertTrue(
                running.timeline().bars().stream().anyMatch(bar -> bar.state().equals("running")));
    }

    @Test
    void tenThousandTasksFitIntoAPageThatABrowserDrawsAtOnce() {
        PageModel large = PageModel.of(tenThousandTasks().run());
        String html = PageHtml.of(large);

        assertTrue(large.timeline().isMerged());
        assertTrue(large.timeline().bars().size() <= Timeline.MAX_BARS);
        assertEquals(
                10_000,
                large.timeline().bars().stream().mapToInt(Timeline.Bar::count).sum());
        assertEquals(
                10_000 * 9,
                large.timeline().bars().stream().mapToLong(Timeline.Bar::busyMs).sum(),
                "no time is lost");
        assertTrue(html.length() < 2_000_000, "the page has " + html.length() + " characters");
    }

    @Test
    void manySmallStagesAndLongNamesFitToo() {
        RunScript script = RunScript.application("a".repeat(100_000));
        for (int executor = 0; executor < 10; executor++) {
            script.executor(0, "e" + executor, 4);
        }
        for (int stage = 0; stage < 1_000; stage++) {
            String name = "n".repeat(10_000) + stage;
            script.planned(stage, 0, stage, name, 20).submitted(stage, stage, name, 20);
            for (int task = 0; task < 20; task++) {
                script.task(
                        20L * stage, 20L * stage + 15, stage, task, "e" + task / 2, RunScript.did(14, 0, 0, 0, 0, 0));
            }
        }
        PageModel many = PageModel.of(script.ends(20_100).run());

        assertTrue(many.timeline().bars().size() <= Timeline.MAX_BARS);
        assertEquals(
                20_000,
                many.timeline().bars().stream().mapToInt(Timeline.Bar::count).sum());
        assertTrue(
                PageHtml.of(many).length() < 2_000_000,
                "the page has " + PageHtml.of(many).length() + " characters");
        assertTrue(many.notes().contains("600 earlier stages are not listed."), many.notes()::toString);
    }

    /** On a hundred executors, one after the other on each core. */
    static RunScript fortyStages() {
        RunScript script = RunScript.application("wide").executor(0, "e1", 1);
        List<String> calls =
                IntStream.range(0, 9).mapToObj(i -> "map at Wide.java:" + i).toList();
        for (int stage = 0; stage < 40; stage++) {
            Integer[] parents = stage < 3 ? new Integer[0] : new Integer[] {stage - 3, stage - 1};
            script.planned(0, 0, stage, "join at Wide.java:9", 1, calls, parents)
                    .submitted(10 * stage, stage, "join at Wide.java:9", 1)
                    .task(10 * stage, 10 * stage + 9, stage, 0, "e1", RunScript.did(8, 0, 1, 0, 0, 0));
        }
        return script.ends(400);
    }

    static RunScript tenThousandTasks() {
        RunScript script = RunScript.application("large");
        for (int executor = 0; executor < 100; executor++) {
            script.executor(0, "e" + executor, 2);
        }
        script.planned(0, 0, 0, "count at Large.java:1", 10_000).submitted(0, 0, "count at Large.java:1", 10_000);
        for (int task = 0; task < 10_000; task++) {
            long from = task / 200 * 10L;
            script.task(from, from + 9, 0, task, "e" + task % 200 / 2, RunScript.did(8, 0, 1, 0, 0, 0));
        }
        return script.completed(500, 0, "count at Large.java:1", 10_000).ends(510);
    }

    @Test
    void hostileNamesStayText() {
        String hostile = "</script><script>alert(1)</script><!-- @model@ \u2028 ]]>";
        Run run = RunScript.application(hostile)
                .executor(0, "e1", 1)
                .planned(0, 0, 0, hostile, 1)
                .submitted(0, 0, hostile, 1)
                .task(0, 5, 0, 0, "e1", RunScript.did(5, 0, 0, 0, 0, 0))
                .ends(10)
                .run();

        String html = PageHtml.of(PageModel.of(run));

        assertEquals(2, html.split("</script>", -1).length - 1, "the ends of two scripts: the model and ours");
        assertFalse(html.contains("<script>alert"));
        assertFalse(html.contains("<!-- "));
        assertTrue(html.contains("\\u003c/script>"));
    }

    @Test
    void thePageAsksForNothingAndItsPolicyNamesWhatIsInIt() {
        String html = PageHtml.of(page);

        assertFalse(html.contains("src="), "nothing is loaded");
        assertFalse(html.replace("http://www.w3.org/2000/svg", "").contains("http:"));
        assertFalse(html.contains("https:"));
        assertTrue(html.contains("default-src 'none'; script-src 'sha256-"));
        assertFalse(html.contains("unsafe-inline"));
        assertFalse(html.contains("style=\""), "a policy refuses styles in attributes");
    }

    @Test
    void theModelIsJsonByTheNamesOfItsComponents() {
        Map<?, ?> json = (Map<?, ?>) Json.parse(PageHtml.json(page));

        assertEquals("zips", json.get("title"));
        assertEquals(
                Map.of("title", "Rows", "bars", List.of(Map.of("name", "1xxxx", "value", 17L))), json.get("chart"));
        assertFalse(json.containsKey("comparison"), "what is absent is left out");
    }

    @Test
    void aLogOfAnEarlierVersionHasAPageWithoutArrows() {
        List<Event> old = RunScript.twoJobs().events().stream()
                .filter(event -> !(event instanceof Event.StagePlanned
                        || event instanceof Event.ShuffleWritten
                        || event instanceof Event.ExecutorUsage))
                .toList();

        PageModel model = PageModel.of(RunFold.of(old));

        assertEquals(3, model.graph().boxes().size());
        assertEquals(List.of(), model.graph().arrows());
        assertEquals(List.of(), model.shuffles());
        assertEquals(page.stages().get(1), model.stages().get(1));
    }
}
