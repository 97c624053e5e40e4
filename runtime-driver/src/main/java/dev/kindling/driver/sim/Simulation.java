package dev.kindling.driver.sim;

import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.driver.sim.SimOptions.Workload;
import dev.kindling.sim.FaultKind;
import dev.kindling.sim.Faults;
import dev.kindling.sim.SimWorld;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Runs jobs on a simulated cluster, one run a seed, and says whether all went as it must. Everything happens on the
 * calling thread; runs do not know of each other.
 */
public final class Simulation {
    static final int MAX_TASK_FAILURES = 4;

    private static final int STORY_LINES = 60;
    /** Of one program whose drivers die: while the last one runs, nothing strikes. */
    private static final int MAX_APPLICATIONS = 3;

    private static final int MAX_RESTART_MS = 20_000;
    private static final int RESTART_MAGNITUDES = 8;

    private Simulation() {}

    public static SimReport run(SimOptions options) {
        return run(options, SimCores.real());
    }

    /** With the given cores: how the simulation itself is tested. */
    public static SimReport run(SimOptions options, SimCores cores) {
        return observed(options, cores, cluster -> {});
    }

    /** The listener hears what one of an application would, in virtual time, and of nothing after the last job. */
    public static SimReport run(SimOptions options, SimCores cores, KindlingListener listener) {
        SimListener telling = new SimListener(options, listener);
        SimReport report = observed(options, cores, telling::follow);
        telling.end();
        return report;
    }

    /** The observer sees each application of the run before it starts. */
    static SimReport observed(SimOptions options, SimCores cores, Consumer<SimCluster> observer) {
        SimWorld world = new SimWorld(options.seed(), options.trace());
        Map<FaultKind, Double> rates = options.rates().orElseGet(() -> Faults.drawnBy(world));
        SimSize size = options.size().orElseGet(() -> sizeOf(world));
        long healAtMs = world.random("heal").nextInt(size.minChaosMs(), size.maxChaosMs());
        Faults faults = new Faults(world, rates, healAtMs);
        SimOutputs outputs = new SimOutputs(SimOutputs.Kind.drawnBy(world), cores, new SimStore(world, faults));
        SimInputs inputs = new SimInputs(world, faults, cores.input());
        List<SimCluster> applications = new ArrayList<>();
        Optional<String> violation = Optional.empty();
        int succeeded = 0;
        try {
            succeeded = run(applications, () -> {
                SimCluster next =
                        clusterOf(options, size, world, faults, cores, inputs, outputs, applications.size() + 1);
                observer.accept(next);
                return next;
            });
        } catch (RuntimeException e) {
            String what = e instanceof SimViolation || e instanceof KindlingException
                    ? e.getMessage()
                    : e + " at " + Arrays.toString(Arrays.copyOf(e.getStackTrace(), 1));
            violation = Optional.of(what);
            world.note("oracle", what);
        }
        return new SimReport(
                options.seed(),
                violation,
                world.hash(),
                world.nowMs(),
                world.stepCount(),
                sum(applications, cluster -> cluster.launcher.startedCount()),
                sum(applications, SimCluster::attemptCount),
                sum(applications, cluster -> (int) cluster.network.sentCount()),
                sum(applications, cluster -> cluster.driver.submittedCount()),
                succeeded,
                rates,
                faults.struckCounts());
    }

    private static int sum(List<SimCluster> applications, ToIntFunction<SimCluster> count) {
        return applications.stream().mapToInt(count).sum();
    }

    /** One application after the other, until one lives to its end. */
    private static int run(List<SimCluster> applications, Supplier<SimCluster> next) {
        SimCluster cluster = next.get();
        applications.add(cluster);
        try {
            cluster.start();
            int succeeded = cluster.jobs.run(cluster);
            if (!cluster.isClosed()) {
                cluster.end(cluster.jobs);
            }
            return succeeded;
        } catch (DriverDied e) {
            cluster.jobs.check(cluster);
            if (!cluster.jobs.isSaving()) {
                cluster.endWithoutDriver();
                return 0;
            }
            return runAgain(cluster, applications, next);
        }
    }

    /** Somebody starts the program again: executors of the one before may still write. */
    private static int runAgain(SimCluster dead, List<SimCluster> applications, Supplier<SimCluster> next) {
        long diedMs = dead.world.nowMs();
        dead.passWithoutDriver(dead.random.nextInt(MAX_RESTART_MS >> dead.random.nextInt(RESTART_MAGNITUDES)));
        if (applications.size() == MAX_APPLICATIONS) {
            dead.faults.heal();
        }
        dead.world.note("program", "is started again");
        int succeeded = run(applications, next);
        dead.mustEndSince(diedMs);
        return succeeded;
    }

