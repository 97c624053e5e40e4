package dev.kindling.driver.page;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.event.AppStatus;
import dev.kindling.event.StoryLines;
import dev.kindling.util.Durations;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that a page shows, as numbers and sentences: nothing is counted by its script. Times are milliseconds since the
 * application's start, unless their name says otherwise. Parts that grow with the run are cut to what fits on a screen,
 * and {@code notes} say what was left out, so that a page of any run is at most about a megabyte.
 *
 * @param title the application's name
 * @param sentences what took the time, three of them
 * @param facts name and value, for the head of the page
 * @param wallMs from start to end
 * @param isOver false while the application runs
 * @param chart of the result, where the program gave one
 * @param comparison with another run, where one was given
 */
public record PageModel(
        String title,
        List<String> sentences,
        List<Fact> facts,
        long wallMs,
        boolean isOver,
        List<JobRow> jobs,
        List<StageRow> stages,
        StageGraph graph,
        Timeline timeline,
        List<ShufflePanel> shuffles,
        List<ExecutorPanel> executors,
        List<TroubleRow> troubles,
        Optional<ResultChart> chart,
        Optional<Comparison> comparison,
        List<String> notes) {
    private static final int SHOWN_JOBS = 200;
    private static final int SHOWN_STAGES = 400;
    private static final int SHOWN_TROUBLES = 100;

    /** Of stack traces and the like. */
    private static final int TEXT_CHARS = 2_000;

    private static final int NAME_CHARS = 300;
    /** Of one job. */
    private static final int SHOWN_STAGE_IDS = 100;

    public PageModel {
        sentences = List.copyOf(sentences);
        facts = List.copyOf(facts);
        jobs = List.copyOf(jobs);
        stages = List.copyOf(stages);
        shuffles = List.copyOf(shuffles);
        executors = List.copyOf(executors);
        troubles = List.copyOf(troubles);
        notes = List.copyOf(notes);
    }

    public record Fact(String name, String value) {}

    /** @param state in small letters, such as {@code completed} */
    public record JobRow(
            int id, String name, String state, long startMs, long endMs, List<Integer> stageIds, String message) {}

    /** @param reason what kind of end, for an executor; else empty */
    public record TroubleRow(long atMs, String kind, String what, String text, String reason) {}

    /** What a program makes of its result, as bars. */
    public record ResultChart(String title, List<Bar> bars) {
        public ResultChart {
            bars = List.copyOf(bars);
        }

        static ResultChart of(Event.ResultShown shown) {
            return new ResultChart(
                    shown.title(),
                    shown.bars().stream()
                            .map(bar -> new Bar(bar.name(), bar.value()))
                            .toList());
        }

        public record Bar(String name, long value) {}
    }

    /** The page of a run. */
    public static PageModel of(Run run) {
        List<StageRow> allStages = StageRow.of(run);
        List<String> notes = new ArrayList<>();
        Timeline timeline = Timeline.of(run, notes);
        StageGraph graph = StageGraph.of(run, notes);
        List<ShufflePanel> shuffles = ShufflePanel.of(run, notes);
        List<ExecutorPanel> executors = ExecutorPanel.of(run, notes);
        noteWhatIsMissing(run, allStages.size(), notes);
        return new PageModel(
                run.status().name().isEmpty()
                        ? "an application"
                        : name(run.status().name()),
                Findings.of(run, allStages),
                facts(run),
                run.wallMs(),
                run.status().endedMs() >= 0,
                jobs(run),
                last(allStages, SHOWN_STAGES),
                graph,
                timeline,
                shuffles,
                executors,
                troubles(run),
                run.result().map(ResultChart::of),
                Optional.empty(),
                notes);
    }

    /** The page of the second run with what changed since the first. */
    public static PageModel comparing(Run before, Run after) {
        PageModel page = of(after);
        Comparison comparison = Comparison.of(before, after);
        return new PageModel(
                page.title,
                comparison.sentences(),
                page.facts,
                page.wallMs,
                page.isOver,
                page.jobs,
                page.stages,
                page.graph,
                page.timeline,
                page.shuffles,
                page.executors,
                page.troubles,
                page.chart,
                Optional.of(comparison),
                page.notes);
    }

    private static List<Fact> facts(Run run) {
        AppStatus status = run.status();
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Application", status.applicationId()));
        facts.add(new Fact("Master", status.master()));
        facts.add(new Fact("Started", started(status.startedMs())));
        facts.add(new Fact(status.endedMs() >= 0 ? "Took" : "Runs for", Durations.format(run.wallMs())));
        int cores = status.executors().stream()
                .mapToInt(AppStatus.ExecutorStatus::cores)
                .sum();
        facts.add(new Fact(
                "Executors", status.executors().size() + " with " + StoryLines.count(cores, "core") + " in all"));
        long attempts = run.attempts().size() + run.forgottenAttempts();
        facts.add(new Fact(
                "Work",
                StoryLines.count(status.jobs().size(), "job") + ", "
                        + StoryLines.count(run.plans().size(), "stage") + ", "
                        + StoryLines.count(attempts, "attempt")));
        String version = KindlingContext.class.getPackage().getImplementationVersion();
        facts.add(new Fact("Kindling", version == null ? "dev" : version));
        return facts;
    }

    private static String started(long ms) {
        // A simulated driver's clock begins at zero.
        return ms <= 0
                ? "at 0, in virtual time"
                : DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'")
                        .withZone(ZoneOffset.UTC)
                        .format(Instant.ofEpochMilli(ms));
    }

    private static List<JobRow> jobs(Run run) {
        return last(
                run.status().jobs().stream()
                        .map(job -> new JobRow(
                                job.jobId(),
                                name(job.description()),
                                StageRow.lower(job.state()),
                                job.startedMs() - run.status().startedMs(),
                                job.endedMs() < 0
                                        ? -1
                                        : job.endedMs() - run.status().startedMs(),
                                last(job.stageIds(), SHOWN_STAGE_IDS),
                                text(job.message())))
                        .toList(),
                SHOWN_JOBS);
    }

    private static List<TroubleRow> troubles(Run run) {
        return run.troubles().stream()
                .limit(SHOWN_TROUBLES)
                .map(trouble -> new TroubleRow(
                        trouble.timeMs() - run.status().startedMs(),
                        StageRow.lower(trouble.kind()),
                        trouble.what(),
                        text(trouble.text()),
                        trouble.reason().map(reason -> reason.kind().name()).orElse("")))
                .toList();
    }

    /** Names are given by users, and may be as long as they like. */
    static String name(String given) {
        return cut(given, NAME_CHARS);
    }

    private static String text(String given) {
        return cut(given, TEXT_CHARS);
    }

    private static String cut(String text, int chars) {
        return text.length() <= chars ? text : text.substring(0, chars) + " ...";
    }

    private static void noteWhatIsMissing(Run run, int stageCount, List<String> notes) {
        note(notes, run.status().jobs().size() - SHOWN_JOBS, "earlier jobs are not listed");
        note(notes, stageCount - SHOWN_STAGES, "earlier stages are not listed");
        note(
                notes,
                run.troubles().size() + run.forgottenTroubles() - SHOWN_TROUBLES,
                "later failures are not listed; kindling story tells all that the log has");
        note(notes, run.forgottenAttempts(), "earlier attempts are not in the timeline");
        note(notes, run.droppedEvents(), "events about tasks and blocks are missing in the log");
    }

    static void note(List<String> notes, long count, String what) {
        if (count > 0) {
            notes.add(count + " " + what + ".");
        }
    }

    private static <T> List<T> last(List<T> items, int count) {
        return items.subList(Math.max(0, items.size() - count), items.size());
    }
}
