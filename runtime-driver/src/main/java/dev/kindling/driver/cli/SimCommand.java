package dev.kindling.driver.cli;

import dev.kindling.driver.page.PageModel;
import dev.kindling.driver.page.RunFold;
import dev.kindling.driver.sim.Lesson;
import dev.kindling.driver.sim.SimCores;
import dev.kindling.driver.sim.SimOptions;
import dev.kindling.driver.sim.SimPolicy;
import dev.kindling.driver.sim.SimReport;
import dev.kindling.driver.sim.SimSize;
import dev.kindling.driver.sim.Simulation;
import dev.kindling.sim.FaultKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindling sim}: jobs on a cluster that exists in one thread and in virtual time, with faults from a seed. */
@Command(
        name = "sim",
        description = {
            "Runs a job on a simulated cluster in virtual time: the real driver and executor cores, the real"
                    + " operators,",
            "a network and disks with faults drawn by the seed. The same seed is the same run, event by event.",
            "A bad seed is told: what happened in sentences, what was violated, and the command that shows it again."
        },
        mixinStandardHelpOptions = true)
final class SimCommand implements Callable<Integer> {
    private static final int SENTENCES = 100;
    private static final int USUAL_EXECUTORS = 4;
    private static final int MAX_SCALE_TASKS = 1_000_000;

