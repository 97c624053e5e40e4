package dev.kindling.executor.operator;

import dev.kindling.data.Batch;
import dev.kindling.plan.PlanNode;
import java.math.BigInteger;

/** One partition of a range of numbers, made as they are asked for. */
final class RangeRows implements Operator {
    private final TaskCounters counters;
    private final long step;
    private long next;
    private long left;

    RangeRows(PlanNode.Range range, int partition, TaskScope scope) {
        counters = scope.counters();
        step = range.step();
        BigInteger total = rowCount(range);
        BigInteger partitions = BigInteger.valueOf(range.partitionCount());
        BigInteger first = total.multiply(BigInteger.valueOf(partition)).divide(partitions);
        BigInteger end = total.multiply(BigInteger.valueOf(partition + 1L)).divide(partitions);
        next = BigInteger.valueOf(range.start())
                .add(first.multiply(BigInteger.valueOf(step)))
                .longValue();
        left = end.subtract(first).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }

    /** Up to 2^64 numbers: more than a long counts. */
    private static BigInteger rowCount(PlanNode.Range range) {
        BigInteger distance = BigInteger.valueOf(range.end()).subtract(BigInteger.valueOf(range.start()));
        BigInteger step = BigInteger.valueOf(range.step());
        if (distance.signum() * step.signum() <= 0) {
            return BigInteger.ZERO;
        }
        return distance.abs().add(step.abs()).subtract(BigInteger.ONE).divide(step.abs());
    }

    @Override
    public int read(Batch batch) {
        int count = (int) Math.min(batch.limit(), left);
        for (int row = 0; row < count; row++) {
            batch.rows[row] = next;
            next += step;
        }
        left -= count;
        counters.recordsRead += count;
        batch.count = count;
        return count;
    }
}
