package dev.kindling.driver.plan;

import dev.kindling.api.FutureAction;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.config.Config;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.event.EventBus;
import dev.kindling.plan.JobSelection;
import dev.kindling.plan.ProgramForm;
import dev.kindling.plan.StageBody;
import dev.kindling.plan.TaskRows;
import dev.kindling.rdd.AccumulatorRegistry;
import dev.kindling.rdd.BroadcastPublisher;
import dev.kindling.rdd.JobRunner;
import dev.kindling.rdd.PlanSession;
import dev.kindling.rdd.ProgramAdditions;
import dev.kindling.rdd.SessionSettings;
import dev.kindling.rdd.SharedVariables;
import dev.kindling.serde.FixedFunctions;
import dev.kindling.serde.ResultCodec;
import dev.kindling.storage.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * A session whose jobs are written down instead of run. The functions of result stages are called with the rows that
 * the test says a partition has.
 */
final class RecordedJobs implements JobSubmitter {
    final List<JobGraph> graphs = new ArrayList<>();
    final List<JobSelection> cancelled = new ArrayList<>();
    final List<Integer> forgotten = new ArrayList<>();
    final Map<Integer, StorageLevel> persisted = new TreeMap<>();
    private final Stores stores = new Stores(Config.defaults());
    final JobPlanner planner =
            new JobPlanner(this, new PlannerSettings("app-1", 4, getClass().getClassLoader(), stores));
    final PlanSession session;
    IntFunction<List<?>> rowsOf = partition -> List.of();

    RecordedJobs() {
        this(OptionalInt.empty());
    }

    RecordedJobs(OptionalInt configuredParallelism) {
        KindlingConf conf = new KindlingConf(false);
        session = new PlanSession(
                null,
                new SessionSettings(
                        conf,
                        "app-1",
                        "test",
                        "local[2]",
                        true,
                        2,
                        configuredParallelism,
                        false,
                        "",
                        Optional.empty(),
                        stores),
                planner,
                new NoAdditions(),
                new SharedVariables(new AccumulatorRegistry(getClass().getClassLoader()), new NoBroadcasts()),
                new EventBus(List.of()),
                () -> {});
    }

    private static final class NoBroadcasts implements BroadcastPublisher {
        @Override
        public BroadcastKey publish(Object value, String place) {
            throw new UnsupportedOperationException(place);
        }

        @Override
        public void unpersist(long id, boolean isBlocking) {
            throw new UnsupportedOperationException("broadcast " + id);
        }

        @Override
        public void destroy(long id, String why, boolean isBlocking) {
            throw new UnsupportedOperationException("broadcast " + id);
        }
    }

    private static final class NoAdditions implements ProgramAdditions {
        @Override
        public void addJar(String path) {
            throw new UnsupportedOperationException(path);
        }

        @Override
        public void addFile(String path) {
            throw new UnsupportedOperationException(path);
        }
    }

    /** Every partition of a result stage has these keys as pairs. */
    RecordedJobs withKeys(Object... keys) {
        List<Tuple2<Object, Object>> rows = new ArrayList<>();
        for (Object key : keys) {
            rows.add(new Tuple2<>(key, "value"));
        }
        rowsOf = partition -> rows;
        return this;
    }

    @Override
    public void persist(int setId, StorageLevel level, int partitionCount) {
        persisted.put(setId, level);
    }

    @Override
    public boolean isKept(int setId) {
        return persisted.containsKey(setId);
    }

    @Override
    public void unpersist(int setId, boolean isBlocking) {
        persisted.remove(setId);
    }

    @Override
    public void run(JobGraph graph, ResultListener results) {
        graphs.add(graph);
        if (bodyOf(graph.resultStage()).sink() instanceof StageBody.Sink.Result result) {
            for (int partition : graph.resultPartitions()) {
                List<Object> rows = new ArrayList<>(rowsOf.apply(partition));
                try {
                    Object answer = result.function().call(partition, TaskRows.of(rows.iterator()));
                    results.onResult(partition, ResultCodec.encode(answer));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /** Over when it returns. */
    @Override
    public JobRunner.StartedJob start(JobGraph graph, Follower follower) {
        run(graph, follower);
        follower.onEnd(Optional.empty());
        return new JobRunner.StartedJob() {
            @Override
            public int jobId() {
                return graph.jobId();
            }

            @Override
            public FutureAction.Progress progress() {
                return FutureAction.Progress.NONE;
            }
        };
    }

    StageBody bodyOf(JobGraph.StageSpec stage) {
        return ProgramForm.decode(stage.program(), getClass().getClassLoader(), new FixedFunctions())
                .body();
    }

    JobGraph lastGraph() {
        return graphs.get(graphs.size() - 1);
    }

    @Override
    public void cancel(JobSelection which, String by) {
        cancelled.add(which);
    }

    @Override
    public void decommissionExecutor(String executorId, long withinMs) {
        throw new AssertionError("nobody decommissions " + executorId);
    }

    @Override
    public void forgetShuffle(int shuffleId) {
        forgotten.add(shuffleId);
    }
}
