package dev.kindling.driver.sim;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingException;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.config.Config;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.driver.plan.JobPlanner;
import dev.kindling.driver.plan.JobSubmitter;
import dev.kindling.driver.plan.PlannerSettings;
import dev.kindling.event.EventBus;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.executor.task.TaskRunner;
import dev.kindling.plan.JobSelection;
import dev.kindling.plan.LeafInput;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.ProgramForm;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.rdd.AccumulatorRegistry;
import dev.kindling.rdd.BroadcastPublisher;
import dev.kindling.rdd.PlanSession;
import dev.kindling.rdd.ProgramAdditions;
import dev.kindling.rdd.SessionSettings;
import dev.kindling.rdd.SharedVariables;
import dev.kindling.serde.FixedFunctions;
import dev.kindling.serde.ResultCodec;
import dev.kindling.sim.FaultKind;
import dev.kindling.sim.Faults;
import dev.kindling.sim.SimWorld;
import dev.kindling.storage.Stores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A program against the public API, planned by the real planner and run by the real operators: what it submitted, and
 * what came of it, on a cluster without faults. On others the same jobs are submitted again, one after the other, with
 * some time between them and its sets kept at levels of the seed's own, and have to give the same results. So the
 * program checks its results once, and planning costs nothing for each seed.
 *
 * <p>Immutable, and shared by all runs that draw it.
 */
final class PlannedProgram {
    private static final ProgramAdditions NOTHING_ADDED = new ProgramAdditions() {
        @Override
        public void addJar(String path) {}

        @Override
        public void addFile(String path) {}
    };

    /** What users write, and what they would check of it. */
    interface Program {
        void run(PlanSession session);
    }

    /** Something the program did to the driver. */
    private sealed interface Step {}

    /** A job and the result of each partition. */
    private record Job(JobGraph graph, Map<Integer, byte[]> results) implements Step {}

    private record Persisted(int setId, int partitionCount) implements Step {}

    private record Unpersisted(int setId) implements Step {}

    private static final int MAX_PAUSE_MS = 3_000;
    private static final int PAUSE_MAGNITUDES = 4;
    private static final List<StorageLevel> LEVELS = List.of(
            StorageLevel.MEMORY_ONLY,
            StorageLevel.MEMORY_AND_DISK,
            StorageLevel.DISK_ONLY,
            StorageLevel.MEMORY_ONLY_2,
            StorageLevel.MEMORY_AND_DISK_2,
            StorageLevel.DISK_ONLY_2);

    private final boolean isOrdered;
    private final List<Step> steps = new ArrayList<>();
    private final TreeMap<Integer, StageProgram> programs = new TreeMap<>();
    private final TreeSet<Integer> shuffles = new TreeSet<>();

    /** What executors are sent of a stage, and what it is when it was decoded. */
    private record StageProgram(byte[] bytes, StageBody body) {}

    /** Sets that the program does not let go of. */
    private final TreeSet<Integer> kept = new TreeSet<>();

    private PlannedProgram(boolean isOrdered) {
        this.isOrdered = isOrdered;
    }

    /** One whose results are always the same bytes. */
    static PlannedProgram ordered(Program program, int partitions) {
        return of(program, partitions, true);
    }

    /** One whose results are the same rows, in any order and in any of the job's partitions. */
    static PlannedProgram unordered(Program program, int partitions) {
        return of(program, partitions, false);
    }

    /** Plans and runs it without faults; throws what it throws. */
    private static PlannedProgram of(Program program, int partitions, boolean isOrdered) {
        PlannedProgram planned = new PlannedProgram(isOrdered);
        SimWorld world = new SimWorld(0, Optional.empty());
        Faults none = new Faults(world, new EnumMap<>(FaultKind.class), 0);
        SimCluster cluster = new SimCluster(
                world,
                none,
                SimCores.real(),
                SimPolicy.PLAIN.settings(),
                planned.jobs(new SplittableRandom(0), SimSize.LARGE),
                new SimInputs(world, none, object -> object),
                new SimOutputs(SimOutputs.Kind.FILES, SimCores.real(), new SimStore(world, none)),
                "sim",
                2,
                true,
                Simulation.MAX_TASK_FAILURES);
        cluster.start();
        program.run(session(planned.new Recorder(cluster), partitions));
        return planned;
    }

    /** The program on another cluster; {@code random} decides what no plan says. */
    SimJobs jobs(SplittableRandom random, SimSize size) {
        return new Run(random, size);
    }

