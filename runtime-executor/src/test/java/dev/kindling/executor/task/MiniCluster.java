package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Partitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function2;
import dev.kindling.executor.attempt.TaskSettings;
import dev.kindling.plan.Origin;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RowFunction;
import dev.kindling.plan.StageBody;
import dev.kindling.plan.TaskRows;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.MapSource;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.protocol.TaskResult;
import dev.kindling.serde.ResultCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;

/** Builds small plans and runs their tasks one after the other on the calling thread, in memory. */
public final class MiniCluster {
    public static final long PLENTY = 1L << 30;

    private static final Origin ORIGIN = new Origin("test", "");

    private final InMemoryTaskEnvironment.Shuffles shuffles = new InMemoryTaskEnvironment.Shuffles();
    private final List<TaskInput> inputs = new ArrayList<>();
    private int nextId;
    private int nextStage = 100;
    private long memoryBytes = PLENTY;
    private TaskSettings settings = new TaskSettings("test", 1024, 16 << 10, 1 << 20, 1L << 30, 1 << 20);
    private TaskMetrics metrics = TaskMetrics.NONE;
    private InMemoryTaskEnvironment lastEnvironment;

    /** Every task from here on has so much memory. */
    public MiniCluster memory(long bytes) {
        memoryBytes = bytes;
        return this;
    }

    public MiniCluster settings(TaskSettings other) {
        settings = other;
        return this;
    }

    // ---- plans ------------------------------------------------------------------------------------------------------

    /** A set with these partitions. */
    public final PlanNode slices(List<?>... partitions) {
        PlanNode node = new PlanNode.Slices(nextId++, ORIGIN, partitions.length);
        for (int partition = 0; partition < partitions.length; partition++) {
            inputs.add(new TaskInput.Bytes(
                    node.id(), partition, ResultCodec.encode(new ArrayList<Object>(partitions[partition]))));
        }
        return node;
    }

    public PlanNode range(long start, long end, long step, int partitions) {
        return new PlanNode.Range(nextId++, ORIGIN, start, end, step, partitions);
    }

    /** A shuffle of one partition whose map output cannot be had. */
    public PlanNode shuffleThatFails(IOException reason) {
        HashPartitioner one = new HashPartitioner(1);
        PlanNode shuffle =
                shuffle(map(range(0, 1, 1, 1), n -> new Tuple2<>(n, n)), one, 1, new PlanNode.ReduceSide.PairRows());
        shuffles.fail(shuffle.id(), reason);
        return shuffle;
    }

    public PlanNode file(String path, PlanNode.FileInput.Format format, List<byte[]> splits) {
        PlanNode node = new PlanNode.FileInput(nextId++, ORIGIN, path, format, splits.size());
        for (int partition = 0; partition < splits.size(); partition++) {
            inputs.add(new TaskInput.Bytes(node.id(), partition, splits.get(partition)));
        }
        return node;
    }

    public PlanNode rows(PlanNode parent, RowFunction function) {
        return new PlanNode.Rows(nextId++, ORIGIN, parent, function, false);
    }

    public PlanNode map(PlanNode parent, Function<Object, Object> function) {
        return rows(parent, new RowFunction.Map(function));
    }

    public PlanNode filter(PlanNode parent, Function<Object, Boolean> function) {
        return rows(parent, new RowFunction.Filter(function));
    }

    public PlanNode flatMap(PlanNode parent, FlatMapFunction<Object, Object> function) {
        return rows(parent, new RowFunction.FlatMap(function));
    }

    public PlanNode mapPartitions(PlanNode parent, Function2<Integer, Iterator<Object>, Iterator<Object>> function) {
        return new PlanNode.Partitions(nextId++, ORIGIN, parent, function, false);
    }

    public PlanNode union(PlanNode... parents) {
        return new PlanNode.Union(nextId++, ORIGIN, List.of(parents));
    }

    public PlanNode coalesce(PlanNode parent, int partitions) {
        return new PlanNode.Coalesce(nextId++, ORIGIN, parent, partitions);
    }

    public PlanNode zip(
            PlanNode left, PlanNode right, Function2<Iterator<Object>, Iterator<Object>, Iterator<Object>> function) {
        return new PlanNode.Zipped(nextId++, ORIGIN, left, right, function);
    }

    public PlanNode cartesian(PlanNode left, PlanNode right) {
        return new PlanNode.Cartesian(nextId++, ORIGIN, left, right);
    }

    public PlanNode alignedUnion(Partitioner by, PlanNode... parents) {
        return new PlanNode.AlignedUnion(nextId++, ORIGIN, List.of(parents), by);
    }

