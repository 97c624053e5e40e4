package dev.kindling.executor.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.Tuple2;
import dev.kindling.plan.PlanNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Operators that pull batches carry mapPartitions, take and cogroup in one chain, without a thread or a full buffer. */
class PullSeamTest {
    private final MiniCluster cluster = new MiniCluster();

    @Test
    void mapPartitionsTakeAndCoGroupWorkOverOneChain() {
        HashPartitioner one = new HashPartitioner(1);
        PlanNode left = cluster.shuffle(
                cluster.map(cluster.range(0, 10_000, 1, 3), n -> new Tuple2<>((Long) n % 100, n)),
                one,
                4,
                new PlanNode.ReduceSide.PairRows());
        PlanNode right = cluster.shuffle(
                cluster.slices(List.of(new Tuple2<>(7L, "seven"), new Tuple2<>(1000L, "alone"))),
                one,
                4,
                new PlanNode.ReduceSide.PairRows());
        PlanNode grouped = cluster.coGroup(one, left, right);
        PlanNode sizes = cluster.mapPartitions(grouped, (partition, rows) -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Object next() {
                Tuple2<?, ?> row = (Tuple2<?, ?>) rows.next();
                Iterable<?>[] groups = (Iterable<?>[]) row._2();
                return new Tuple2<>(row._1(), count(groups[0]) + "/" + count(groups[1]) + "/" + count(groups[0]));
            }
        });

        TreeMap<Object, Object> byKey = new TreeMap<>();
        cluster.collect(sizes).forEach(row -> byKey.put(((Tuple2<?, ?>) row)._1(), ((Tuple2<?, ?>) row)._2()));

        assertEquals(101, byKey.size());
        assertEquals("100/1/100", byKey.get(7L));
        assertEquals("100/0/100", byKey.get(8L));
        assertEquals("0/1/0", byKey.get(1000L));
        assertEquals(5, cluster.take(sizes, 0, 5).size());
    }

    private static int count(Iterable<?> values) {
        int count = 0;
        for (Object ignored : values) {
            count++;
        }
        return count;
    }

    @Test
    void takeCallsNoFunctionForRowsItDoesNotNeed() {
        AtomicInteger mapped = new AtomicInteger();
        AtomicInteger pulled = new AtomicInteger();
        PlanNode chain = cluster.mapPartitions(
                cluster.filter(
                        cluster.map(cluster.range(0, 1_000_000, 1, 1), n -> {
                            mapped.incrementAndGet();
                            return n;
                        }),
                        n -> (Long) n % 3 == 0),
                (partition, rows) -> Stream.generate(() -> {
                            pulled.incrementAndGet();
                            return rows.next();
                        })
                        .iterator());

        assertEquals(List.of(0L, 3L, 6L, 9L), cluster.take(chain, 0, 4));

        assertEquals(4, pulled.get());
        assertEquals(10, mapped.get());
        assertEquals(10, cluster.metrics().recordsRead());
    }

    @Test
    void anEndlessFlatMapIsReadOnlyAsFarAsItIsAskedFor() {
        AtomicInteger given = new AtomicInteger();
        AtomicInteger called = new AtomicInteger();
        PlanNode endless = cluster.map(
                cluster.flatMap(cluster.range(0, 1000, 1, 1), n -> {
                    called.incrementAndGet();
                    return Stream.<Object>generate(given::incrementAndGet).iterator();
                }),
                n -> (Integer) n * 10);

        assertEquals(List.of(10, 20, 30), cluster.take(endless, 0, 3));

        assertEquals(1, called.get());
        assertTrue(given.get() <= 4, "read " + given.get() + " rows of an endless iterator for 3");
    }

    @Test
    void aFunctionThatStopsEarlyReadsAtMostTwiceWhatItUsed() {
        List<Object> used = new ArrayList<>();
        Object taken = cluster.call(cluster.range(0, 1_000_000, 1, 1), 0, (partition, rows) -> {
            for (int i = 0; i < 100; i++) {
                used.add(rows.next());
            }
            return used.size();
        });

        assertEquals(100, taken);
        assertTrue(cluster.metrics().recordsRead() <= 200, cluster.metrics().recordsRead() + " rows read for 100");
    }

    @Test
    void readingAgainAfterTheEndGivesNothing() {
        PlanNode chain = cluster.flatMap(
                cluster.filter(cluster.slices(List.of(1, 2, 3)), n -> (Integer) n < 3),
                n -> List.<Object>of(n, n).iterator());

        Object rows = cluster.call(chain, 0, (partition, iterator) -> {
            List<Object> all = new ArrayList<>();
            iterator.forEachRemaining(all::add);
            all.add(iterator.hasNext());
            all.add(iterator.hasNext());
            return all;
        });

        assertEquals(List.of(1, 1, 2, 2, false, false), rows);
    }
}