    /** Of one of the programs that differ in their partitions and in their rows: {@code partitions * sets} numbers. */
    static int number(SplittableRandom random, SimSize size, int partitions, int sets) {
        int number = random.nextInt(partitions * sets);
        int most = Math.min(partitions, size.maxPartitions());
        return number - number % partitions + number % most;
    }

    private static final BroadcastPublisher NOTHING_BROADCAST = new BroadcastPublisher() {
        @Override
        public BroadcastKey publish(Object value, String place) {
            throw new SimViolation("this program broadcasts nothing: " + place);
        }

        @Override
        public void unpersist(long id, boolean isBlocking) {}

        @Override
        public void destroy(long id, String why, boolean isBlocking) {}
    };

    // ---- planned --------------------------------------------------------------------------------------------------

    /** A session whose jobs go to the simulated cluster. */
    private static PlanSession session(JobSubmitter submitter, int partitions) {
        ClassLoader classes = PlannedProgram.class.getClassLoader();
        Stores stores = new Stores(Config.defaults());
        PlannerSettings planner = new PlannerSettings("sim", Simulation.MAX_TASK_FAILURES, classes, stores);
        SessionSettings settings = new SessionSettings(
                new KindlingConf(),
                "sim",
                "sim",
                "sim",
                true,
                partitions,
                OptionalInt.empty(),
                false,
                "",
                Optional.empty(),
                stores);
        return new PlanSession(
                null,
                settings,
                new JobPlanner(submitter, planner),
                NOTHING_ADDED,
                new SharedVariables(new AccumulatorRegistry(classes), NOTHING_BROADCAST),
                new EventBus(List.of()),
                () -> {});
    }

    /** Waiting for a job is letting the simulated time pass. */
    private final class Recorder implements JobSubmitter {
        private final SimCluster cluster;

        Recorder(SimCluster cluster) {
            this.cluster = cluster;
        }

        @Override
        public void run(JobGraph planned, ResultListener results) {
            JobGraph graph = fixed(planned);
            SimDriver.JobRun job = cluster.submit(graph);
            cluster.await(job);
            if (job.failure.isPresent()) {
                DriverEffect.FailJob failure = job.failure.get();
                throw new KindlingException(failure.code(), failure.message());
            }
            steps.add(new Job(graph, job.results));
            job.results.forEach(results::onResult);
        }

        @Override
        public void persist(int setId, StorageLevel level, int partitionCount) {
            steps.add(new Persisted(setId, partitionCount));
            kept.add(setId);
            cluster.driver.on(new DriverEvent.PersistSet(setId, level, partitionCount));
        }

        @Override
        public void unpersist(int setId, boolean isBlocking) {
            steps.add(new Unpersisted(setId));
            kept.remove(setId);
            cluster.driver.on(new DriverEvent.UnpersistSet(setId, -1));
        }

        @Override
        public boolean isKept(int setId) {
            return cluster.driver.core.isKept(setId);
        }

        @Override
        public void cancel(JobSelection which, String by) {
            cluster.driver.cancel(which, by);
        }

        @Override
        public void decommissionExecutor(String executorId, long withinMs) {
            throw new SimViolation("a simulated program decommissions executor " + executorId + "; faults do that");
        }

        /** Shuffles are forgotten when the run says so, not when the garbage collector happens to. */
        @Override
        public void forgetShuffle(int shuffleId) {}
    }

    /** The same graph, its inputs worked out once, as far as they do not depend on what is kept. */
    private JobGraph fixed(JobGraph graph) {
        List<JobGraph.StageSpec> stages = new ArrayList<>();
        for (JobGraph.StageSpec stage : graph.stages()) {
            shuffles.addAll(stage.readsShuffles());
            programs.computeIfAbsent(
                    stage.stageId(),
                    id -> new StageProgram(
                            stage.program(),
                            ProgramForm.decode(
                                            stage.program(),
                                            PlannedProgram.class.getClassLoader(),
                                            new FixedFunctions())
                                    .body()));
            stages.add(new JobGraph.StageSpec(
                    stage.stageId(),
                    stage.name(),
                    stage.calls(),
                    stage.partitionCount(),
                    stage.shuffleId(),
                    stage.reducePartitions(),
                    stage.readsShuffles(),
                    stage.program(),
                    stage.persisted().isEmpty() ? FixedInputs.of(stage) : stage.inputs(),
                    stage.persisted(),
                    stage.hasDefaultCount()));
        }
        return new JobGraph(
                graph.jobId(),
                graph.description(),
                stages,
                graph.resultPartitions(),
                graph.outputTarget(),
                graph.maxTaskFailures(),
                graph.properties());
    }

