package dev.kindling.rdd;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Tuple2;
import dev.kindling.api.function.DoubleFlatMapFunction;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.FlatMapFunction2;
import dev.kindling.api.function.Function2;
import dev.kindling.api.function.PairFlatMapFunction;
import dev.kindling.plan.TaskRows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;

/** The engine's own functions over whole partitions; they pull, and all but {@link Glom} keep one row at a time. */
final class PartitionFunctions {
    private PartitionFunctions() {}

    record Each(FlatMapFunction<Iterator<Object>, Object> f)
            implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) throws Exception {
            return f.call(rows);
        }
    }

    record EachToPairs(PairFlatMapFunction<Iterator<Object>, Object, Object> f)
            implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) throws Exception {
            return Plans.erased(f.call(rows));
        }
    }

    record EachToDoubles(DoubleFlatMapFunction<Iterator<Object>> f)
            implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) throws Exception {
            return Plans.erased(f.call(rows));
        }
    }

    record EachOfTwo(FlatMapFunction2<Iterator<Object>, Iterator<Object>, Object> f)
            implements Function2<Iterator<Object>, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Iterator<Object> left, Iterator<Object> right) throws Exception {
            return f.call(left, right);
        }
    }

    /** Row k of one partition with row k of another, until both end; it is an error when one ends before the other. */
    enum RowByRow implements Function2<Iterator<Object>, Iterator<Object>, Iterator<Object>> {
        PAIRS;

        @Override
        public Iterator<Object> call(Iterator<Object> left, Iterator<Object> right) {
            return new Iterator<>() {
                private long count;

                @Override
                public boolean hasNext() {
                    boolean hasLeft = left.hasNext();
                    if (hasLeft != right.hasNext()) {
                        throw new KindlingException(
                                ErrorCode.USER_CODE_FAILED,
                                "zip needs as many rows in each partition of both sets; here one has " + count
                                        + " rows and the " + (hasLeft ? "left" : "right")
                                        + " one more. Give both sets zipWithIndex and join them by it");
                    }
                    return hasLeft;
                }

                @Override
                public Object next() {
                    Object leftRow = left.next();
                    count++;
                    return new Tuple2<>(leftRow, right.next());
                }
            };
        }
    }

    enum Glom implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        ROWS;

        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) {
            List<Object> all = new ArrayList<>();
            TaskRows kept = TaskRows.of(rows);
            rows.forEachRemaining(row ->
                    all.add(kept.keep(row, "use mapPartitions, which reads the rows one by one, or more partitions")));
            return Collections.<Object>singleton(all).iterator();
        }
    }

    /** (target, row), dealt out one after the other from a place that differs by partition and is always the same. */
    record Deal(int targets) implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) {
            return new Iterator<>() {
                private int target = new SplittableRandom(partition).nextInt(targets);

                @Override
                public boolean hasNext() {
                    return rows.hasNext();
                }

                @Override
                public Object next() {
                    Object row = rows.next();
                    target = target + 1 == targets ? 0 : target + 1;
                    return new Tuple2<>(target, row);
                }
            };
        }
    }

    /** (row, first + k * step) for row k, where {@code first} is that of the partition. */
    record Number(long[] firsts, long step) implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) {
            return new Iterator<>() {
                private long next = firsts[partition];

                @Override
                public boolean hasNext() {
                    return rows.hasNext();
                }

                @Override
                public Object next() {
                    Object row = rows.next();
                    long number = next;
                    next += step;
                    return new Tuple2<>(row, number);
                }
            };
        }
    }

    /** The fold of the partition as its only row. */
    record FoldRows(Zero zero, Function2<Object, Object, Object> seq)
            implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) throws Exception {
            Object folded = zero.fresh(seq);
            while (rows.hasNext()) {
                folded = seq.call(folded, rows.next());
            }
            return Collections.singletonList(folded).iterator();
        }
    }

    /** The rows reduced to one, or none. */
    record ReduceRows(Function2<Object, Object, Object> f)
            implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) throws Exception {
            return Actions.reduced(TaskRows.of(rows), f).iterator();
        }
    }

    /** (partition modulo targets, row): partial results on their way to fewer partitions. */
    record Gather(int targets) implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
        @Override
        public Iterator<Object> call(Integer partition, Iterator<Object> rows) {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return rows.hasNext();
                }

                @Override
                public Object next() {
                    return new Tuple2<>(partition % targets, rows.next());
                }
            };
        }
    }
}
