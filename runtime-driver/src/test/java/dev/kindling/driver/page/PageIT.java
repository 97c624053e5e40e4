package dev.kindling.driver.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages in a real browser. Where the machine has none, these tests are skipped and say so. */
class PageIT {
    private static final String DRAWN = "document.querySelector('footer') && document.querySelector('.bar')";

    private static final String GRAPH = "document.querySelector('#graph .scroll')";

    private static Browser browser;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> chromium = Browser.find();
        assumeTrue(chromium.isPresent(), "SKIPPED: there is no chromium on the PATH, so no page was seen in a browser");
        browser = Browser.start(chromium.get());
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void everyPanelShowsTheNumbersOfTheLog() throws Exception {
        PageModel model = PageModel.of(RunScript.twoJobs().run());
        open(model);

        assertEquals(
                "findings graph timeline shuffle partitions executors failures result",
                browser.evaluate("[...document.querySelectorAll('[data-panel]')].map(p => p.dataset.panel).join(' ')"));
        assertEquals(model.sentences().get(0), browser.evaluate("document.querySelector('.findings li').textContent"));
        assertEquals(3L, count("#graph svg g[data-stage]"));
        assertTrue(text("#graph").contains("map at Zips.java:6, cached"), text("#graph"));
        assertTrue(text("#graph").contains("skipped later: all its map outputs are there"), text("#graph"));
        assertEquals((long) model.timeline().bars().size(), count("#timeline .bar"));
        assertEquals((long) model.timeline().lanes().size(), count("#timeline rect.lane"));
        assertEquals(8L, count("#shuffle svg[aria-label='matrix of shuffle 0'] rect"));
        assertEquals(2L, count("#shuffle svg[aria-label='sizes of the partitions of shuffle 0'] rect"));
        assertTrue(text("#shuffle").contains("partition 1 with 14 KiB (keys k7)"), text("#shuffle"));
        assertEquals(3L, count("#executors [data-executor] svg"));
        assertTrue(text("#failures").contains("executor e2 KILLED"), text("#failures"));
        assertTrue(text("#failures").contains("no <such> zip"), text("#failures"));
        assertTrue(text("#result").contains("1xxxx"), text("#result"));
        assertTrue(
                browser.evaluate("document.querySelector('#graph table tbody tr').textContent")
                        .toString()
                        .contains("510 ms"),
                "the table has how long stage 0 took");
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void aKeyboardReachesEveryBar() throws Exception {
        PageModel model = PageModel.of(RunScript.twoJobs().run());
        open(model);

        browser.evaluate("document.querySelector('#timeline .bar').focus()");
        for (int bar = 0; bar < model.timeline().bars().size(); bar++) {
            assertEquals(
                    (long) bar,
                    browser.evaluate(
                            "[...document.querySelectorAll('#timeline .bar')].indexOf(document.activeElement)"));
            assertTrue(text("#tip").startsWith(model.timeline().bars().get(bar).name()), text("#tip"));
            browser.press("ArrowRight");
        }
        browser.press("Escape");

        assertEquals(true, browser.evaluate("document.getElementById('tip').hidden"));
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void itFollowsTheReadersColoursAndWidth() throws Exception {
        open(PageModel.of(RunScript.twoJobs().run()));
        Object light = browser.evaluate("getComputedStyle(document.body).backgroundColor");

        browser.resize(380, true);
        browser.await("innerWidth === 380");

        assertTrue(!light.equals(browser.evaluate("getComputedStyle(document.body).backgroundColor")), "dark is dark");
        browser.await("document.documentElement.scrollWidth <= 380");
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void tenThousandTasksAndHostileNamesAreDrawnWithoutAComplaint() throws Exception {
        open(PageModel.of(PageModelTest.tenThousandTasks().run()));
        assertTrue((Long) count("#timeline .bar") <= Timeline.MAX_BARS);
        assertEquals(List.of(), browser.complaints());

        String hostile = "</script><script>document.title='run'</script><img src=x onerror=alert(1)>";
        open(PageModel.of(RunScript.application(hostile)
                .executor(0, hostile, 1)
                .planned(0, 0, 0, hostile, 1)
                .submitted(0, 0, hostile, 1)
                .task(0, 5, 0, 0, hostile, RunScript.did(5, 0, 0, 0, 0, 0))
                .ends(10)
                .run()));

        assertEquals(hostile, text("h1"));
        assertEquals(0L, count("img"));
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void ofFortyStagesTheWholeGraphCanBeSeenAndAnyStagePicked() throws Exception {
        open(PageModel.of(PageModelTest.fortyStages().run()));
        assertEquals(40L, count("#graph svg g[data-stage]"));
        assertTrue((Boolean) browser.evaluate(GRAPH + ".scrollWidth > " + GRAPH + ".clientWidth"), "it is a wide one");

        browser.evaluate("document.querySelector('#graph .tools button').click()");

        assertTrue(
                (Boolean) browser.evaluate(GRAPH + ".scrollWidth <= " + GRAPH + ".clientWidth"), "all of it is there");
        assertEquals(
                "39",
                browser.evaluate("[...document.querySelectorAll('#graph g[data-stage] text')].pop().textContent"));
        assertEquals(1L + 40, count("#timeline select option"));
        browser.evaluate("(() => { const list = document.querySelector('#timeline select'); list.value = '29';"
                + " list.dispatchEvent(new Event('change')); })()");
        assertEquals("29", browser.evaluate("document.querySelector('#timeline .bar.chosen').dataset.stage"));
        assertEquals(1L, count("#timeline .bar.chosen"));
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void aComparisonShowsBothRuns() throws Exception {
        Run run = RunScript.twoJobs().run();
        PageModel model = PageModel.comparing(run, run);
        open(model);

        assertEquals((long) model.comparison().orElseThrow().rows().size(), count("#comparison tbody tr"));
        assertEquals(List.of(), browser.complaints());
    }

    private void open(PageModel model) throws Exception {
        browser.resize(1_280, false);
        Path file = directory.resolve("page.html");
        Files.writeString(file, PageHtml.of(model));
        browser.open(file.toUri().toString(), DRAWN);
    }

    private static Object count(String selector) throws Exception {
        return browser.evaluate("document.querySelectorAll(\"" + selector + "\").length");
    }

    private static String text(String selector) throws Exception {
        return (String) browser.evaluate("document.querySelector(\"" + selector + "\").textContent");
    }
}