    public PlanNode pruned(PlanNode parent, PlanNode.PartitionTest kept) {
        return new PlanNode.Pruned(nextId++, ORIGIN, parent, kept);
    }

    public PlanNode coGroup(Partitioner by, PlanNode... parents) {
        return new PlanNode.CoGroup(nextId++, ORIGIN, List.of(parents), by);
    }

    /** Runs the tasks that write the shuffle; the node reads it. */
    public PlanNode shuffle(PlanNode parent, Partitioner by, int bucketsPerPartition, PlanNode.ReduceSide side) {
        int id = nextId++;
        int stage = nextStage++;
        StageBody body = new StageBody(stage, parent, new StageBody.Sink.MapOutput(id, by, bucketsPerPartition, side));
        List<MapSource> sources = new ArrayList<>();
        for (int partition = 0; partition < parent.partitionCount(); partition++) {
            TaskOutcome outcome = run(body, partition);
            TaskResult result = assertInstanceOf(TaskOutcome.Success.class, outcome, outcome::toString)
                    .result();
            TaskResult.MapWritten written = assertInstanceOf(TaskResult.MapWritten.class, result);
            sources.add(new MapSource(new AttemptId(stage, partition, 0), 0, written.partitionBytes()[0]));
        }
        for (int partition = 0; partition < by.numPartitions(); partition++) {
            inputs.add(new TaskInput.ShuffleInput(id, partition, id, List.<ExecutorAddress>of(), sources));
        }
        return new PlanNode.ShuffleRead(id, ORIGIN, id, side, by, bucketsPerPartition);
    }

    // ---- tasks ------------------------------------------------------------------------------------------------------

    public TaskOutcome run(StageBody body, int partition) {
        AttemptId attempt = new AttemptId(body.stageId(), partition, 0);
        InMemoryTaskEnvironment environment = new InMemoryTaskEnvironment(attempt, shuffles, memoryBytes, settings);
        lastEnvironment = environment;
        TaskOutcome outcome = new TaskRunner()
                .run(new TaskLaunch(attempt, 0, attempt.partition(), 0, new TreeMap<>(), inputs), body, environment);
        metrics = metrics.plus(outcome.metrics());
        return outcome;
    }

    public TaskOutcome run(PlanNode root, int partition, PartitionFunction function) {
        return run(new StageBody(nextStage++, root, new StageBody.Sink.Result(function)), partition);
    }

    /** The function's answer for one partition. */
    public Object call(PlanNode root, int partition, PartitionFunction function) {
        TaskOutcome outcome = run(root, partition, function);
        TaskOutcome.Success success = assertInstanceOf(TaskOutcome.Success.class, outcome, outcome::toString);
        byte[] bytes = success.result() instanceof TaskResult.Direct direct ? direct.bytes() : success.storedResult();
        return ResultCodec.decode(
                bytes.length > 0 ? bytes : lastEnvironment.committedResult(), MiniCluster.class.getClassLoader());
    }

    public TaskFailure fail(PlanNode root, int partition, PartitionFunction function) {
        TaskOutcome outcome = run(root, partition, function);
        return assertInstanceOf(TaskOutcome.Failure.class, outcome, outcome::toString)
                .failure();
    }

    /** All rows of one partition. */
    public List<Object> collect(PlanNode root, int partition) {
        return listOf(call(root, partition, collecting()));
    }

    /** All rows, partition after partition. */
    public List<Object> collect(PlanNode root) {
        List<Object> rows = new ArrayList<>();
        for (int partition = 0; partition < root.partitionCount(); partition++) {
            rows.addAll(collect(root, partition));
        }
        return rows;
    }

    /** The first {@code limit} rows of a partition, as an action that reads no more. */
    public List<Object> take(PlanNode root, int partition, int limit) {
        return listOf(call(root, partition, new Take(limit)));
    }

    public static PartitionFunction collecting() {
        return (partition, rows) -> {
            List<Object> all = new ArrayList<>();
            rows.forEachRemaining(all::add);
            return all;
        };
    }

    private static List<Object> listOf(Object result) {
        return new ArrayList<>((List<?>) result);
    }

    private record Take(int limit) implements PartitionFunction {
        @Override
        public Object call(int partition, TaskRows rows) {
            List<Object> taken = new ArrayList<>();
            while (taken.size() < limit && rows.hasNext()) {
                taken.add(rows.next());
            }
            return taken;
        }

        @Override
        public long rowLimit() {
            return limit;
        }
    }

    /** Summed over all tasks so far. */
    public TaskMetrics metrics() {
        return metrics;
    }

    public InMemoryTaskEnvironment lastEnvironment() {
        return lastEnvironment;
    }
}
