package dev.kindling.executor.operator;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.RowFunction;
import dev.kindling.protocol.TaskInput;
import dev.kindling.storage.Split;
import dev.kindling.storage.SplitCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the operators of one partition of a stage out of its plan tree. Used by the task's thread. */
public final class Chain {
    private record Leaf(int id, int partition) {
        // Written out for the same reason as those of AttemptId.
        @Override
        public boolean equals(Object other) {
            return other instanceof Leaf that && id == that.id && partition == that.partition;
        }

        @Override
        public int hashCode() {
            return 31 * id + partition;
        }
    }

    private final Map<Leaf, TaskInput> inputs = new HashMap<>();
    /** Apart, since a persisted shuffle has the same id as its read. */
    private final Map<Leaf, TaskInput.CachedPartition> persisted = new HashMap<>();

    private final TaskScope scope;

    /** @param inputs what the leaves of this partition read */
    public Chain(List<TaskInput> inputs, TaskScope scope) {
        this.scope = scope;
        for (TaskInput input : inputs) {
            Leaf leaf = new Leaf(input.leafId(), input.leafPartition());
            if (input instanceof TaskInput.CachedPartition partition) {
                persisted.put(leaf, partition);
            } else {
                this.inputs.put(leaf, input);
            }
        }
    }

    /** The operator that gives the rows of {@code rootPartition} of {@code root}; nothing is read before its first read. */
    public Operator open(PlanNode root, int rootPartition) {
        PlanNode node = root;
        int partition = rootPartition;
        // Unions are often nested, one for each turn of a loop: no recursion.
        while (node instanceof PlanNode.Union union) {
            int parent = 0;
            for (; partition >= union.parents().get(parent).partitionCount(); parent++) {
                partition -= union.parents().get(parent).partitionCount();
            }
            node = union.parents().get(parent);
        }
        return openOther(node, partition);
    }

    private Operator openOther(PlanNode node, int partition) {
        if (node instanceof PlanNode.Cached cached) {
            return openCached(cached, partition);
        }
        if (node instanceof PlanNode.Rows rows) {
            return openRows(rows, partition);
        }
        if (node instanceof PlanNode.Partitions partitions) {
            return new PartitionRows(
                    List.of(open(partitions.parent(), partition)),
                    inputs -> partitions.function().call(partition, inputs[0]),
                    scope);
        }
        if (node instanceof PlanNode.Coalesce coalesce) {
            return new ConcatenatedRows(
                    index -> open(coalesce.parent(), index),
                    coalesce.firstParentPartition(partition),
                    coalesce.firstParentPartition(partition + 1));
        }
        if (node instanceof PlanNode.CoGroup coGroup) {
            return openCoGroup(coGroup, partition);
        }
        if (node instanceof PlanNode.AlignedUnion union) {
            int sides = union.parents().size();
            return new ConcatenatedRows(side -> open(union.parents().get(side), partition), 0, sides);
        }
        if (node instanceof PlanNode.Pruned pruned) {
            return pruned.kept().test(partition) ? open(pruned.parent(), partition) : Operator.NO_ROWS;
        }
        if (node instanceof PlanNode.SortedInPlace sorted) {
            return new SortedRows(
                    new PairsToSort.OfRows(open(sorted.parent(), partition), scope), sorted.order(), scope);
        }
        return openTwo(node, partition);
    }

    private Operator openTwo(PlanNode node, int partition) {
        if (node instanceof PlanNode.Zipped zipped) {
            return new PartitionRows(
                    List.of(open(zipped.left(), partition), open(zipped.right(), partition)),
                    inputs -> zipped.function().call(inputs[0], inputs[1]),
                    scope);
        }
        if (node instanceof PlanNode.Cartesian cartesian) {
            return new CartesianRows(
                    open(cartesian.left(), cartesian.leftPartition(partition)),
                    open(cartesian.right(), cartesian.rightPartition(partition)),
                    scope);
        }
        return openLeaf(node, partition);
    }

    /** A set that is not to be kept, or not persisted any more, has no such input. */
    private Operator openCached(PlanNode.Cached node, int partition) {
        TaskInput.CachedPartition input = persisted.get(new Leaf(node.id(), partition));
        return input == null
                ? new CountedRows(
                        open(node.parent(), partition), scope.setCounts().begin(node.id(), partition))
                : new PersistedRows(node, input, () -> open(node.parent(), partition), scope);
    }

    /** Neighbouring row functions become one pass over a batch; one that makes more rows starts the next pass. */
    private Operator openRows(PlanNode.Rows top, int partition) {
        Deque<RowFunction> functions = new ArrayDeque<>();
        PlanNode below = top;
        for (; below instanceof PlanNode.Rows rows; below = rows.parent()) {
            functions.push(rows.function());
        }
        Operator operator = open(below, partition);
        List<RowFunction> run = new ArrayList<>();
        for (RowFunction function : functions) {
            if (function instanceof RowFunction.FlatMap flatMap) {
                operator = new FlatMapRows(endRun(operator, run), flatMap.function(), false, scope);
            } else if (function instanceof RowFunction.FlatMapValues flatMap) {
                operator = new FlatMapRows(endRun(operator, run), flatMap.function(), true, scope);
            } else {
                run.add(function);
            }
        }
        return endRun(operator, run);
    }

