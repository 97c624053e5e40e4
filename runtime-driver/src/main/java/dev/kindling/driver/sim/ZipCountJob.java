package dev.kindling.driver.sim;

import dev.kindling.api.Groups;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingException;
import dev.kindling.api.PairRDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
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
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.rdd.AccumulatorRegistry;
import dev.kindling.rdd.PlanSession;
import dev.kindling.rdd.ProgramAdditions;
import dev.kindling.rdd.SessionSettings;
import dev.kindling.serde.ClosureCodec;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The demo's job over rows of the seed's own, written against the public API, planned by the real planner, run by the
 * real operators: pairs, groupByKey, count, sortByKey, collect; then counted, which needs its last stage only. What
 * comes is compared with a sequential computation.
 */
final class ZipCountJob implements SimJobs {
    private static final ProgramAdditions NOTHING_ADDED = new ProgramAdditions() {
        @Override
        public void addJar(String path) {}

        @Override
        public void addFile(String path) {}
    };

    private static final int MAX_ROWS = 600;
    private static final int MAX_KEYS = 60;

    private final TaskRunner runner = new TaskRunner();
    private final Map<byte[], StageBody> bodies = new IdentityHashMap<>();
    private final TreeSet<Integer> shuffles = new TreeSet<>();
    private final List<Tuple2<Integer, Integer>> rows = new ArrayList<>();
    private final TreeMap<Integer, Integer> expected = new TreeMap<>();
    private final int partitions;

    ZipCountJob(SplittableRandom random) {
        partitions = 1 + random.nextInt(6);
        int rowCount = random.nextInt(MAX_ROWS);
        int keyCount = 1 + random.nextInt(MAX_KEYS);
        for (int row = 0; row < rowCount; row++) {
            int key = random.nextInt(keyCount) * random.nextInt(2);
            rows.add(Tuple2.of(key, row));
            expected.merge(key, 1, Integer::sum);
        }
    }

    /** One for each of its two actions. */
    @Override
    public int run(SimCluster cluster) {
        PlanSession session = session(cluster);
        PairRDD<Integer, Integer> pairs = session.parallelizePairs(rows, partitions);
        PairRDD<Integer, Integer> counts = pairs.groupByKey(partitions)
                .mapToPair((key, group) -> Tuple2.of(key, Math.toIntExact(Groups.size(group))))
                .sortByKey(true, partitions);
        int succeeded = 0;
        try {
            compare(counts.collect());
            succeeded++;
            if (counts.count() != expected.size()) {
                throw new SimViolation("the count of the result is wrong");
            }
            succeeded++;
        } catch (KindlingException e) {
            // The causes of a failed job were looked at when it failed.
            cluster.world.note("program", "fails: " + e.getMessage());
        } finally {
            // Its shuffles are forgotten when the run says so, not when the garbage collector happens to.
            Reference.reachabilityFence(counts);
        }
        return succeeded;
    }

    @Override
    public List<Integer> shuffles() {
        return List.copyOf(shuffles);
    }

    private void compare(List<Tuple2<Integer, Integer>> found) {
        List<Tuple2<Integer, Integer>> sorted = new ArrayList<>();
        expected.forEach((key, count) -> sorted.add(Tuple2.of(key, count)));
        if (!sorted.equals(found)) {
            throw new SimViolation("the result is wrong: " + found.size() + " keys, expected " + sorted.size());
        }
    }

    // ---- the program's side -------------------------------------------------------------------------------------

    private PlanSession session(SimCluster cluster) {
        PlannerSettings planner =
                new PlannerSettings("sim", Simulation.MAX_TASK_FAILURES, ZipCountJob.class.getClassLoader());
        SessionSettings settings =
                new SessionSettings(new KindlingConf(), "sim", "sim", "sim", true, partitions, OptionalInt.empty());
        return new PlanSession(
                null,
                settings,
                new JobPlanner(new Submitter(cluster), planner),
                NOTHING_ADDED,
                new AccumulatorRegistry(ZipCountJob.class.getClassLoader()),
                new EventBus(List.of()),
                () -> {});
    }

    /** Waiting for a job is letting the simulated time pass. */
    private final class Submitter implements JobSubmitter {
        private final SimCluster cluster;

        Submitter(SimCluster cluster) {
            this.cluster = cluster;
        }

        @Override
        public void run(JobGraph graph, ResultListener results) {
            graph.stages().forEach(stage -> shuffles.addAll(stage.readsShuffles()));
            SimDriver.JobRun job = cluster.submit(graph);
            cluster.await(job);
            if (job.failure.isPresent()) {
                DriverEffect.FailJob failure = job.failure.get();
                throw new KindlingException(failure.code(), failure.message());
            }
            job.results.forEach(results::onResult);
        }

        @Override
        public void persist(int setId, StorageLevel level, int partitionCount) {
            cluster.driver.on(new DriverEvent.PersistSet(setId, level, partitionCount));
        }

        @Override
        public void unpersist(int setId, boolean isBlocking) {
            cluster.driver.on(new DriverEvent.UnpersistSet(setId, -1));
        }

        @Override
        public void cancel(JobSelection which, String by) {
            cluster.driver.cancel(which, by);
        }

        @Override
        public void forgetShuffle(int shuffleId) {
            throw new SimViolation("shuffle " + shuffleId + " was found unreachable while it is in use");
        }
    }

    // ---- the executors' side ------------------------------------------------------------------------------------

    @Override
    public int bucketsPerPartition(byte[] program, int leafId) {
        return bucketsPerPartition(bodyOf(program).root(), leafId);
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
        TaskOutcome outcome = runner.run(task, bodyOf(program), environment);
        // Metrics hold what the real clock says: equal seeds would not be equal runs.
        return outcome instanceof TaskOutcome.Success success
                ? new TaskOutcome.Success(success.result(), success.storedResult(), TaskMetrics.NONE, success.updates())
                : outcome;
    }

    private StageBody bodyOf(byte[] program) {
        return bodies.computeIfAbsent(
                program, bytes -> (StageBody) ClosureCodec.decode(bytes, ZipCountJob.class.getClassLoader()));
    }
}