    @Option(names = "--seed", paramLabel = "N", description = "The first seed (default: ${DEFAULT-VALUE}).")
    private long firstSeed = 1;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "How many seeds to run (default: ${DEFAULT-VALUE}); of more than " + SENTENCES
                    + " only bad ones are told, and the rate. Control-C ends the run with a summary.")
    private int seedCount = 1;

    @Option(names = "--executors", paramLabel = "N", description = "Executors (default: the seed's own number).")
    private Integer executors;

    @Option(names = "--kill", paramLabel = "P", description = "Probability that an executor dies, each second.")
    private Double kill;

    @Option(names = "--drop", paramLabel = "P", description = "Probability that a message is lost.")
    private Double drop;

    @Option(
            names = "--faults",
            split = ",",
            paramLabel = "KIND",
            description = "Only these kinds of faults: ${COMPLETION-CANDIDATES}.")
    private List<FaultKind> kinds;

    @Option(names = "--no-faults", description = "Nothing goes wrong.")
    private boolean isFaultless;

    @Option(
            names = "--job",
            paramLabel = "JOB",
            description = "ZIP_COUNT, the demo's job by the real operators, SYNTHETIC, jobs that also save and are"
                    + " cancelled, or DEALT, jobs that are not deterministic (default: the seed's own).")
    private SimOptions.Workload job;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            description = "How much there is of everything: ${COMPLETION-CANDIDATES} (default: the seed's own).")
    private SimSize size;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            description = "What the driver does of its own accord: ${COMPLETION-CANDIDATES} (default: the seed's own).")
    private SimPolicy policy;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description = "Write an HTML page that shows the run of the first seed, in virtual time.")
    private Path page;

    @Option(
            names = "--lose",
            paramLabel = "EXECUTOR=MS",
            description =
                    "A lesson: this executor, such as e2, is killed so many virtual milliseconds after the start.")
    private Map<String, Long> losses = new TreeMap<>();

    @Option(
            names = "--slow",
            paramLabel = "EXECUTOR=TIMES",
            description = "A lesson: this executor takes so many times as long for everything.")
    private Map<String, Integer> slowNodes = new TreeMap<>();

    @Option(
            names = "--skew",
            paramLabel = "PERCENT",
            description = "A lesson: so many of a hundred rows have one and the same key.")
    private Integer skew;

    @Option(
            names = "--tasks",
            paramLabel = "N",
            description = "A lesson: tasks of each stage (default: twice as many as executors). With --scale, of the"
                    + " job.")
    private Integer tasks;

    @Option(names = "--threads", paramLabel = "N", description = "Seeds run at a time (default: ${DEFAULT-VALUE}).")
    private int threads = 1;

    @Option(names = "--keep-going", description = "Go on after a bad seed.")
    private boolean isGoingOn;

    @Option(names = "--trace", description = "Print every event.")
    private boolean isTraced;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Add each bad seed to this file, such as seeds.txt, unless it is there.")
    private Path record;

    @Option(
            names = "--scale",
            description = "No faults, but one job of --tasks tasks (default: " + MAX_SCALE_TASKS
                    + ") on a thousand and on ten thousand executors: how many tasks a second the driver's core"
                    + " handles, how long the job takes beside the ideal, and what a waiting task takes of the heap.")
    private boolean isScale;

    private final SimCores cores;

    SimCommand() {
        this(SimCores.real());
    }

    /** With the given cores: how what is said of a bad seed is tested. */
    SimCommand(SimCores cores) {
        this.cores = cores;
    }

    @Override
    public Integer call() {
        if (isScale) {
            return scale();
        }
        check();
        if (page != null) {
            return writePage();
        }
        if (threads > 1 || seedCount > SENTENCES && !isTraced) {
            return sweep();
        }
        boolean isGood = true;
        for (long seed = firstSeed; seed < firstSeed + seedCount; seed++) {
            SimOptions options = optionsOf(seed);
            SimReport report = Simulation.run(isTraced ? options.tracedTo(System.out::println) : options, cores);
            if (!report.isGood()) {
                explain(report, options);
                isGood = false;
                if (!isGoingOn) {
                    return Main.FAILED;
                }
                continue;
            }
            System.out.println(sentence(report));
        }
        return isGood ? Main.DONE : Main.FAILED;
    }

    /** One seed is as good as another: nothing but the times of tasks is drawn by it. */
    private int scale() {
        int taskCount = tasks == null ? MAX_SCALE_TASKS : tasks;
        if (taskCount < 2 || taskCount > MAX_SCALE_TASKS) {
            throw new UsageError("sim: " + taskCount + " tasks; give 2 to " + MAX_SCALE_TASKS + " with --scale");
        }
        new ScaleTable(firstSeed, taskCount).print(System.out::println);
        return Main.DONE;
    }

    /** Of one seed; a run that goes wrong has a page too. */
    private int writePage() {
        SimOptions options = optionsOf(firstSeed);
        RunFold fold = new RunFold();
        SimReport report = Simulation.run(options, cores, fold);
        PageFile.write(PageModel.of(fold.run()), page);
        if (report.isGood()) {
            System.out.println(sentence(report));
        } else {
            explain(report, options);
        }
        System.out.println("page written to " + page);
        return report.isGood() ? Main.DONE : Main.FAILED;
    }

    private int sweep() {
        SimSweep sweep = new SimSweep(cores, this::optionsOf, firstSeed, seedCount, threads, isGoingOn);
        Thread onInterrupt = new Thread(sweep::stop, "kindling-interrupted");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        sweep.run(System.out::println, report -> explain(report, optionsOf(report.seed())));
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // Interrupted: the JVM is ending already, with the exit code of that.
        }
        return sweep.badCount() == 0 ? Main.DONE : Main.FAILED;
    }

    private void check() {
        if (threads < 1) {
            throw new UsageError("sim: --threads " + threads + "; give at least 1");
        }
        if (executors != null && executors < 1 || seedCount < 1) {
            throw new UsageError(
                    "sim: " + executors + " executors and " + seedCount + " seeds; give at least 1 of each");
        }
        if (page != null && seedCount > 1) {
            throw new UsageError("sim: --page shows one run, not those of " + seedCount + " seeds; leave out --seeds");
        }
        if (isLesson() && job != null) {
            throw new UsageError("sim: --lose, --slow, --skew and --tasks bring a job of their own; leave out --job");
        }
        if (tasks != null && (tasks < 1 || tasks > Lesson.MAX_TASKS) || skew != null && (skew < 0 || skew > 100)) {
            throw new UsageError("sim: " + tasks + " tasks and " + skew + " percent of skew; give 1 to "
                    + Lesson.MAX_TASKS + " tasks and 0 to 100 percent");
        }
        if (slowNodes.values().stream().anyMatch(times -> times < 1 || times > 100)
                || losses.values().stream().anyMatch(ms -> ms < 0)) {
            throw new UsageError("sim: --slow takes 1 to 100 times, --lose a time from 0");
        }
        requireProbability("--kill", kill);
        requireProbability("--drop", drop);
    }

    private static void requireProbability(String option, Double value) {
        if (value != null && !(value >= 0 && value <= 1)) {
            throw new UsageError("sim: " + option + " " + value + " is no probability; give a number from 0 to 1");
        }
    }

    private SimOptions optionsOf(long seed) {
        return new SimOptions(
                seed,
                executors == null ? OptionalInt.empty() : OptionalInt.of(executors),
                Optional.of(ratesOf(seed)),
                Optional.ofNullable(job),
                Optional.ofNullable(size),
                Optional.ofNullable(policy),
                Optional.empty(),
                isLesson() ? Optional.of(lesson()) : Optional.empty());
    }

    private boolean isLesson() {
        return tasks != null || skew != null || !losses.isEmpty() || !slowNodes.isEmpty();
    }

    private Lesson lesson() {
        List<Lesson.Loss> lost = new ArrayList<>();
        losses.forEach((executor, atMs) -> lost.add(new Lesson.Loss(executor, atMs)));
        List<Lesson.SlowNode> slow = new ArrayList<>();
        slowNodes.forEach((executor, times) -> slow.add(new Lesson.SlowNode(executor, times)));
        int usualTasks = 2 * (executors == null ? USUAL_EXECUTORS : executors);
        return new Lesson(
                tasks == null ? Math.min(Lesson.MAX_TASKS, usualTasks) : tasks, skew == null ? 0 : skew, lost, slow);
    }

    private Map<FaultKind, Double> ratesOf(long seed) {
        Map<FaultKind, Double> rates = new EnumMap<>(FaultKind.class);
        if (isFaultless || isLesson() && kinds == null && kill == null && drop == null) {
            return rates;
        }
        rates.putAll(Simulation.ratesOf(seed));
        if (kinds != null) {
            kinds.forEach(kind -> rates.putIfAbsent(kind, kind.usual()));
            rates.keySet().retainAll(kinds);
        }
        if (kill != null) {
            rates.put(FaultKind.KILL, kill);
        }
        if (drop != null) {
            rates.put(FaultKind.DROP, drop);
        }
        return rates;
    }

    private static String sentence(SimReport report) {
        StringJoiner struck = new StringJoiner(", ");
        report.struck().forEach((kind, count) -> struck.add(count + " " + nameOf(kind)));
        return String.format(
                Locale.ROOT,
                "seed %d: %d of %d %s right in %.1f virtual seconds, %d events, hash %016x; faults: %s",
                report.seed(),
                report.succeededJobs(),
                report.submittedJobs(),
                report.submittedJobs() == 1 ? "job" : "jobs",
                report.virtualMs() / 1000.0,
                report.steps(),
                report.hash(),
                struck.length() == 0 ? "none" : struck.toString());
    }

    private static String nameOf(FaultKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private void explain(SimReport report, SimOptions options) {
        SimReport smallest = Simulation.shrink(report, options, cores);
        Simulation.story(options.withRates(smallest.rates()), cores).forEach(System.out::println);
        System.out.println();
        System.out.println(
                "seed " + report.seed() + " goes wrong: " + smallest.violation().orElseThrow());
        System.out.println("again, with the fewest kinds of faults under which it does: " + commandFor(smallest));
        if (record != null) {
            record(report, smallest);
        }
    }

    /** With the violation of the seed's own run: under fewer faults it may be another. */
    private void record(SimReport report, SimReport smallest) {
        boolean isOwn = executors == null
                && job == null
                && size == null
                && policy == null
                && kinds == null
                && kill == null
                && drop == null;
        String found = report.violation().orElseThrow() + (isOwn && !isFaultless ? "" : "; " + commandFor(smallest));
        try {
            boolean isNew = SeedFile.add(record, report.seed(), found);
            System.out.println("seed " + report.seed() + (isNew ? " was added to " : " is already in ") + record);
        } catch (IOException | NumberFormatException e) {
            System.out.println("seed " + report.seed() + " was not added to " + record + ": " + e
                    + "; give a text file with one seed a line that can be written");
        }
    }

    private String lessonWords() {
        StringBuilder words = new StringBuilder();
        losses.forEach((executor, atMs) -> words.append(" --lose ").append(executor + "=" + atMs));
        slowNodes.forEach((executor, times) -> words.append(" --slow ").append(executor + "=" + times));
        return words.append(skew == null ? "" : " --skew " + skew)
                .append(tasks == null ? "" : " --tasks " + tasks)
                .toString();
    }

    private String commandFor(SimReport report) {
        StringJoiner names = new StringJoiner(",");
        report.rates().keySet().forEach(kind -> names.add(kind.name()));
        String command = "kindling sim --trace --seed " + report.seed()
                + (executors == null ? "" : " --executors " + executors)
                + (job == null ? "" : " --job " + job)
                + lessonWords()
                + (size == null ? "" : " --size " + size)
                + (policy == null ? "" : " --policy " + policy);
        if (report.rates().isEmpty()) {
            return command + " --no-faults";
        }
        return command
                + " --faults " + names
                + (kill == null ? "" : " --kill " + (report.rates().containsKey(FaultKind.KILL) ? kill : 0))
                + (drop == null ? "" : " --drop " + (report.rates().containsKey(FaultKind.DROP) ? drop : 0));
    }
}
