package dev.kindling.rdd;

import dev.kindling.api.Groups;
import dev.kindling.api.Partitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.api.Tuple3;
import dev.kindling.api.Tuple4;
import dev.kindling.api.function.DoubleFlatMapFunction;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function0;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.PairFlatMapFunction;
import dev.kindling.api.function.PairFunction;
import dev.kindling.api.function.StreamFunction;
import dev.kindling.plan.Combiner;
import dev.kindling.plan.PlanNode;
import java.io.Serial;
import java.io.Serializable;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collector;
import java.util.stream.Stream;

/**
 * The engine's own functions over single rows, as records: they are small to send, read well in a stack trace, and hold
 * nothing but the user's function.
 */
final class RowFunctions {
    private RowFunctions() {}

    @SuppressWarnings("unchecked")
    static Tuple2<Object, Object> pair(Object row) {
        return (Tuple2<Object, Object>) row;
    }

    // ---- adapters of user functions -------------------------------------------------------------------------------

    record ToPair(PairFunction<Object, Object, Object> f) implements Function<Object, Object> {
        @Override
        public Object call(Object row) throws Exception {
            return f.call(row);
        }
    }

    record ToPairs(PairFlatMapFunction<Object, Object, Object> f) implements FlatMapFunction<Object, Object> {
        @Override
        public Iterator<Object> call(Object row) throws Exception {
            return Plans.erased(f.call(row));
        }
    }

    record ToDoubles(DoubleFlatMapFunction<Object> f) implements FlatMapFunction<Object, Object> {
        @Override
        public Iterator<Object> call(Object row) throws Exception {
            return Plans.erased(f.call(row));
        }
    }

    record OfPair(Function2<Object, Object, Object> f) implements Function<Object, Object> {
        @Override
        public Object call(Object row) throws Exception {
            Tuple2<Object, Object> pair = pair(row);
            return f.call(pair._1(), pair._2());
        }
    }

    record PairTest(Function2<Object, Object, Boolean> f) implements Function<Object, Boolean> {
        @Override
        public Boolean call(Object row) throws Exception {
            Tuple2<Object, Object> pair = pair(row);
            return f.call(pair._1(), pair._2());
        }
    }

    /** The stream is closed when its last row was taken. */
    record StreamRows(StreamFunction<Object, Object> f) implements FlatMapFunction<Object, Object> {
        @Override
        public Iterator<Object> call(Object row) throws Exception {
            Stream<?> stream = f.call(row);
            Iterator<?> rows = stream.iterator();
            return new Iterator<>() {
                private boolean isOpen = true;

                @Override
                public boolean hasNext() {
                    boolean hasNext = isOpen && rows.hasNext();
                    if (isOpen && !hasNext) {
                        isOpen = false;
                        stream.close();
                    }
                    return hasNext;
                }

                @Override
                public Object next() {
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    return rows.next();
                }
            };
        }
    }

    // ---- pairs ------------------------------------------------------------------------------------------------------

    record WithKey(Function<Object, Object> key) implements Function<Object, Object> {
        @Override
        public Object call(Object row) throws Exception {
            return new Tuple2<>(key.call(row), row);
        }
    }

    /** (row, value) for a value that is always the same. */
    record WithValue(Serializable value) implements Function<Object, Object> {
        @Override
        public Object call(Object row) {
            return new Tuple2<>(row, value);
        }
    }

    record Always(Serializable value) implements Function<Object, Object> {
        @Override
        public Object call(Object row) {
            return value;
        }
    }

    enum PairPart implements Function<Object, Object> {
        KEY {
            @Override
            public Object call(Object row) {
                return pair(row)._1();
            }
        },
        VALUE {
            @Override
            public Object call(Object row) {
                return pair(row)._2();
            }
        }
    }

    record KeyEquals(Object key) implements Function<Object, Boolean> {
        @Override
        public Boolean call(Object row) {
            return Objects.equals(pair(row)._1(), key);
        }
    }

