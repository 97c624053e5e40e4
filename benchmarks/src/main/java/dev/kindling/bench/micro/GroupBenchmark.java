package dev.kindling.bench.micro;

import dev.kindling.api.Groups;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nanoseconds a row for a whole {@code groupByKey} job on {@code local[1]}: make the rows, shuffle, group, count. Beside
 * it a loop that puts the same rows into a hash map of lists.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(GroupBenchmark.ROWS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GroupBenchmark {
    static final int ROWS = 1_000_000;
    private static final int PARTITIONS = 2;

    @Param({"100", "100000"})
    public int keys;

    private KindlingContext kindling;

    @Setup
    public void open() {
        kindling = KindlingContext.local(1);
        if (kindlingGroup() != hashMapGroup()) {
            throw new IllegalStateException("the results differ; the figures would mean nothing");
        }
    }

    @TearDown
    public void close() {
        kindling.close();
    }

    /** A new plan each time: nothing is kept from the last run. */
    @Benchmark
    public long kindlingGroup() {
        int modulus = keys;
        PairRDD<Integer, Integer> pairs = kindling.range(0, ROWS, 1, PARTITIONS)
                .mapToPair(i -> Tuple2.of((int) (i * 31 % modulus), i.intValue()));
        return pairs.groupByKey(PARTITIONS)
                .map((key, group) -> key * Groups.size(group))
                .reduce(Long::sum);
    }

    @Benchmark
    public long hashMapGroup() {
        Map<Integer, List<Integer>> groups = new HashMap<>();
        for (long i = 0; i < ROWS; i++) {
            groups.computeIfAbsent((int) (i * 31 % keys), key -> new ArrayList<>())
                    .add((int) i);
        }
        long sum = 0;
        for (Map.Entry<Integer, List<Integer>> group : groups.entrySet()) {
            sum += (long) group.getKey() * group.getValue().size();
        }
        return sum;
    }
}
