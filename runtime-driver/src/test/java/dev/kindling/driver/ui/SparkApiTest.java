package dev.kindling.driver.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.page.Run;
import dev.kindling.driver.page.Runs;
import dev.kindling.event.JobProperties;
import dev.kindling.util.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Paths and fields are those of Spark's monitoring interface; the numbers are those of the run. */
class SparkApiTest {
    private static final String APP = "/api/v1/applications/20261122-120000-abcdef";

    private static final List<String> OTHERS =
            List.of("", "/", "//", "?", "&", "=", "%", "%2", "-", "-1", ".", ",", "9999999999", "0", "a", "\u00e9");

    private final Run run = Runs.twoJobs();
    private final SparkApi api = new SparkApi(run);

    @Test
    void theApplicationIsListedAndNamed() {
        Map<?, ?> application = (Map<?, ?>) list("/api/v1/applications").get(0);

        assertEquals("20261122-120000-abcdef", application.get("id"));
        assertEquals("zips", application.get("name"));
        Map<?, ?> attempt = (Map<?, ?>) ((List<?>) application.get("attempts")).get(0);
        assertEquals("2023-11-14T22:13:20.000GMT", attempt.get("startTime"));
        assertEquals("2023-11-14T22:13:22.000GMT", attempt.get("endTime"));
        assertEquals(2_000L, attempt.get("duration"));
        assertEquals(true, attempt.get("completed"));
        assertEquals(application, object(APP));
        assertEquals(Map.of("spark", "3.5.0"), object("/api/v1/version"));
    }

    @Test
    void jobsTellHowManyOfTheirTasksAreDone() {
        List<?> jobs = list(APP + "/jobs");

        assertEquals(2, jobs.size());
        Map<?, ?> latest = (Map<?, ?>) jobs.get(0);
        assertEquals(1L, latest.get("jobId"));
        assertEquals("SUCCEEDED", latest.get("status"));
        assertEquals(List.of(0L, 2L), latest.get("stageIds"));
        assertEquals(6L, object(APP + "/jobs/0").get("numTasks"));
        assertEquals(List.of(), list(APP + "/jobs", "status=failed"));
    }

    @Test
    void whatTheProgramSaidOfAJobIsThereAndWhyItsStageFailed() {
        SparkApi failed = new SparkApi(Runs.failed(
                Map.of(JobProperties.DESCRIPTION, "nightly", JobProperties.POOL, "reports"), "no zip 99999"));

        Map<?, ?> job = (Map<?, ?>) answer(failed, APP + "/jobs/0", Optional.empty());
        assertEquals("nightly", job.get("description"));
        Map<?, ?> stage = (Map<?, ?>) answer(failed, APP + "/stages/0/0", Optional.empty());
        assertEquals("nightly", stage.get("description"));
        assertEquals("FAILED", stage.get("status"));
        assertEquals("no zip 99999", stage.get("failureReason"));
        assertEquals("reports", stage.get("schedulingPool"));
        Map<?, ?> other = object(APP + "/stages/1/0");
        assertEquals("default", other.get("schedulingPool"));
        assertFalse(other.containsKey("failureReason") || other.containsKey("description"));
    }

    @Test
    void aStageHasItsSumsAndItsTasks() {
        Map<?, ?> stage = object(APP + "/stages/1/0");

        assertEquals("COMPLETE", stage.get("status"));
        assertEquals(2L, stage.get("numTasks"));
        assertEquals("2023-11-14T22:13:21.010GMT", stage.get("firstTaskLaunchedTime"));
        assertEquals(870L, stage.get("executorRunTime"));
        assertEquals(130L, stage.get("shuffleFetchWaitTime"));
        assertEquals(16_000L, stage.get("shuffleReadBytes"));
        assertEquals(List.of(stage), list(APP + "/stages/1"));
        assertEquals(3, list(APP + "/stages").size());

        List<?> tasks = list(APP + "/stages/0/0/taskList", "offset=1&length=3");
        assertEquals(3, tasks.size());
        Map<?, ?> failed =
                (Map<?, ?>) list(APP + "/stages/2/0/taskList", "status=failed").get(0);
        assertEquals("no <such> zip", failed.get("errorMessage"));
        assertEquals("host-e1", failed.get("host"));
    }

