package dev.kindling.rdd;

import dev.kindling.api.DoubleRDD;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Lineage;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partition;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.plan.Origin;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.StageBody;
import dev.kindling.util.FirstIndexes;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * What every set has: a node of the plan, the session it belongs to, and ways to make other sets and run jobs. Safe for
 * many threads.
 */
abstract class SetHandle<T> implements RDD<T> {
    @Serial
    private static final long serialVersionUID = 1L;

    final transient PlanSession session;
    final transient PlanNode node;

    SetHandle(PlanSession session, PlanNode node) {
        this.session = session;
        this.node = node;
    }

    /** The builder of the nodes of one call. Called by the API's method itself, so that its caller is the call site. */
    final Plans plans(String operation) {
        Origin origin = CallSite.of(operation);
        session.checkOpen(origin);
        return new Plans(session, origin);
    }

    final <R> RDD<R> rdd(PlanNode made) {
        return new RddHandle<>(session, made);
    }

    final <K, V> PairRDD<K, V> pairs(PlanNode made) {
        return new PairRddHandle<>(session, made);
    }

    final DoubleRDD doubles(PlanNode made) {
        return new DoubleRddHandle(session, made);
    }

    /** The plan of another set of the same context. */
    static PlanNode nodeOf(RDD<?> other, Plans plans) {
        return plans.nodeOf(other);
    }

    @Serial
    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException(getClass().getName());
    }

    // ---- identity ---------------------------------------------------------------------------------------------------

    @Override
    public int id() {
        return node.id();
    }

    @Override
    public String name() {
        return session.nameOf(node.id()).orElse(null);
    }

    @Override
    public RDD<T> setName(String newName) {
        session.name(node, newName);
        return this;
    }

    @Override
    public KindlingContext context() {
        return session.context();
    }

    @Override
    public List<Partition> partitions() {
        return IntStream.range(0, getNumPartitions())
                .<Partition>mapToObj(IndexedPartition::new)
                .toList();
    }

    private record IndexedPartition(int index) implements Partition {}

    @Override
    public int getNumPartitions() {
        return node.partitionCount();
    }

    @Override
    public Optional<Partitioner> partitioner() {
        return node.partitioner();
    }

    @Override
    public String toDebugString() {
        return DebugText.of(session.checkpoints().cut(node), session);
    }

    @Override
    public Lineage lineage() {
        session.checkOpen(CallSite.of("lineage"));
        return session.runner().lineage(session.checkpoints().cut(node), session);
    }

    @Override
    public String toString() {
        return session.nameOf(node.id()).map(name -> name + " ").orElse("") + node.origin() + " [set " + node.id()
                + ", " + getNumPartitions() + " partitions]";
    }

    // ---- kept -------------------------------------------------------------------------------------------------------

    @Override
    public RDD<T> cache() {
        return persisted("cache", StorageLevel.MEMORY_ONLY);
    }

    @Override
    public RDD<T> persist(StorageLevel level) {
        return persisted("persist", level);
    }

    private RDD<T> persisted(String operation, StorageLevel level) {
        session.persist(plans(operation).origin(), this, level);
        return this;
    }

    @Override
    public RDD<T> unpersist() {
        return unpersist(false);
    }

    @Override
    public RDD<T> unpersist(boolean blocking) {
        session.persisted().unpersist(node.id(), blocking);
        return this;
    }

    @Override
    public void checkpoint() {
        session.checkpoint(plans("checkpoint").origin(), node, false);
    }

    @Override
    public void localCheckpoint() {
        Origin origin = plans("localCheckpoint").origin();
        StorageLevel before = getStorageLevel();
        StorageLevel level = before.equals(StorageLevel.NONE)
                ? StorageLevel.MEMORY_AND_DISK
                : new StorageLevel(true, before.useMemory(), false, before.deserialized(), before.replication());
        if (!level.equals(before)) {
            unpersist();
            session.persist(origin, this, level);
        }
        session.checkpoint(origin, node, true);
    }

    @Override
    public boolean isCheckpointed() {
        return session.checkpoints().isThere(node.id());
    }

    @Override
    public Optional<String> getCheckpointFile() {
        return session.checkpoints().pathOf(node.id());
    }

    @Override
    public StorageLevel getStorageLevel() {
        return session.persisted().levelOf(node.id());
    }

    // ---- jobs -------------------------------------------------------------------------------------------------------

    /** Runs {@code function} over the named partitions; results come in any order. */
    final void run(Plans plans, PartitionFunction function, List<Integer> wanted, JobRunner.PartitionResults results) {
        if (!wanted.isEmpty()) {
            session.run(plans.origin(), node, new StageBody.Sink.Result(function), wanted, results);
        }
    }

    /** Runs {@code function} over all partitions; results come in the order of the partitions. */
    final void runInOrder(Plans plans, PartitionFunction function, JobRunner.PartitionResults results) {
        List<Integer> all = firstPartitions(getNumPartitions());
        run(plans, function, all, new InPartitionOrder(all, results));
    }

    static List<Integer> firstPartitions(int n) {
        return FirstIndexes.below(n);
    }

    /** Calls a function of the user on the driver; what it throws becomes the failure of the action. */
    static <R> R onDriver(Plans plans, Callable<R> call) {
        try {
            return call.call();
        } catch (KindlingException e) {
            throw e;
        } catch (Exception e) {
            throw new KindlingException(
                    ErrorCode.USER_CODE_FAILED,
                    plans.origin() + ": the function failed on the driver, merging results: " + e,
                    e);
        }
    }

    final KindlingException emptySet(Plans plans) {
        return new KindlingException(
                ErrorCode.BAD_ARGUMENT, plans.origin() + ": the set is empty; ask isEmpty() first, or use fold");
    }
}
