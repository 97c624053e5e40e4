package dev.kindling.driver.sim;

import dev.kindling.api.HashPartitioner;
import dev.kindling.api.PairRDD;
import dev.kindling.api.TaskContext;
import dev.kindling.api.Tuple2;

/** Rows that every attempt deals to other partitions: what no program should do, and some do. */
final class DealtRows {
    /** In the place of every stage that deals. */
    static final String PLACE = "DealtRows";

    private DealtRows() {}

    static PairRDD<Integer, Integer> of(PairRDD<Integer, Integer> rows, int partitions) {
        return rows.mapToPair(row -> Tuple2.of(row._1() + TaskContext.get().attemptNumber(), row))
                .partitionBy(new HashPartitioner(partitions))
                .mapToPair(Tuple2::_2);
    }

    static PairRDD<Integer, Integer> plusOne(PairRDD<Integer, Integer> dealt) {
        return dealt.mapValues(value -> value + 1);
    }

    static PairRDD<Integer, Integer> counts(PairRDD<Integer, Integer> dealt, int partitions) {
        return dealt.mapValues(value -> 1).reduceByKey(Integer::sum, partitions);
    }
}