    private Operator endRun(Operator operator, List<RowFunction> run) {
        if (run.isEmpty()) {
            return operator;
        }
        Operator fused = new RowSteps(operator, run, scope);
        run.clear();
        return fused;
    }

    private Operator openCoGroup(PlanNode.CoGroup coGroup, int partition) {
        if (areCutAlike(coGroup.parents())) {
            List<ShuffleLeaf> leaves = new ArrayList<>();
            for (PlanNode parent : coGroup.parents()) {
                leaves.add(shuffleLeaf((PlanNode.ShuffleRead) parent, partition));
            }
            return new CoGroupBuckets(leaves, scope);
        }
        List<Operator> children = new ArrayList<>();
        for (PlanNode parent : coGroup.parents()) {
            children.add(open(parent, partition));
        }
        return new CoGroupRows(children, scope);
    }

    private static boolean areCutAlike(List<PlanNode> parents) {
        int buckets = 0;
        for (PlanNode parent : parents) {
            if (!(parent instanceof PlanNode.ShuffleRead read)
                    || !(read.reduceSide() instanceof PlanNode.ReduceSide.PairRows)
                    || buckets != 0 && buckets != read.bucketsPerPartition()) {
                return false;
            }
            buckets = read.bucketsPerPartition();
        }
        return true;
    }

    // ---- leaves -----------------------------------------------------------------------------------------------------

    private Operator openLeaf(PlanNode leaf, int partition) {
        if (leaf instanceof PlanNode.Range range) {
            return new RangeRows(range, partition, scope);
        }
        if (leaf instanceof PlanNode.Slices) {
            return new SliceRows(bytesOf(leaf, partition), scope);
        }
        if (leaf instanceof PlanNode.FileInput file) {
            Split split = SplitCodec.decode(bytesOf(leaf, partition));
            return switch (file.format()) {
                case TEXT_LINES -> new FileLines(split, file, scope);
                case WHOLE_TEXT -> new WholeFiles(split, scope);
                case BINARY_FILES -> new FileHandles(split, scope);
                case RECORDS -> new FileRecords(split, file.recordBytes(), scope);
                case OBJECTS -> new FileObjects(split, scope);
            };
        }
        if (leaf instanceof PlanNode.ShuffleRead read) {
            return openShuffle(read, partition);
        }
        if (leaf instanceof PlanNode.Kept kept) {
            throw new KindlingException(
                    ErrorCode.INPUT_NOT_FOUND,
                    kept.origin() + ": partition " + partition + " of the set is lost: localCheckpoint() kept it on"
                            + " executors only, and what it was made of is no longer known. Compute the set anew; where"
                            + " executors may be lost, use checkpoint(), or localCheckpoint() with two copies");
        }
        throw new KindlingException(
                ErrorCode.INTERNAL,
                "a stage cannot contain a " + leaf.getClass().getSimpleName());
    }

    private Operator openShuffle(PlanNode.ShuffleRead read, int partition) {
        ShuffleLeaf leaf = shuffleLeaf(read, partition);
        if (read.reduceSide() instanceof PlanNode.ReduceSide.Groups) {
            return new GroupRows(leaf, scope);
        }
        if (read.reduceSide() instanceof PlanNode.ReduceSide.Combined combined) {
            return new CombinedRows(leaf, combined, scope);
        }
        if (read.reduceSide() instanceof PlanNode.ReduceSide.Sorted sorted) {
            return new SortedRows(new PairsToSort.OfShuffle(leaf, scope), sorted.order(), scope);
        }
        return new ShufflePairs(leaf, scope);
    }

    private ShuffleLeaf shuffleLeaf(PlanNode.ShuffleRead read, int partition) {
        if (inputOf(read, partition) instanceof TaskInput.ShuffleInput input) {
            return new ShuffleLeaf(read, input, scope);
        }
        throw new KindlingException(ErrorCode.INTERNAL, "leaf " + read.id() + " came without its map outputs");
    }

    private byte[] bytesOf(PlanNode leaf, int partition) {
        if (inputOf(leaf, partition) instanceof TaskInput.Bytes input) {
            return input.bytes();
        }
        throw new KindlingException(ErrorCode.INTERNAL, "leaf " + leaf.id() + " came without its bytes");
    }

    private TaskInput inputOf(PlanNode leaf, int partition) {
        TaskInput input = inputs.get(new Leaf(leaf.id(), partition));
        if (input == null) {
            throw new KindlingException(
                    ErrorCode.INTERNAL, "partition " + partition + " of leaf " + leaf.id() + " came without its input");
        }
        return input;
    }
}