    // ---- combining --------------------------------------------------------------------------------------------------

    /** The first value becomes the combined one. */
    enum Itself implements Function<Object, Object> {
        VALUE;

        @Override
        public Object call(Object value) {
            return value;
        }
    }

    enum Keep implements Function2<Object, Object, Object> {
        FIRST;

        @Override
        public Object call(Object first, Object second) {
            return first;
        }
    }

    enum SumOfLongs implements Function2<Object, Object, Object> {
        ADD;

        @Override
        public Object call(Object left, Object right) {
            return (Long) left + (Long) right;
        }
    }

    record FromZero(Zero zero, Function2<Object, Object, Object> seq) implements Function<Object, Object> {
        @Override
        public Object call(Object value) throws Exception {
            return seq.call(zero.fresh(seq), value);
        }
    }

    /** The combiner over groups that need no shuffle: one (key, groups) row of a co-group of one set. */
    record FoldGroup(Combiner combiner) implements Function<Object, Object> {
        @Override
        public Object call(Object groups) throws Exception {
            Iterator<?> values = ((Iterable<?>[]) groups)[0].iterator();
            Object combined = combiner.create().call(values.next());
            while (values.hasNext()) {
                combined = combiner.mergeValue().call(combined, values.next());
            }
            return combined;
        }
    }

    enum OnlyGroup implements Function<Object, Object> {
        FIRST;

        @Override
        public Object call(Object groups) {
            return ((Iterable<?>[]) groups)[0];
        }
    }

    /** A JDK collector, made where it runs: it need not be serializable itself. */
    static final class Collecting implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        private final Function0<Collector<Object, Object, Object>> make;
        private transient volatile Collector<Object, Object, Object> made;

        Collecting(Function0<Collector<Object, Object, Object>> make) {
            this.make = make;
        }

        Collector<Object, Object, Object> collector() throws Exception {
            Collector<Object, Object, Object> collector = made;
            if (collector == null) {
                collector = make.call();
                made = collector;
            }
            return collector;
        }