    @Test
    void quantilesAreOfSuccessfulTasks() {
        Map<?, ?> summary = object(APP + "/stages/1/0/taskSummary", "quantiles=0,1");

        assertEquals(List.of(0.0, 1.0), summary.get("quantiles"));
        assertEquals(List.of(90.0, 780.0), summary.get("executorRunTime"));
        assertEquals(List.of(2_000.0, 14_000.0), ((Map<?, ?>) summary.get("shuffleReadMetrics")).get("readBytes"));
    }

    @Test
    void executorsThatAreGoneAreInAllOfThem() {
        assertEquals(2, list(APP + "/executors").size());
        List<?> all = list(APP + "/allexecutors");
        assertEquals(3, all.size());
        Map<?, ?> lost = (Map<?, ?>) all.get(1);
        assertEquals(false, lost.get("isActive"));
        assertTrue(lost.get("removeReason").toString().startsWith("exit code 137"));
        assertEquals(1L, lost.get("failedTasks"));
    }

    @Test
    void persistedSetsAndSettingsAreThere() {
        Map<?, ?> set = object(APP + "/storage/rdd/3");

        assertEquals(2L, set.get("numCachedPartitions"));
        assertEquals(8_000L, set.get("memoryUsed"));
        assertEquals(700L, set.get("diskUsed"));
        assertEquals(List.of(set), list(APP + "/storage/rdd"));
        assertEquals(
                List.of(List.of("kindling.master", "x")),
                object(APP + "/environment").get("sparkProperties"));
    }

    @Test
    void requestsWithMistakesAreAnsweredOrNotFoundAndNothingIsThrown() {
        Random random = new Random(5);
        List<String> right = List.of(
                APP + "/jobs/0?status=running",
                APP + "/stages/0/0/taskSummary?quantiles=0.1,0.5,1",
                APP + "/stages/2/0/taskList?offset=1&length=5&sortBy=-runtime",
                APP + "/storage/rdd/3",
                APP + "/allexecutors");
        int found = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder changed = new StringBuilder(right.get(i % right.size()));
            for (int mistakes = random.nextInt(4); mistakes >= 0; mistakes--) {
                int at = SparkApi.ROOT.length() + random.nextInt(changed.length() - SparkApi.ROOT.length());
                String other = OTHERS.get(random.nextInt(OTHERS.size()));
                changed.replace(at, at + random.nextInt(2), other);
            }
            String request = changed.toString();
            int mark = request.indexOf('?');
            String path = mark < 0 ? request : request.substring(0, mark);
            Optional<String> query = mark < 0 ? Optional.empty() : Optional.of(request.substring(mark + 1));
            found += api.answer(path, query).isPresent() ? 1 : 0;
        }
        assertTrue(found > 1_000, found + " were answered");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        for (String path : List.of(
                "/api/v1/",
                "/api/v1/applications/other",
                APP + "/jobs/7",
                APP + "/jobs/x",
                APP + "/stages/9",
                APP + "/stages/1/5",
                APP + "/stages/1/0/taskSummary/more",
                APP + "/executors/e1",
                APP + "/storage")) {
            assertEquals(Optional.empty(), api.answer(path, Optional.empty()), path);
        }
        assertEquals(Optional.empty(), api.answer(APP + "/stages/1/0/taskSummary", Optional.of("quantiles=2,x")));
    }

    private Map<?, ?> object(String path) {
        return (Map<?, ?>) answer(path, Optional.empty());
    }

    private Map<?, ?> object(String path, String query) {
        return (Map<?, ?>) answer(path, Optional.of(query));
    }

    private List<?> list(String path) {
        return (List<?>) answer(path, Optional.empty());
    }

    private List<?> list(String path, String query) {
        return (List<?>) answer(path, Optional.of(query));
    }

    private Object answer(String path, Optional<String> query) {
        return answer(api, path, query);
    }

    /** As a client reads it. */
    private static Object answer(SparkApi api, String path, Optional<String> query) {
        return Json.parse(Json.write(api.answer(path, query).orElseThrow()));
    }
}
