package dev.kindling.rdd;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.RangePartitioner;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function2;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.NaturalOrder;
import dev.kindling.plan.Origin;
import dev.kindling.plan.Placement;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import dev.kindling.plan.RangeBounds;
import dev.kindling.plan.RowFunction;
import dev.kindling.serde.ClosureCheck;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the nodes of one call of the API: all of them carry the same origin. The types of rows are the compiler's
 * business; here everything is an object.
 */
record Plans(PlanSession session, Origin origin) {
    /** Of a product of sets: beyond it a driver only counts tasks. */
    private static final int MAX_PARTITIONS = 10_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(Plans.class);

    /** The same object under the type the engine sees. What it is was settled by the signature the user called. */
    @SuppressWarnings("unchecked")
    static <T> T erased(Object typed) {
        return (T) typed;
    }

    /** Fails at once when {@code function} cannot travel to executors; else the function itself, untyped. */
    <T> T travelling(Object function) {
        ClosureCheck.check(origin, function);
        return erased(function);
    }

    /** The plan of a set of this context. */
    PlanNode nodeOf(RDD<?> other) {
        if (other instanceof SetHandle<?> handle && handle.session == session) {
            return handle.node;
        }
        throw new KindlingException(
                ErrorCode.BAD_ARGUMENT,
                origin + ": the other set " + (other == null ? "is null" : "belongs to another context")
                        + "; both must come from one context");
    }

    // ---- narrow -----------------------------------------------------------------------------------------------------

    PlanNode rows(PlanNode parent, RowFunction function, boolean keepsPartitioning) {
        return new PlanNode.Rows(session.nextSetId(), origin, parent, function, keepsPartitioning);
    }

    PlanNode map(PlanNode parent, Function<Object, Object> f) {
        return rows(parent, new RowFunction.Map(f), false);
    }

    PlanNode mapValues(PlanNode parent, Function<Object, Object> f) {
        return rows(parent, new RowFunction.MapValues(f), true);
    }

    PlanNode filter(PlanNode parent, Function<Object, Boolean> f) {
        return rows(parent, new RowFunction.Filter(f), true);
    }

    /**
     * The pairs whose keys lie in the range. Where the parent is placed by ranges of the same order, its other partitions
     * are not even read; that is decided when a task is planned, since a sort's bounds are known only then.
     */
    PlanNode filterByRange(PlanNode parent, Comparator<Object> order, Object from, Object to) {
        RowFunctions.KeyInRange inRange = new RowFunctions.KeyInRange(order, from, to);
        Optional<Partitioner> by = parent.partitioner().filter(placed -> isOrderedBy(placed, order));
        PlanNode read = by.isEmpty()
                ? parent
                : new PlanNode.Pruned(
                        session.nextSetId(), origin, parent, new RowFunctions.PartitionInRange(by.get(), from, to));
        return filter(read, inRange);
    }

    private static boolean isOrderedBy(Partitioner placed, Comparator<Object> order) {
        Comparator<Object> known = placed instanceof RangeBounds bounds
                ? bounds.order()
                : placed instanceof RangePartitioner<?> ranges ? ranges.ranges().order() : null;
        return order.equals(known) || reversed(order).equals(known);
    }

    PlanNode partitions(
            PlanNode parent, Function2<Integer, Iterator<Object>, Iterator<Object>> f, boolean keepsPartitioning) {
        return new PlanNode.Partitions(session.nextSetId(), origin, parent, f, keepsPartitioning);
    }

    /**
     * Sets that are placed alike are united partition by partition and stay placed; others side by side. Unions of
     * unions become one, so that a loop of unions does not grow deep; but not those that are kept.
     */
    PlanNode union(PlanNode left, PlanNode right) {
        if (left.partitionCount() == 0 || right.partitionCount() == 0) {
            return left.partitionCount() == 0 ? right : left;
        }
        Optional<Partitioner> by = left.partitioner();
        if (by.isPresent() && Placement.isBy(right, by.get())) {
            return new PlanNode.AlignedUnion(
                    session.nextSetId(), origin, sides(PlanNode.AlignedUnion.class, left, right), by.get());
        }
        return new PlanNode.Union(session.nextSetId(), origin, sides(PlanNode.Union.class, left, right));
    }