        Combiner combiner() {
            return new Combiner(new CollectFirst(this), new CollectNext(this), new CollectBoth(this));
        }
    }

    record CollectFirst(Collecting how) implements Function<Object, Object> {
        @Override
        public Object call(Object value) throws Exception {
            Object container = how.collector().supplier().get();
            how.collector().accumulator().accept(container, value);
            return container;
        }
    }

    record CollectNext(Collecting how) implements Function2<Object, Object, Object> {
        @Override
        public Object call(Object container, Object value) throws Exception {
            BiConsumer<Object, Object> accumulator = how.collector().accumulator();
            accumulator.accept(container, value);
            return container;
        }
    }

    record CollectBoth(Collecting how) implements Function2<Object, Object, Object> {
        @Override
        public Object call(Object left, Object right) throws Exception {
            return how.collector().combiner().apply(left, right);
        }
    }

    record FinishCollecting(Collecting how) implements Function<Object, Object> {
        @Override
        public Object call(Object container) throws Exception {
            return how.collector().finisher().apply(container);
        }
    }

    // ---- co-groups and joins
    // ------------------------------------------------------------------------------------------

    enum GroupsAsTuple implements Function<Object, Object> {
        OF_2 {
            @Override
            public Object call(Object groups) {
                Iterable<?>[] g = (Iterable<?>[]) groups;
                return new Tuple2<>(g[0], g[1]);
            }
        },
        OF_3 {
            @Override
            public Object call(Object groups) {
                Iterable<?>[] g = (Iterable<?>[]) groups;
                return new Tuple3<>(g[0], g[1], g[2]);
            }
        },
        OF_4 {
            @Override
            public Object call(Object groups) {
                Iterable<?>[] g = (Iterable<?>[]) groups;
                return new Tuple4<>(g[0], g[1], g[2], g[3]);
            }
        }
    }

    /** Every value of the left side with every one of the right; an absent side counts as one empty Optional. */
    record JoinGroups(boolean keepsLeft, boolean keepsRight) implements FlatMapFunction<Object, Object> {
        @Override
        public Iterator<Object> call(Object groups) {
            Iterable<?> left = ((Iterable<?>[]) groups)[0];
            Iterable<?> right = ((Iterable<?>[]) groups)[1];
            boolean isLeftEmpty = !left.iterator().hasNext();
            boolean isRightEmpty = !right.iterator().hasNext();
            if (isLeftEmpty && !keepsRight || isRightEmpty && !keepsLeft) {
                return Collections.emptyIterator();
            }
            if (BlockJoin.isWorthIt(left, right)) {
                return new BlockJoin(left, right, keepsRight, keepsLeft);
            }
            // The right side is walked once for every left value: neither is copied.
            Iterable<?> leftOnce = isLeftEmpty ? NOTHING : left;
            Iterable<?> rightOnce = isRightEmpty ? NOTHING : right;
            return new Iterator<>() {
                private final Iterator<?> lefts = leftOnce.iterator();
                private Object current = lefts.next();
                private Iterator<?> rights = rightOnce.iterator();

                @Override
                public boolean hasNext() {
                    return rights.hasNext() || lefts.hasNext();
                }

                @Override
                public Object next() {
                    if (!rights.hasNext()) {
                        current = lefts.next();
                        rights = rightOnce.iterator();
                    }
                    Object match = rights.next();
                    return new Tuple2<>(keepsRight ? optional(current) : current, keepsLeft ? optional(match) : match);
                }
            };
        }

        private static final Object ABSENT = new Object();
        private static final Iterable<?> NOTHING = List.of(ABSENT);

        private static Object optional(Object value) {
            return value == ABSENT ? Optional.empty() : Optional.ofNullable(value);
        }
    }

    /** The left group where the right one is empty. */
    enum LeftAlone implements FlatMapFunction<Object, Object> {
        VALUES;

        @Override
        public Iterator<Object> call(Object groups) {
            Iterable<?>[] g = (Iterable<?>[]) groups;
            return Plans.erased(g[1].iterator().hasNext() ? Collections.emptyIterator() : g[0].iterator());
        }
    }

    /** The key as often as it is on the left and not on the right. */
    enum LeftAloneKeys implements FlatMapFunction<Object, Object> {
        KEYS;

        @Override
        public Iterator<Object> call(Object row) {
            Iterable<?>[] g = (Iterable<?>[]) pair(row)._2();
            long count = g[1].iterator().hasNext() ? 0 : Groups.size(g[0]);
            return Stream.generate(() -> pair(row)._1()).limit(count).iterator();
        }
    }

    enum BothSides implements Function<Object, Boolean> {
        PRESENT;

        @Override
        public Boolean call(Object row) {
            Iterable<?>[] g = (Iterable<?>[]) pair(row)._2();
            return g[0].iterator().hasNext() && g[1].iterator().hasNext();
        }
    }

    // ---- ranges of keys ---------------------------------------------------------------------------------------------

    record KeyInRange(Comparator<Object> order, Object from, Object to) implements Function<Object, Boolean> {
        @Override
        public Boolean call(Object row) {
            Object key = pair(row)._1();
            return order.compare(key, from) >= 0 && order.compare(key, to) <= 0;
        }
    }

    /** Whether a partition can hold keys of the range; in whichever direction the partitions are ordered. */
    record PartitionInRange(Partitioner by, Object from, Object to) implements PlanNode.PartitionTest {
        @Override
        public boolean test(int partition) {
            int first = by.getPartition(from);
            int last = by.getPartition(to);
            return partition >= Math.min(first, last) && partition <= Math.max(first, last);
        }
    }

    // ---- orders -----------------------------------------------------------------------------------------------------

    record Reversed(Comparator<Object> order) implements Comparator<Object>, Serializable {
        @Override
        public int compare(Object left, Object right) {
            return order.compare(right, left);
        }
    }
}