    private record FixedInputs(List<List<LeafInput>> inputs, List<List<String>> hosts) implements JobGraph.TaskInputs {
        static FixedInputs of(JobGraph.StageSpec stage) {
            List<List<LeafInput>> inputs = new ArrayList<>();
            List<List<String>> hosts = new ArrayList<>();
            for (int partition = 0; partition < stage.partitionCount(); partition++) {
                inputs.add(List.copyOf(stage.inputs().of(partition)));
                hosts.add(List.copyOf(stage.inputs().preferredHosts(partition)));
            }
            return new FixedInputs(inputs, hosts);
        }

        @Override
        public List<LeafInput> of(int partition) {
            return inputs.get(partition);
        }

        @Override
        public List<String> preferredHosts(int partition) {
            return hosts.get(partition);
        }
    }

    // ---- run ------------------------------------------------------------------------------------------------------

    private final class Run implements SimJobs {
        private final TaskRunner runner = new TaskRunner();
        private final SplittableRandom random;
        private final SimSize size;

        Run(SplittableRandom random, SimSize size) {
            this.random = random;
            this.size = size;
        }

        /** A job that fails keeps none of the others from running; the causes were looked at when it failed. */
        @Override
        public int run(SimCluster cluster) {
            int succeeded = 0;
            for (Step step : steps) {
                if (step instanceof Persisted set) {
                    StorageLevel level = LEVELS.get(random.nextInt(LEVELS.size()));
                    cluster.driver.on(new DriverEvent.PersistSet(set.setId, level, set.partitionCount));
                } else if (step instanceof Unpersisted set) {
                    cluster.driver.on(new DriverEvent.UnpersistSet(set.setId, -1));
                } else if (step instanceof Job job && !(size.isLeavingOut() && random.nextBoolean())) {
                    SimDriver.JobRun run = cluster.submit(job.graph);
                    cluster.await(run);
                    if (run.isComplete) {
                        compare(job, run);
                        succeeded++;
                    }
                    cluster.pass(1 + random.nextInt(MAX_PAUSE_MS >> random.nextInt(PAUSE_MAGNITUDES)));
                }
            }
            return succeeded;
        }

        private void compare(Job job, SimDriver.JobRun run) {
            for (Map.Entry<Integer, byte[]> result : job.results.entrySet()) {
                if (!Arrays.equals(result.getValue(), run.results.get(result.getKey()))) {
                    if (isOrdered || !rowsOf(job.results).equals(rowsOf(run.results))) {
                        throw new SimViolation("the result is wrong: that of partition " + result.getKey() + " of job "
                                + job.graph.jobId());
                    }
                    return;
                }
            }
        }

        /** How often each row is there. */
        private static Map<Object, Integer> rowsOf(Map<Integer, byte[]> results) {
            Map<Object, Integer> rows = new HashMap<>();
            for (byte[] result : results.values()) {
                List<?> decoded = (List<?>) ResultCodec.decode(result, PlannedProgram.class.getClassLoader());
                decoded.forEach(row -> rows.merge(row, 1, Integer::sum));
            }
            return rows;
        }

        @Override
        public void giveUp(SimCluster cluster) {
            kept.forEach(setId -> cluster.driver.on(new DriverEvent.UnpersistSet(setId, -1)));
        }

        @Override
        public List<Integer> shuffles() {
            return List.copyOf(shuffles);
        }

        @Override
        public int bucketsPerPartition(TaskLaunch task, byte[] program, int leafId) {
            return bucketsPerPartition(bodyOf(task, program).root(), leafId);
        }

        private static int bucketsPerPartition(PlanNode node, int leafId) {
            if (node instanceof PlanNode.ShuffleRead read && read.id() == leafId) {
                return read.bucketsPerPartition();
            }
            for (PlanNode parent : node.parents()) {
                int found = bucketsPerPartition(parent, leafId);
                if (found > 0) {
                    return found;
                }
            }
            return 0;
        }

        @Override
        public TaskOutcome run(TaskLaunch task, byte[] program, TaskEnvironment environment) {
            try (SimSetCounts counts = new SimSetCounts()) {
                TaskOutcome outcome = runner.run(task, bodyOf(task, program), environment, counts);
                return outcome instanceof TaskOutcome.Success success
                        ? new TaskOutcome.Success(
                                success.result(), success.storedResult(), success.metrics(), counts.succeed())
                        : outcome;
            }
        }

        private StageBody bodyOf(TaskLaunch task, byte[] bytes) {
            StageProgram program = programs.get(task.attempt().stageId());
            if (!Arrays.equals(program.bytes, bytes)) {
                throw new SimViolation(task.attempt() + " runs with the program of another stage");
            }
            return program.body;
        }
    }
}