    private List<PlanNode> sides(Class<? extends PlanNode> kind, PlanNode... sides) {
        List<PlanNode> parents = new ArrayList<>();
        for (PlanNode side : sides) {
            if (kind.isInstance(side) && !session.persisted().isPersisted(side.id())) {
                parents.addAll(side.parents());
            } else {
                parents.add(side);
            }
        }
        return parents;
    }

    PlanNode zip(
            PlanNode left, PlanNode right, Function2<Iterator<Object>, Iterator<Object>, Iterator<Object>> function) {
        if (left.partitionCount() != right.partitionCount()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": one set has " + left.partitionCount() + " partitions, the other one "
                            + right.partitionCount()
                            + "; both need as many. Repartition one of them, or join by a key");
        }
        return new PlanNode.Zipped(session.nextSetId(), origin, left, right, function);
    }

    PlanNode cartesian(PlanNode left, PlanNode right) {
        if ((long) left.partitionCount() * right.partitionCount() > MAX_PARTITIONS) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": " + left.partitionCount() + " times " + right.partitionCount()
                            + " partitions are more than " + MAX_PARTITIONS + "; coalesce the sets first");
        }
        return new PlanNode.Cartesian(session.nextSetId(), origin, left, right);
    }

    PlanNode coalesce(PlanNode parent, int n) {
        atLeastOne(n);
        return n >= parent.partitionCount() ? parent : new PlanNode.Coalesce(session.nextSetId(), origin, parent, n);
    }

    // ---- shuffled ---------------------------------------------------------------------------------------------------

    PlanNode shuffle(PlanNode parent, Partitioner by, ReduceSide side) {
        return session.shuffle(origin, parent, session.nextShuffleId(), by, side);
    }

    PlanNode partitionBy(PlanNode parent, Partitioner by) {
        warnOfMissingEquals(parent, by);
        return Placement.isBy(parent, by) ? parent : shuffle(parent, by, new ReduceSide.PairRows());
    }

    /** Two objects of one class place keys alike in most programs; without {@code equals} nobody can know it. */
    private void warnOfMissingEquals(PlanNode parent, Partitioner by) {
        Partitioner known = parent.partitioner().orElse(by);
        if (known != by && known.getClass() == by.getClass() && !Placement.hasOwnEquals(by.getClass())) {
            LOG.warn(
                    "{}: rows placed by one {} are shuffled to be placed by another one. If both place keys alike, give"
                            + " the class equals and hashCode: then nothing is shuffled",
                    origin,
                    by.getClass().getSimpleName());
        }
    }

    /** Rows that lie where they should are grouped where they are: a co-group of one set. */
    PlanNode groupByKey(PlanNode parent, Partitioner by) {
        return Placement.isBy(parent, by)
                ? mapValues(coGroup(List.of(parent), by), RowFunctions.OnlyGroup.FIRST)
                : shuffle(parent, by, new ReduceSide.Groups());
    }

    PlanNode combineByKey(PlanNode parent, Combiner combiner, Partitioner by, boolean mapSide) {
        return Placement.isBy(parent, by)
                ? mapValues(coGroup(List.of(parent), by), new RowFunctions.FoldGroup(combiner))
                : shuffle(parent, by, new ReduceSide.Combined(combiner, mapSide));
    }

    /** Rows that lie where they should are sorted where they are. */
    PlanNode sortWithin(PlanNode parent, Partitioner by, Comparator<Object> order) {
        warnOfMissingEquals(parent, by);
        return Placement.isBy(parent, by)
                ? new PlanNode.SortedInPlace(session.nextSetId(), origin, parent, order)
                : shuffle(parent, by, new ReduceSide.Sorted(order));
    }

    /** Into as many partitions as {@code parent} has. */
    PlanNode sortByKey(PlanNode parent, Comparator<Object> order) {
        return sortByKey(parent, order, Math.max(1, parent.partitionCount()), true);
    }

    PlanNode sortByKey(PlanNode parent, Comparator<Object> order, int n) {
        return sortByKey(parent, order, n, false);
    }

    private PlanNode sortByKey(PlanNode parent, Comparator<Object> order, int n, boolean isDefaultCount) {
        int shuffleId = session.nextShuffleId();
        RangeBounds by = new RangeBounds(shuffleId, atLeastOne(n), order, isDefaultCount);
        if (n == 1) {
            by.resolve(new Object[0]);
        }
        return session.shuffle(origin, parent, shuffleId, by, new ReduceSide.Sorted(order));
    }

    PlanNode coGroup(List<PlanNode> parents, Partitioner by) {
        List<PlanNode> placed = new ArrayList<>();
        for (PlanNode parent : parents) {
            placed.add(partitionBy(parent, by));
        }
        return new PlanNode.CoGroup(session.nextSetId(), origin, placed, by);
    }

    PlanNode distinct(PlanNode parent, Partitioner by) {
        Combiner keepOne = new Combiner(RowFunctions.Itself.VALUE, RowFunctions.Keep.FIRST, RowFunctions.Keep.FIRST);
        // A constant number costs nothing in a page of packed numbers.
        PlanNode pairs = map(parent, new RowFunctions.WithValue(0));
        return map(combineByKey(pairs, keepOne, by, true), RowFunctions.PairPart.KEY);
    }

    /** Deals the rows out evenly. */
    PlanNode repartition(PlanNode parent, int n) {
        PlanNode dealt = partitions(parent, new PartitionFunctions.Deal(atLeastOne(n)), false);
        PlanNode shuffled = shuffle(dealt, new HashPartitioner(n), new ReduceSide.PairRows());
        return map(shuffled, RowFunctions.PairPart.VALUE);
    }

    // ---- partitioners and orders ------------------------------------------------------------------------------------

    /**
     * How rows are placed when the program does not say: as those of the parents are that have most partitions, if
     * these are not far fewer than others have; else by hash over the configured number of partitions, or over as many
     * as the parent with most of them.
     */
    Partitioner defaultPartitioner(PlanNode... parents) {
        int most = 1;
        Partitioner best = null;
        for (PlanNode parent : parents) {
            most = Math.max(most, parent.partitionCount());
            Partitioner by = parent.partitioner().orElse(null);
            if (by != null && (best == null || by.numPartitions() > best.numPartitions())) {
                best = by;
            }
        }
        int wanted = session.settings().configuredParallelism().orElse(most);
        boolean isEligible = best != null && (best.numPartitions() * 10L > most || wanted <= best.numPartitions());
        return isEligible ? best : HashPartitioner.ofDefaultCount(wanted);
    }

    Comparator<Object> order(Comparator<?> order, boolean ascending) {
        Comparator<Object> recognised = NaturalOrder.recognised(travelling(order));
        return ascending ? recognised : reversed(recognised);
    }

    private static Comparator<Object> reversed(Comparator<Object> order) {
        if (order instanceof NaturalOrder natural) {
            return natural.reversed();
        }
        return order instanceof RowFunctions.Reversed twice ? twice.order() : new RowFunctions.Reversed(order);
    }

    int checkPartition(int index, int count) {
        if (index < 0 || index >= count) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, origin + ": there is no partition " + index + "; the set has " + count);
        }
        return index;
    }

    int sketchPrecision(double relativeSD) {
        if (!(relativeSD >= DistinctSketch.SMALLEST_ERROR && relativeSD < 1)) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": the relative error is " + relativeSD + "; give one from "
                            + DistinctSketch.SMALLEST_ERROR + " to " + DistinctSketch.LARGEST_ERROR);
        }
        return DistinctSketch.precisionFor(relativeSD);
    }

    void checkFraction(boolean withReplacement, double fraction) {
        if (!(fraction >= 0) || !withReplacement && fraction > 1 || Double.isInfinite(fraction)) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": the fraction is " + fraction + "; give one from 0 to 1"
                            + (withReplacement ? " or more" : ""));
        }
    }

    private int atLeastOne(int n) {
        return session.atLeast(1, n, "partitions", origin);
    }
}