    /** What happens in that run in plain sentences, the last of them, oldest first: it is run again, and told now. */
    public static List<String> story(SimOptions options, SimCores cores) {
        SimStory story = new SimStory();
        observed(options, cores, story::follow);
        List<String> lines = story.end().stream().flatMap(String::lines).toList();
        int leftOut = Math.max(0, lines.size() - STORY_LINES);
        List<String> told = new ArrayList<>(lines.subList(leftOut, lines.size()));
        if (leftOut > 0) {
            told.add(0, "(" + leftOut + " earlier lines are left out)");
        }
        return told;
    }

    /** The mixture of faults that a seed draws when none is given. */
    public static Map<FaultKind, Double> ratesOf(long seed) {
        return Faults.drawnBy(new SimWorld(seed, Optional.empty()));
    }

    private static SimCluster clusterOf(
            SimOptions options,
            SimSize size,
            SimWorld world,
            Faults faults,
            SimCores cores,
            SimInputs inputs,
            SimOutputs outputs,
            int application) {
        SimJobs jobs = options.lesson()
                .<SimJobs>map(lesson -> new LessonJobs(lesson, world.random("jobs")))
                .orElseGet(() ->
                        jobsOf(options.workload().orElseGet(() -> workloadOf(world)), size, world, inputs, outputs));
        int executors =
                options.executors().orElseGet(() -> drawnFrom(size.executorCounts(), world.random("executors")));
        return new SimCluster(
                world,
                faults,
                cores,
                policyOf(options, world).settings(),
                jobs,
                inputs,
                outputs,
                "sim-" + application,
                executors,
                size.isWaitingOn(world),
                MAX_TASK_FAILURES);
    }

    /** In a lesson nothing happens that it does not teach. */
    private static SimPolicy policyOf(SimOptions options, SimWorld world) {
        return options.policy()
                .orElseGet(() -> options.lesson().isPresent() ? SimPolicy.PLAIN : SimPolicy.drawnBy(world));
    }

    private static int drawnFrom(List<Integer> counts, SplittableRandom random) {
        return counts.get(random.nextInt(counts.size()));
    }

    /** The jobs that a seed draws when none are given. */
    public static Workload workloadOf(long seed) {
        return workloadOf(new SimWorld(seed, Optional.empty()));
    }

    private static Workload workloadOf(SimWorld world) {
        int drawn = world.random("workload").nextInt(Workload.SHARES);
        for (Workload workload : Workload.values()) {
            drawn -= workload.share;
            if (drawn < 0) {
                return workload;
            }
        }
        throw new IllegalStateException("the shares of the workloads are less than " + Workload.SHARES);
    }

    /** The size of the world that a seed draws when none is given. */
    public static SimSize sizeOf(long seed) {
        return sizeOf(new SimWorld(seed, Optional.empty()));
    }

    private static SimSize sizeOf(SimWorld world) {
        return SimSize.drawnBy(world, workloadOf(world));
    }

    private static SimJobs jobsOf(
            Workload workload, SimSize size, SimWorld world, SimInputs inputs, SimOutputs outputs) {
        SplittableRandom random = world.random("jobs");
        return switch (workload) {
            case ZIP_COUNT -> ZipCountPrograms.drawnBy(random, size).jobs(random, size);
            case SYNTHETIC -> new SyntheticJobs(random, size, inputs, outputs, false);
            case CACHED -> CachedPrograms.drawnBy(random, size).jobs(random, size);
            case CACHED_DEALT -> CachedPrograms.dealtDrawnBy(random, size).jobs(random, size);
            case DEALT -> new SyntheticJobs(random, size, inputs, outputs, true);
        };
    }

    /**
     * The smallest set of faults under which the run still goes wrong, found by switching kinds off one by one. The
     * run itself changes with each, so the violation may be another one.
     */
    public static SimReport shrink(SimReport failed, SimOptions options, SimCores cores) {
        SimReport smallest = failed;
        for (FaultKind kind : FaultKind.values()) {
            if (smallest.rates().containsKey(kind)) {
                Map<FaultKind, Double> fewer = new EnumMap<>(FaultKind.class);
                fewer.putAll(smallest.rates());
                fewer.remove(kind);
                SimReport report = run(options.withRates(fewer), cores);
                smallest = report.isGood() ? smallest : report;
            }
        }
        return smallest;
    }
}
