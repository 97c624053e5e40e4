package dev.kindling.driver.sim;

import dev.kindling.api.KindlingException;
import dev.kindling.api.StorageLevel;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.driver.plan.JobSubmitter;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.executor.task.TaskRunner;
import dev.kindling.plan.JobSelection;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanOrder;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.rdd.PlanSession;
import dev.kindling.serde.ClosureCodec;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A program against the public API on a simulated cluster: planned by the real planner, run by the real operators.
 * Waiting for a job is letting the simulated time pass.
 */
final class SimProgram {
    private static final ClassLoader CLASSES = SimProgram.class.getClassLoader();

    private final TaskRunner runner = new TaskRunner();
    private final Map<byte[], StageBody> bodies = new IdentityHashMap<>();
    private final TreeSet<Integer> shuffles = new TreeSet<>();

    // ---- the program's side -------------------------------------------------------------------------------------

    PlanSession session(SimCluster cluster, int partitions) {
        return PlannedProgram.session(new Submitter(cluster), partitions);
    }

    /** All that its jobs have read. */
    List<Integer> shuffles() {
        return List.copyOf(shuffles);
    }

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
        public boolean isKept(int setId) {
            return cluster.driver.core.isKept(setId);
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

    /** @see SimJobs#bucketsPerPartition */
    int bucketsPerPartition(byte[] program, int leafId) {
        for (PlanNode node : PlanOrder.parentsFirst(bodyOf(program).root(), n -> false)) {
            if (node instanceof PlanNode.ShuffleRead read && read.id() == leafId) {
                return read.bucketsPerPartition();
            }
        }
        return 0;
    }

    /** @see SimJobs#run(TaskLaunch, byte[], TaskEnvironment) */
    TaskOutcome run(TaskLaunch task, byte[] program, TaskEnvironment environment) {
        TaskOutcome outcome = runner.run(task, bodyOf(program), environment);
        // Metrics hold what the real clock says: equal seeds would not be equal runs.
        return outcome instanceof TaskOutcome.Success success
                ? new TaskOutcome.Success(success.result(), success.storedResult(), TaskMetrics.NONE, success.updates())
                : outcome;
    }

    private StageBody bodyOf(byte[] program) {
        return bodies.computeIfAbsent(program, bytes -> (StageBody) ClosureCodec.decode(bytes, CLASSES));
    }
}
