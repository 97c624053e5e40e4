package dev.kindling.api;

import dev.kindling.api.function.Function;

/** A set of numbers, with their statistics as actions. */
public interface DoubleRDD extends RDD<Double> {
    @Override
    DoubleRDD setName(String name);

    @Override
    DoubleRDD cache();

    @Override
    DoubleRDD persist(StorageLevel level);

    @Override
    DoubleRDD unpersist();

    @Override
    DoubleRDD unpersist(boolean blocking);

    @Override
    DoubleRDD filter(Function<? super Double, Boolean> f);

    @Override
    DoubleRDD distinct();

    @Override
    DoubleRDD distinct(int n);

    @Override
    DoubleRDD coalesce(int n);

    @Override
    DoubleRDD coalesce(int n, boolean shuffle);

    @Override
    DoubleRDD repartition(int n);

    @Override
    DoubleRDD sample(boolean withReplacement, double fraction);

    @Override
    DoubleRDD sample(boolean withReplacement, double fraction, long seed);

    @Override
    DoubleRDD union(RDD<Double> other);

    @Override
    DoubleRDD intersection(RDD<Double> other);

    @Override
    DoubleRDD subtract(RDD<Double> other);

    Double sum();

    Double mean();

    Double min();

    Double max();

    /** Count, mean, spread and extremes in one pass. */
    StatCounter stats();

    Double variance();

    Double popVariance();

    Double sampleVariance();

    Double stdev();

    Double popStdev();

    Double sampleStdev();

    /** Bounds of {@code buckets} even buckets between the least and the greatest number, and how many lie in each. */
    Tuple2<double[], long[]> histogram(int buckets);

    /** How many numbers lie in each bucket; every bucket is open to the right but the last. */
    long[] histogram(double[] buckets);
}
