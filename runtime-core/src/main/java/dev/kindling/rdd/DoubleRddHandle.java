package dev.kindling.rdd;

import dev.kindling.api.DoubleRDD;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingException;
import dev.kindling.api.RDD;
import dev.kindling.api.StatCounter;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.api.function.Function;
import dev.kindling.plan.PlanNode;
import java.io.Serial;
import java.util.SplittableRandom;

/** A set of numbers as the program holds it. */
final class DoubleRddHandle extends RddHandle<Double> implements DoubleRDD {
    @Serial
    private static final long serialVersionUID = 1L;

    DoubleRddHandle(PlanSession session, PlanNode node) {
        super(session, node);
    }

    @Override
    public DoubleRDD setName(String newName) {
        super.setName(newName);
        return this;
    }

    @Override
    public DoubleRDD cache() {
        super.cache();
        return this;
    }

    @Override
    public DoubleRDD persist(StorageLevel level) {
        super.persist(level);
        return this;
    }

    @Override
    public DoubleRDD unpersist() {
        super.unpersist();
        return this;
    }

    @Override
    public DoubleRDD unpersist(boolean blocking) {
        super.unpersist(blocking);
        return this;
    }

    @Override
    public DoubleRDD filter(Function<? super Double, Boolean> f) {
        return doubles(filtered(f));
    }

    @Override
    public DoubleRDD distinct() {
        return doubles(distincted(byHash()));
    }

    @Override
    public DoubleRDD distinct(int n) {
        return doubles(distincted(new HashPartitioner(n)));
    }

    @Override
    public DoubleRDD coalesce(int n) {
        return coalesce(n, false);
    }

    @Override
    public DoubleRDD coalesce(int n, boolean shuffle) {
        return doubles(coalesced(n, shuffle));
    }

    @Override
    public DoubleRDD repartition(int n) {
        return doubles(repartitioned(n));
    }

    @Override
    public DoubleRDD sample(boolean withReplacement, double fraction) {
        return sample(withReplacement, fraction, new SplittableRandom().nextLong());
    }

    @Override
    public DoubleRDD sample(boolean withReplacement, double fraction, long seed) {
        return doubles(sampled(withReplacement, fraction, seed));
    }

    @Override
    public DoubleRDD union(RDD<Double> other) {
        return doubles(united(other));
    }

    @Override
    public DoubleRDD intersection(RDD<Double> other) {
        return doubles(intersected(other));
    }

    @Override
    public DoubleRDD subtract(RDD<Double> other) {
        return doubles(subtracted(other, byHash()));
    }

    // ---- statistics
    // ---------------------------------------------------------------------------------------------------

    @Override
    public StatCounter stats() {
        return stats(plans("stats"));
    }

    private StatCounter stats(Plans plans) {
        StatCounter all = new StatCounter();
        runInOrder(plans, Actions.Stats.ALL, (p, part) -> all.merge((StatCounter) part));
        return all;
    }

    @Override
    public Double sum() {
        return stats(plans("sum")).sum();
    }

    @Override
    public Double mean() {
        return stats(plans("mean")).mean();
    }

    @Override
    public Double min() {
        return stats(plans("min")).min();
    }

    @Override
    public Double max() {
        return stats(plans("max")).max();
    }

    @Override
    public Double variance() {
        return stats(plans("variance")).variance();
    }

    @Override
    public Double popVariance() {
        return stats(plans("popVariance")).popVariance();
    }

    @Override
    public Double sampleVariance() {
        return stats(plans("sampleVariance")).sampleVariance();
    }

    @Override
    public Double stdev() {
        return stats(plans("stdev")).stdev();
    }

    @Override
    public Double popStdev() {
        return stats(plans("popStdev")).popStdev();
    }

    @Override
    public Double sampleStdev() {
        return stats(plans("sampleStdev")).sampleStdev();
    }

    @Override
    public Tuple2<double[], long[]> histogram(int buckets) {
        Plans plans = plans("histogram");
        session.atLeast(1, buckets, "buckets", plans.origin());
        StatCounter range = stats(plans);
        if (range.count() == 0 || !Double.isFinite(range.max() - range.min())) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    plans.origin() + ": an even histogram needs numbers with a finite range, and at least one; give"
                            + " the bounds of the buckets");
        }
        double step = (range.max() - range.min()) / buckets;
        int count = step == 0 ? 1 : buckets;
        double[] bounds = new double[count + 1];
        for (int i = 0; i < count; i++) {
            bounds[i] = range.min() + i * step;
        }
        bounds[count] = range.max();
        return Tuple2.of(bounds, counts(plans, bounds));
    }

    @Override
    public long[] histogram(double[] buckets) {
        Plans plans = plans("histogram");
        for (int i = 1; i < buckets.length; i++) {
            if (!(buckets[i - 1] < buckets[i])) {
                throw new KindlingException(
                        ErrorCode.BAD_ARGUMENT, plans.origin() + ": bucket bounds must grow; bound " + i + " does not");
            }
        }
        session.atLeast(2, buckets.length, "bucket bounds", plans.origin());
        return counts(plans, buckets.clone());
    }

    private long[] counts(Plans plans, double[] bounds) {
        long[] sums = new long[bounds.length - 1];
        runInOrder(plans, new Actions.Histogram(bounds), (p, part) -> {
            long[] counts = (long[]) part;
            for (int i = 0; i < sums.length; i++) {
                sums[i] += counts[i];
            }
        });
        return sums;
    }
}
